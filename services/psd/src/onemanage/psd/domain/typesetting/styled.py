"""A text with its styles, as a type layer has it, and the same with other words.

Lengths are in the text's own units, which ``transform`` takes to pixels of the canvas:
x' = xx x + yx y + tx, y' = xy x + yy y + ty.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

PARAGRAPH, LINE = "\n", "\u2028"
"""What ends a paragraph, and a line within one. Photoshop's are CR and ETX."""
_ENDS = re.compile("\r\n|[\r\n\x85\u2029]")
_LINE_ENDS = re.compile("[\x03\v\u2028]")
UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How characters look."""

    font: str = ""
    """PostScript name."""
    size: float = 12.0
    color: tuple[int, int, int] | None = (0, 0, 0)
    """Red, green, blue from 0 to 255; None: not filled, as of text that is only outlined."""
    opacity: float = 1.0
    tracking: float = 0.0
    """Thousandths of the size, after each character."""
    kerning: float | None = None
    """Thousandths of the size, after each character of the run; None: the font's own."""
    leading: float | None = None
    """From baseline to baseline; None: the paragraph's share of the size."""
    baseline_shift: float = 0.0
    """Upwards."""
    horizontal_scale: float = 1.0
    vertical_scale: float = 1.0
    caps: str = "normal"
    """normal, small_caps or all_caps."""
    baseline: str = "normal"
    """normal, superscript or subscript."""
    underline: bool = False
    strikethrough: bool = False
    bold: bool = False
    """Drawn bolder than the font is; so ``italic``, slanted."""
    italic: bool = False
    ligatures: bool = True
    no_break: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphStyle:
    """How paragraphs stand."""

    align: str = "left"
    """left, right or center; of justified ones where their last line stands."""
    justify: str = "none"
    """none, all_but_last or all."""
    first_line_indent: float = 0.0
    start_indent: float = 0.0
    end_indent: float = 0.0
    space_before: float = 0.0
    space_after: float = 0.0
    auto_leading: float = 1.2
    """Of the size."""
    direction: str | None = None
    """ltr or rtl; None: as its first letter is."""
    word_spacing: tuple[float, float, float] = (0.8, 1.0, 1.33)
    """Least, wanted and most width of a space where lines are justified."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSizes:
    """What a document says once for all its text, as shares of the size."""

    small_caps: float = 0.7
    superscript: float = 0.583
    superscript_rise: float = 0.333
    subscript: float = 0.583
    subscript_fall: float = 0.333


@dataclass(frozen=True, slots=True, kw_only=True)
class StyledText:
    """The text of a layer. Of ``paragraphs`` there is one for each part of the text that
    PARAGRAPH ends, and one for what follows."""

    runs: tuple[Run, ...]
    paragraphs: tuple[ParagraphStyle, ...]
    box: tuple[float, float, float, float] | None = None
    """left, top, right, bottom of box text; None: point text, from its baseline."""
    extent: tuple[float, float, float, float] | None = None
    """Of point text: what it took as it was stored, in the same way."""
    transform: tuple[float, float, float, float, float, float] = UPRIGHT
    orientation: str = "horizontal"
    """horizontal or vertical."""
    warp: str | None = None
    anti_alias: str = "smooth"
    """none, sharp, crisp, strong or smooth."""
    canvas: tuple[int, int] | None = None
    """Width and height of the document, far beyond which nothing is drawn."""
    ppi: float = 72.0
    """Pixels of the canvas an inch, which say how large a point is."""
    sizes: SheetSizes = SheetSizes()
    no_line_start: str = ""
    """Characters that the document keeps from the start of a line."""
    no_line_end: str = ""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What of the layer could not be read, or is not set as it was."""

    @property
    def text(self) -> str:
        """Of all runs, with PARAGRAPH and LINE where they end."""
        return "".join(run.text for run in self.runs)

    @property
    def plain(self) -> str:
        """The text as users write it: every end of a line is a line feed."""
        return self.text.replace(LINE, "\n")

    @property
    def fonts(self) -> list[str]:
        """PostScript names, each once, in the order of the text."""
        names = (run.style.font for run in self.runs if run.text.strip())
        return list(dict.fromkeys(name for name in names if name))

    def with_text(self, text: str) -> "StyledText":
        """Another text in its place. Its paragraphs, in order, take the styles of the
        paragraphs there were and of their first characters; those beyond, the last's.
        """
        starts = list(self._first_styles())
        parts = normal(text).split(PARAGRAPH)
        runs = []
        for place, part in enumerate(parts):
            end = PARAGRAPH if place < len(parts) - 1 else ""
            runs.append(Run(part + end, starts[min(place, len(starts) - 1)]))
        kept = self._paragraphs()
        paragraphs = tuple(kept[min(i, len(kept) - 1)] for i in range(len(parts)))
        return replace(self, runs=_joined(runs), paragraphs=paragraphs)

    def with_values(self, values: Mapping[str, str]) -> "StyledText":
        """Each tag's text, as ``{{price}}``, by its value, which takes the style of the
        tag's first character, and its further paragraphs that of the tag's paragraph.
        What the values themselves contain is text and no tag."""
        tags = [tag for tag in values if tag]
        if not tags:
            return self
        longest_first = sorted(tags, key=len, reverse=True)
        pattern = re.compile("|".join(re.escape(tag) for tag in longest_first))
        text = self.text
        runs: list[Run] = []
        paragraphs: list[ParagraphStyle] = []
        kept = iter(self._paragraphs())
        now = next(kept)
        at = 0
        for found in [*pattern.finditer(text), None]:
            before = self._slice(at, len(text) if found is None else found.start())
            runs += before
            for _ in range(sum(run.text.count(PARAGRAPH) for run in before)):
                paragraphs.append(now)
                now = next(kept)
            if found is None:
                break
            value = normal(values[found[0]])
            runs.append(Run(value, self._style_at(found.start())))
            paragraphs += [now] * value.count(PARAGRAPH)
            for _ in range(found[0].count(PARAGRAPH)):
                now = next(kept)
            at = found.end()
        return replace(self, runs=_joined(runs), paragraphs=(*paragraphs, now))

    def with_color(self, color: tuple[int, int, int]) -> "StyledText":
        """All of it in one colour: red, green and blue from 0 to 255."""
        runs = tuple(Run(x.text, replace(x.style, color=color)) for x in self.runs)
        return replace(self, runs=runs)

    def _first_styles(self) -> Iterator[Style]:
        text = self.text
        at = 0
        for part in text.split(PARAGRAPH):
            yield self._style_at(at)
            at += len(part) + 1

    def _style_at(self, at: int) -> Style:
        for run in self.runs:
            if at < len(run.text):
                return run.style
            at -= len(run.text)
        return self.runs[-1].style if self.runs else Style()

    def _slice(self, start: int, end: int) -> list[Run]:
        ends = [0]
        for run in self.runs:
            ends.append(ends[-1] + len(run.text))
        return [
            Run(run.text[max(start - first, 0) : max(end - first, 0)], run.style)
            for run, (first, last) in zip(self.runs, pairwise(ends), strict=True)
            if first < end and last > start
        ]

    def _paragraphs(self) -> tuple[ParagraphStyle, ...]:
        """As many as the text has, whatever was given."""
        given = self.paragraphs or (ParagraphStyle(),)
        count = self.text.count(PARAGRAPH) + 1
        return (given + (given[-1],) * count)[:count]


def normal(text: str) -> str:
    """The ends of lines and paragraphs as they are written here, whoever wrote them."""
    return _LINE_ENDS.sub(LINE, _ENDS.sub(PARAGRAPH, text))


def _joined(runs: list[Run]) -> tuple[Run, ...]:
    """Neighbours of one style are one run; one that is empty only keeps its style where
    there is no other."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].style == run.style:
            joined[-1] = Run(joined[-1].text + run.text, run.style)
        elif run.text:
            joined.append(run)
    return tuple(joined or runs[:1])
