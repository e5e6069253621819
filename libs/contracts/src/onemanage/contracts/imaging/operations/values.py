"""What the operations of a recipe have in common."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all

MAX_SIDE = 16_384
"""Pixels of an image that is made, either way."""

type Side = Annotated[int, Meta(ge=1, le=MAX_SIDE)]
type Length = Annotated[float, Meta(ge=0, le=MAX_SIDE)]
type Share = Annotated[float, Meta(ge=0, le=1)]
type Percent = Annotated[float, Meta(ge=-100, le=100)]
type Aspect = Annotated[str, Meta(pattern="^[1-9][0-9]{0,4}:[1-9][0-9]{0,4}$")]
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
    "largest_face",
    "subject",
]
"""Which part is kept. ``attention`` looks for detail, colour and skin; ``face`` for
faces, ``largest_face`` for one, and for attention where there are none. ``subject``
asks the network that takes backgrounds away, and keeps as much of it as goes in."""
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


type Blend = Literal[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "color_dodge",
    "color_burn",
    "hard_light",
    "soft_light",
    "difference",
    "exclusion",
    "hue",
    "saturation",
    "color",
    "luminosity",
    "add",
]
"""How a colour meets that below it, as CSS has it (W3C, Compositing and Blending Level
1); ``add`` is its plus-lighter."""


@shows_all
class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place in an image, as shares of its width and height from the top left."""

    x: Share
    y: Share


@shows_all
class Offset(msgspec.Struct, frozen=True, kw_only=True):
    """Away from the edge that a gravity names; from a middle to the right and down."""

    x: Annotated[float, Meta(ge=-1_000_000, le=1_000_000)] = 0.0
    y: Annotated[float, Meta(ge=-1_000_000, le=1_000_000)] = 0.0
    unit: Literal["px", "percent"] = "px"


@shows_all
class Operation(msgspec.Struct, frozen=True, kw_only=True, tag_field="op"):
    """One step. ``op`` says which."""

    def files(self) -> tuple[str, ...]:
        """Ids of uploaded files that it needs besides the image."""
        return ()

    def addresses(self) -> tuple[str, ...]:
        """Addresses of images that it needs besides."""
        return ()
