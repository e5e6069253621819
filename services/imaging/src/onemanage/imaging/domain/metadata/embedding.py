"""EXIF, XMP and density put into finished files of each format.

The bytes of the picture stay as they are, so encoders need not know of any of it. AVIF
refers to its parts by their place in the file; its encoder is given them instead.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

from onemanage.contracts.imaging.outputs import (
    AvifOutput,
    JpegOutput,
    JxlOutput,
    Output,
    PngOutput,
    TiffOutput,
    WebpOutput,
)
from onemanage.imaging.domain import pngs
from onemanage.imaging.domain.metadata.directories import with_tags
from onemanage.imaging.domain.metadata.saying import Saying

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_INCH = 0.0254
_MOST_OF_SEGMENT = 65_533
_VP8X, _HAS_ALPHA, _HAS_EXIF, _HAS_XMP = b"VP8X", 0x10, 0x08, 0x04
_JXL_HEAD = b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
NO_ROOM = "The format has no room for metadata, which is left out."
TOO_MUCH = "The metadata is too large for the format, and left out."


def embedded(data: bytes, output: Output, said: Saying) -> tuple[bytes, list[str]]:
    """The file of this output that says so, and warnings."""
    if not said:
        return data, []
    if isinstance(output, AvifOutput) and not output.is_numbered:
        return data, []
    put = _INTO.get(type(output))
    return (data, [NO_ROOM]) if put is None else put(data, said)


def _into_jpeg(data: bytes, said: Saying) -> tuple[bytes, list[str]]:
    """After the JFIF header, which says the density too (ITU-T T.871)."""
    start, head = 2, b""
    if data[2:4] == b"\xff\xe0":
        start = 4 + int.from_bytes(data[4:6])
        head = data[2:start]
        if said.dpi:
            head = head[:11] + struct.pack(">BHH", 1, said.dpi, said.dpi) + head[16:]
    bodies = [b"Exif\0\0" + said.exif if said.exif else b""]
    bodies.append(_XMP + said.xmp if said.xmp else b"")
    fitting = [body for body in bodies if body and len(body) <= _MOST_OF_SEGMENT]
    segments = [b"\xff\xe1" + struct.pack(">H", len(b) + 2) + b for b in fitting]
    warnings = [TOO_MUCH] if len(fitting) < sum(map(bool, bodies)) else []
    return b"".join([data[:2], head, *segments, data[start:]]), warnings


def _into_png(data: bytes, said: Saying) -> tuple[bytes, list[str]]:
    chunks = []
    if said.dpi:
        per_metre = round(said.dpi / _INCH)
        chunks.append(png_chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)))
    if said.exif:
        chunks.append(png_chunk(b"eXIf", said.exif))
    if said.xmp:
        text = b"XML:com.adobe.xmp\0\0\0\0\0" + said.xmp
        chunks.append(png_chunk(b"iTXt", text))
    at = len(pngs.SIGNATURE) + 25  # behind the header, which has 13 bytes
    return b"".join([data[:at], *chunks, data[at:]]), []


def png_chunk(name: bytes, body: bytes) -> bytes:
    """With its length in front and its checksum behind."""
    crc = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)


def _into_webp(data: bytes, said: Saying) -> tuple[bytes, list[str]]:
    """In the extended form (RFC 9649, 2.7), which is made where it is not there."""
    chunks = [(name, body) for name, body in _riff(data)]
    names = [name for name, _ in chunks]
    if _VP8X not in names:
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
            flags = _HAS_ALPHA if image.mode == "RGBA" else 0
            sides = [(side - 1).to_bytes(3, "little") for side in image.size]
        chunks.insert(0, (_VP8X, bytes((flags, 0, 0, 0)) + b"".join(sides)))
    head = bytearray(chunks[0][1])
    head[0] |= _HAS_EXIF * bool(said.exif) | _HAS_XMP * bool(said.xmp)
    chunks[0] = (_VP8X, bytes(head))
    if said.exif:
        chunks.append((b"EXIF", said.exif))
    if said.xmp:
        chunks.append((b"XMP ", said.xmp))
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(part)) + part + bytes(len(part) % 2)
        for name, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body, []


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2


def _into_jxl(data: bytes, said: Saying) -> tuple[bytes, list[str]]:
    """As boxes (ISO/IEC 18181-2), around the codestream where it is bare."""
    boxes = b""
    if said.exif:
        boxes += _box(b"Exif", bytes(4) + said.exif)
    if said.xmp:
        boxes += _box(b"xml ", said.xmp)
    if data.startswith(_JXL_HEAD[:12]):
        return data + boxes, []
    return _JXL_HEAD + _box(b"jxlc", data) + boxes, []


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def _into_tiff(data: bytes, said: Saying) -> tuple[bytes, list[str]]:
    return with_tags(data, said), []


_INTO: dict[type[Output], Callable[[bytes, Saying], tuple[bytes, list[str]]]] = {
    JpegOutput: _into_jpeg,
    PngOutput: _into_png,
    WebpOutput: _into_webp,
    JxlOutput: _into_jxl,
    TiffOutput: _into_tiff,
}
