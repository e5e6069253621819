"""Local contrast, no further than a limit (Zuiderveld, Graphics Gems IV, 1994).

OpenCV has this for one opaque picture. Here what is transparent does not count, and all
frames of an animation go through the same tables, so that it does not flicker.
"""

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.tones import Clahe
from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.operations.channels import recolored, rgb_of, seen
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture, Pixels

type _Edges = list[int]


def clahe(picture: Picture, operation: Clahe, context: Context) -> Picture:
    """By tables of tiles, between whose middles they are mixed."""
    rows = _edges(picture.height, operation.tiles)
    columns = _edges(picture.width, operation.tiles)
    counts = [_counts(frame, rows, columns) for frame in picture.frames]
    tables = _tables(np.sum(counts, axis=0, dtype=np.float32), operation.limit)

    def raised(frame: Pixels) -> Pixels:
        lab = cv2.cvtColor(rgb_of(frame), cv2.COLOR_RGB2LAB)
        light = cast(Pixels, cv2.extractChannel(lab, 0))
        lab[:, :, 0] = _between(light, tables, _middles(rows), _middles(columns))
        return recolored(frame, cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))

    return picture.mapped(raised)


def _edges(length: int, tiles: int) -> _Edges:
    tiles = min(tiles, length)
    return [length * number // tiles for number in range(tiles + 1)]


def _middles(edges: _Edges) -> NDArray[np.float32]:
    both = np.array(edges, np.float32)
    return np.asarray((both[1:] + both[:-1] - 1) / 2, np.float32)


def _counts(frame: Pixels, rows: _Edges, columns: _Edges) -> NDArray[np.float32]:
    """How often each lightness is seen in each tile, (down, across, 256)."""
    mask = seen(frame)
    lab = cv2.cvtColor(rgb_of(frame), cv2.COLOR_RGB2LAB)
    light = cv2.extractChannel(lab, 0)
    made = np.empty((len(rows) - 1, len(columns) - 1, 256), np.float32)
    for y, (top, bottom) in enumerate(zip(rows, rows[1:], strict=False)):
        for x, (left, right) in enumerate(zip(columns, columns[1:], strict=False)):
            part = light[top:bottom, left:right]
            within = None if mask is None else mask[top:bottom, left:right]
            made[y, x] = cv2.calcHist([part], [0], within, [256], [0, 256])[:, 0]
    return made


def _tables(counts: NDArray[np.float32], limit: float) -> NDArray[np.float32]:
    """Levels from 0 to 255 of each tile. What is over the limit is shared out among all
    levels; a tile with nothing to be seen takes the table of the whole."""
    whole = counts.sum(axis=(0, 1), dtype=np.float32)
    if not whole.any():
        whole = np.ones(256, np.float32)
    empty = counts.sum(axis=2) == 0
    counts = np.asarray(np.where(empty[..., None], whole, counts), np.float32)
    total = counts.sum(axis=2, keepdims=True)
    most = total * np.float32(limit / 256)
    kept = np.minimum(counts, most)
    kept += (total - kept.sum(axis=2, keepdims=True)) / 256
    made: NDArray[np.float32] = np.cumsum(kept, axis=2) * (255 / total)
    return made


def _between(
    light: Pixels, tables: NDArray[np.float32], rows: Values, columns: Values
) -> Pixels:
    """Each pixel by the tables of the four tiles whose middles are around it."""
    made = np.empty_like(light)
    for upper, lower, high in _cells(rows, light.shape[0]):
        down = _share(high, rows, upper, lower)[:, None]
        for left, right, wide in _cells(columns, light.shape[1]):
            across = _share(wide, columns, left, right)[None, :]
            part = light[high, wide]
            above = _mixed(part, tables[upper, left], tables[upper, right], across)
            below = _mixed(part, tables[lower, left], tables[lower, right], across)
            made[high, wide] = np.rint(above + (below - above) * down)
    return made


def _cells(middles: Values, length: int) -> Sequence[tuple[int, int, slice]]:
    """Between which tiles the pixels from here to there lie."""
    ends = [0, *(int(np.ceil(middle)) for middle in middles), length]
    last = len(middles) - 1
    return [
        (max(0, number - 1), min(last, number), slice(begin, end))
        for number, (begin, end) in enumerate(zip(ends, ends[1:], strict=False))
        if begin < end
    ]


def _share(part: slice, middles: Values, before: int, after: int) -> Values:
    if before == after:
        return np.zeros(part.stop - part.start, np.float32)
    at = np.arange(part.start, part.stop, dtype=np.float32)
    share = (at - middles[before]) / (middles[after] - middles[before])
    return np.asarray(share, np.float32)


def _mixed(part: Pixels, one: Values, other: Values, share: Values) -> Values:
    first = cast(Values, cv2.LUT(part, one))
    second = cast(Values, cv2.LUT(part, other))
    return np.asarray(first + (second - first) * share, np.float32)
