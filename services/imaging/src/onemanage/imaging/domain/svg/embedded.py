"""Images that an SVG holds within itself."""

import base64
import binascii
import io
import re
from urllib.parse import unquote_to_bytes

from PIL import Image

from onemanage.imaging.domain.decoding import clear_errors
from onemanage.imaging.domain.headers import sniff
from onemanage.imaging.errors import InvalidImage

MAX_PIXELS = 16_000_000
"""Of all of them together."""
_DATA = re.compile(r"data:([^,]*),", re.IGNORECASE)
_DRAWN = {"png": "PNG", "jpeg": "JPEG"}
_MADE_PNG = {"gif": "GIF", "webp": "WEBP", "bmp": "BMP"}
"""Drawn as their first frame."""


def embedded(target: str, place: str) -> tuple[str, int] | None:
    """A reference to the same image that the drawer reads, and its pixels; None where
    it is none of an image within the file. ``place`` is where it stands.

    What it is its bytes say. Raises InvalidImage where it cannot be read.
    """
    head = _DATA.match(target)
    if head is None:
        return None
    data = _bytes(target[head.end() :], head[1].lower().split(";"), place)
    kind = sniff(data[:4096]) or ""
    name = _DRAWN.get(kind) or _MADE_PNG.get(kind)
    if name is None:
        return None
    file = io.BytesIO(data)
    with clear_errors(name), Image.open(file, formats=[name]) as image:
        pixels = image.width * image.height
        if pixels > MAX_PIXELS:
            raise too_many(place)
        if kind in _MADE_PNG:
            made = io.BytesIO()
            image.convert("RGBA").save(made, "PNG", compress_level=1)
            data, kind = made.getvalue(), "png"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}", pixels


def data_of(target: str) -> bytes | None:
    """The bytes of a ``data:`` address; None where it is none, or damaged."""
    head = _DATA.match(target)
    try:
        if head is not None:
            return _decoded(target[head.end() :], head[1].lower().split(";"))
    except (binascii.Error, ValueError):
        pass
    return None


def too_many(place: str) -> InvalidImage:
    """What is raised where they have too many pixels."""
    text = f"Images in the SVG have over {MAX_PIXELS} pixels. Shrink them."
    return InvalidImage("imaging.too_large", text, place)


def _bytes(text: str, parameters: list[str], place: str) -> bytes:
    try:
        return _decoded(text, parameters)
    except (binascii.Error, ValueError) as error:
        text = "An image in the SVG cannot be read. Embed it again as PNG or JPEG."
        raise InvalidImage("imaging.damaged", text, place) from error


def _decoded(text: str, parameters: list[str]) -> bytes:
    raw = unquote_to_bytes(text)
    if "base64" not in [parameter.strip() for parameter in parameters]:
        return raw
    return base64.b64decode(raw)
