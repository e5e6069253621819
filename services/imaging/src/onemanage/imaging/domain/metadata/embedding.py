"""EXIF, XMP and density put into finished files of each format.

The bytes of the picture stay as they are, so encoders need not know of any of it. AVIF
refers to its parts by their place in the file; its encoder is given them instead.
"""

import struct
import zlib
from collections.abc import Callable

from onemanage.contracts.imaging.outputs import (
    AvifOutput,
    JpegOutput,
    JxlOutput,
    Output,
    PngOutput,
    TiffOutput,
    WebpOutput,
)
from onemanage.imaging.domain import jpegs, pngs, webps
from onemanage.imaging.domain.gain_maps import container
from onemanage.imaging.domain.metadata import xmp
from onemanage.imaging.domain.metadata.directories import with_tags
from onemanage.imaging.domain.metadata.saying import Saying

_INCH = 0.0254
_MOST_OF_SEGMENT = 65_533
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
    packet = said.xmp
    if said.gain_map:
        packet = xmp.described(said.xmp, container.directory(len(said.gain_map)))
    bodies = [b"Exif\0\0" + said.exif if said.exif else b""]
    bodies.append(xmp.IN_JPEG + packet if packet else b"")
    fitting = [body for body in bodies if body and len(body) <= _MOST_OF_SEGMENT]
    segments = [jpegs.segment(0xE1, body) for body in fitting]
    warnings = [TOO_MUCH] if len(fitting) < sum(map(bool, bodies)) else []
    before, after = b"".join([data[:2], head, *segments]), data[start:]
    if said.gain_map:
        return container.joined(before, after, said.gain_map), warnings
    return before + after, warnings


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
    return webps.with_parts(data, exif=said.exif, xmp=said.xmp), []


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
