"""Text broken into lines, and where each of its pieces stands.

Lines are broken where Unicode allows it (UAX 14, by uniseg, which passes its tests); what
is too long for a line alone, between what a reader takes for letters (UAX 29). Scripts
without spaces whose words only a dictionary finds break where zero-width spaces stand.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont
from uniseg.graphemecluster import grapheme_clusters  # type: ignore[import-untyped]
from uniseg.linebreak import line_break_units  # type: ignore[import-untyped]

from onemanage.imaging.domain.fonts import Fonts
from onemanage.imaging.domain.texts import goes_left, ordered

SMALLEST = 4.0
LARGEST = 2_000.0
_SOFT_HYPHEN = "\u00ad"
_PARAGRAPH = re.compile("\r\n|[\n\r\v\f\u0085\u2028\u2029]")
_STEPS = 14
"""Halvings to the size that fits: of 2,000 pixels an eighth is left."""
_UNLIGATED = ["-liga", "-clig"]
"""Letters that are apart are written apart (CSS Text 3, 8.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    fonts: Fonts
    spacing: float = 0.0
    """After each letter, in sizes."""
    line_height: float = 1.25
    """In sizes."""
    align: str = "start"
    max_lines: int | None = None
    ellipsis: str = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    text: str
    width: float
    is_last: bool
    """Of its paragraph."""
    goes_left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is written at once; ``x`` and ``y`` are of its left and its baseline."""

    text: str
    font: ImageFont.FreeTypeFont
    x: float
    y: float
    is_rtl: bool
    """It decides where what goes neither way stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A text at a size, in a box of some width."""

    size: float
    lines: tuple[Line, ...]
    left_out: int = 0
    """Lines that did not go in."""
    is_broken: bool = False
    """Whether a word had to be broken between its letters, or is wider than the box."""


def set_in_lines(
    text: str, style: Style, size: float, width: float, height: float
) -> Lines:
    """Within a width and a height, in pixels; what does not go in is left out.

    Raises InvalidImage where no font has one of the letters.
    """
    measure = _Measure(style, size)
    lines: list[Line] = []
    is_broken = False
    for paragraph in _PARAGRAPH.split(text):
        made, broke = _broken(_clean(paragraph), measure, width)
        is_broken = is_broken or broke
        way = bool(goes_left(paragraph))
        for number, line in enumerate(made):
            wide = measure(line)
            last = number == len(made) - 1
            lines.append(Line(text=line, width=wide, is_last=last, goes_left=way))
    room = max(1, int(height / (style.line_height * size) + 1e-6))
    most = min(room, style.max_lines or room)
    left_out = max(0, len(lines) - most)
    if left_out:
        cut = _with_ellipsis(lines[most - 1], style.ellipsis, measure, width)
        lines = [*lines[: most - 1], cut]
    return Lines(size=size, lines=tuple(lines), left_out=left_out, is_broken=is_broken)


def fitting(text: str, style: Style, most: float, width: float, height: float) -> Lines:
    """As `set_in_lines`, at the largest size up to ``most`` at which all of it goes in;
    at the smallest where it never does."""
    best = set_in_lines(text, style, most, width, height)
    if not (best.left_out or best.is_broken):
        return best
    low, high = SMALLEST, most
    best = set_in_lines(text, style, low, width, height)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        made = set_in_lines(text, style, middle, width, height)
        if made.left_out or made.is_broken:
            high = middle
        else:
            low, best = middle, made
    return best


def pieces_of(made: Lines, style: Style, width: float) -> Iterator[Piece]:
    """Of all lines, in a box of this width from 0, 0 at the top left."""
    step = style.line_height * made.size
    for number, line in enumerate(made.lines):
        fonts = style.fonts.run_fonts(line.text, made.size)
        spread = style.align == "justify" and not line.is_last
        spacing = style.spacing * made.size
        runs = [one for run in fonts for one in _one_way(*run)]
        runs = ordered(runs if spread or spacing else fonts, line.goes_left)
        ascent, descent = _metrics([font for _, font in fonts], made.size)
        y = number * step + (step - ascent - descent) / 2 + ascent
        parts = [part for run in runs for part in _parts(*run, spacing, spread)]
        gaps = sum(gap for _, _, _, gap in parts[:-1])
        extra = max(0.0, width - line.width) / gaps if spread and gaps else 0.0
        x = 0.0 if extra else _begin(line, style.align, width)
        for text, font, advance, gap in parts:
            # Whole runs turn about as their paragraph goes, parts as they do themselves.
            own = goes_left(text) if len(parts) > len(runs) else None
            way = line.goes_left if own is None else own
            if text:
                yield Piece(text=text, font=font, x=x, y=y, is_rtl=way)
            x += advance + (extra if gap else 0.0)


class _Measure:
    """Widths of texts at a size, each looked up once."""

    def __init__(self, style: Style, size: float) -> None:
        self._style, self._size = style, size
        self._known: dict[str, float] = {}

    def __call__(self, text: str) -> float:
        """Pixels."""
        if text not in self._known:
            self._known[text] = self._width(text)
        return self._known[text]

    def _width(self, text: str) -> float:
        spacing = self._style.spacing * self._size
        made = 0.0
        for part, font in self._style.fonts.run_fonts(text, self._size):
            if spacing:
                pieces = list(_parts(part, font, spacing, False))
                made += sum(advance for _, _, advance, _ in pieces)
            else:
                made += font.getlength(part)
        return made


def _clean(paragraph: str) -> str:
    paragraph = paragraph.replace("\t", "    ")
    return "".join(
        letter for letter in paragraph if unicodedata.category(letter) != "Cc"
    )


def _broken(paragraph: str, measure: _Measure, width: float) -> tuple[list[str], bool]:
    """Its lines, at least one, and whether one had to be broken within a word."""
    lines: list[str] = []
    line, used, is_broken = "", 0.0, False
    for unit in _units(paragraph, measure, width):
        wide = measure(_shown(unit))
        is_broken = is_broken or unit.startswith("\0") or wide > width + 0.5
        unit = unit.removeprefix("\0")
        if line and used + wide > width + 0.01:
            lines.append(_shown(line))
            line, used = "", 0.0
        line += unit
        used += measure(unit.replace(_SOFT_HYPHEN, ""))
    return [*lines, _shown(line)], is_broken


def _units(paragraph: str, measure: _Measure, width: float) -> Iterator[str]:
    """What is not broken; of a word that is too wide its letters, each after a zero."""
    for unit in line_break_units(paragraph):
        if measure(_shown(unit)) <= width:
            yield unit
        else:
            yield from (f"\0{letter}" for letter in grapheme_clusters(unit))


def _shown(text: str) -> str:
    """As it stands at the end of a line: a soft hyphen is seen there alone."""
    text = text.rstrip()
    end = "-" if text.endswith(_SOFT_HYPHEN) else ""
    return text.replace(_SOFT_HYPHEN, "") + end


def _with_ellipsis(line: Line, ellipsis: str, measure: _Measure, width: float) -> Line:
    letters = list(grapheme_clusters(line.text))
    while letters and measure("".join(letters).rstrip() + ellipsis) > width:
        letters.pop()
    text = "".join(letters).rstrip() + ellipsis
    return Line(text=text, width=measure(text), is_last=True, goes_left=line.goes_left)


def _begin(line: Line, align: str, width: float) -> float:
    if align in ("start", "justify"):
        align = "right" if line.goes_left else "left"
    return (width - line.width) * {"left": 0.0, "centre": 0.5, "right": 1.0}[align]


def _metrics(
    fonts: Sequence[ImageFont.FreeTypeFont], size: float
) -> tuple[float, float]:
    """Ascent and descent of a line; what a font says out of all proportion is bounded."""
    said = [font.getmetrics() for font in fonts]
    ascent, descent = (max((pair[n] for pair in said), default=0) for n in (0, 1))
    return min(ascent, 2 * size), min(max(0.0, descent), size)


def _one_way[Item](text: str, item: Item) -> Iterator[tuple[str, Item]]:
    """Cut where letters begin to go the other way; what goes neither stays with those
    before."""
    run, way = "", None
    for letter in text:
        turns = goes_left(letter)
        if turns is not None and way is not None and turns != way:
            yield run, item
            run = ""
        way = way if turns is None else turns
        run += letter
    yield run, item


type _Part = tuple[str, ImageFont.FreeTypeFont, float, bool]
"""Text, font, advance, and whether a line that is drawn out has room behind it."""


def _parts(
    run: str, font: ImageFont.FreeTypeFont, spacing: float, spread: bool
) -> Iterator[_Part]:
    """A run cut where something may come between, from the left."""
    if not (spacing or spread):
        yield run, font, font.getlength(run), False
        return
    cuts = list(_cuts(run, bool(spacing)))
    features = _UNLIGATED if spacing else None
    begin, made = 0.0, []
    done = ""
    for text in cuts:
        done += text
        end = font.getlength(done, features=features)
        letters = 1 if spacing else 0
        is_gap = text[-1:].isspace() or _is_wide(text)
        made.append((text, font, end - begin + letters * spacing, is_gap))
        begin = end
    if not goes_left(run):
        yield from made
        return
    # The space behind a word is at its left: the room there is before it.
    for text, font, advance, gap in reversed(made):
        if gap:
            yield "", font, 0.0, True
        yield text, font, advance, False


def _cuts(run: str, by_letter: bool) -> Iterator[str]:
    """Letters, or words with the space behind them. What is joined in writing stays
    together, as does what stands the other way within a run."""
    together = ""
    is_left = bool(goes_left(run))
    for letter in grapheme_clusters(run):
        if _sticks(letter, is_left, by_letter):
            together += letter
            continue
        if not by_letter and letter.isspace():
            yield together + letter
        else:
            if together:
                yield together
            yield letter
        together = ""
    if together:
        yield together


def _sticks(letter: str, is_left: bool, by_letter: bool) -> bool:
    if letter.isspace():
        return False
    kind = unicodedata.bidirectional(letter[0])
    if is_left:
        return kind != "R" or not by_letter
    return kind == "AL" or (not by_letter and not _is_wide(letter))


@lru_cache(maxsize=1024)
def _is_wide(text: str) -> bool:
    """Of a script that is written without spaces, in squares."""
    return text != "" and unicodedata.east_asian_width(text[-1]) in ("W", "F")
