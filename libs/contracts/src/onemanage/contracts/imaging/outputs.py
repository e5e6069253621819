"""The files that a recipe may ask for, each format with what can be said about it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all

type Said = Annotated[str, Meta(min_length=1, max_length=500)]


@shows_all
class Output(msgspec.Struct, frozen=True, kw_only=True, tag_field="format"):
    """How an image is encoded, and what is said in the file besides its pixels."""

    icc: bool = True
    """Say by a profile what the colours are. Of sRGB readers assume it without one too.
    GIF cannot, and JPEG XL says it without a profile."""
    space: Literal["srgb", "p3", "source", "gray", "cmyk"] = "srgb"
    """What colours are written in. ``p3``: Display P3, where the source has more colours
    than sRGB they are kept as far as that goes. ``source``: its own RGB profile and its
    own colours, sRGB with a warning where it has none. ``gray``: one channel where the
    format has that. ``cmyk``: JPEG and TIFF alone, as SWOP inks on coated paper."""
    dpi: Annotated[int, Meta(ge=1, le=12_000)] | None = None
    """Pixels of an inch of paper, which the file then says."""
    metadata: Literal["none", "copyright", "all"] = "none"
    """What is kept of the source's EXIF, IPTC and XMP. ``copyright``: who made it, whose
    it is, and how it may be used. ``all``: what analyses tell of them too, without
    thumbnails, maker's notes and, unless ``location`` is set, places. Orientation and
    sizes are said as they are now. GIF holds none."""
    location: bool = False
    """With ``all``: where it was taken as well."""
    copyright: Said | None = None
    """Written as it is given, whatever is kept; so ``artist`` and ``credit``."""
    artist: Said | None = None
    credit: Said | None = None


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
    gain_map: Literal["drop", "keep"] = "drop"
    """``keep``: the second picture of a JPEG that says how much brighter a display may
    show each place (Ultra HDR, ISO 21496-1, Apple's) goes on behind this one, as far as
    operations only resize, cut, mirror and turn by quarters. Where it cannot, a warning
    says why."""


class PngOutput(Output, frozen=True, kw_only=True, tag="png"):
    """PNG, without loss; animated as APNG."""

    level: Annotated[int, Meta(ge=0, le=9)] = 6
    """Effort of compression."""
    colors: Annotated[int, Meta(ge=2, le=256)] | None = None
    """A palette of at most so many colours, which loses; None for all of them."""
    interlaced: bool = False
    """In seven passes, each finer (Adam7), which makes it larger. Not of a palette or an
    animation."""


class WebpOutput(LossyOutput, frozen=True, kw_only=True, tag="webp"):
    """WebP, animated where the image is."""

    lossless: bool = False
    near_lossless: Annotated[int, Meta(ge=0, le=99)] | None = None
    """Without loss of what was rounded a little before, where nobody sees it: from 0,
    five bits, to 99, one. Smaller than lossless; not used with `quality`."""
    alpha_quality: Annotated[int, Meta(ge=0, le=100)] = 100
    """Of transparency; 100 loses nothing."""
    effort: Annotated[int, Meta(ge=0, le=6)] = 4


class AvifOutput(LossyOutput, frozen=True, kw_only=True, tag="avif"):
    """AVIF, animated where the image is."""

    quality: Annotated[int, Meta(ge=1, le=100)] = 60
    speed: Annotated[int, Meta(ge=0, le=10)] = 6
    """From 0, slow and small, to 10."""
    subsampling: Literal["4:2:0", "4:2:2", "4:4:4"] = "4:2:0"
    lossless: bool = False
    """As RGB, without conversion. Of still images; colours are said by numbers and not
    by a profile, and there is no room for metadata. So it is with ``bits`` 10."""
    bits: Literal[8, 10] = 8
    """Of a sample. Images have 8 here, of whatever source: 10 keep the encoder's own
    rounding out of soft gradients, and bring back nothing."""
    alpha_quality: Annotated[int, Meta(ge=0, le=100)] | None = None
    """Of transparency; None for ``quality``."""

    @property
    def is_numbered(self) -> bool:
        """Whether the file says its colours by numbers, and has no room for more."""
        return self.lossless or self.bits > 8


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
    interlaced: bool = False


class AutoOutput(LossyOutput, frozen=True, kw_only=True, tag="auto"):
    """The best format that whoever asks accepts: AVIF or WebP where Accept names them,
    else one that everybody reads: JPEG, PNG where the image is transparent, GIF where
    it is animated."""


class BestOutput(Output, frozen=True, kw_only=True, tag="best"):
    """The smallest file of several formats, all of them as like the image as a JPEG of
    ``quality`` is, or as ``ssim`` says. Lossless ones are among them, which win where
    there is little to see. An animation is written as ``auto`` would, without a
    search."""

    formats: Annotated[
        list[Literal["avif", "webp", "jpeg", "png", "jxl"]], Meta(max_length=5)
    ] = []
    """Those that are tried. None here for those that whoever asks accepts: JPEG and PNG,
    and AVIF, WebP and JPEG XL where Accept names them."""
    quality: Annotated[int, Meta(ge=40, le=95)] = 80
    """Of a JPEG that is made for comparison; not used with ``ssim``."""
    ssim: Annotated[float, Meta(ge=0.5, le=0.999)] | None = None
    """Structural similarity to the image (Wang et al. 2004, on luma). No quality below
    40 is tried: colours, which it does not see, go first there."""


type AnyOutput = (
    JpegOutput
    | PngOutput
    | WebpOutput
    | AvifOutput
    | JxlOutput
    | TiffOutput
    | GifOutput
    | AutoOutput
    | BestOutput
)
