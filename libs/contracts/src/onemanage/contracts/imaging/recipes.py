"""What becomes of an image: a versioned list of operations, and the files wanted of it.

One source is decoded once. ``operations`` are carried out on it in their order; then
each variant carries out its own on what that gave, and is encoded as its ``output``
says. Lengths are pixels of the image as the operation finds it, after orientation from
EXIF was applied. Colours are sRGB, ``#rrggbb`` or ``#rrggbbaa``. Of an animated source
every frame is treated alike.

`recipe_checks` checks a recipe before anything is decoded.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.operations.colors import (
    Colorize,
    ColorMatrix,
    Duotone,
    GradientOverlay,
    Hue,
    Lut,
    MakeTransparent,
    Sepia,
    Vibrance,
    WhiteBalance,
)
from onemanage.contracts.imaging.operations.effects import (
    Convolve,
    Grain,
    Median,
    Pixelate,
)
from onemanage.contracts.imaging.operations.geometry import (
    Affine,
    Crop,
    CropAspect,
    CropTo,
    Flip,
    Pad,
    Perspective,
    Resize,
    Rotate,
    Trim,
)
from onemanage.contracts.imaging.operations.layers import (
    Composite,
    ImageWatermark,
    TextWatermark,
)
from onemanage.contracts.imaging.operations.look import (
    Adjust,
    AutoLevels,
    Blur,
    Denoise,
    Grayscale,
    Sharpen,
    Tint,
)
from onemanage.contracts.imaging.operations.regions import Obscure
from onemanage.contracts.imaging.operations.shapes import (
    Background,
    Border,
    DropShadow,
    RoundedCorners,
)
from onemanage.contracts.imaging.operations.text import TextBlock
from onemanage.contracts.imaging.operations.tones import (
    Clahe,
    Curves,
    Equalize,
    Gamma,
    Negate,
    Posterize,
    ShadowsHighlights,
    Solarize,
    Threshold,
    Vignette,
)
from onemanage.contracts.imaging.operations.values import Operation, Side
from onemanage.contracts.imaging.outputs import AnyOutput, WebpOutput
from onemanage.contracts.public import shows_all

RECIPE_VERSION: Literal["1.0"] = "1.0"
ENGINE_VERSION = "3"
"""Part of a result's key: another one where the same recipe gives other pixels."""
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
    | Gamma
    | Curves
    | Equalize
    | Clahe
    | ShadowsHighlights
    | WhiteBalance
    | Vibrance
    | Hue
    | ColorMatrix
    | Lut
    | MakeTransparent
    | Negate
    | Solarize
    | Posterize
    | Threshold
    | Sepia
    | Duotone
    | Colorize
    | GradientOverlay
    | Vignette
    | Grain
    | Pixelate
    | Median
    | Convolve
    | Obscure
    | CropAspect
    | CropTo
    | Pad
    | Affine
    | Perspective
    | Composite
    | TextBlock
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


def recipe_key(
    source_sha256: str,
    recipe: Recipe,
    engine_version: str,
    fetched: Sequence[str] = (),
) -> str:
    """The same for the same bytes, treated alike by the same engine: 64 hex digits.

    ``fetched`` are digests of what the recipe's own addresses have now.
    """
    parts = [source_sha256.lower(), msgspec.to_builtins(recipe), engine_version]
    parts += fetched
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def files_of(recipe: Recipe) -> list[str]:
    """The ids of the files that the recipe needs besides its source, each once."""
    found = [file_id for each in _all_of(recipe) for file_id in each.files()]
    return list(dict.fromkeys(found))


def addresses_of(recipe: Recipe) -> list[str]:
    """The addresses that the recipe needs besides its source, each once."""
    found = [url for each in _all_of(recipe) for url in each.addresses()]
    return list(dict.fromkeys(found))


def _all_of(recipe: Recipe) -> Iterator[Operation]:
    yield from recipe.operations
    for variant in recipe.variants:
        yield from variant.operations
