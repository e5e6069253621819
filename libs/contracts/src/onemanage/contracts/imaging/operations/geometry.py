"""Operations that change how large an image is and what of it is kept."""

from typing import Annotated, Literal

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import (
    Aspect,
    Color,
    Gravity,
    Offset,
    Operation,
    Point,
    Position,
    Side,
)

type _Place = Annotated[float, Meta(ge=0, le=1_000_000)]
type _Factor = Annotated[float, Meta(ge=-100, le=100)]
type _Move = Annotated[float, Meta(ge=-1_000_000, le=1_000_000)]


class Resize(Operation, frozen=True, kw_only=True, tag="resize"):
    """Change the size.

    ``fit``: as large as goes into the box. ``cover``: as small as covers the box, all
    of it kept. ``fill``: covers the box, and what projects is cut off; where it may not
    be enlarged the box shrinks instead, and keeps its proportions. ``pad``: fits,
    then filled up to the box with ``background``. ``force``: exactly the box, whatever
    becomes of the proportions. ``fit`` and ``force`` do with one of width and height,
    the others need both.
    """

    width: Side | None = None
    height: Side | None = None
    mode: Literal["fit", "fill", "cover", "pad", "force"] = "fit"
    dpr: Annotated[float, Meta(ge=0.1, le=8)] = 1.0
    """Device pixels per pixel: multiplies width and height, and the least of them."""
    enlarge: bool = False
    """Whether the image may become larger than it is; ``force`` always may."""
    gravity: Gravity = "centre"
    """Of ``fill``: which part is kept. Of ``pad``: where the image lies; centre where
    it is no compass point."""
    background: Color = "#00000000"
    """Of ``pad``."""
    focus: Point | None = None
    """Of ``fill``: what the part that is kept has in its middle, as far as the image
    reaches; instead of ``gravity``."""
    offset: Offset | None = None
    """Of ``fill`` and ``pad``: moved from there, in pixels of the result or percent of
    it, as far as the image or the box reaches."""
    min_width: Side | None = None
    """Of ``fit`` and ``cover``: no less than this, even if the image outgrows the box or
    is enlarged for it."""
    min_height: Side | None = None
    zoom: Annotated[float, Meta(gt=0, le=100)] | None = None
    """Instead of width and height: its own size times this, whatever ``enlarge``
    says."""
    kernel: Literal[
        "auto",
        "nearest",
        "box",
        "bilinear",
        "hamming",
        "bicubic",
        "mitchell",
        "lanczos2",
        "lanczos3",
    ] = "auto"
    """How pixels are mixed. ``auto`` is Lanczos after a mean, as fast as it gets. Any
    other is exact, widened where the image becomes smaller, and decodes all of it."""


class Crop(Operation, frozen=True, kw_only=True, tag="crop"):
    """Cut out a part. What lies outside the image is left out of it."""

    width: Annotated[float, Meta(gt=0, le=1_000_000)]
    height: Annotated[float, Meta(gt=0, le=1_000_000)]
    x: _Place | None = None
    """Left edge, with ``y`` the top one; None for where ``gravity`` puts it."""
    y: _Place | None = None
    unit: Literal["px", "percent"] = "px"
    """Of all four; percent of the image's width and height."""
    gravity: Gravity = "centre"
    focus: Point | None = None
    """What the part has in its middle, as far as the image reaches; instead of
    ``gravity``."""
    offset: Offset | None = None
    """Moved from where gravity or focus puts it, as far as the image reaches."""


class CropAspect(Operation, frozen=True, kw_only=True, tag="crop_aspect"):
    """Cut out the largest part of some proportions, or one closer by ``zoom``."""

    aspect: Aspect
    """Width to height."""
    gravity: Gravity = "centre"
    focus: Point | None = None
    """What the part has in its middle, as far as the image reaches; instead of
    ``gravity``."""
    offset: Offset | None = None
    """Moved from there, as far as the image reaches."""
    zoom: Annotated[float, Meta(ge=1, le=100)] = 1.0
    """Divides both sides of the part."""


