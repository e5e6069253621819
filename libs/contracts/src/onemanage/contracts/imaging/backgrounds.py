"""What a background is to become: taken away, or replaced by another."""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.outputs import AnyOutput
from onemanage.contracts.public import shows_all

type Color = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
"""#rrggbb, sRGB."""

type Share = Annotated[float, Meta(ge=0, le=1)]

type Side = Annotated[int, Meta(ge=16, le=16384)]
"""Pixels."""


@shows_all
class Transparent(msgspec.Struct, frozen=True, kw_only=True, tag="transparent"):
    """Nothing behind the subject: the result has an alpha channel."""


@shows_all
class Solid(msgspec.Struct, frozen=True, kw_only=True, tag="solid"):
    color: Color = "#ffffff"


@shows_all
class Gradient(msgspec.Struct, frozen=True, kw_only=True, tag="gradient"):
    """From one colour to the next, evenly spaced, blended in linear light."""

    colors: Annotated[list[Color], Meta(min_length=2, max_length=8)]
    shape: Annotated[str, Meta(pattern="^(linear|radial)$")] = "linear"
    angle: Annotated[float, Meta(ge=-360, le=360)] = 180.0
    """Of linear, degrees clockwise; 0 goes up, 90 to the right, 180 down."""


@shows_all
class BlurredOriginal(msgspec.Struct, frozen=True, kw_only=True, tag="blur"):
    """The picture's own background, out of focus, the subject not smeared into it."""

    radius: Annotated[float, Meta(gt=0, le=0.2)] = 0.02
    """Standard deviation as a share of the longer side."""
    dim: Share = 0.0
    """How much darker: 0 leaves it, 1 is black."""


@shows_all
class Picture(msgspec.Struct, frozen=True, kw_only=True, tag="picture"):
    """Another file of the workspace, made to cover, cut around its middle."""

    file_id: str
    blur: Annotated[float, Meta(ge=0, le=0.2)] = 0.0
    """Standard deviation as a share of the longer side."""


@shows_all
class StudioSweep(msgspec.Struct, frozen=True, kw_only=True, tag="sweep"):
    """A paper curved from the table to the wall, lit from above."""

    color: Color = "#f2f2f0"
    horizon: Annotated[float, Meta(gt=0, lt=1)] = 0.62
    """Where the wall meets the table, from the top, as a share of the height."""
    softness: Annotated[float, Meta(gt=0, le=1)] = 0.35
    """Over what share of the height the curve goes."""
    light: Share = 0.5
    """How much brighter the middle of the wall is than the corners."""


type Fill = Transparent | Solid | Gradient | BlurredOriginal | Picture | StudioSweep


@shows_all
class ContactShadow(msgspec.Struct, frozen=True, kw_only=True):
    """A shadow on the ground below the subject, dark where it touches."""

    opacity: Share = 0.45
    blur: Annotated[float, Meta(gt=0, le=0.2)] = 0.02
    """Of its far part; as a share of the subject's width."""
    height: Annotated[float, Meta(gt=0, le=0.5)] = 0.09
    """How deep it lies on the ground, as a share of the subject's width."""
    offset_x: Annotated[float, Meta(ge=-0.5, le=0.5)] = 0.0
    """To the right, as a share of the subject's width."""
    color: Color = "#000000"


@shows_all
class Reflection(msgspec.Struct, frozen=True, kw_only=True):
    """The subject mirrored below its foot, fading downwards."""

    opacity: Share = 0.25
    length: Annotated[float, Meta(gt=0, le=1)] = 0.35
    """Until it is gone, as a share of the subject's height."""
    gap: Annotated[float, Meta(ge=0, le=0.5)] = 0.0
    """Between foot and mirror image, as a share of the subject's height."""


@shows_all
class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where the subject goes, as marketplaces ask for it.

    Without ``aspect``, ``width`` and ``height`` the canvas is the original's. With
    both sides the subject is scaled to them; with an aspect alone the canvas grows
    around the subject, which keeps its pixels.
    """

    aspect: Annotated[str, Meta(pattern="^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$")] | None = (
        None
    )
    """Of the canvas, width to height: 1:1, 4:5, …"""
    width: Side | None = None
    """Of the canvas. With one side alone the aspect gives the other, else the
    original's aspect does."""
    height: Side | None = None
    margin: Annotated[float, Meta(ge=0, le=0.45)] | None = None
    """Free at each side, as a share of the canvas's shorter side; the subject fills
    the rest. None leaves size and place as they are, where the canvas is the
    original's; 0.05 otherwise."""
    horizontal: Annotated[str, Meta(pattern="^(left|center|right)$")] = "center"
    vertical: Annotated[str, Meta(pattern="^(top|center|bottom)$")] = "center"
    upscale: Annotated[float, Meta(ge=1, le=8)] = 2.0
    """The subject is not made larger than this; it has wider margins then."""


@shows_all
class BackgroundSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One background job. The defaults cut the subject out and change nothing else."""

    fill: Fill = msgspec.field(default_factory=Transparent)
    shadow: ContactShadow | None = None
    """Also on a transparent background, where it is part of the alpha."""
    reflection: Reflection | None = None
    placement: Placement = Placement()
    decontaminate: bool = True
    """The old background's colour is taken out of soft edges."""
    use_alpha: bool = True
    """An original that has transparency says by it what the subject is."""
    with_mask: bool = True
    """The mask is stored as an image of its own."""
    output: AnyOutput | None = None
    """Of the image; None for PNG on a transparent fill and JPEG on any other. The mask
    is always PNG."""


@shows_all
class RemovalResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the subject was found."""

    method: Annotated[
        str, Meta(pattern="^(network|color|alpha|none)$", examples=["network"])
    ]
    """network (U2-Netp and refinement), color (GrabCut from the border's colours,
    where the weights are not installed), alpha (the original's own), or none (nothing
    stood out: all of the picture is kept)."""
    confidence: Share
    """Below 0.5 somebody should look at it."""
    coverage: Share
    """The subject's share of the picture's area."""
    left: int
    """The subject's box in pixels of the original, as are the following."""
    top: int
    width: int
    height: int
    warnings: list[str] = []
