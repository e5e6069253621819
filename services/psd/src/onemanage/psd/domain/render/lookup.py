"""Colour lookup: for colours on a grid, what becomes of them.

The layer's block holds the file that was chosen, whole: CUBE (Adobe, "Cube LUT
Specification 1.0"), 3DL (Autodesk) or LOOK (Iridas), or an ICC profile, abstract or a
device link. A grid has the shape (n, n, n, 3), by red, green and blue.
"""

import math
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from psd_tools.psd.descriptor import Descriptor

from onemanage.psd.domain.render.profiles import profile_grid

type Values = NDArray[np.float32]

_MOST = 129
"""Points on a side of a grid; files have 17 to 65."""
_LONGEST = 64 << 20
"""Bytes of a file; one of 65 points on a side has 8 million."""
_DEPTHS = (255, 1023, 4095, 16383, 65535)
"""The greatest values of 3DL files, of 8 to 16 bits."""


@dataclass(frozen=True)
class Lookup:
    """A grid, and the colours of its first and last point."""

    grid: Values
    low: Values
    high: Values


class NoLookup(Exception):
    """The block holds no table that is understood; says why."""


def is_chosen(layer: Any) -> bool:
    """Whether the layer has a table; Photoshop's new ones have none, and do nothing."""
    return bool(getattr(layer, "_data", None))


def lookup_of(layer: Any) -> Lookup:
    """Raises NoLookup."""
    desc = getattr(layer, "_data", None)
    if not isinstance(desc, Descriptor):
        raise NoLookup("it holds no table")
    text, profile = _raw(desc, b"LUT3DFileData"), _raw(desc, b"profile")
    kind = _enum(desc, b"lookupType")
    if text and kind in (b"", b"3DLUT"):
        return _of_file(
            text,
            _enum(desc, b"LUTFormat"),
            _enum(desc, b"tableOrder"),
            _enum(desc, b"dataOrder"),
        )
    if profile:
        return _of_profile(profile)
    raise NoLookup("it holds no table")


def looked_up(lookup: Lookup, color: Values) -> Values:
    """Colours (3, height, width) of 0 to 1 by the eight points around each."""
    last = len(lookup.grid) - 1
    width = np.maximum(lookup.high - lookup.low, np.float32(1e-6))[:, None, None]
    place = np.clip((color - lookup.low[:, None, None]) / width, 0, 1) * last
    before = np.minimum(place.astype(np.intp), last - 1)
    share = (place - before).astype(np.float32)
    out = np.zeros_like(color)
    for corner in range(8):
        step = [corner >> bit & 1 for bit in range(3)]
        weight = np.ones(color.shape[1:], np.float32)
        for number in range(3):
            near = share[number]
            weight = weight * (near if step[number] else 1 - near)
        red, green, blue = (before[number] + step[number] for number in range(3))
        out += lookup.grid[red, green, blue].transpose(2, 0, 1) * weight
    return out


@lru_cache(maxsize=4)
def _of_file(data: bytes, kind: bytes, table_order: bytes, data_order: bytes) -> Lookup:
    if len(data) > _LONGEST:
        raise NoLookup("its table is too large")
    text = data.decode("latin-1")
    try:
        if kind == b"LUTFormatLOOK" or text.lstrip().startswith("<"):
            found, red_first = Lookup(_look(text), _ZERO, _ONE), True
        elif kind == b"LUTFormat3DL":
            found, red_first = Lookup(_three_dl(text), _ZERO, _ONE), False
        else:
            found, red_first = _cube(text), True
    except (ValueError, OverflowError) as error:
        raise NoLookup(f"its table cannot be read: {error}") from error
    if table_order in (b"rgbOrder", b"bgrOrder"):
        red_first = table_order == b"bgrOrder"
    grid = found.grid.transpose(2, 1, 0, 3) if red_first else found.grid
    if data_order == b"bgrOrder":
        grid = grid[..., ::-1]
    return Lookup(np.ascontiguousarray(grid), found.low, found.high)


@lru_cache(maxsize=4)
def _of_profile(data: bytes) -> Lookup:
    try:
        return Lookup(profile_grid(data), _ZERO, _ONE)
    except (ValueError, IndexError, OverflowError, struct.error) as error:
        raise NoLookup(f"its profile cannot be read: {error}") from error


_ZERO = np.zeros(3, np.float32)
_ONE = np.ones(3, np.float32)


def _cube(text: str) -> Lookup:
    """The first index of the grid is that which changes slowest."""
    low, high, size, numbers = _ZERO, _ONE, 0, list[str]()
    for words in _lines(text):
        match words[0].upper():
            case "LUT_3D_SIZE":
                size = int(words[1])
            case "DOMAIN_MIN":
                low = np.array(words[1:4], np.float32)
            case "DOMAIN_MAX":
                high = np.array(words[1:4], np.float32)
            case "LUT_3D_INPUT_RANGE":
                low, high = (np.full(3, float(end), np.float32) for end in words[1:3])
            case "LUT_1D_SIZE":
                raise ValueError("it has one dimension")
            case _ if _is_number(words[0]):
                numbers += words[:3]
    if low.shape != (3,) or high.shape != (3,):
        raise ValueError("its domain is not of three colours")
    return Lookup(_grid(np.array(numbers, np.float32), size), low, high)


def _three_dl(text: str) -> Values:
    rows = [words for words in _lines(text) if _is_number(words[0])]
    numbers = [word for words in rows if len(words) == 3 for word in words]
    values = np.array(numbers, np.float32)
    size = round((len(values) / 3) ** (1 / 3))
    most = float(values.max(initial=0))
    depth = next((one for one in _DEPTHS if most <= one), most)
    return _grid(values / np.float32(depth), size)


def _look(text: str) -> Values:
    """Numbers of four bytes, the least first, in hexadecimal."""
    size = re.search(r"<size>\s*\"?(\d+)", text)
    data = re.search(r"<data>\s*\"?([0-9a-fA-F\s]+)", text)
    if size is None or data is None:
        raise ValueError("it has no table")
    raw = bytes.fromhex("".join(data.group(1).split()))
    return _grid(np.frombuffer(raw, "<f4").astype(np.float32), int(size.group(1)))


def _grid(values: Values, size: int) -> Values:
    if not 2 <= size <= _MOST or len(values) != 3 * size**3:
        raise ValueError(f"{len(values) // 3} colours are no grid of {size} a side")
    finite = np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0)
    return cast(Values, finite.reshape(size, size, size, 3))


def _lines(text: str) -> Iterator[list[str]]:
    lines: Iterable[str] = text.splitlines()
    for line in lines:
        words = line.split("#")[0].split()
        if words:
            yield words


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def _raw(desc: Descriptor, key: bytes) -> bytes:
    value = getattr(desc.get(key), "value", b"")
    return value if isinstance(value, bytes) else b""


def _enum(desc: Descriptor, key: bytes) -> bytes:
    value = getattr(desc.get(key), "enum", b"")
    return value if isinstance(value, bytes) else b""
