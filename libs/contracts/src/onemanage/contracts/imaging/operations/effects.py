"""Operations on the texture of an image: blocks, grain, neighbours."""

from typing import Annotated

from msgspec import Meta

from onemanage.contracts.imaging.operations.values import Operation


class Pixelate(Operation, frozen=True, kw_only=True, tag="pixelate"):
    """Make squares of one colour each, the mean of what was there."""

    size: Annotated[int, Meta(ge=1, le=2_000)] = 16
    """Pixels of a square's side."""


class Median(Operation, frozen=True, kw_only=True, tag="median"):
    """Give each pixel the middle value of its neighbourhood, channel by channel: takes
    specks away and keeps edges."""

    radius: Annotated[int, Meta(ge=1, le=50)] = 1
    """The neighbourhood is a square of 2 ``radius`` + 1 pixels."""


class Grain(Operation, frozen=True, kw_only=True, tag="grain"):
    """Add noise as of film: the same for the same size, ``seed`` and frame."""

    amount: Annotated[float, Meta(ge=0, le=100)] = 10.0
    """Standard deviation in levels, in the middle tones; none in black and white."""
    size: Annotated[float, Meta(ge=1, le=20)] = 1.0
    """Pixels of a grain."""
    color: bool = False
    """A noise of its own in each channel."""
    seed: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Convolve(Operation, frozen=True, kw_only=True, tag="convolve"):
    """Weigh each pixel's neighbours by a kernel and add them up: edges, emboss and the
    like.

    Emboss is ``[[-2,-1,0],[-1,1,1],[0,1,2]]``, edges are
    ``[[-1,-1,-1],[-1,8,-1],[-1,-1,-1]]``. Beyond the rim its pixels are repeated.
    Alpha stays; where it is, colours count by it.
    """

    kernel: Annotated[
        list[
            Annotated[
                list[Annotated[float, Meta(ge=-1_000, le=1_000)]],
                Meta(min_length=1, max_length=15),
            ]
        ],
        Meta(min_length=1, max_length=15),
    ]
    """Rows of equal length; an odd number of rows and of columns. Its first number
    belongs to the pixel to the upper left."""
    divisor: Annotated[float, Meta(ge=-1_000_000, le=1_000_000)] | None = None
    """The sum is divided by it; None for the kernel's own sum, or 1 where that is 0."""
    offset: Annotated[float, Meta(ge=-255, le=255)] = 0.0
    """Levels that are added."""
