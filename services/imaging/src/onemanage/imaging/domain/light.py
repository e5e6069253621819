"""Formats that Pillow does not read, or reads slowly: OpenEXR, Radiance HDR and QOI.

Their sizes come from their headers here, before imagecodecs may decode anything.
"""

import re
import struct
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

_RESOLUTION = re.compile(rb"\n([-+])Y +(\d{1,6}) +([-+])X +(\d{1,6})\n")
_HEAD = 1 << 16
"""Bytes within which a header ends."""


def size_of(data: bytes, kind: str) -> tuple[int, int]:
    """Width and height by the header of an ``exr``, ``hdr`` or ``qoi``. Raises
    ValueError where it is not one."""
    return _SIZES[kind](data)


def values_of(data: bytes, kind: str) -> NDArray[Any]:
    """Samples, (height, width, channels): bytes of QOI, light of the others. Raises what
    imagecodecs does."""
    if kind == "qoi":
        return np.asarray(imagecodecs.qoi_decode(data))
    if kind == "hdr":
        return np.asarray(imagecodecs.rgbe_decode(data, header=True))
    made = np.asarray(imagecodecs.exr_decode(data))
    return made.astype(np.float32)


def _exr(data: bytes) -> tuple[int, int]:
    """OpenEXR File Layout: attributes of a name, a type, a size and a value."""
    position = 8
    size: tuple[int, int] | None = None
    while position < min(len(data), _HEAD) and data[position]:
        name, position = _text(data, position)
        _, position = _text(data, position)
        (length,) = struct.unpack_from("<I", data, position)
        position += 4
        if name == b"dataWindow" and length == 16:
            left, top, right, bottom = struct.unpack_from("<4i", data, position)
            size = right - left + 1, bottom - top + 1
        position += length
    if size is None:
        raise ValueError("it has no dataWindow")
    return size


def _text(data: bytes, position: int) -> tuple[bytes, int]:
    """Up to the next zero byte, and where it goes on."""
    end = data.index(b"\0", position, position + 256)
    return data[position:end], end + 1


def _hdr(data: bytes) -> tuple[int, int]:
    found = _RESOLUTION.search(data, 0, _HEAD)
    if found is None:
        raise ValueError("it has no resolution, or its columns come first")
    if (found[1], found[3]) != (b"-", b"+"):
        raise ValueError("it is stored from another corner than the top left")
    return int(found[4]), int(found[2])


def _qoi(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 4)
    return width, height


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "exr": _exr,
    "hdr": _hdr,
    "qoi": _qoi,
}
