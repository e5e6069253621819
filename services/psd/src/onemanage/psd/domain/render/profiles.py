"""ICC profiles that change colours: device links of RGB, and abstract profiles.

Only the table of the first rendering intent is read (ICC.1:2022, 10.10 to 10.12 and
10.18): lut8Type, lut16Type and lutAToBType. LittleCMS does them as well, but Pillow gives
no way to a transform of one profile, or of three.
"""

import struct
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.colorimetry import (
    lab_to_xyz,
    rgb_to_xyz,
    xyz_to_lab,
    xyz_to_rgb,
)

type Values = NDArray[np.float64]
type _Step = Callable[[Values], Values]

_SIDE = 33
"""Points on a side of the grid that is made."""
_MOST = 129
"""Points on a side of a grid that is read; profiles have 9 to 65."""
_LONGEST = 1 << 16


def profile_grid(profile: bytes) -> NDArray[np.float32]:
    """What becomes of sRGB, (33, 33, 33, 3). Raises ValueError, IndexError."""
    kind, space, connection = profile[12:16], profile[16:20], profile[20:24]
    table = _tag(profile, b"A2B0")
    axis = np.linspace(0, 1, _SIDE)
    rgb = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    colors = rgb.reshape(-1, 3)
    if kind == b"link" and (space, connection) == (b"RGB ", b"RGB "):
        found = _through(table, colors)
    elif kind == b"abst" and (space, connection) == (b"Lab ", b"Lab "):
        white = 65280 / 65535 if table[:4] == b"mft2" else 1.0
        found = _rgb(_through(table, _lab(colors, white)), white)
    else:
        names = b" ".join((kind, space, connection)).decode("latin-1")
        raise ValueError(f"profiles of the kind {names} are not known")
    return np.clip(found, 0, 1).reshape(rgb.shape).astype(np.float32)


def _tag(profile: bytes, name: bytes) -> bytes:
    count = int.from_bytes(profile[128:132])
    for number in range(min(count, 100)):
        at = 132 + 12 * number
        if profile[at : at + 4] == name:
            offset, length = struct.unpack(">II", profile[at + 4 : at + 12])
            return profile[offset : offset + length]
    raise ValueError("it has no table")


def _through(table: bytes, colors: Values) -> Values:
    """Colours (count, 3) of 0 to 1, as the table has them coded."""
    if len(table) < 32 or table[8:10] != b"\x03\x03":
        raise ValueError("its table is not one of three colours")
    match table[:4]:
        case b"mft1":
            steps = _old(table, 1, (256, 256), 48)
        case b"mft2":
            first, last = struct.unpack(">HH", table[48:52])
            steps = _old(table, 2, (first, last), 52)
        case b"mAB ":
            steps = _new(table)
        case _:
            raise ValueError("its table is of an unknown type")
    for step in steps:
        colors = np.clip(step(colors), 0, 1)
    return colors


def _old(table: bytes, width: int, entries: tuple[int, int], at: int) -> list[_Step]:
    """Curves, a grid, curves. The matrix counts only where the colours are XYZ."""
    side, (first, last) = table[10], entries
    sizes = (3 * first, 3 * side**3, 3 * last)
    stored = _numbers(table, width, sum(sizes), at)
    before, grid, after = np.split(stored, np.cumsum(sizes)[:2])
    return [
        _curves(before.reshape(3, first)),
        _gridded(grid.reshape(side, side, side, 3)),
        _curves(after.reshape(3, last)),
    ]


def _numbers(table: bytes, width: int, count: int, at: int) -> Values:
    """Unsigned, of one or two bytes, as 0 to 1."""
    if count > 3 * _MOST**3:
        raise ValueError("its grid is too fine")
    stored = np.frombuffer(table, ">u2" if width == 2 else np.uint8, count, at)
    return stored.astype(np.float64) / (65535 if width == 2 else 255)


