"""Fonts made by code, whose letters are squares, so that one can count their pixels; and
what is written with them."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np

from onemanage.imaging.domain.picture import Pixels

from . import samples

EM = 1000
TEXT: dict[str, Any] = {"op": "text", "color": "#000000", "margin": 0}


def font(letters: str, width: int = 600, square: int = 500) -> bytes:
    """A TrueType font whose letters are squares on the baseline, and which has no others.

    Widths and sides are thousandths of the size; what is missing is a thin box.
    """
    glyphs = [_square(100, 700), *(_square(square, square) for _ in letters)]
    places, data = [0], b""
    for glyph in glyphs:
        data += glyph + bytes(-len(glyph) % 4)
        places.append(len(data))
    count = len(glyphs)
    bounds = struct.pack(">4h", 0, 0, square, 700)
    head = struct.pack(">IIIIHH", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, EM) + bytes(16)
    head += bounds + struct.pack(">HHhhh", 0, 8, 2, 1, 0)
    hhea = struct.pack(
        ">IhhhHhhhhhh", 0x10000, 800, -200, 0, width, 0, 0, square, 1, 0, 0
    )
    hhea += bytes(8) + struct.pack(">hH", 0, count)
    maxp = struct.pack(">IH", 0x10000, count) + struct.pack(">13H", 4, 1, *[0] * 11)
    return _sfnt(
        {
            "cmap": _cmap(letters),
            "glyf": data,
            "head": head,
            "hhea": hhea,
            "hmtx": struct.pack(">HH", width, 0) * count,
            "loca": struct.pack(f">{count + 1}I", *places),
            "maxp": maxp,
            "name": struct.pack(">HHH", 0, 0, 6),
            "post": struct.pack(">IIhhI", 0x30000, 0, 0, 0, 0) + bytes(16),
        }
    )


def woff2(plain: bytes) -> bytes:
    """The same font packed, its tables as they are (W3C, WOFF File Format 2.0)."""
    count = struct.unpack_from(">H", plain, 4)[0]
    entries, body = b"", b""
    for number in range(count):
        tag, _, start, size = struct.unpack_from(">4sIII", plain, 12 + 16 * number)
        untransformed = 0xC0 if tag in (b"glyf", b"loca") else 0
        entries += bytes((0x3F | untransformed,)) + tag + _base128(size)
        body += plain[start : start + size]
    packed = imagecodecs.brotli_encode(body)
    end = bytes(-(len(entries) + len(packed)) % 4)
    size = 48 + len(entries) + len(packed) + len(end)
    head = struct.pack(
        ">4sIIHHIIHH", b"wOF2", 0x10000, size, count, 0, len(plain), len(packed), 1, 0
    )
    return head + bytes(20) + entries + packed + end


def collection(fonts: Sequence[bytes]) -> bytes:
    """Several fonts in one file."""
    start = 12 + 4 * len(fonts)
    head = struct.pack(">4sII", b"ttcf", 0x10000, len(fonts))
    body = b""
    for plain in fonts:
        head += struct.pack(">I", start + len(body))
        body += _moved(plain, start + len(body))
    return head + body


def page(path: Path) -> Path:
    """White, 240 x 120."""
    return samples.saved(path, np.full((120, 240, 3), 255, np.uint8), "PNG")


def written(page: Path, own: Path | None, **options: Any) -> Pixels:
    result = run(page, own, **options)
    return samples.pixels_of(page, result)


def run(page: Path, own: Path | None, **options: Any) -> Any:
    operation = TEXT | options
    if own is None:
        return samples.run(page, [operation])
    operation["font"] = operation.get("font", {}) | {"file_id": "fil_f"}
    return samples.run(page, [operation], watermarks={"fil_f": own})


def inked(pixels: Pixels) -> Any:
    return pixels[:, :, :3].max(axis=2) < 128


def box(pixels: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is dark."""
    rows = np.flatnonzero(inked(pixels).any(axis=1))
    columns = np.flatnonzero(inked(pixels).any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _square(width: int, height: int) -> bytes:
    steps = [(0, 0), (0, height), (width, 0), (0, -height)]
    made = struct.pack(">5hHH", 1, 0, 0, width, height, 3, 0) + bytes((1,) * 4)
    made += b"".join(struct.pack(">h", x) for x, _ in steps)
    return made + b"".join(struct.pack(">h", y) for _, y in steps)


def _cmap(letters: str) -> bytes:
    groups = b"".join(
        struct.pack(">III", ord(letter), ord(letter), number + 1)
        for number, letter in sorted(enumerate(letters), key=lambda pair: pair[1])
    )
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(letters)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _sfnt(tables: Mapping[str, bytes]) -> bytes:
    head = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16)
    start, body = 12 + 16 * len(tables), b""
    for tag, data in tables.items():
        head += struct.pack(">4sIII", tag.encode(), 0, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return head + body


def _moved(plain: bytes, by: int) -> bytes:
    """The same at another place of a file: tables are found from its beginning."""
    made = bytearray(plain)
    for number in range(struct.unpack_from(">H", plain, 4)[0]):
        place = 12 + 16 * number + 8
        (start,) = struct.unpack_from(">I", plain, place)
        struct.pack_into(">I", made, place, start + by)
    return bytes(made)


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(0x80 | (number & 0x7F))
    return bytes(reversed(digits))
