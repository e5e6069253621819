"""Where each tile of a pyramid is: whoever writes one and whoever shows it agree here.

A picture is cut into squares, halved, cut again, and so on until one square holds all
of it. Tiles are numbered level after level from the largest, in each row by row; behind
them comes the overview. Sizes are rounded up, as IIIF's Image API and libvips do.
"""

import re
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

TILE_SIZE = 512
"""Pixels of a side. Tiles do not overlap."""
_REGION = re.compile(r"([0-9]{1,9}),([0-9]{1,9}),([0-9]{1,9}),([0-9]{1,9})")
_SIZE = re.compile(r"([0-9]{1,9}),([0-9]{1,9})")

type Box = tuple[int, int, int, int]
"""Left, top, width and height."""


class Level(NamedTuple):
    """The picture at one scale."""

    scale: int
    """1, 2, 4, …: so many pixels of the picture become one, either way."""
    width: int
    height: int
    first: int
    """The number of its first tile."""

    @property
    def columns(self) -> int:
        """How many tiles stand beside each other."""
        return _up(self.width, TILE_SIZE)

    @property
    def rows(self) -> int:
        """How many tiles stand below each other."""
        return _up(self.height, TILE_SIZE)

    def tile(self, column: int, row: int) -> Box:
        """In pixels of this level."""
        left, top = column * TILE_SIZE, row * TILE_SIZE
        return (
            *(left, top),
            *(min(TILE_SIZE, self.width - left), min(TILE_SIZE, self.height - top)),
        )


@lru_cache(1_000)
def levels_of(width: int, height: int) -> Sequence[Level]:
    """From the picture as it is to the one that is a single tile."""
    found: list[Level] = []
    scale, first = 1, 0
    while True:
        level = Level(scale, _up(width, scale), _up(height, scale), first)
        found.append(level)
        first += level.columns * level.rows
        if level.columns == level.rows == 1:
            return tuple(found)
        scale *= 2


def overview_size(width: int, height: int) -> tuple[int, int]:
    """Of the whole picture as large as a tile holds it: what ``full/max`` shows."""
    most = max(width, height, TILE_SIZE)
    return max(1, width * TILE_SIZE // most), max(1, height * TILE_SIZE // most)


def tile_count(width: int, height: int) -> int:
    """All of them, and the overview where no level has its size."""
    return _overview_number(width, height) + 1


def tile_number(width: int, height: int, region: str, size: str) -> int | None:
    """Of ``region`` and ``size`` as an address of IIIF has them; None where that is no
    tile of a picture of ``width`` by ``height``."""
    box, wanted = _box(width, height, region), _pair(size)
    if box == (0, 0, width, height) and size in ("max", _said(width, height)):
        return _overview_number(width, height)
    if box is None or (wanted is None and size != "max"):
        return None
    for level in levels_of(width, height):
        column, row = (place // (level.scale * TILE_SIZE) for place in box[:2])
        if column < level.columns and row < level.rows:
            tile = level.tile(column, row)
            is_asked = tile[2:] == (wanted or box[2:])
            if is_asked and _in_picture(level, tile, width, height) == box:
                return level.first + row * level.columns + column
    return None


def packed(sizes: Iterable[int]) -> bytes:
    """The index of an object whose tiles have so many bytes each, by their numbers:
    unsigned 32-bit integers, little-endian."""
    numbers = array("I", sizes)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def ends_of(index: bytes) -> "array[int]":
    """Where each tile ends in the object; it begins where the one before it does."""
    numbers = array("I")
    numbers.frombytes(index)
    if sys.byteorder == "big":
        numbers.byteswap()
    return array("Q", accumulate(numbers))


def _overview_number(width: int, height: int) -> int:
    last = levels_of(width, height)[-1]
    return last.first + ((last.width, last.height) != overview_size(width, height))


def _in_picture(level: Level, tile: Box, width: int, height: int) -> Box:
    left, top = tile[0] * level.scale, tile[1] * level.scale
    across = min(TILE_SIZE * level.scale, width - left)
    return left, top, across, min(TILE_SIZE * level.scale, height - top)


def _box(width: int, height: int, region: str) -> Box | None:
    if region == "full":
        return 0, 0, width, height
    found = _REGION.fullmatch(region)
    if found is None:
        return None
    left, top, across, down = (int(group) for group in found.groups())
    return left, top, across, down


def _pair(size: str) -> tuple[int, int] | None:
    found = _SIZE.fullmatch(size)
    return None if found is None else (int(found[1]), int(found[2]))


def _said(width: int, height: int) -> str:
    across, down = overview_size(width, height)
    return f"{across},{down}"


def _up(number: int, by: int) -> int:
    return -(-number // by)
