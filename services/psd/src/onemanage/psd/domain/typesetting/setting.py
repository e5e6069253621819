"""Sets a text anew: lines in their box, as pixels of the canvas."""

import math
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from onemanage.psd.domain.typesetting import drawing
from onemanage.psd.domain.typesetting.cleaning import cleaned
from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.lines import SLACK, Edges, Line, lay_out
from onemanage.psd.domain.typesetting.matrices import Matrix, scale_of, times
from onemanage.psd.domain.typesetting.shaping import ShapedParagraph, Shaper
from onemanage.psd.domain.typesetting.styled import ParagraphStyle, Run, StyledText
from onemanage.psd.errors import DoesNotFit

_LEAST_SHARE, _LEAST_POINTS = 0.5, 6.0
"""How small text is made where nobody says: to six points, or to half of what is less
than twelve."""
_FINE = 2048
"""To such a part of it the scale is looked for."""
_TOLERANCE = 0.06
"""Of the size of the text, by which its last line may hang out of its box."""
_FARTHEST = 30_000


@dataclass(frozen=True, slots=True)
class SetText:
    """Text as it is drawn."""

    box: tuple[int, int, int, int]
    """left, top, right, bottom in pixels of the canvas, of ``paint``."""
    paint: drawing.Paint = field(repr=False)
    lines: list[str]
    warnings: list[str]
    """Sentences without a full stop: what was left out or drawn otherwise."""
    scale: float = 1.0
    """Of the sizes, where it was made smaller to fit."""
    is_cut: bool = False
    """Not all of it is there: it was clipped, or ends in an ellipsis."""

    @property
    def rgba(self) -> NDArray[np.uint8]:
        """height x width x 4, straight alpha."""
        found = np.empty((*self.paint.alpha.shape, 4), np.uint8)
        found[..., :3], found[..., 3] = self.paint.color, self.paint.alpha
        return found


@dataclass(frozen=True, slots=True)
class _Area:
    """Where a text may be, in its own units; ``width`` is along the lines."""

    width: float
    height: float
    wraps: bool
    """Box text. Of point text the area is what it took before."""


@dataclass(slots=True)
class _Setting:
    """A text that is being set."""

    styled: StyledText
    shelf: FontShelf
    shaper: Shaper
    paragraphs: list[ShapedParagraph]
    area: _Area | None
    edges: Edges

    @property
    def is_vertical(self) -> bool:
        return self.styled.orientation == "vertical"

    def lines(self, scale: float = 1.0) -> list[Line]:
        width = self.area.width / scale if self.area and self.area.wraps else None
        return lay_out(self.paragraphs, width, self.edges, self.is_vertical)

    def fitting(self, lines: list[Line], scale: float = 1.0) -> int:
        """How many of the lines, from the first, are within the area."""
        if self.area is None:
            return len(lines)
        height = self.area.height / scale
        if not self.area.wraps:
            return len(lines) if _is_within(lines, self.area, scale) else 0
        slack = _TOLERANCE * self.largest
        for number, line in enumerate(lines):
            if line.baseline + line.descent > height + slack:
                return number
        return len(lines)

    def sure(self, lines: list[Line]) -> float:
        """A scale at which they fit just as they are; a larger one may, otherwise
        broken."""
        if self.area is None or not lines:
            return 1.0
        width = max(line.width for line in lines)
        height = lines[-1].baseline - lines[0].baseline
        room = 1.01 * self.area.width
        if self.area.wraps:
            width += max(_indents(one.style) for one in self.paragraphs)
            height = max(one.baseline + one.descent for one in lines)
            height -= _TOLERANCE * self.largest
            room = self.area.width * (1 + SLACK)
        shares = (room, width), (self.area.height, height)
        return min((most / used for most, used in shares if used > 0), default=1.0)

    @property
    def largest(self) -> float:
        return max((x.style.size for x in self.styled.runs), default=0.0)


