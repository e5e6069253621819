"""Adjustments that treat each channel alone: tables of the 256 levels.

How Photoshop 27 maps ramps has been measured publicly
(github.com/StefanRademakers/LightTable, 2026). The formulas here were fitted to some of
those figures and to merged images.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.color import Pixels

type Levels = NDArray[np.float64]

_STEEPEST = 0.757
"""Of a contrast of 100: the share of the curve that is flat at both ends."""

_LEVELS: Levels = np.arange(256, dtype=np.float64) / 255


def brightness_contrast(brightness: int, contrast: int) -> Pixels:
    """Table (256) of the form since CS3, within 2 levels and mostly within half a one.

    Brightness is exposure by b/50 stops in light of gamma 2.2, bent into white; a
    negative one is the inverse. Contrast mixes in two parabolas that meet in the middle.
    """
    bright = _shoulder(_LEVELS, 2 ** (abs(brightness) / 110))
    if brightness < 0:
        bright = np.interp(_LEVELS, bright, _LEVELS)
    bent = np.where(bright < 0.5, 2 * bright**2, 1 - 2 * (1 - bright) ** 2)
    return _table(bright + (bent - bright) * _STEEPEST * contrast / 100)


def _shoulder(levels: Levels, slope: float) -> Levels:
    """Straight up to the knee, from where it gets to (1, 1) the slower the nearer."""
    if slope <= 1:
        return levels
    knee = 0.47 + 0.08 * (slope - 1)
    falling = 1.53 - 0.15 * (slope - 1)
    begin = knee / slope
    t = np.clip((levels - begin) / (1 - begin), 0, 1)
    steep = slope * (1 - begin) / (1 - knee)
    left = (1 - t) ** falling * np.exp((falling - steep) * t)
    return np.where(levels < begin, levels * slope, 1 - (1 - knee) * left)


def legacy_contrast(brightness: int, contrast: int, mean: int) -> Pixels:
    """Table (256) of the old form: steeper after it is shifted, or flatter before."""
    middle = mean or 127
    levels = np.arange(256, dtype=np.float64)
    share = min(100, max(-100, contrast)) / 100
    if share < 0:
        out = (levels - middle) * (1 + share) + middle + brightness
    else:
        out = (levels + brightness - middle) / max(1 - share, 1 / 256) + middle
    return _table(out / 255)


def color_balance(
    shadows: Sequence[float],
    midtones: Sequence[float],
    highlights: Sequence[float],
    *,
    preserve: bool,
) -> Pixels:
    """Tables (3, 256) of red, green and blue from sliders of -100 to 100.

    Each is one of Levels. Less in the shadows raises its black, more in the highlights
    lowers its white, by as many levels; gamma is 2 to the m/100, and by half as much of
    shadows and highlights. Preserving luminosity makes the strongest shadow, the
    weakest highlight and the middle of the midtones zero beforehand, so that equal
    sliders change nothing, and takes gamma from the midtones alone.
    """
    dark, middle, light = (
        np.array(sliders, np.float64) for sliders in (shadows, midtones, highlights)
    )
    if preserve:
        dark = dark - dark.max()
        light = light - light.min()
        middle = middle - (middle.min() + middle.max()) / 2
        gamma = 2 ** (middle / 100)
    else:
        gamma = 2 ** ((dark + 2 * middle + light) / 200)
    black = np.maximum(-dark, 0) / 255
    white = 1 - np.maximum(light, 0) / 255
    width = np.maximum(white - black, 1 / 255)
    shifted = (_LEVELS - black[:, None]) / width[:, None]
    return _table(np.clip(shifted, 0, 1) ** (1 / gamma[:, None]))


def _table(values: Levels) -> Pixels:
    return cast(Pixels, (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8))
