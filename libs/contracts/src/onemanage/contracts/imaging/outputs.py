"""The files that a recipe may ask for, each format with what can be said about it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all


@shows_all
class Output(msgspec.Struct, frozen=True, kw_only=True, tag_field="format"):
    """How an image is encoded. Metadata of the source is never kept (EXIF, GPS, XMP)."""

    icc: bool = True
    """Say by a profile that the colours are sRGB, which readers also assume without
    one. GIF cannot, and JPEG XL says it without a profile."""


class LossyOutput(Output, frozen=True, kw_only=True):
    """How much may be lost: by number, by size or by likeness."""

    quality: Annotated[int, Meta(ge=1, le=100)] = 80
    """Not used with ``ssim``; with ``max_bytes`` the highest that is tried."""
    max_bytes: Annotated[int, Meta(ge=256)] | None = None
    """The best quality whose file is no larger. Refused where none is small enough."""
    ssim: Annotated[float, Meta(ge=0.5, le=0.999)] | None = None
    """The smallest file whose structural similarity to the image is at least this
    (Wang et al. 2004, on luma); the best there is, with a warning, where none is."""


class JpegOutput(LossyOutput, frozen=True, kw_only=True, tag="jpeg"):
    """JPEG, on white where the image is transparent."""

    progressive: bool = False
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"] = "4:2:0"


class PngOutput(Output, frozen=True, kw_only=True, tag="png"):
    """PNG, without loss; animated as APNG."""

    level: Annotated[int, Meta(ge=0, le=9)] = 6
    """Effort of compression."""
    colors: Annotated[int, Meta(ge=2, le=256)] | None = None
    """A palette of at most so many colours, which loses; None for all of them."""


class WebpOutput(LossyOutput, frozen=True, kw_only=True, tag="webp"):
    """WebP, animated where the image is."""

    lossless: bool = False
    effort: Annotated[int, Meta(ge=0, le=6)] = 4


class AvifOutput(LossyOutput, frozen=True, kw_only=True, tag="avif"):
    """AVIF, animated where the image is."""

    quality: Annotated[int, Meta(ge=1, le=100)] = 60
    speed: Annotated[int, Meta(ge=0, le=10)] = 6
    """From 0, slow and small, to 10."""
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"] = "4:2:0"


class JxlOutput(LossyOutput, frozen=True, kw_only=True, tag="jxl"):
    """JPEG XL."""

    lossless: bool = False
    effort: Annotated[int, Meta(ge=1, le=9)] = 4


class TiffOutput(Output, frozen=True, kw_only=True, tag="tiff"):
    """TIFF, without loss."""

    compression: Literal["none", "lzw", "deflate"] = "deflate"


class GifOutput(Output, frozen=True, kw_only=True, tag="gif"):
    """GIF, animated where the image is. A pixel is transparent or it is not."""

    colors: Annotated[int, Meta(ge=2, le=256)] = 256
    dither: bool = True


class AutoOutput(LossyOutput, frozen=True, kw_only=True, tag="auto"):
    """The best format that whoever asks accepts: AVIF or WebP where Accept names them,
    else one that everybody reads: JPEG, PNG where the image is transparent, GIF where
    it is animated."""


type AnyOutput = (
    JpegOutput
    | PngOutput
    | WebpOutput
    | AvifOutput
    | JxlOutput
    | TiffOutput
    | GifOutput
    | AutoOutput
)