def _new(table: bytes) -> list[_Step]:
    """Curves A, a grid, curves M, a matrix, curves B; all but B may be missing."""
    at_b, at_matrix, at_m, at_grid, at_a = struct.unpack(">5I", table[12:32])
    steps: list[_Step] = []
    if at_a:
        steps.append(_each(_three_curves(table, at_a)))
    if at_grid:
        sides = tuple(table[at_grid : at_grid + 3])
        count = 3 * sides[0] * sides[1] * sides[2]
        stored = _numbers(table, table[at_grid + 16], count, at_grid + 20)
        steps.append(_gridded(stored.reshape(*sides, 3)))
    if at_m:
        steps.append(_each(_three_curves(table, at_m)))
    if at_matrix:
        fixed = np.frombuffer(table, ">i4", 12, at_matrix) / 65536
        matrix, constant = fixed[:9].reshape(3, 3), fixed[9:]
        steps.append(lambda colors: colors @ matrix.T + constant)
    steps.append(_each(_three_curves(table, at_b)))
    return steps


def _three_curves(table: bytes, at: int) -> list[_Step]:
    found = []
    for _ in range(3):
        curve, length = _curve(table, at)
        found.append(curve)
        at += (length + 3) // 4 * 4
    return found


def _curve(table: bytes, at: int) -> tuple[_Step, int]:
    """curveType or parametricCurveType, and its length in bytes."""
    if table[at : at + 4] == b"curv":
        count = int.from_bytes(table[at + 8 : at + 12])
        if count > _LONGEST:
            raise ValueError("a curve of it is too long")
        stored = np.frombuffer(table, ">u2", count, at + 12).astype(np.float64)
        if count == 0:
            return (lambda x: x), 12
        if count == 1:
            gamma = float(stored[0]) / 256
            return (lambda x: x**gamma), 14
        return _curves(stored[None] / 65535), 12 + 2 * count
    if table[at : at + 4] != b"para":
        raise ValueError("a curve of it is of an unknown type")
    kind = int.from_bytes(table[at + 8 : at + 10])
    count = (1, 3, 4, 5, 7)[kind]
    numbers = np.frombuffer(table, ">i4", count, at + 12) / 65536
    return _parametric(kind, [float(one) for one in numbers]), 12 + 4 * count


def _parametric(kind: int, numbers: Sequence[float]) -> _Step:
    """ICC.1:2022, table 68: (a x + b) to the g, and straight below d."""
    g, a, b, c, d, e, f = (*numbers, *[0.0] * (7 - len(numbers)))
    if kind == 0:
        a = 1.0
    if kind in (1, 2):
        c, d, e, f = 0.0, -b / a if a else 0.0, c, c
    if kind == 2:
        e = f = numbers[3]

    def curve(x: Values) -> Values:
        high = np.maximum(a * x + b, 0) ** g + e
        return np.where(x >= d, high, c * x + f)

    return curve


def _each(curves: Sequence[_Step]) -> _Step:
    return lambda colors: np.stack(
        [curve(colors[:, number]) for number, curve in enumerate(curves)], axis=1
    )


def _curves(tables: Values) -> _Step:
    """Tables (3 or 1, entries) for as many columns."""

    def apply(colors: Values) -> Values:
        columns = colors.reshape(len(colors), -1).T
        ends = np.linspace(0, 1, tables.shape[1])
        found = [np.interp(x, ends, y) for x, y in zip(columns, tables, strict=True)]
        return np.stack(found, axis=1).reshape(colors.shape)

    return apply


def _gridded(grid: Values) -> _Step:
    """The first colour changes slowest."""
    last = np.array(grid.shape[:3]) - 1
    if last.min() < 1:
        raise ValueError("its grid has a side of one point")

    def apply(colors: Values) -> Values:
        place = colors * last
        before = np.minimum(place.astype(np.intp), last - 1)
        share = place - before
        out = np.zeros_like(colors)
        for corner in range(8):
            step = np.array([corner >> bit & 1 for bit in range(3)])
            weight = np.where(step, share, 1 - share).prod(axis=1)
            x, y, z = (before + step).T
            out += grid[x, y, z] * weight[:, None]
        return out

    return apply


def _lab(rgb: Values, white: float) -> Values:
    """CIE L*a*b* of D50 as 0 to 1; ``white`` is how an L* of 100 is coded."""
    return (xyz_to_lab(rgb_to_xyz(rgb)) + _MIDDLE) / _WIDTH * white


def _rgb(coded: Values, white: float) -> Values:
    """The way back, cut to what sRGB can show."""
    return xyz_to_rgb(lab_to_xyz(coded / white * _WIDTH - _MIDDLE))


_WIDTH: Values = np.array([100.0, 255.0, 255.0])
_MIDDLE: Values = np.array([0.0, 128.0, 128.0])
"""Of L*, a* and b*, as they are coded."""
