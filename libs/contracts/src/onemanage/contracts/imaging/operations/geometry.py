"""Operations that change how large an image is and what of it is kept."""

from typing import Annotated, Literal

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import (
    Color,
    Gravity,
    Operation,
    Side,
)


class Resize(Operation, frozen=True, kw_only=True, tag="resize"):
    """Change the size.

    ``fit``: as large as goes into the box. ``cover``: as small as covers the box, all
    of it kept. ``fill``: covers the box, and what projects is cut off. ``pad``: fits,
    then filled up to the box with ``background``. ``force``: exactly the box, whatever
    becomes of the proportions. ``fit`` and ``force`` do with one of width and height,
    the others need both.
    """

    width: Side | None = None
    height: Side | None = None
    mode: Literal["fit", "fill", "cover", "pad", "force"] = "fit"
    dpr: Annotated[float, Meta(ge=0.1, le=8)] = 1.0
    """Device pixels per pixel: multiplies width and height."""
    enlarge: bool = False
    """Whether the image may become larger than it is; ``force`` always may."""
    gravity: Gravity = "centre"
    """Of ``fill``: which part is kept. Of ``pad``: where the image lies; centre where
    it is attention or face."""
    background: Color = "#00000000"
    """Of ``pad``."""


class Crop(Operation, frozen=True, kw_only=True, tag="crop"):
    """Cut out a part. What lies outside the image is left out of it."""

    width: Annotated[float, Meta(gt=0, le=1_000_000)]
    height: Annotated[float, Meta(gt=0, le=1_000_000)]
    x: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None
    """Left edge, with ``y`` the top one; None for where ``gravity`` puts it."""
    y: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None
    unit: Literal["px", "percent"] = "px"
    """Of all four; percent of the image's width and height."""
    gravity: Gravity = "centre"


class Trim(Operation, frozen=True, kw_only=True, tag="trim"):
    """Cut off an even rim: what is transparent, or else near the colour of the rim.

    What is even all over stays as it is.
    """

    tolerance: Annotated[int, Meta(ge=0, le=255)] = 10
    """Levels by which a channel may differ."""
    color: Color | None = None
    """Of the rim; None for that of the top left corner."""
    margin: Annotated[int, Meta(ge=0, le=1_000)] = 0
    """Pixels of the rim that stay."""


class Rotate(Operation, frozen=True, kw_only=True, tag="rotate"):
    """Turn clockwise. The image grows to hold its corners."""

    angle: Annotated[float, Meta(ge=-360, le=360)]
    """Degrees."""
    background: Color = "#00000000"
    """Of the corners, where it is no multiple of 90."""


class Flip(Operation, frozen=True, kw_only=True, tag="flip"):
    """Mirror."""

    direction: Literal["horizontal", "vertical", "both"] = "horizontal"
