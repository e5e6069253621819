"""The operation that sets text in lines."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onemanage.contracts.imaging.operations.fonts import TextFont
from onemanage.contracts.imaging.operations.values import (
    Color,
    Length,
    Offset,
    Operation,
    Position,
    Share,
)
from onemanage.contracts.public import shows_all


@shows_all
class TextShadow(msgspec.Struct, frozen=True, kw_only=True):
    """Of the letters."""

    dx: Annotated[int, Meta(ge=-500, le=500)] = 0
    dy: Annotated[int, Meta(ge=-500, le=500)] = 2
    blur: Annotated[float, Meta(ge=0, le=100)] = 3.0
    """Sigma in pixels."""
    color: Color = "#000000"
    opacity: Share = 0.6


@shows_all
class TextPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A ground behind the text."""

    color: Color = "#00000080"
    padding: Annotated[float, Meta(ge=0, le=2_000)] = 12.0
    """Pixels around the text."""
    radius: Annotated[float, Meta(ge=0, le=2_000)] = 0.0
    """Pixels, of its corners."""


class TextBlock(Operation, frozen=True, kw_only=True, tag="text"):
    """Set text in lines upon the image.

    Lines are broken where Unicode allows it (UAX 14), between letters only where a word
    alone is too long. Thai, Lao, Khmer and Burmese, whose words a dictionary would have
    to find, break at spaces and zero-width spaces. Each run is written in a font that
    has its letters, shaped, in both directions.
    """

    text: Annotated[str, Meta(min_length=1, max_length=5_000)]
    """A line feed begins a new paragraph."""
    size: Annotated[float, Meta(ge=4, le=2_000)] | None = 32.0
    """Of the letters, in pixels; None for the largest that fits into width and
    height."""
    width: Annotated[float, Meta(gt=0, le=16_384)] | None = None
    """Of the lines; None for the image's width without margins."""
    height: Annotated[float, Meta(gt=0, le=16_384)] | None = None
    """Of all of them; None for the image's height without margins. Lines that do not go
    in are left out."""
    unit: Literal["px", "percent"] = "px"
    """Of width and height; percent of the image's."""
    shrink: bool = False
    """Made smaller, down to 4 pixels, until all of it goes in."""
    align: Literal["start", "left", "centre", "right", "justify"] = "start"
    """``start``: where the paragraph's script begins. ``justify``: also, and drawn out
    to the width, but for the last line of a paragraph."""
    line_height: Annotated[float, Meta(ge=0.5, le=5)] = 1.25
    """From line to line, in sizes."""
    letter_spacing: Annotated[float, Meta(ge=-0.5, le=5)] = 0.0
    """Added after each letter, in sizes; not within words of joined scripts."""
    max_lines: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    ellipsis: Annotated[str, Meta(max_length=8)] = "…"
    """Ends the last line where some are left out."""
    font: TextFont | None = None
    color: Color = "#000000"
    outline: Annotated[int, Meta(ge=0, le=50)] = 0
    """Pixels of an outline in ``outline_color``."""
    outline_color: Color = "#ffffff"
    shadow: TextShadow | None = None
    panel: TextPanel | None = None
    position: Position = "centre"
    margin: Length = 16
    """Pixels from the edge."""
    offset: Offset | None = None
    """Moved from there; what projects over the image is not seen."""
    opacity: Share = 1.0
    angle: Annotated[float, Meta(ge=-360, le=360)] = 0.0
    """Degrees, clockwise."""

    def files(self) -> tuple[str, ...]:
        """The font's."""
        return () if self.font is None else self.font.files()
