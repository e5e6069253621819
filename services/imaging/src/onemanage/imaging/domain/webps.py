"""Files of WebP, taken apart into their chunks and put together again (RFC 9649)."""

import io
import struct
from collections.abc import Iterator

from PIL import Image

from onemanage.imaging.domain.picture import Picture

MOST = 16_383
"""Pixels of a side (2.6)."""
_EXTENDED, _PROFILE, _EXIF, _XMP = b"VP8X", b"ICCP", b"EXIF", b"XMP "
_HAS_PROFILE, _HAS_ALPHA, _HAS_EXIF, _HAS_XMP = 0x20, 0x10, 0x08, 0x04


def holds(picture: Picture) -> bool:
    """Whether the format has room for its sides."""
    return max(picture.width, picture.height) <= MOST


def with_parts(
    data: bytes, icc: bytes = b"", exif: bytes = b"", xmp: bytes = b""
) -> bytes:
    """The file, which has none of these yet, with those that are not empty; in the
    extended form (2.7), which is made where it is not there."""
    chunks = list(_chunks(data))
    if chunks[0][0] != _EXTENDED:
        chunks.insert(0, (_EXTENDED, _head(data)))
    head = bytearray(chunks[0][1])
    head[0] |= _HAS_PROFILE * bool(icc) | _HAS_EXIF * bool(exif) | _HAS_XMP * bool(xmp)
    chunks[0] = (_EXTENDED, bytes(head))
    if icc:
        chunks.insert(1, (_PROFILE, icc))
    chunks += [(name, part) for name, part in ((_EXIF, exif), (_XMP, xmp)) if part]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(part)) + part + bytes(len(part) % 2)
        for name, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _head(data: bytes) -> bytes:
    """Of the extended form, for a file in the simple one."""
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        flags = _HAS_ALPHA if image.mode == "RGBA" else 0
        sides = [(side - 1).to_bytes(3, "little") for side in image.size]
    return bytes((flags, 0, 0, 0)) + b"".join(sides)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
