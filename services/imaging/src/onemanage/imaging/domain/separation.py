"""From sRGB to the inks of a press: the way back through the table of `inks`.

Of the many mixtures that look alike, one with as much black as the colour is dark and
gray is taken (gray component replacement); cyan, magenta and yellow follow from it by
Gauss and Newton, each step within what can be printed.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from onemanage.imaging.domain import icc
from onemanage.imaging.domain.inks import NAME, STEPS, lab_of, mixtures, srgb_of
from onemanage.imaging.domain.picture import Pixels

type Values = NDArray[np.float64]

_NODES = 17
"""Of each channel of sRGB."""
_BACK = 17
"""Of each axis of Lab in the profile's way back."""
_TURNS = 12
_DAMPING = 4.0
_MOST_BLACK = 0.95
_MOST_INK = 3.0
"""Of all four together, as SWOP has it: paper takes up no more."""


def inked(pixels: Pixels) -> Image.Image:
    """CMYK of (height, width, 3) in sRGB."""
    return Image.fromarray(pixels).filter(_table())


@cache
def profile() -> bytes:
    """The profile of these inks, both ways."""
    shown = srgb_of(icc.lab_nodes(_BACK))
    back = _looked_up(shown) * 65535
    tags = {
        b"A2B0": icc.lab_table(mixtures().reshape(-1, 3), 4, STEPS),
        b"B2A0": icc.lut16(back, 3, _BACK),
    }
    return icc.profile(b"prtr", b"CMYK", b"Lab ", NAME, tags)


@cache
def _table() -> ImageFilter.Color3DLUT:
    """Pillow counts red fastest."""
    table = _inks_of_nodes().transpose(2, 1, 0, 3).reshape(-1, 4)
    return ImageFilter.Color3DLUT(
        _NODES, table.ravel().tolist(), channels=4, target_mode="CMYK"
    )


@cache
def _inks_of_nodes() -> Values:
    """Shares of cyan, magenta, yellow and black by red, green and blue."""
    levels = np.linspace(0, 1, _NODES)
    nodes = np.stack(np.meshgrid(*[levels] * 3, indexing="ij"), axis=-1)
    return _separated(lab_of(nodes.reshape(-1, 3))).reshape(*[_NODES] * 3, 4)


def _separated(wanted: Values) -> Values:
    """Inks, (count, 4) of 0 to 1, for L*, a* and b*."""
    dark = np.clip((70 - wanted[:, 0]) / 70, 0, 1)
    chroma = np.hypot(wanted[:, 1], wanted[:, 2])
    black = _MOST_BLACK * dark**1.4 * np.clip(1 - chroma / 90, 0, 1)
    # Starts where the complement of the colour is.
    inks = np.column_stack([1 - srgb_of(wanted), black])
    inks[:, :3] = np.clip(inks[:, :3] - black[:, None] / 2, 0, 1)
    for _ in range(_TURNS):
        shown, slopes = _mixed(inks)
        missing = wanted - shown
        turned = slopes.transpose(0, 2, 1)
        square = turned @ slopes + _DAMPING * np.eye(3)
        step = np.linalg.solve(square, turned @ missing[:, :, None])[:, :, 0]
        inks[:, :3] = np.clip(inks[:, :3] + step, 0, 1)
    colored = inks[:, :3].sum(axis=1)
    room = np.minimum(1, (_MOST_INK - inks[:, 3]) / np.maximum(colored, 1e-6))
    inks[:, :3] *= room[:, None]
    return inks


def _mixed(inks: Values) -> tuple[Values, Values]:
    """Lab of mixtures, (count, 3), and how it changes with cyan, magenta and yellow,
    (count, 3, 3): linear between the nodes of the table."""
    table = mixtures()
    place = np.clip(inks, 0, 1) * (STEPS - 1)
    low = np.minimum(place.astype(np.intp), STEPS - 2)
    share = place - low
    made = np.zeros((len(inks), 3))
    slopes = np.zeros((len(inks), 3, 3))
    for corner in np.ndindex(2, 2, 2, 2):
        at = low + corner
        weights = np.where(corner, share, 1 - share)
        found = table[at[:, 0], at[:, 1], at[:, 2], at[:, 3]]
        made += weights.prod(axis=1)[:, None] * found
        for ink in range(3):
            rest = np.delete(weights, ink, axis=1).prod(axis=1)
            sign = STEPS - 1 if corner[ink] else 1 - STEPS
            slopes[:, :, ink] += (sign * rest)[:, None] * found
    return made, slopes


def _looked_up(shown: Values) -> Values:
    """Inks of colours in sRGB, as `inked` has them: the table's nearest node and what
    lies between, along each axis."""
    levels = np.rint(shown * 255).astype(np.uint8).reshape(1, -1, 3)
    return np.asarray(inked(levels), np.float64).reshape(-1, 4) / 255
