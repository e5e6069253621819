"""Operations that lay other images over an image."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.operations.fonts import TextFont
from onemanage.contracts.imaging.operations.values import (
    Blend,
    Color,
    Length,
    Offset,
    Operation,
    Position,
    Share,
    Side,
)
from onemanage.contracts.public import shows_all

type FileId = Annotated[str, Meta(min_length=1, max_length=200)]
type Address = Annotated[str, Meta(max_length=2_000, pattern="^https?://")]
type Angle = Annotated[float, Meta(ge=-360, le=360)]
type Fit = Literal["fit", "fill", "force"]
type Cut = Literal[
    "in", "out", "atop", "xor", "below", "destination_in", "destination_out"
]
"""Porter and Duff's ways (1984) to lay one image over another, besides over it. ``in``:
the layer where there is something below. ``out``: where there is nothing. ``atop``: the
layer on what is below, no further. ``xor``: either without the other. ``below``: under
it. ``destination_in`` and ``destination_out``: what is below where the layer is, or is
not."""


@shows_all
class LayerMask(msgspec.Struct, frozen=True, kw_only=True):
    """What of a layer is shown. One of ``file_id``, ``url`` and ``layer``."""

    file_id: FileId | None = None
    """An image of the workspace, stretched over the layer before that is turned."""
    url: Address | None = None
    """An image that anybody can read, likewise."""
    layer: Annotated[int, Meta(ge=0, le=15)] | None = None
    """An earlier layer, counted from 0: its alpha, where that layer lies."""
    by: Literal["alpha", "luminance"] = "luminance"
    """Of an image: what is opaque is shown, or what is light (Rec. 709, times
    alpha)."""
    invert: bool = False


@shows_all
class ImageLayer(msgspec.Struct, frozen=True, kw_only=True):
    """An image, or one colour, upon the others. One of ``file_id``, ``url`` and
    ``color``."""

    file_id: FileId | None = None
    """An uploaded file of the workspace."""
    url: Address | None = None
    """An address that anybody can read."""
    color: Color | None = None
    """One colour, as large as the image where no size is given."""
    scale: Annotated[float, Meta(gt=0, le=10)] | None = None
    """Its width as a share of the image's, the height with it; None for its own size,
    or that of ``width`` and ``height``."""
    width: Annotated[float, Meta(gt=0, le=16_384)] | None = None
    height: Annotated[float, Meta(gt=0, le=16_384)] | None = None
    unit: Literal["px", "percent"] = "px"
    """Of width and height; percent of the image's."""
    fit: Fit = "fit"
    """Where both are given: as large as goes in, cut to fill it, or stretched."""
    position: Position = "centre"
    offset: Offset | None = None
    """Moved from there; what projects over the image is not seen."""
    angle: Angle = 0.0
    """Degrees, clockwise."""
    tiled: bool = False
    """Repeated over the whole image, every other row by half a step."""
    gap: Length = 0.0
    """Pixels between repetitions."""
    blend: Blend | Cut = "normal"
    """How its colours are mixed with those below (W3C Compositing and Blending Level
    1), or what of both is kept."""
    opacity: Share = 1.0
    mask: LayerMask | None = None

    def files(self) -> tuple[str, ...]:
        """Ids of uploaded files that it needs."""
        named = self.file_id, self.mask.file_id if self.mask else None
        return tuple(one for one in named if one is not None)

    def addresses(self) -> tuple[str, ...]:
        """Addresses of images that it needs."""
        named = self.url, self.mask.url if self.mask else None
        return tuple(one for one in named if one is not None)


class Composite(Operation, frozen=True, kw_only=True, tag="composite"):
    """Lay layers over the image, the first of them lowest.

    Of an animated layer the first frame counts.
    """

    layers: Annotated[list[ImageLayer], Meta(min_length=1, max_length=16)]

    def files(self) -> tuple[str, ...]:
        """Those of all layers."""
        return tuple(one for layer in self.layers for one in layer.files())

    def addresses(self) -> tuple[str, ...]:
        """Those of all layers."""
        return tuple(one for layer in self.layers for one in layer.addresses())


class ImageWatermark(Operation, frozen=True, kw_only=True, tag="image_watermark"):
    """Lay another image over this one. One of ``file_id`` and ``url``."""

    file_id: FileId | None = None
    """An uploaded file of the workspace."""
    url: Address | None = None
    """An address that anybody can read."""
    scale: Annotated[float, Meta(gt=0, le=1)] | None = 0.25
    """Its width as a share of the image's; None for its own size, at most the image's.
    Not used where ``width`` or ``height`` is given."""
    width: Side | None = None
    """Pixels, at most the image's."""
    height: Side | None = None
    fit: Fit = "fit"
    """Where both are given: as large as goes in, cut to fill it, or stretched."""
    position: Position = "south_east"
    margin: Length = 16
    """Pixels from the edge; between repetitions too."""
    blend: Blend = "normal"
    opacity: Share = 0.6
    angle: Angle = 0.0
    """Degrees, clockwise."""
    tiled: bool = False
    """Repeated over the whole image, every other row by half a step."""

    def files(self) -> tuple[str, ...]:
        """The mark's."""
        return () if self.file_id is None else (self.file_id,)

    def addresses(self) -> tuple[str, ...]:
        """The mark's."""
        return () if self.url is None else (self.url,)


class TextWatermark(Operation, frozen=True, kw_only=True, tag="text_watermark"):
    """Write over the image, in any script that an installed font has.

    Bidirectional and complex scripts are shaped.
    """

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    """Lines are separated by a line feed."""
    size: Annotated[float, Meta(ge=4, le=2_000)] | None = None
    """Of the letters, in pixels; None for as large as ``scale`` asks."""
    scale: Annotated[float, Meta(gt=0, le=1)] = 0.3
    """The text's width as a share of the image's; not used where ``size`` is given."""
    font: TextFont | None = None
    color: Color = "#ffffff"
    outline: Annotated[int, Meta(ge=0, le=50)] = 0
    """Pixels of an outline in ``outline_color``."""
    outline_color: Color = "#000000"
    position: Position = "south_east"
    margin: Length = 16
    opacity: Share = 0.6
    angle: Angle = 0.0
    tiled: bool = False

    def files(self) -> tuple[str, ...]:
        """The font's."""
        return () if self.font is None else self.font.files()