def set_text(
    styled: StyledText,
    shelf: FontShelf,
    overflow: str = "shrink",
    least_size: float | None = None,
) -> SetText:
    """Lines of the text as pixels.

    What is more than its box holds, or of point text than the layer took as it was:
    ``shrink`` makes the whole text smaller, down to ``least_size`` points of the
    document; ``clip`` leaves out the lines beyond, ``ellipsis`` ends with one where
    they begin, ``grow`` draws them, and ``reject`` raises, as does what cannot be small
    enough. Raises DoesNotFit, and LookupError where there is no font at all.
    """
    kept, warnings = cleaned(styled)
    setting = _begun(kept, shelf)
    lines = setting.lines()
    scale, is_cut = 1.0, False
    whole = _holds(setting, lines, 1.0, tears=overflow not in ("shrink", "reject"))
    if overflow != "grow" and not whole:
        match overflow:
            case "shrink":
                scale, lines = _shrunk(setting, least_size)
            case "clip":
                lines, is_cut = _clipped(setting, lines), True
            case "ellipsis":
                setting, lines = _with_ellipsis(setting, lines)
                is_cut = True
            case "reject":
                raise _too_long(styled, "Shorten it, or let it shrink.")
            case _:
                raise ValueError(overflow)
    warnings += [*styled.warnings, *_said(setting)]
    return _drawn(setting, lines, scale, warnings, is_cut)


def _begun(styled: StyledText, shelf: FontShelf) -> _Setting:
    shaper = Shaper(shelf, styled)
    edges = Edges(styled.no_line_start, styled.no_line_end)
    paragraphs = shaper.paragraphs(styled)
    return _Setting(styled, shelf, shaper, paragraphs, _area(styled), edges)


def _area(styled: StyledText) -> _Area | None:
    around = styled.box or styled.extent
    if around is None:
        return None
    left, top, right, bottom = around
    sides = (right - left, bottom - top)
    width, height = reversed(sides) if styled.orientation == "vertical" else sides
    return _Area(width, height, styled.box is not None)


def _holds(setting: _Setting, lines: list[Line], scale: float, tears: bool) -> bool:
    if not tears and any(line.is_torn for line in lines):
        return False
    return setting.fitting(lines, scale) == len(lines)


def _is_within(lines: list[Line], area: _Area, scale: float) -> bool:
    """Of point text: no line longer, and no more of them."""
    width = max((line.width for line in lines), default=0.0) * scale
    height = (lines[-1].baseline - lines[0].baseline) * scale if lines else 0.0
    return width <= area.width * 1.01 and height <= area.height


def _shrunk(setting: _Setting, least_size: float | None) -> tuple[float, list[Line]]:
    """The largest scale at which all of it fits."""
    low, high = _least(setting.styled, least_size), 1.0
    best = setting.lines(low)
    if low >= 1 or not _holds(setting, best, low, tears=False):
        points = min(_points(setting.styled)) * min(low, 1.0)
        advice = f"It does not even at {points:.3g} points. Shorten it."
        raise _too_long(setting.styled, advice)
    # most texts have few lines, of which one can tell how large they may be
    tries = iter([just := setting.sure(best) * (1 - 1e-9), just * (1 + 1 / _FINE)])
    while high - low > high / _FINE:
        middle = next(tries, 0.0)
        if not low < middle < high:
            middle = (low + high) / 2
        lines = setting.lines(middle)
        if _holds(setting, lines, middle, tears=False):
            low, best = middle, lines
        else:
            high = middle
    return low, best


def _indents(style: ParagraphStyle) -> float:
    return style.start_indent + style.end_indent + max(0.0, style.first_line_indent)


def _points(styled: StyledText) -> list[float]:
    per_unit = scale_of(styled.transform) * 72 / styled.ppi
    sizes = [x.style.size * per_unit for x in styled.runs if x.text.strip()]
    return [max(size, 1e-6) for size in sizes] or [1.0]


def _least(styled: StyledText, least_size: float | None) -> float:
    smallest = min(_points(styled))
    if least_size is None:
        least_size = min(_LEAST_POINTS, smallest * _LEAST_SHARE)
    return max(least_size / smallest, 1e-3)


def _clipped(setting: _Setting, lines: list[Line]) -> list[Line]:
    if setting.area is None or setting.area.wraps:
        return lines[: setting.fitting(lines)]
    area = setting.area
    first = lines[0].baseline if lines else 0.0
    kept = [x for x in lines if x.baseline - first <= area.height]
    for line in kept:
        # from its beginning, as far as there is room
        end = line.left + area.width * 1.01
        line.clusters = [x for x in line.clusters if x.x + x.advance <= end]
    return kept


def _with_ellipsis(setting: _Setting, lines: list[Line]) -> tuple[_Setting, list[Line]]:
    """As much of the text as leaves room for one behind it."""
    low, high = _last_line(setting, lines)
    best: tuple[_Setting, list[Line]] | None = None
    while low <= high:
        middle = (low + high) // 2
        shorter = _cut(setting.styled, middle)
        tried = _begun(shorter, setting.shelf)
        found = tried.lines()
        if _holds(tried, found, 1.0, tears=True):
            best, low = (tried, found), middle + 1
        else:
            high = middle - 1
    if best is None:
        advice = "There is not even room for one line. Make the box larger."
        raise _too_long(setting.styled, advice)
    return best


