"""A file of any kind that is read here, as a picture in sRGB, upright.

What it is, its bytes say and never its name. Every format is opened by its own reader
alone, its header is read and judged before anything is decoded.
"""

from collections.abc import Callable
from pathlib import Path

from onemanage.contracts.imaging.recipes import Reading
from onemanage.contracts.steps import step
from onemanage.imaging.domain import documents, rasters, videos
from onemanage.imaging.domain.headers import HEAD, Header, sniff
from onemanage.imaging.domain.picture import Limits, Picture
from onemanage.imaging.domain.svg import drawing
from onemanage.imaging.errors import InvalidImage

type Scale = Callable[[int, int], float]
"""From width and height of the source to the least scale it may be decoded at; over 1
of what is to be larger than it is, which only drawings can be without loss."""

_VIDEOS = ("mov", "matroska", "avi")


def read_header(
    path: Path, reading: Reading = Reading(), limits: Limits = Limits()
) -> Header:
    """What the file is, without decoding it. Raises InvalidImage."""
    kind = _kind(path, limits)
    if kind in _VIDEOS:
        return videos.header(path, kind, limits)
    data = path.read_bytes()
    if kind == "svg":
        return drawing.header(data, reading)
    if kind == "pdf":
        return documents.header(data, reading, limits)
    return rasters.header(data, kind, reading, limits)


@step("decode")
def read_picture(
    path: Path,
    reading: Reading = Reading(),
    limits: Limits = Limits(),
    scale: Scale = lambda width, height: 1.0,
    is_wide: bool = False,
) -> Picture:
    """The picture that ``reading`` means, decoded no larger than need be; with the
    colours of its own RGB profile where ``is_wide`` is said and it has one.

    Raises InvalidImage; MemoryError where the process may not have what it takes.
    """
    kind = _kind(path, limits)
    if kind in _VIDEOS:
        return videos.read(path, kind, reading, limits)
    data = path.read_bytes()
    if kind == "svg":
        return drawing.read(data, reading, limits, scale)
    if kind == "pdf":
        return documents.read(data, reading, limits, scale)
    return rasters.read(data, kind, reading, limits, scale, is_wide)


def _kind(path: Path, limits: Limits) -> str:
    size = path.stat().st_size
    if size == 0:
        raise InvalidImage(
            "imaging.empty", "The file is empty. Send it again.", "byte 0"
        )
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = sniff(head)
    if kind is None:
        text = (
            "Not an image that is read here. Send JPEG, PNG, WebP, AVIF, HEIC, JPEG XL, "
            "TIFF, GIF, JPEG 2000, BMP, ICO, TGA, PNM, EXR, HDR, QOI, SVG, PDF or video"
        )
        if head.startswith(b"8BPS"):
            text = "Not an image but a Photoshop document. Make an image of it first"
        raise InvalidImage("imaging.unsupported", f"{text}.", "byte 0")
    if kind not in _VIDEOS and size > limits.bytes:
        text = (
            f"The file has {size} bytes; {limits.bytes} are allowed. Send it smaller."
        )
        raise InvalidImage("imaging.too_large", text, "the file")
    return kind
