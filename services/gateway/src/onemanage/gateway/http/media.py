"""What routes tell of answers that are bytes."""

from typing import Any

type Answers = dict[int | str, dict[str, Any]]

_BYTES = {"schema": {"type": "string", "format": "binary"}}
RASTER = ("image/png", "image/webp", "image/avif", "image/jpeg", "image/tiff")


def bytes_of(description: str, *media_types: str) -> Answers:
    """The answer 200 of a route, in any of these media types."""
    content: dict[str, Any] = {one: dict(_BYTES) for one in media_types}
    return {200: {"description": description, "content": content}}


PNG = bytes_of("A PNG in sRGB.", "image/png")
IMAGE = bytes_of("The image.", *RASTER)
RENDERED = bytes_of("The image.", *RASTER, "image/x-exr")
ZIP = bytes_of("A zip, sent while it is made.", "application/zip")
ANY_FILE = bytes_of("The file.", "*/*")