def _last_line(setting: _Setting, lines: list[Line]) -> tuple[int, int]:
    """First and last character of where the text may end: of the last line that fits."""
    fitting = setting.fitting(lines)
    if setting.area is None or not setting.area.wraps or not fitting:
        return 0, len(setting.styled.text)
    last = lines[fitting - 1]
    return last.start, last.start + len(last.text)


def _cut(styled: StyledText, count: int) -> StyledText:
    text = styled.text[:count].rstrip()
    runs: list[Run] = []
    at = 0
    for run in styled.runs:
        if at >= len(text) and runs:
            break
        runs.append(Run(run.text[: len(text) - at], run.style))
        at += len(runs[-1].text)
    runs = runs or list(styled.runs[:1])
    last = runs[-1]
    runs[-1] = Run(last.text + "…", last.style)
    count = text.count("\n") + 1
    return replace(styled, runs=tuple(runs), paragraphs=styled.paragraphs[:count])


def _too_long(styled: StyledText, advice: str) -> DoesNotFit:
    text = " ".join(styled.plain.split())
    shown = text if len(text) <= 40 else text[:39] + "…"
    message = (
        f"The text “{shown}” ({len(styled.text)} characters) does not fit. {advice}"
    )
    return DoesNotFit("psd.text_does_not_fit", message)


def _said(setting: _Setting) -> list[str]:
    shaper = setting.shaper
    said = []
    for name, family in shaper.replaced.items():
        is_as_wide = setting.shelf.stand_in(name) is not None
        how = ", whose letters are as wide" if is_as_wide else ""
        said.append(
            f"The font {name or 'of the text'} is not at hand: it is set in {family}{how}"
        )
    for name, letters in shaper.lacking.items():
        shown = "".join(dict.fromkeys(letters))[:10]
        said.append(f"The font {name} does not have {shown}: they are of another font")
    if shaper.unknown:
        shown = " ".join(list(shaper.unknown)[:10])
        said.append(f"No font has {shown}: empty boxes stand for them")
    return said


def _drawn(
    setting: _Setting,
    lines: list[Line],
    scale: float,
    warnings: list[str],
    is_cut: bool,
) -> SetText:
    styled = setting.styled
    matrix = times(styled.transform, _to_text(styled, scale))
    vertical = setting.is_vertical
    within = _within(styled)
    seen = [
        (stroke, found)
        for stroke in drawing.strokes(lines, matrix, vertical)
        if (found := drawing.reach(stroke)) and drawing.is_within(found, within)
    ]
    strokes = [stroke for stroke, _ in seen]
    bars = drawing.bars(lines, matrix, vertical)
    box = drawing.inked([found for _, found in seen], bars, within)
    texts = [line.text.rstrip() for line in lines]
    if box is None:
        x, y = int(_kept(styled.transform[4])), int(_kept(styled.transform[5]))
        nothing = np.zeros((0, 0), np.uint8)
        empty = drawing.Paint(np.zeros(3, np.uint8), nothing)
        return SetText((x, y, x, y), empty, texts, warnings, scale, is_cut)
    box, paint = _trimmed(box, drawing.painted(strokes, bars, box, styled.anti_alias))
    return SetText(box, paint, texts, warnings, scale, is_cut)


def _to_text(styled: StyledText, scale: float) -> Matrix:
    """From where lines stand to the text's units."""
    left, top, right, _ = styled.box or (0.0, 0.0, 0.0, 0.0)
    x = right if styled.orientation == "vertical" else left
    return scale, 0.0, 0.0, scale, x, top


def _within(styled: StyledText) -> tuple[int, int, int, int]:
    """The canvas and as much again on each side: what is farther is not drawn."""
    width, height = styled.canvas or (_FARTHEST // 3, _FARTHEST // 3)
    return -width, -height, 2 * width, 2 * height


def _kept(value: float) -> float:
    return min(max(value, -_FARTHEST), _FARTHEST) if math.isfinite(value) else 0.0


def _trimmed(
    box: drawing.Box, paint: drawing.Paint
) -> tuple[drawing.Box, drawing.Paint]:
    """Without rows and columns in which there is nothing."""
    left, top, width, height = cv2.boundingRect(paint.alpha)
    rows, columns = slice(top, top + height), slice(left, left + width)
    x, y = (box[0] + left, box[1] + top) if width else box[:2]
    return (x, y, x + width, y + height), paint.cropped(rows, columns)
