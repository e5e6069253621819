"""What an image is, in numbers that a person or a search can use."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.metadata import (
    Description,
    Place,
    Shot,
    VideoStreams,
)
from onemanage.contracts.public import shows_all

ANALYSIS_VERSION = "1.1"

type Share = Annotated[float, Meta(ge=0, le=1)]


@shows_all
class Swatch(msgspec.Struct, frozen=True, kw_only=True):
    """One colour of the palette."""

    color: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]
    share: Share
    """Of the visible pixels that are nearest to it."""
    lightness: Annotated[float, Meta(ge=0, le=100)]
    """CIE L* of the colour, D65."""
    chroma: Annotated[float, Meta(ge=0)]
    """CIE C*ab; below about 8 it is a grey."""


@shows_all
class Face(msgspec.Struct, frozen=True, kw_only=True):
    """A box around a face that looks at the camera, in pixels of the image."""

    left: int
    top: int
    width: int
    height: int
    confidence: Share


@shows_all
class PerceptualHash(msgspec.Struct, frozen=True, kw_only=True):
    """PDQ of the whole picture, and of what a small crop of it would show."""

    pdq: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """256 bits in hexadecimal, the first bit of the published order last."""
    quality: Annotated[int, Meta(ge=0, le=100)]
    """Below 50 there is too little in the picture for a hash to mean anything."""
    crops: list[Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]] = []
    """Hashes of windows of the picture, in the order of ``pdq.WINDOWS``."""


@shows_all
class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one image."""

    width: Annotated[int, Meta(ge=1)]
    """Pixels, as shown: EXIF orientation is applied. So ``height``."""
    height: Annotated[int, Meta(ge=1)]
    format: str
    """jpeg, png, webp, … as its bytes say, whatever its name does."""
    media_type: str
    frames: Annotated[int, Meta(ge=1)] = 1
    size: Annotated[int, Meta(ge=0)] = 0
    """Bytes."""
    has_alpha: bool = False
    """Some pixel is not opaque."""
    transparent: Share = 0.0
    """Share of pixels that are wholly transparent."""
    grayscale: bool = False
    """No pixel has a colour to speak of."""
    brightness: Share = 0.0
    """Mean CIE L* / 100 of what is visible."""
    contrast: Share = 0.0
    """Standard deviation of CIE L* / 100, twice."""
    sharpness: Annotated[float, Meta(ge=0)] = 0.0
    """Variance of the Laplacian of the luma (levels of 255) at 1024 pixels, in the
    sharpest part of the picture."""
    blurriness: Share = 0.0
    """0 sharp, 1 nothing but blur; above 0.6 a person sees it."""
    palette: list[Swatch] = []
    """The largest share first."""
    average: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")] = "#000000"
    thumbhash: str = ""
    """Base64 of the ThumbHash."""
    blurhash: str = ""
    """BlurHash of 4 x 3 components (3 x 4 upright)."""
    hash: PerceptualHash | None = None
    faces: list[Face] = []
    pages: Annotated[int, Meta(ge=1)] = 1
    """Of a PDF or a TIFF."""
    bits: int | None = None
    """Of a sample as it is stored; None where it is not known or differs."""
    color_space: str = ""
    """rgb, gray, cmyk, lab or indexed, as its pixels are stored."""
    profile: str = ""
    """The name of its ICC profile, or its colours' numbers (ITU-T H.273) as
    ``cicp 12/16``; empty where it says nothing, which is sRGB."""
    dpi: float | None = None
    """Pixels of an inch, where the file says it."""
    seconds: float | None = None
    """Once through an animation, as browsers play it."""
    loop: int | None = None
    """How often an animation is played; 0 for ever."""
    lqip: str = ""
    """A ``data:`` address of a WebP of about 200 bytes to show until the image is
    there, blurred by whoever shows it."""
    dominant: str = ""
    """The colour of which there is most, #rrggbb."""
    shot: Shot | None = None
    description: Description | None = None
    place: Place | None = None
    """None unless the analysis was to include it."""
    video: VideoStreams | None = None
    warnings: list[str] = []
    """Of what was said beside the pixels and could not be read."""
    analysis_version: str = ANALYSIS_VERSION
