"""Text as it is written: every run of letters in a font that has them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from onemanage.imaging.domain.fonts import INSTALLED, Fonts
from onemanage.imaging.errors import InvalidImage

_BETWEEN = 4
"""Pixels between lines, as Pillow has it."""
_RIGHT_TO_LEFT = ("R", "AL")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    text: str
    font: ImageFont.FreeTypeFont
    x: float
    y: float
    """Of the baseline where there are several runs, of the top where it is one."""
    anchor: str | None


class Block:
    """Text of one or more lines, centred, at a size."""

    def __init__(self, text: str, size: float, fonts: Fonts = INSTALLED) -> None:
        """Raises InvalidImage where no font has one of the letters."""
        try:
            font = None if fonts.lacking(text) else fonts.font_for(text, size)
        except InvalidImage:
            font = None
        if font is None:
            self._runs = list(_placed(text, size, fonts))
        else:
            self._runs = [_Run(text=text, font=font, x=0, y=0, anchor=None)]
        self._draw = ImageDraw.Draw(Image.new("L", (1, 1)))

    def box(self, outline: int = 0) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is drawn at the origin."""
        boxes = [
            self._draw.multiline_textbbox(
                (run.x, run.y),
                run.text,
                run.font,
                anchor=run.anchor,
                stroke_width=outline,
                align="center",
            )
            for run in self._runs
        ]
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    def draw(
        self,
        image: Image.Image,
        place: tuple[float, float],
        ink: tuple[int, ...],
        outline: int = 0,
        edge: tuple[int, ...] = (),
    ) -> None:
        """Upon an image, with the origin at a place. Outlines lie below all letters."""
        draw = ImageDraw.Draw(image)
        for run in self._runs:
            draw.multiline_text(
                (place[0] + run.x, place[1] + run.y),
                run.text,
                fill=ink,
                font=run.font,
                anchor=run.anchor,
                align="center",
                stroke_width=outline,
                stroke_fill=edge or None,
            )


def _placed(text: str, size: float, fonts: Fonts) -> Iterator[_Run]:
    lines = [ordered(fonts.run_fonts(line, size)) for line in text.split("\n")]
    widths = [sum(font.getlength(part) for part, font in line) for line in lines]
    metrics = [font.getmetrics() for line in lines for _, font in line]
    ascent = max((up for up, _ in metrics), default=0)
    descent = max((down for _, down in metrics), default=0)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        x = (max(widths) - width) / 2
        y = ascent + number * (ascent + descent + _BETWEEN)
        for part, font in line:
            yield _Run(text=part, font=font, x=x, y=y, anchor="ls")
            x += font.getlength(part)


def ordered[Item](
    runs: list[tuple[str, Item]], base: bool | None = None
) -> list[tuple[str, Item]]:
    """As they stand on the line from the left: ``base``, or else the first strong letter,
    says whether the line goes to the left, and runs that go the other way are turned
    around together (UAX 9, as far as whole runs go; within each the shaper does it)."""
    backwards = [goes_left(text) for text, _ in runs]
    if base is None:
        base = next((way for way in backwards if way is not None), False)
    ways = [base if way is None else way for way in backwards]
    made: list[tuple[str, Item]] = []
    group: list[tuple[str, Item]] = []
    for (text, item), way, after in zip(runs, ways, [*ways[1:], base], strict=True):
        bare = text.rstrip() if after == base else text
        if way == base:
            made += [*reversed(group), (text, item)]
            group = []
        else:
            group.append((bare, item))
            if bare != text:  # a space at the end goes the way of the line
                made += [*reversed(group), (text[len(bare) :], item)]
                group = []
    made += reversed(group)
    return made[::-1] if base else made


def goes_left(text: str) -> bool | None:
    """Whether its first strong letter is one of a script from right to left."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind == "L" or kind in _RIGHT_TO_LEFT:
            return kind != "L"
    return None
