"""What becomes of an image: a versioned list of operations, and the files wanted of it.

One source is decoded once. ``operations`` are carried out on it in their order; then
each variant carries out its own on what that gave, and is encoded as its ``output``
says. Lengths are pixels of the image as the operation finds it, after orientation from
EXIF was applied. Colours are sRGB, ``#rrggbb`` or ``#rrggbbaa``. Of an animated source
every frame is treated alike.

`recipe_checks` checks a recipe before anything is decoded.
"""

import hashlib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.outputs import AnyOutput, WebpOutput
from onemanage.contracts.public import shows_all

RECIPE_VERSION: Literal["1.0"] = "1.0"
MAX_SIDE = 16_384
"""Pixels of an image that is made, either way."""

type Side = Annotated[int, Meta(ge=1, le=MAX_SIDE)]
type Length = Annotated[float, Meta(ge=0, le=MAX_SIDE)]
type Share = Annotated[float, Meta(ge=0, le=1)]
type Percent = Annotated[float, Meta(ge=-100, le=100)]
type Color = Annotated[str, Meta(pattern="^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$")]
type Gravity = Literal[
    "centre",
    "north",
    "north_east",
    "east",
    "south_east",
    "south",
    "south_west",
    "west",
    "north_west",
    "attention",
    "face",
]
"""Which part is kept. ``attention`` looks for detail, colour and skin; ``face`` for
faces, and for attention where there are none."""
type Position = Literal[
    "centre",
    "north",
    "north_east",
    "east",
    "south_east",
    "south",
    "south_west",
    "west",
    "north_west",
]


@shows_all
class Operation(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    """One step. ``op`` says which."""


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


class Sharpen(Operation, frozen=True, kw_only=True, tag="sharpen"):
    """Unsharp mask: adds ``amount`` times what a blur of ``sigma`` takes away."""

    sigma: Annotated[float, Meta(ge=0.3, le=20)] = 1.0
    """Pixels."""
    amount: Annotated[float, Meta(ge=0, le=10)] = 0.7
    threshold: Annotated[int, Meta(ge=0, le=255)] = 0
    """Differences of at most so many levels are left alone."""


class Blur(Operation, frozen=True, kw_only=True, tag="blur"):
    """Gaussian blur."""

    sigma: Annotated[float, Meta(ge=0.3, le=250)]
    """Pixels."""


class Denoise(Operation, frozen=True, kw_only=True, tag="denoise"):
    """Smooth noise and keep edges (bilateral filter, colour more than lightness)."""

    strength: Annotated[int, Meta(ge=1, le=100)] = 20


class Adjust(Operation, frozen=True, kw_only=True, tag="adjust"):
    """Brightness, contrast, saturation: 0 changes nothing, -100 takes all of it."""

    brightness: Percent = 0.0
    """Factor of the light: 100 doubles it."""
    contrast: Percent = 0.0
    """Around middle gray."""
    saturation: Percent = 0.0


class AutoLevels(Operation, frozen=True, kw_only=True, tag="auto_levels"):
    """Stretch each channel so that its darkest and lightest values span all levels."""

    clip: Annotated[float, Meta(ge=0, le=20)] = 0.5
    """Percent of the pixels ignored at either end."""
    per_channel: bool = False
    """Also takes away a colour cast; else all channels are stretched alike."""


class Grayscale(Operation, frozen=True, kw_only=True, tag="grayscale"):
    """Take the colour away, keeping lightness (Rec. 601 luma)."""


class Tint(Operation, frozen=True, kw_only=True, tag="tint"):
    """Colour by lightness: black stays black, white white, the middle takes a colour."""

    color: Color
    amount: Share = 1.0


class RoundedCorners(Operation, frozen=True, kw_only=True, tag="rounded_corners"):
    """Make the corners transparent, outside quarters of a circle."""

    radius: Length
    unit: Literal["px", "percent"] = "px"
    """Percent of half the shorter side: 100 makes a circle of a square."""


class Border(Operation, frozen=True, kw_only=True, tag="border"):
    """Add a frame around the image."""

    width: Annotated[int, Meta(ge=1, le=2_000)]
    color: Color = "#000000"


class DropShadow(Operation, frozen=True, kw_only=True, tag="drop_shadow"):
    """Lay a shadow under the image. It grows to hold it; the ground is transparent."""

    dx: Annotated[int, Meta(ge=-500, le=500)] = 0
    dy: Annotated[int, Meta(ge=-500, le=500)] = 8
    blur: Annotated[float, Meta(ge=0, le=200)] = 12.0
    """Sigma in pixels."""
    color: Color = "#000000"
    opacity: Share = 0.4


class Background(Operation, frozen=True, kw_only=True, tag="background"):
    """Lay a colour under what is transparent."""

    color: Color = "#ffffff"


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


type AnyOperation = (
    Resize
    | Crop
    | Trim
    | Rotate
    | Flip
    | Sharpen
    | Blur
    | Denoise
    | Adjust
    | AutoLevels
    | Grayscale
    | Tint
    | RoundedCorners
    | Border
    | DropShadow
    | Background
    | ImageWatermark
    | TextWatermark
)


type AnyOperations = Annotated[list[AnyOperation], Meta(max_length=64)]


@shows_all
class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Which picture of the source is meant, where it has more than one."""

    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    """Of a PDF or TIFF; of an animation, its frame, which then stands alone (1 is the
    whole of it); of a HEIC of several pictures, of which 1 is the primary one."""
    seconds: Annotated[float, Meta(ge=0, le=1_000_000)] = 0.0
    """Of a video: the frame shown then, or the last one."""
    width: Side | None = None
    """Of an SVG or a PDF page: pixels it is drawn at; None for its own size, a page's
    being at 150 dots per inch."""
    animated: bool = True
    """False for the first frame alone."""


@shows_all
class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One file that is wanted."""

    name: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")] = "image"
    """Of the file, without its ending; no other variant has it."""
    operations: AnyOperations = []
    """After those of the recipe."""
    output: AnyOutput = WebpOutput()


@shows_all
class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of an image."""

    reading: Reading = Reading()
    operations: AnyOperations = []
    variants: Annotated[list[Variant], Meta(min_length=1, max_length=32)] = (
        msgspec.field(default_factory=lambda: [Variant()])
    )
    recipe_version: Literal["1.0"] = RECIPE_VERSION


def recipe_key(source_sha256: str, recipe: Recipe, engine_version: str) -> str:
    """The same for the same bytes, treated alike by the same engine: 64 hex digits."""
    parts = [source_sha256.lower(), msgspec.to_builtins(recipe), engine_version]
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def watermark_files(recipe: Recipe) -> list[str]:
    """The ids of the files that the recipe needs besides its source, each once."""
    lists = [recipe.operations, *(variant.operations for variant in recipe.variants)]
    found = [
        operation.file_id
        for operations in lists
        for operation in operations
        if isinstance(operation, ImageWatermark)
    ]
    return list(dict.fromkeys(found))
