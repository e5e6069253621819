"""Colour tables of .cube files (Adobe, "Cube LUT Specification 1.0", 2013).

Besides the specification's keywords those by which DaVinci Resolve gives the domain are
read, LUT_1D_INPUT_RANGE and LUT_3D_INPUT_RANGE.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.domain.arrays import Values, highest, lowest

MOST_BYTES = 16 << 20
"""One of 65 points a side has about 7 million."""
_MOST = {1: 65_536, 3: 65}
"""Points on a side, by dimensions."""
_LEAST_RANGE = 1e-3
"""From the least to the greatest value of a domain."""
_LONGEST = 250
"""Characters of a line, as the specification has it."""


class InvalidCube(Exception):
    """The file is no table; says why, and in which line."""


@dataclass(frozen=True, slots=True)
class Cube:
    """A table of colours."""

    grid: NDArray[np.float32]
    """(n, 3): what becomes of n levels of each channel; or (n, n, n, 3), by blue, green
    and red, as it stands in the file."""
    low: NDArray[np.float32]
    """The colour of the first point."""
    high: NDArray[np.float32]


def read_cube(path: Path) -> Cube:
    """Raises InvalidCube."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        text = f"it has {size} bytes; at most {MOST_BYTES} are read"
        raise InvalidCube(text)
    return _Reader().cube(path.read_bytes().decode("utf-8-sig", "replace"))


def looked_up(cube: Cube, colors: Values) -> Values:
    """Colours (…, 3) of 0 to 1 by the four points around each that make a tetrahedron
    (Kasson, Nin, Plouffe and Hafner, "Performing color space conversions with
    three-dimensional linear interpolation", J. Electronic Imaging 4(3), 1995)."""
    count = cube.grid.shape[0]
    flat = cube.grid.reshape(-1, 3)
    place = (colors - cube.low) * ((count - 1) / (cube.high - cube.low))
    np.clip(place, 0, count - 1, out=place)
    before = np.minimum(place.astype(np.int32), max(0, count - 2))
    place -= before
    steps = np.array([1, count, count * count], np.int32)
    base = before @ steps
    red, green, blue = place[..., 0], place[..., 1], place[..., 2]
    most, least = highest(place), lowest(place)
    middle = red + green + blue - most - least
    # The way from the first corner to the last goes along the longest side first.
    first = np.where(red == most, steps[0], np.where(green == most, steps[1], steps[2]))
    final = np.where(
        blue == least, steps[2], np.where(green == least, steps[1], steps[0])
    )
    made = np.take(flat, base, axis=0) * (1 - most)[..., None]
    made += np.take(flat, base + first, axis=0) * (most - middle)[..., None]
    made += (
        np.take(flat, base + (steps.sum() - final), axis=0)
        * (middle - least)[..., None]
    )
    made += np.take(flat, base + steps.sum(), axis=0) * least[..., None]
    return np.asarray(made, np.float32)


def curve_values(cube: Cube, levels: Values) -> Values:
    """What becomes of these levels in each channel, (…, 3), of a table of one
    dimension."""
    points = np.arange(len(cube.grid))
    place = (levels[:, None] - cube.low) * (
        (len(cube.grid) - 1) / (cube.high - cube.low)
    )
    channels = [np.interp(place[:, c], points, cube.grid[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


class _Reader:
    """Line by line, so that what is wrong is said with its line."""

    def __init__(self) -> None:
        self._size: tuple[int, int] | None = None
        """Dimensions, and points on a side."""
        self._low, self._high = [0.0] * 3, [1.0] * 3
        self._rows: list[list[float]] = []
        self._needed = 0

    def cube(self, text: str) -> Cube:
        for number, words in _lines(text):
            try:
                self._line(words)
            except ValueError as error:
                raise InvalidCube(f"line {number}: {error}") from None
        if self._size is None:
            raise InvalidCube("it has neither LUT_1D_SIZE nor LUT_3D_SIZE")
        dimensions, count = self._size
        if len(self._rows) < self._needed:
            text = f"it has {len(self._rows)} colours, {self._needed} are needed"
            raise InvalidCube(text)
        low, high = np.array(self._low, np.float32), np.array(self._high, np.float32)
        if (high - low < _LEAST_RANGE).any():
            raise InvalidCube("DOMAIN_MIN is not below DOMAIN_MAX")
        grid = np.array(self._rows, np.float32)
        return Cube(grid.reshape((count,) * dimensions + (3,)), low, high)

    def _line(self, words: list[str]) -> None:
        word, rest = words[0].upper(), words[1:]
        if word in ("LUT_1D_SIZE", "LUT_3D_SIZE"):
            self._sized(int(word[4]), rest)
        elif word in ("DOMAIN_MIN", "DOMAIN_MAX"):
            numbers = _numbers(rest, 3)
            if word == "DOMAIN_MIN":
                self._low = numbers
            else:
                self._high = numbers
        elif word in ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"):
            low, high = _numbers(rest, 2)
            self._low, self._high = [low] * 3, [high] * 3
        elif word[0].isalpha() and word not in ("NAN", "INF", "INFINITY"):
            if self._rows:
                raise ValueError(f"{words[0][:40]!r} stands among the colours")
        else:
            self._rows.append(_numbers(words, 3))
            if self._size is None:
                raise ValueError("a colour stands before the size")
            if len(self._rows) > self._needed:
                raise ValueError(f"it has more than its {self._needed} colours")

    def _sized(self, dimensions: int, rest: list[str]) -> None:
        if self._size is not None:
            raise ValueError("it has a second size; one table is read")
        most = _MOST[dimensions]
        if len(rest) != 1 or not rest[0].isdecimal() or not 2 <= int(rest[0]) <= most:
            raise ValueError(f"the size must be a whole number from 2 to {most}")
        self._size = dimensions, int(rest[0])
        self._needed = int(rest[0]) ** dimensions


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The words of each line that says anything, with its number."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST:
            raise InvalidCube(f"line {number}: it has over {_LONGEST} characters")
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, words


def _numbers(words: list[str], count: int) -> list[float]:
    if len(words) != count:
        raise ValueError(f"{count} numbers must stand here, not {len(words)}")
    made = []
    for word in words:
        try:
            value = float(word)
        except ValueError:
            raise ValueError(f"{word[:40]!r} is no number") from None
        if not math.isfinite(value) or abs(value) > 1e6:
            raise ValueError(f"{word[:40]!r} is out of range")
        made.append(value)
    return made
