"""From characters to glyphs: runs of one font, script and direction, shaped by HarfBuzz.

Nothing here depends on how wide lines are, nor on how small the whole text is made:
both are tried on what this makes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

import uharfbuzz as hb  # type: ignore[import-untyped]

from onemanage.psd.domain.typesetting.bidi import base_level, levels
from onemanage.psd.domain.typesetting.fonts import Font, FontShelf, script_of
from onemanage.psd.domain.typesetting.styled import (
    LINE,
    PARAGRAPH,
    ParagraphStyle,
    SheetSizes,
    Style,
    StyledText,
)

_CONTEXT = 5
"""Characters before and after a run that decide how its letters are joined."""
_UPRIGHT = ("Hani", "Hira", "Kana", "Hang", "Bopo", "Yiii")
"""Scripts whose letters stand in vertical lines; others lie on their side."""
_UPRIGHT_MARKS = range(0x3000, 0x3100)
_TAB_STOP = 36.0
FAUX_SLANT = 0.2126
"""Twelve degrees."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the glyphs of a run are drawn. Lengths in the text's units."""

    style: Style
    font: Font
    size: float
    """With what small capitals and superscripts take off."""
    rise: float
    """Above the baseline."""
    is_sideways: bool = False
    """In a vertical line, lying on its side."""

    @property
    def x_scale(self) -> float:
        """From the font's units."""
        return self.size * self.style.horizontal_scale / self.font.upem

    @property
    def y_scale(self) -> float:
        """From the font's units."""
        return self.size * self.style.vertical_scale / self.font.upem


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph, and where it stands from the beginning of its cluster: along the line,
    and to the right of it as one reads: down, in the text's units."""

    number: int
    x: float
    y: float


@dataclass(slots=True)
class Cluster:
    """Characters that are drawn together and never parted."""

    start: int
    """Of its first character within the paragraph."""
    text: str
    glyphs: tuple[Glyph, ...]
    advance: float
    look: Look
    level: int

    @property
    def is_space(self) -> bool:
        """What is not seen at the end of a line."""
        return self.text.isspace()


@dataclass(frozen=True, slots=True)
class ShapedParagraph:
    """The clusters of a paragraph in the order in which they are read."""

    text: str
    clusters: list[Cluster]
    style: ParagraphStyle
    base: int
    """Level of the paragraph: 1 from right to left."""
    empty: Look
    """What an empty line is as high as."""


