"""Lanczos by FFmpeg's libswscale: the pixels of Pillow's, at a fourth of the time.

Filters of both are three lobes wide and widen as the picture shrinks; they differ by
how they round, and at edges, where one repeats the last pixel and the other leaves out
what is missing. Its vectors work on one plane after another.
"""

import cv2
import numpy as np
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from onemanage.imaging.domain.picture import Pixels

_HOW = Interpolation.LANCZOS | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""The same values whatever instructions a processor has."""
_LEAST, _MOST = 16, 16_384
"""Pixels of a side that it is given: with less there is nothing to gain."""
_MOST_RATIO = 24.0
"""Its filters have 256 taps at most, six for each pixel that becomes one."""
_NEAR = 1 / 8
"""Pixels by which the far end of a picture may be misplaced."""
_TRIES = 64


def lanczos(
    pixels: Pixels, size: tuple[int, int], part: tuple[float, float]
) -> Pixels | None:
    """Of this width and height, from so many columns and rows at the left and the top:
    (height, width, channels), each of its own. None of what it does not suit.

    Whole pixels alone can be scaled, and ``part`` may end within one. So a little more
    is made of a little more, by nearly the same ratio, and the rest is cut off.
    """
    sides = *pixels.shape[:2], *size
    ratios = part[0] / size[0], part[1] / size[1]
    if min(sides) < _LEAST or max(sides) > _MOST:
        return None
    if min(ratios) < 1 or max(ratios) > _MOST_RATIO:
        return None
    across, down = whole(part[0], size[0]), whole(part[1], size[1])
    return _scaled(pixels, size, across, down) if across and down else None


def whole(extent: float, count: int) -> tuple[int, int] | None:
    """Pixels, and of how many they become ``count`` or a few more, so that ``extent``
    of them are ``count``. None where that cannot be had to an eighth of a pixel.

    The fraction that is left over runs through all values as both grow, evenly where
    the ratio is irrational (Weyl 1916), so it is soon small.
    """
    ratio = extent / count

    def off(made: int) -> float:
        return abs(round(made * ratio) - made * ratio) * count / made

    best = count
    for made in range(count, count + _TRIES):
        if off(made) < off(best):
            best = made
        if off(best) <= _NEAR / 4:
            break
    return (round(best * ratio), best) if off(best) <= _NEAR else None


def _scaled(
    pixels: Pixels,
    size: tuple[int, int],
    across: tuple[int, int],
    down: tuple[int, int],
) -> Pixels:
    (columns, width), (rows, height) = across, down
    pixels = _extended(pixels[:rows, :columns], rows, columns)
    scaler = VideoReformatter()
    source = VideoFrame(columns, rows, "gray")
    plane = _plane(source)
    made = []
    for number in range(pixels.shape[2]):
        cv2.extractChannel(pixels, number, plane)
        frame = scaler.reformat(source, width, height, interpolation=_HOW, threads=1)
        made.append(_plane(frame)[: size[1], : size[0]])
    return np.asarray(cv2.merge(made), np.uint8)


def _extended(pixels: Pixels, rows: int, columns: int) -> Pixels:
    """With its last row and column repeated."""
    below, right = rows - pixels.shape[0], columns - pixels.shape[1]
    if not below and not right:
        return pixels
    how = cv2.BORDER_REPLICATE
    return np.asarray(cv2.copyMakeBorder(pixels, 0, below, 0, right, how), np.uint8)


def _plane(frame: VideoFrame) -> Pixels:
    """The samples of a gray frame, in its own memory."""
    (plane,) = frame.planes
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return lines[: frame.height, : frame.width]
