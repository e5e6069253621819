"""Where files of each format keep their EXIF, IPTC and XMP."""

import io
import struct
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image

from onemanage.imaging.domain import boxes, jpegs
from onemanage.imaging.domain.metadata import iptc
from onemanage.imaging.domain.opening import pillow_name

MAX_BYTES = 8 << 20
"""Of one block; longer ones are not read."""
UNREADABLE = "Its metadata is damaged, and not read."
_TIFF_XMP, _TIFF_IPTC = 700, 33723
READ = ("jpeg", "png", "webp", "avif", "heif", "tiff", "jxl")
"""Formats whose metadata is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Bytes as the file has them, each empty where there is none."""

    exif: bytes = b""
    """Without the words that JPEG puts in front: a TIFF of its own."""
    xmp: bytes = b""
    iptc: bytes = b""
    warnings: tuple[str, ...] = ()


def blocks_of(data: bytes, kind: str) -> Blocks:
    """What a file of this format has of each; never raises for what is damaged."""
    read = _of_jxl if kind == "jxl" else _by_pillow
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata, which is judged here
            return read(data, kind)
    except MemoryError:
        raise
    except Exception:  # readers of metadata raise anything
        return Blocks(warnings=(UNREADABLE,))


def _by_pillow(data: bytes, kind: str) -> Blocks:
    image = (
        jpegs.opened(jpegs.mended(data)[0])
        if kind == "jpeg"
        else Image.open(io.BytesIO(data), formats=[pillow_name(kind)])
    )
    with image:
        if kind == "tiff":
            return _of_tiff(image)
        info = image.info
        resources = info.get("photoshop") or {}
        named = resources.get(0x0404, b"") if isinstance(resources, dict) else b""
        return Blocks(
            exif=_bounded(info.get("exif")).removeprefix(b"Exif\0\0"),
            xmp=_bounded(info.get("xmp") or info.get("XML:com.adobe.xmp")),
            iptc=_bounded(named),
        )


def _of_tiff(image: Image.Image) -> Blocks:
    tags: Any = getattr(image, "tag_v2", {})
    return Blocks(
        exif=_bounded(image.getexif().tobytes()).removeprefix(b"Exif\0\0"),
        xmp=_bounded(tags.get(_TIFF_XMP)),
        iptc=_iptc_of_tiff(tags.get(_TIFF_IPTC)),
    )


def _iptc_of_tiff(value: Any) -> bytes:
    """Some writers say that it is made of numbers of four bytes."""
    if isinstance(value, tuple) and all(isinstance(one, int) for one in value):
        return struct.pack(f"<{len(value)}I", *value)
    found = _bounded(value)
    return iptc.of_photoshop(found) or found


def _of_jxl(data: bytes, kind: str) -> Blocks:
    """Boxes of the container; its plugin would decode the picture to tell them."""
    found = {name: body for name, body in boxes.top_boxes(data)}
    exif = found.get(b"Exif", b"")
    offset = 4 + int.from_bytes(exif[:4])
    return Blocks(exif=_bounded(exif[offset:]), xmp=_bounded(found.get(b"xml ")))


def _bounded(value: Any) -> bytes:
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    found = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else b""
    return found if len(found) <= MAX_BYTES else b""