class Shaper:
    """Shapes the paragraphs of one text and remembers what it had to do without."""

    def __init__(self, shelf: FontShelf, styled: StyledText) -> None:
        self._shelf = shelf
        self._sizes = styled.sizes
        self._is_vertical = styled.orientation == "vertical"
        self._chosen: dict[tuple[str, str], Font | None] = {}
        self.replaced: dict[str, str] = {}
        """Families that fonts were set in, by the names of these."""
        self.lacking: dict[str, str] = {}
        """Letters that a font has not, by its name."""
        self.unknown: dict[str, None] = {}
        """Letters that no font has."""

    def paragraphs(self, styled: StyledText) -> list[ShapedParagraph]:
        """All of the text, in order."""
        texts: list[str] = [""]
        styles: list[list[Style]] = [[]]
        ends: list[Style] = []
        style = Style()
        for run in styled.runs:
            style = run.style
            for number, part in enumerate(run.text.split(PARAGRAPH)):
                if number:
                    ends.append(style)
                    texts.append("")
                    styles.append([])
                texts[-1] += part
                styles[-1] += [style] * len(part)
        ends.append(style)
        return [
            self._paragraph(*one)
            for one in zip(texts, styles, ends, styled.paragraphs, strict=True)
        ]

    def _paragraph(
        self, text: str, styles: list[Style], end: Style, paragraph: ParagraphStyle
    ) -> ShapedParagraph:
        base = {"ltr": 0, "rtl": 1}.get(paragraph.direction or "")
        if base is None:
            base = base_level(text)
        found = levels(text, 0 if self._is_vertical else base)
        fonts = self._fonts(text, styles)
        items = self._items(text, styles, fonts, found)
        clusters = [one for item in items for one in self._shape(text, *item)]
        clusters.sort(key=lambda one: one.start)
        known = self._font(end.font, "x") or self._font(end.font, " ")
        if known is None:
            raise LookupError("There is no font at all")
        return ShapedParagraph(
            text, clusters, paragraph, base, self._look(end, known, False, False)
        )

    def _fonts(self, text: str, styles: Sequence[Style]) -> list[Font | None]:
        """Of each character; what joins another has the font of that."""
        fonts: list[Font | None] = []
        at = 0
        while at < len(text):
            end = at + 1
            while end < len(text) and _joins(text[end]):
                end += 1
            letters, name = _cased(text[at:end], styles[at]), styles[at].font
            font = self._font(name, letters)
            if font is None:
                if letters.strip() and not _is_unseen(letters):
                    self.unknown[letters] = None
                font = self._font(name, "x")
            fonts += [font] * (end - at)
            at = end
        return fonts

    def _font(self, name: str, letters: str) -> Font | None:
        key = name, letters
        if key not in self._chosen:
            self._chosen[key] = font = self._shelf.font_for(name, letters)
            own = self._shelf.find(name)
            first = own or self._shelf.stand_in(name)
            if font is None or font is own or not letters.strip():
                return font
            if first is not None and font is not first:
                self.lacking[name] = self.lacking.get(name, "") + letters
            if own is None:
                self.replaced.setdefault(name, (first or font).family)
        return self._chosen[key]

    def _items(
        self,
        text: str,
        styles: Sequence[Style],
        fonts: Sequence[Font | None],
        found: Sequence[int],
    ) -> Iterator[tuple[int, int, Look, str, int]]:
        scripts = _scripts(text)

        def key(at: int) -> tuple[object, ...]:
            is_small = styles[at].caps == "small_caps" and text[at].upper() != text[at]
            is_alone = text[at] in (LINE, "\t")
            return (
                styles[at],
                id(fonts[at]),
                scripts[at],
                found[at],
                is_small,
                self._lies(text, at, scripts[at]),
                is_alone and at,
            )

        for (style, _, script, level, is_small, lies, _), group in groupby(
            range(len(text)), key
        ):
            first, *others = group
            font = fonts[first]
            if font is not None and isinstance(style, Style):
                look = self._look(style, font, bool(is_small), bool(lies))
                yield first, first + 1 + len(others), look, str(script), int(str(level))

    def _lies(self, text: str, at: int, script: str) -> bool:
        if not self._is_vertical:
            return False
        if script in _UPRIGHT or ord(text[at]) in _UPRIGHT_MARKS:
            return False
        return unicodedata.east_asian_width(text[at]) not in ("W", "F")

    def _look(self, style: Style, font: Font, is_small: bool, lies: bool) -> Look:
        sizes: SheetSizes = self._sizes
        size, rise = style.size, style.baseline_shift
        if is_small:
            size *= sizes.small_caps
        if style.baseline == "superscript":
            rise += size * sizes.superscript_rise
            size *= sizes.superscript
        elif style.baseline == "subscript":
            rise -= size * sizes.subscript_fall
            size *= sizes.subscript
        return Look(style, font, size, rise, lies)

    def _shape(
        self, text: str, start: int, end: int, look: Look, script: str, level: int
    ) -> Iterator[Cluster]:
        if text[start] in (LINE, "\t"):
            advance = _TAB_STOP if text[start] == "\t" else 0.0
            yield Cluster(start, text[start:end], (), advance, look, level)
            return
        goes_down = self._is_vertical and not look.is_sideways
        codes, origins = _codes(text, start, end, look.style)
        buffer = _buffer(codes, script, level, goes_down)
        style = look.style
        hb.shape(look.font.hb_font, buffer, _features(style))
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        places = list(zip(infos, positions, strict=True))
        if level % 2:
            places.reverse()
        x_scale, y_scale = look.x_scale, look.y_scale
        spacing = (style.tracking + (style.kerning or 0.0)) * look.size / 1000
        found = [
            (at, list(group))
            for at, group in groupby(places, lambda one: origins[one[0].cluster])
        ]
        grouped = [group for _, group in found]
        starts = [at for at, _ in found]
        for group, at, until in zip(grouped, starts, [*starts[1:], end], strict=True):
            if level % 2:
                group.reverse()
            glyphs, pen = [], 0.0
            for info, place in group:
                if goes_down:
                    x, y = pen + -place.y_offset * y_scale, -place.x_offset * x_scale
                    pen += -place.y_advance * y_scale
                else:
                    x, y = pen + place.x_offset * x_scale, -place.y_offset * y_scale
                    pen += place.x_advance * x_scale
                glyphs.append(Glyph(info.codepoint, x, y))
            if until > at:
                yield Cluster(
                    at, text[at:until], tuple(glyphs), pen + spacing, look, level
                )


def without(cluster: Cluster) -> Cluster:
    """The same without what is drawn."""
    return replace(cluster, glyphs=())


def _codes(
    text: str, start: int, end: int, style: Style
) -> tuple[list[int], list[int]]:
    """Code points as they are drawn, and of each the character it comes from."""
    codes: list[int] = []
    origins: list[int] = []
    for at in range(start, end):
        for letter in _cased(text[at], style):
            codes.append(ord(letter))
            origins.append(at)
    return codes, origins


def _cased(text: str, style: Style) -> str:
    return text if style.caps == "normal" else text.upper()


def _buffer(codes: list[int], script: str, level: int, goes_down: bool) -> hb.Buffer:
    buffer = hb.Buffer()
    buffer.add_codepoints(codes)
    buffer.direction = "ttb" if goes_down else "rtl" if level % 2 else "ltr"
    buffer.script = script or "Latn"
    buffer.language = _LANGUAGES.get(script, "en")
    return buffer


_LANGUAGES = {"Hang": "ko", "Hira": "ja", "Kana": "ja", "Hani": "zh", "Arab": "ar"}


@lru_cache(maxsize=64)
def _feature_set(kerns: bool, joins: bool) -> dict[str, bool]:
    return {"kern": kerns, "liga": joins, "clig": joins}


def _features(style: Style) -> dict[str, bool]:
    return _feature_set(style.kerning is None, style.ligatures and not style.tracking)


def _joins(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M" or letter in "\u200d\u200c\ufe0f"


def _is_unseen(letters: str) -> bool:
    return all(unicodedata.category(x) in ("Cf", "Cc", "Zl", "Zp") for x in letters)


def _scripts(text: str) -> list[str]:
    """What has none of its own has that of what stands before it, else behind."""
    found = [script_of(x) for x in text]
    for order in (range(len(found)), range(len(found) - 1, -1, -1)):
        last = ""
        for at in order:
            found[at] = last = found[at] or last
    return found
