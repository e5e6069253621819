"""One image over another (Porter and Duff 1984, with alpha not multiplied in)."""

from typing import cast

import numpy as np

from onemanage.imaging.domain.picture import Pixels, with_alpha, without_idle_alpha

_STRIP = 1 << 18
"""Pixels mixed at a time."""

type Rgba = tuple[int, int, int, int]


def on_color(pixels: Pixels, ground: Rgba) -> Pixels:
    """Over one colour: RGB where that is opaque, else RGBA."""
    if pixels.shape[2] == 3:
        return pixels
    if ground[3] == 0:
        return pixels
    if ground[3] == 255:
        return _matted(pixels, ground)
    height, width = pixels.shape[:2]
    under = np.empty((height, width, 4), np.uint8)
    under[:] = ground
    return over(under, pixels, 0, 0)


def over(under: Pixels, top: Pixels, left: int, upper: int) -> Pixels:
    """``top``, RGBA, laid over ``under`` with its corner there; it may project.

    A copy with the channels of ``under``.
    """
    made = under.copy()
    lay(made, top, left, upper)
    return made


def lay(under: Pixels, top: Pixels, left: int, upper: int) -> None:
    """As `over`, in place. By strips, as what is mixed is four times as large."""
    height, width = under.shape[:2]
    begin_x, begin_y = max(0, left), max(0, upper)
    end_x = min(width, left + top.shape[1])
    end_y = min(height, upper + top.shape[0])
    if begin_x >= end_x:
        return
    columns = slice(begin_x, end_x)
    inner = slice(begin_x - left, end_x - left)
    step = max(1, _STRIP // (end_x - begin_x))
    for row in range(begin_y, end_y, step):
        last = min(row + step, end_y)
        part = under[row:last, columns]
        part[:] = _mixed(part, top[row - upper : last - upper, inner])


def faded(pixels: Pixels, opacity: float) -> Pixels:
    """RGBA with its alpha multiplied."""
    made = with_alpha(pixels).copy()
    made[:, :, 3] = np.rint(made[:, :, 3] * np.float32(opacity)).astype(np.uint8)
    return made


def _mixed(under: Pixels, top: Pixels) -> Pixels:
    above = top[:, :, 3:].astype(np.float32) / 255
    colors = top[:, :, :3].astype(np.float32)
    if under.shape[2] == 3:
        mixed = under + (colors - under) * above
        return cast(Pixels, np.rint(mixed).astype(np.uint8))
    below = under[:, :, 3:].astype(np.float32) / 255 * (1 - above)
    alpha = above + below
    mixed = (colors * above + under[:, :, :3] * below) / np.maximum(alpha, 1e-6)
    return cast(Pixels, np.rint(np.dstack([mixed, alpha * 255])).astype(np.uint8))


def _matted(pixels: Pixels, ground: Rgba) -> Pixels:
    """In whole numbers, a strip at a time: it is done to every JPEG of a cut-out."""
    alpha = pixels[:, :, 3:]
    if int(alpha.min()) == 255:
        return without_idle_alpha(pixels)
    made = np.empty((*pixels.shape[:2], 3), np.uint8)
    under = np.array(ground[:3], np.uint16)
    step = max(1, _STRIP // pixels.shape[1])
    for top in range(0, pixels.shape[0], step):
        part = slice(top, top + step)
        opaque = alpha[part].astype(np.uint16)
        mixed = pixels[part, :, :3] * opaque + under * (255 - opaque)
        made[part] = (mixed + 127) // 255
    return made
