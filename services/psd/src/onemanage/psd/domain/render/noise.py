"""Gradients of noise, near: how rough they are, and between which colours.

The file stores the seed of Photoshop's chance and not what that gave, so ours is
another, always the same for one seed. As in Photoshop's, a rougher gradient has the same
wide waves and stronger small ones, which go beyond the range and are cut there; with
restricted colours all is drawn together into the range instead.
"""

import numpy as np
from numpy.typing import NDArray
from psd_tools.composite import paint
from psd_tools.constants import ColorMode
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Enum, Key

from onemanage.psd.domain.render.numbers import number

type Values = NDArray[np.float32]

_WIDEST = 2
"""Waves of the first octave; each further one has twice as many."""
_OCTAVES = 8


def noise(mode: ColorMode, grad: Descriptor, at: Values) -> tuple[Values, Values]:
    """Colours (places, channels) and opacities (places), 0 to 1.

    ``at``: places of 0 to 1. Raises ValueError where the ranges are not of three
    colours and an opacity.
    """
    roughness = min(1.0, max(0.0, number(grad, Key.Smoothness, 0.0) / 4096))
    low, high = _ends(grad, Key.Minimum), _ends(grad, Key.Maximum)
    waves = _waves(int(number(grad, Key.RandomSeed, 0.0)), roughness, at)
    if bool(grad.get(b"VctC", False)):
        waves = waves / max(1.0, float(np.abs(waves).max()))
    shares = np.clip(waves / 2 + 0.5, 0, 1)
    parts = (low + (high - low) * shares).astype(np.float32)
    space = getattr(grad.get(Key.ColorSpace), "enum", Enum.RGBColor)
    color = paint._noise_to_canvas(mode, space, parts[:, :3])
    opacity = parts[:, 3] if bool(grad.get(Key.ShowTransparency, False)) else None
    if opacity is None:
        opacity = np.ones(len(at), np.float32)
    return np.asarray(color, np.float32), opacity


def _waves(seed: int, roughness: float, at: Values) -> NDArray[np.float64]:
    """(places, 4) around 0; between -1 and 1 where roughness is 0."""
    chance = np.random.RandomState(seed & 0xFFFFFFFF)
    found = np.zeros((len(at), 4))
    for octave in range(_OCTAVES):
        count = _WIDEST << octave
        knots = chance.uniform(-1, 1, (count + 1, 4))
        if roughness or not octave:
            place = np.linspace(0, 1, count + 1)
            wave = [np.interp(at, place, column) for column in knots.T]
            found += np.stack(wave, axis=1) * roughness**octave
    return found


def _ends(grad: Descriptor, key: bytes) -> NDArray[np.float64]:
    """Per cent of three colours and the opacity."""
    found = np.array([float(one) for one in grad.get(key, [])]) / 100
    if found.shape != (4,) or not np.isfinite(found).all():
        raise ValueError("a gradient of noise has no ranges")
    return np.clip(found, 0, 1)