class CropTo(Operation, frozen=True, kw_only=True, tag="crop_to"):
    """Cut out what is found in the image, with room around it.

    Where nothing is found the image stays as it is, with a warning.
    """

    target: Literal["faces", "largest_face", "subject"]
    """All faces together, the largest alone, or what a network takes for the subject
    (half a second of CPU more, once for the same picture)."""
    padding: Annotated[float, Meta(ge=0, le=10)] = 0.5
    """On each side, as a share of the longer side of what was found, within the
    image."""
    aspect: Aspect | None = None
    """The part grows to these proportions, within the image."""
    zoom: Annotated[float, Meta(ge=0.1, le=10)] = 1.0
    """Over 1 closer, under 1 with more around it."""


class Pad(Operation, frozen=True, kw_only=True, tag="pad"):
    """Add room at the sides: so much at each, or up to some proportions."""

    top: Annotated[float, Meta(ge=0, le=16_384)] = 0.0
    right: Annotated[float, Meta(ge=0, le=16_384)] = 0.0
    bottom: Annotated[float, Meta(ge=0, le=16_384)] = 0.0
    left: Annotated[float, Meta(ge=0, le=16_384)] = 0.0
    unit: Literal["px", "percent"] = "px"
    """Percent of the image's height at top and bottom, of its width at the others."""
    aspect: Aspect | None = None
    """Instead of the four: as much as makes the image this wide to high."""
    position: Position = "centre"
    """Of ``aspect``: where the image lies."""
    fill: Literal["color", "edge", "mirror", "blur"] = "color"
    """One colour, the outermost pixels drawn out, the image mirrored, or the image
    itself made to cover all of it and blurred."""
    color: Color = "#00000000"


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
    equal_horizontal: bool = False
    """As much is cut off at the left as at the right: the lesser of both."""
    equal_vertical: bool = False


class Rotate(Operation, frozen=True, kw_only=True, tag="rotate"):
    """Turn clockwise. The image grows to hold its corners."""

    angle: Annotated[float, Meta(ge=-360, le=360)]
    """Degrees."""
    background: Color = "#00000000"
    """Of the corners, where it is no multiple of 90."""


class Flip(Operation, frozen=True, kw_only=True, tag="flip"):
    """Mirror."""

    direction: Literal["horizontal", "vertical", "both"] = "horizontal"


class Affine(Operation, frozen=True, kw_only=True, tag="affine"):
    """Scale, mirror, slant, turn and move, about the middle, in one pass.

    x' = a x + b y and y' = c x + d y, with y downwards, by ``matrix``; or as the other
    fields say: first scaled, then slanted.
    """

    matrix: Annotated[list[_Factor], Meta(min_length=4, max_length=4)] | None = None
    """a, b, c, d."""
    scale_x: _Factor = 1.0
    """Under 0 mirrors."""
    scale_y: _Factor = 1.0
    skew_x: Annotated[float, Meta(ge=-80, le=80)] = 0.0
    """Degrees by which upright lines lean to the left at their top."""
    skew_y: Annotated[float, Meta(ge=-80, le=80)] = 0.0
    """Degrees by which level lines fall to the right."""
    canvas: Literal["grow", "keep"] = "grow"
    """As large as holds the result, or as large as before, about the same middle."""
    move_x: _Move = 0.0
    """Pixels to the right, of a canvas that is kept."""
    move_y: _Move = 0.0
    background: Color = "#00000000"


class Perspective(Operation, frozen=True, kw_only=True, tag="perspective"):
    """Straighten what was taken from the side, or put an image at a slant.

    ``straighten``: the part within the four corners becomes a rectangle, each side as
    long as the longer of the two that it is made of. ``place``: the image's corners
    come to lie at the four, on a canvas that just holds them.
    """

    corners: Annotated[list[Point], Meta(min_length=4, max_length=4)]
    """Top left, top right, bottom right, bottom left, as shares of width and height;
    those of a figure without dents."""
    mode: Literal["straighten", "place"] = "straighten"
    background: Color = "#00000000"
    """Of ``place``, around the image."""
