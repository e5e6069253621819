"""What the making of previews gives: a plain value, without the library that makes it."""

from dataclasses import dataclass

MEDIA_TYPE = "image/webp"


@dataclass(frozen=True, slots=True)
class WebImage:
    """A finished preview. ``failure`` says why there is none, and then the rest is 0."""

    width: int
    height: int
    size: int
    """Bytes."""
    sha256: str
    failure: str | None = None
