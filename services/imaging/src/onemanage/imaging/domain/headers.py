"""What a file is, by its first bytes and without a decoder."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onemanage.imaging.domain.svg.head import looks_like_svg

HEAD = 4096
"""Bytes that `sniff` wants to see."""

_BRANDS = {
    b"avif": "avif",
    b"avis": "avif",
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "heif"),
}
_GENERIC_BRANDS = (b"mif1", b"msf1", b"miaf")
_JXL_BOX = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"
_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\xff\x0a", "jxl"),
    (_JXL_BOX, "jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"BM", "bmp"),
    (b"\x76\x2f\x31\x01", "exr"),
    (b"#?RADIANCE", "hdr"),
    (b"#?RGBE", "hdr"),
    (b"qoif", "qoi"),
    (b"\x1aE\xdf\xa3", "matroska"),
)
_ICONS = {b"\x01\0": "ico", b"\x02\0": "cur"}
_JPEG_MARKER = re.compile(rb"\xff[\xc0-\xcf\xdb\xe0-\xef\xfe]")
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is known of a source before it is decoded."""

    format: str
    """jpeg, png, webp, gif, tiff, avif, heif, jxl, jp2, bmp, ico, cur, tga, pnm, exr,
    hdr, qoi, svg, pdf or video."""
    width: int
    """As it is shown, after its orientation was applied; so ``height``."""
    height: int
    frames: int = 1
    pages: int = 1


def sniff(head: bytes) -> str | None:
    """The format of a file that begins so, as in ``Header.format``; None if unknown.

    Of videos also the container: ``mov`` (MP4 too), ``matroska`` (WebM too) or ``avi``.
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"\xff\xd8") and _JPEG_MARKER.search(head, 2):
        return "jpeg"  # with bytes of no marker before the first
    if head[:2] == b"\0\0" and head[2:4] in _ICONS and any(head[4:6]):
        return _ICONS[head[2:4]]  # with a count of pictures, which a TGA has not
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"AVI ": "avi"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return "pnm"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if looks_like_svg(head):
        return "svg"
    return "tga" if _looks_like_tga(head) else None


def jxl_size(data: bytes) -> tuple[int, int] | None:
    """Width and height by a JPEG XL's header (ISO/IEC 18181-1, SizeHeader).

    The plugin decodes all of a file when it opens it, so this comes first. None where
    the header cannot be found.
    """
    codestream = next(_jxl_codestream(data), b"")
    if len(codestream) < 12 or codestream[:2] != b"\xff\x0a":
        return None
    bits = _Bits(int.from_bytes(codestream[2:12], "little"))
    is_small = bits.read(1)
    height = _jxl_side(bits, is_small)
    ratio = bits.read(3)
    if ratio:
        over, under = _JXL_RATIOS[ratio - 1]
        return height * over // under, height
    return _jxl_side(bits, is_small), height


class _Bits:
    """Little-endian bits of a number, lowest first."""

    def __init__(self, value: int) -> None:
        self._value = value

    def read(self, count: int) -> int:
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        return found


def _jxl_side(bits: _Bits, is_small: int) -> int:
    if is_small:
        return (bits.read(5) + 1) * 8
    return bits.read((9, 13, 18, 30)[bits.read(2)]) + 1


def _jxl_codestream(data: bytes) -> Iterator[bytes]:
    """The first bytes of the codestream, bare or in a container."""
    if data[:2] == b"\xff\x0a":
        yield data[:64]
    position = 0
    while position + 8 <= len(data):
        size, kind = int.from_bytes(data[position : position + 4]), data[position + 4 :]
        start = position + 8
        if size == 1:
            size = int.from_bytes(data[start : start + 8])
            start += 8
        if kind[:4] in (b"jxlc", b"jxlp"):
            start += 4 if kind[:4] == b"jxlp" else 0
            yield data[start : start + 64]
        if size < 8:
            return
        position += size


def _of_brands(head: bytes) -> str:
    size = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    for brand in brands:
        if brand in _BRANDS:
            return _BRANDS[brand]
    return "heif" if brands[0] in _GENERIC_BRANDS else "mov"


def _looks_like_tga(head: bytes) -> bool:
    """By the sense of its header (Truevision TGA 2.0), as it has no mark in front."""
    if len(head) < 18:
        return False
    has_map, kind, bits, flags = head[1], head[2], head[16], head[17]
    width, height = (int.from_bytes(head[at : at + 2], "little") for at in (12, 14))
    if kind not in (1, 2, 3, 9, 10, 11) or has_map > 1 or not width * height:
        return False
    if bits not in (8, 15, 16, 24, 32) or flags & 0xC0:
        return False
    if kind in (1, 9):
        return has_map == 1 and head[7] in (15, 16, 24, 32) and bits in (8, 16)
    return bool(has_map or not any(head[3:8]))
