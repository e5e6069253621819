"""Operations that change hues and colours."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.operations.values import (
    Blend,
    Color,
    Operation,
    Percent,
    Share,
)
from onemanage.contracts.public import shows_all

type Rgb = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]


class Hue(Operation, frozen=True, kw_only=True, tag="hue"):
    """Turn all hues around the circle of colours, as ``hue-rotate()`` of CSS does.

    By the matrix of W3C, Filter Effects Module Level 1, which keeps luminance.
    """

    angle: Annotated[float, Meta(ge=-360, le=360)]
    """Degrees; 120 makes red green."""


class ColorMatrix(Operation, frozen=True, kw_only=True, tag="color_matrix"):
    """Mix the channels by a matrix. Each row makes one channel.

    Three rows of three numbers: factors of red, green and blue. Three rows of four:
    with an offset, of which 1 is a whole range, at the end. Four rows of five: with
    alpha, as ``feColorMatrix`` of SVG has them. On sRGB values from 0 to 1 that alpha
    is not multiplied into.
    """

    matrix: Annotated[
        list[
            Annotated[
                list[Annotated[float, Meta(ge=-100, le=100)]],
                Meta(min_length=3, max_length=5),
            ]
        ],
        Meta(min_length=3, max_length=4),
    ]


class Sepia(Operation, frozen=True, kw_only=True, tag="sepia"):
    """Brown as an old photograph, by the matrix of ``sepia()`` of CSS (W3C, Filter
    Effects Module Level 1)."""

    amount: Share = 1.0


class Duotone(Operation, frozen=True, kw_only=True, tag="duotone"):
    """Draw in two colours, mixed by luma (Rec. 601)."""

    shadows: Rgb = "#1b2a49"
    """What becomes of black."""
    highlights: Rgb = "#f9f1dc"
    """What becomes of white."""
    amount: Share = 1.0


class Colorize(Operation, frozen=True, kw_only=True, tag="colorize"):
    """Lay a colour over what can be seen; what is transparent stays so.

    ``blend`` ``color`` gives everything one hue and keeps lightness.
    """

    color: Color
    opacity: Share = 0.5
    blend: Blend = "normal"


@shows_all
class GradientStop(msgspec.Struct, frozen=True, kw_only=True):
    """A colour, and where it stands."""

    color: Color
    at: Share
    """0 where the gradient begins, 1 where it ends."""


class GradientOverlay(Operation, frozen=True, kw_only=True, tag="gradient"):
    """Lay a gradient over what can be seen; what is transparent stays so.

    Colours are mixed as CSS mixes them (W3C, CSS Images Level 3): in sRGB, alpha
    multiplied in.
    """

    stops: Annotated[list[GradientStop], Meta(min_length=2, max_length=16)]
    """In their order; two at one place make an edge."""
    shape: Literal["linear", "radial"] = "linear"
    """Radial goes from the middle to the corners, in an ellipse of the image's
    proportions."""
    angle: Annotated[float, Meta(ge=-360, le=360)] = 180.0
    """Of a linear one, degrees: 0 goes upwards, 90 to the right, 180 downwards."""
    opacity: Share = 1.0
    blend: Blend = "normal"


class WhiteBalance(Operation, frozen=True, kw_only=True, tag="white_balance"):
    """Make the light warmer or colder, or take its cast away.

    Channels are multiplied in linear light, and luminance is kept.
    """

    temperature: Percent = 0.0
    """Over 0 warmer (redder), below 0 colder (bluer): 100 is a factor of two between
    red and blue each way."""
    tint: Percent = 0.0
    """Over 0 towards magenta, below 0 towards green."""
    auto: bool = False
    """First make the mean colour gray (Buchsbaum, "A spatial processor model for object
    colour perception", 1980); of all frames together."""


class Vibrance(Operation, frozen=True, kw_only=True, tag="vibrance"):
    """Raise the saturation of pale colours and leave strong ones, or lower it.

    The factor grows with 1 - s, where s is (max - min) / max of the channels.
    """

    amount: Percent


class Lut(Operation, frozen=True, kw_only=True, tag="lut"):
    """Grade by a colour table of the workspace, a .cube file (Adobe, "Cube LUT
    Specification 1.0", 2013).

    One with three dimensions is interpolated within tetrahedra, one with one dimension
    between neighbours. Values count as sRGB.
    """

    file_id: Annotated[str, Meta(min_length=1, max_length=200)]
    """An uploaded .cube file of the workspace, up to 16 MiB."""
    amount: Share = 1.0

    def files(self) -> tuple[str, ...]:
        """The table."""
        return (self.file_id,)


class MakeTransparent(Operation, frozen=True, kw_only=True, tag="make_transparent"):
    """Take one colour away: an even ground, or the green of a screen.

    What is near it becomes transparent, what is farther stays, and between the two the
    colour is taken out of what it was mixed with.
    """

    color: Rgb | None = None
    """None for that of the top left corner."""
    tolerance: Annotated[int, Meta(ge=0, le=255)] = 10
    """Levels by which a channel may differ from it to be taken away whole."""
    softness: Annotated[int, Meta(ge=0, le=255)] = 20
    """Levels more until nothing is taken away."""
    rim: bool = False
    """Only what hangs together with the image's rim, so that nothing within the subject
    gets holes."""
