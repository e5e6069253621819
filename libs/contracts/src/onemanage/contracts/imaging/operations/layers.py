"""Operations that lay something over an image."""

from typing import Annotated

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import (
    Color,
    Length,
    Operation,
    Position,
    Share,
)


class ImageWatermark(Operation, frozen=True, kw_only=True, tag="image_watermark"):
    """Lay another image over this one."""

    file_id: Annotated[str, Meta(min_length=1, max_length=200)]
    """An uploaded file of the workspace."""
    scale: Annotated[float, Meta(gt=0, le=1)] | None = 0.25
    """Its width as a share of the image's; None for its own size, at most the
    image's."""
    position: Position = "south_east"
    margin: Length = 16
    """Pixels from the edge; between repetitions too."""
    opacity: Share = 0.6
    angle: Annotated[float, Meta(ge=-360, le=360)] = 0.0
    """Degrees, clockwise."""
    tiled: bool = False
    """Repeated over the whole image, every other row by half a step."""

    def files(self) -> tuple[str, ...]:
        """The image that is laid over."""
        return (self.file_id,)


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
    color: Color = "#ffffff"
    outline: Annotated[int, Meta(ge=0, le=50)] = 0
    """Pixels of an outline in ``outline_color``."""
    outline_color: Color = "#000000"
    position: Position = "south_east"
    margin: Length = 16
    opacity: Share = 0.6
    angle: Annotated[float, Meta(ge=-360, le=360)] = 0.0
    tiled: bool = False
