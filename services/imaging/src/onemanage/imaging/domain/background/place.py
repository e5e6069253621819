"""Where a subject goes on its canvas."""

from dataclasses import dataclass

import numpy as np

from onemanage.contracts.imaging.backgrounds import Placement
from onemanage.imaging.domain.arrays import Mask

USUAL_MARGIN = 0.05
LARGEST_SIDE = 16384

type Box = tuple[int, int, int, int]
"""Left, top, width and height."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A canvas, and the box on it that the subject's box is scaled to; pixels."""

    width: int
    height: int
    box: Box


def layout(subject: Box, size: tuple[int, int], placement: Placement) -> Layout:
    """``subject`` lies on a picture of ``size``, width and height."""
    aspect = _aspect(placement)
    sides = placement.width is not None or placement.height is not None
    if not sides and aspect is None:
        if placement.margin is None:
            return Layout(size[0], size[1], subject)
        return _filled(subject, size, placement.margin, placement)
    margin = USUAL_MARGIN if placement.margin is None else placement.margin
    if not sides and aspect is not None:
        canvas = _around(subject, aspect, margin)
        return _filled(subject, canvas, margin, placement)
    ratio = aspect or size[0] / size[1]
    width, height = placement.width, placement.height
    canvas = (
        width or max(round((height or 1) * ratio), 1),
        height or max(round((width or 1) / ratio), 1),
    )
    return _filled(subject, canvas, margin, placement)


def _aspect(placement: Placement) -> float | None:
    if placement.aspect is None:
        return None
    width, height = placement.aspect.split(":")
    return int(width) / int(height)


def _around(subject: Box, aspect: float, margin: float) -> tuple[int, int]:
    """The smallest canvas of this aspect that leaves the subject its pixels."""
    _, _, wide, high = subject
    # In units of the shorter side: the canvas is x by y, and x - 2 margin is free.
    x, y = max(aspect, 1.0), max(1 / aspect, 1.0)
    shorter = max(wide / (x - 2 * margin), high / (y - 2 * margin))
    shorter = min(shorter, LARGEST_SIDE / max(x, y))
    return max(round(shorter * x), 1), max(round(shorter * y), 1)


def _filled(
    subject: Box, canvas: tuple[int, int], margin: float, placement: Placement
) -> Layout:
    width, height = canvas
    free = margin * min(width, height)
    _, _, wide, high = subject
    scale = min((width - 2 * free) / wide, (height - 2 * free) / high)
    scale = min(scale, placement.upscale)
    w, h = max(round(wide * scale), 1), max(round(high * scale), 1)
    across = {"left": free, "center": (width - w) / 2, "right": width - w - free}
    down = {"top": free, "center": (height - h) / 2, "bottom": height - h - free}
    left, top = round(across[placement.horizontal]), round(down[placement.vertical])
    return Layout(width, height, (left, top, w, h))


def bounds(mask: Mask) -> Box:
    """Left, top, width and height of what is set; all of it where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1
