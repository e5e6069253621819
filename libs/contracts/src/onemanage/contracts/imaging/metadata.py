"""What a file says of itself beside its pixels: EXIF, IPTC, XMP, streams of a video."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all


@shows_all
class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """How a camera took it, by EXIF; what it does not say is null or empty."""

    make: str = ""
    model: str = ""
    lens: str = ""
    software: str = ""
    taken_at: str = ""
    """ISO 8601, with an offset from UTC where one is said, else by the camera's
    clock."""
    exposure: float | None = None
    """Seconds."""
    aperture: float | None = None
    """The f-number."""
    iso: int | None = None
    focal_length: float | None = None
    """Millimetres."""
    focal_length_35mm: int | None = None
    """Of a lens that would show as much on film 36 mm wide."""
    flash: bool | None = None
    """Whether it fired."""


@shows_all
class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What people have written about it: XMP, else IPTC, else EXIF."""

    title: str = ""
    headline: str = ""
    description: str = ""
    keywords: list[str] = []
    creators: list[str] = []
    credit: str = ""
    rights: str = ""
    """The copyright notice."""
    usage_terms: str = ""
    web_statement: str = ""
    """Address of a page about its rights."""
    rating: float | None = None
    """-1 to 5, of XMP."""


@shows_all
class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was taken; told only to whoever asks for it."""

    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    """Degrees, north positive (WGS 84); so ``longitude``, east positive."""
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    altitude: float | None = None
    """Metres above the sea."""
    city: str = ""
    region: str = ""
    country: str = ""


@shows_all
class AudioStream(msgspec.Struct, frozen=True, kw_only=True):
    """One track of sound."""

    codec: str
    channels: int = 0
    sample_rate: int = 0
    """Samples of a second."""


@shows_all
class VideoStreams(msgspec.Struct, frozen=True, kw_only=True):
    """What a video is made of, by its container."""

    seconds: float | None = None
    codec: str = ""
    pixel_format: str = ""
    frames_per_second: float | None = None
    """On average."""
    frames: int | None = None
    rotation: int = 0
    """Degrees clockwise by which it is turned to be shown."""
    bits_per_second: int | None = None
    audio: list[AudioStream] = []
