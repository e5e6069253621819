"""What is known of a file's pixels besides what they show: depth, colours, time."""

import io
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain import animations, boxes, gifs, opening, pngs, tiffs
from onemanage.imaging.domain.picture import Limits

_SPACES = {
    "1": "gray",
    "L": "gray",
    "LA": "gray",
    "P": "indexed",
    "CMYK": "cmyk",
    "LAB": "lab",
}
_BITS = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I;16N": 16}
_UNOPENED = ("jxl", "svg", "pdf", "mov", "matroska", "avi")
"""Opening decodes the first; the others have no pixels of their own."""
_MOST_TEXT = 200


def facts_of(path: Path, kind: str, limits: Limits) -> dict[str, Any]:
    """Fields of `Analysis`, those that are known. Raises InvalidImage."""
    if kind in _UNOPENED:
        return {}
    data = path.read_bytes()
    with opening.opened(data, kind, Reading(), limits) as source:
        image = source.image
        mode = image.mode if image is not None else "RGB"
        facts: dict[str, Any] = {
            "bits": _bits(data, kind, mode),
            "color_space": _SPACES.get(mode, "gray" if mode in _BITS else "rgb"),
            "profile": _profile(source, data, kind),
            "dpi": _dpi(image),
        }
        if kind == "tiff":
            facts |= _of_tiff(data)
        if source.frames > 1:
            facts |= {
                "seconds": _seconds(data, kind, limits),
                "loop": animations.plays(source),
            }
    return facts


def _of_tiff(data: bytes) -> dict[str, Any]:
    """By its first page's directory: what is deep Pillow has not opened."""
    page = tiffs.page_of(data, 1)[1]
    if page is None:
        return {}
    facts = {"pages": tiffs.page_count(data), "bits": page.bits}
    return facts | ({"color_space": "gray"} if page.is_gray else {})


def _bits(data: bytes, kind: str, mode: str) -> int | None:
    match kind:
        case "png":
            return pngs.chunks(data).bits
        case "avif" | "heif":
            return boxes.boxes(data).bits
        case "exr" | "hdr":
            return None  # of a channel, or shared by three
    return _BITS.get(mode, 8)


def _profile(source: opening.Opened, data: bytes, kind: str) -> str:
    """By name, or by numbers where those count."""
    points = None
    if kind in ("avif", "heif"):
        found = boxes.boxes(data)
        points = None if found.has_profile else found.points
    elif kind == "png":
        points = pngs.chunks(data).cicp
    if points is not None:
        return f"cicp {points[0]}/{points[1]}"
    icc = source.image.info.get("icc_profile") if source.image else source.icc
    if not icc:
        return ""
    try:
        said = ImageCms.getProfileDescription(io.BytesIO(icc))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return ""
    return "".join(c for c in said if c >= " ").strip()[:_MOST_TEXT]


def _dpi(image: Image.Image | None) -> float | None:
    said = image.info.get("dpi") if image is not None else None
    try:
        found = float(said[0]) if said else 0.0
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    # 1 is what a file has that says the sides of its pixels alone.
    return round(found, 2) if math.isfinite(found) and 1 < found < 1e6 else None


def _seconds(data: bytes, kind: str, limits: Limits) -> float | None:
    if kind == "avif":
        found = boxes.boxes(data).seconds
        return None if found is None else round(found, 3)
    durations = {"gif": _of_gif, "webp": _of_webp, "png": _of_png}[kind]
    listed = list(durations(data, limits.frames))
    return round(sum(map(animations.shown, listed)) / 1000, 3)


def _of_gif(data: bytes, most: int) -> Iterator[int]:
    for frame in gifs.frames(data, most):
        yield frame.duration


def _of_webp(data: bytes, most: int) -> Iterator[int]:
    """Of each ANMF chunk (RFC 9649, 2.7.1.1)."""
    position = 12
    while position + 8 <= len(data) and most:
        if data[position : position + 4] == b"ANMF":
            yield int.from_bytes(data[position + 20 : position + 23], "little")
            most -= 1
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + size + size % 2


def _of_png(data: bytes, most: int) -> Iterator[int]:
    """Of each fcTL chunk: a fraction of a second, of which 0 below is 100."""
    for body in pngs.bodies(data, b"fcTL")[:most]:
        if len(body) >= 24:
            over, under = struct.unpack_from(">HH", body, 20)
            yield round(1000 * over / (under or 100))
