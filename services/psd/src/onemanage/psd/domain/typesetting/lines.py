"""Lines: where they are broken, and where each of them and its clusters stand.

Along the line is x here and across it y, downwards, whichever way lines run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onemanage.psd.domain.typesetting.bidi import at_line_ends, visual_order
from onemanage.psd.domain.typesetting.breaking import breaks
from onemanage.psd.domain.typesetting.fonts import height_of
from onemanage.psd.domain.typesetting.shaping import (
    Cluster,
    Look,
    ShapedParagraph,
    without,
)
from onemanage.psd.domain.typesetting.styled import LINE, ParagraphStyle

SLACK = 1e-3
"""Of a width, for what rounding adds."""
_D_HEIGHT = 0.72
"""Of the size, where a font has no letter d."""
_TAB_STOP = 36.0


@dataclass(slots=True)
class Placed:
    """A cluster, where it begins on its line and how much of it it takes."""

    cluster: Cluster
    x: float
    advance: float


@dataclass(slots=True)
class Line:
    """Its clusters from left to right, at a baseline."""

    clusters: list[Placed]
    text: str
    baseline: float
    left: float
    width: float
    descent: float
    """Below the baseline, of its tallest font; of a vertical line, to the left of its
    middle."""
    is_torn: bool
    """It ends within a word that is wider than the line may be."""
    start: int
    """Of its first character within the whole text."""


@dataclass(slots=True)
class _Part:
    """What stands on one line, in the order of reading."""

    clusters: list[Cluster]
    paragraph: ShapedParagraph
    is_first: bool
    is_last: bool
    is_torn: bool = False


@dataclass(frozen=True, slots=True)
class Edges:
    """What a document keeps from the edges of lines."""

    no_start: str = ""
    no_end: str = ""


def lay_out(
    paragraphs: Sequence[ShapedParagraph],
    width: float | None,
    edges: Edges,
    is_vertical: bool = False,
) -> list[Line]:
    """All lines; those of a box of that width begin at 0, 0, its upper left. Without a
    width lines end where the text says, and the first baseline begins at 0, 0."""
    lines: list[Line] = []
    baseline = 0.0
    offset = 0
    for number, paragraph in enumerate(paragraphs):
        if number:
            baseline += paragraphs[number - 1].style.space_after
            baseline += paragraph.style.space_before
        for part in _parts(paragraph, width, edges):
            if lines:
                baseline += _leading(part)
            elif width is not None:
                baseline = _first_baseline(part, is_vertical)
            start = part.clusters[0].start if part.clusters else len(paragraph.text)
            line = _line(part, width, baseline, offset + start)
            if is_vertical:
                line.descent = _first_baseline(part, True)
            lines.append(line)
        offset += len(paragraph.text) + 1
    return lines


def _parts(
    paragraph: ShapedParagraph, width: float | None, edges: Edges
) -> Iterator[_Part]:
    """The lines of a paragraph."""
    stretch: list[Cluster] = []
    is_first = True
    for cluster in paragraph.clusters:
        if cluster.text != LINE:
            stretch.append(cluster)
            continue
        *parts, last = _filled(stretch, paragraph, width, edges, is_first)
        yield from parts
        yield last
        stretch, is_first = [], False
    yield from _filled(stretch, paragraph, width, edges, is_first)


def _filled(
    clusters: list[Cluster],
    paragraph: ShapedParagraph,
    width: float | None,
    edges: Edges,
    is_first: bool,
) -> list[_Part]:
    """As many on each line as fit; a word that fits on none is torn."""
    if width is None:
        return [_Part(clusters, paragraph, is_first, True)]
    style = paragraph.style
    parts: list[_Part] = []
    allowed: set[int] | None = None
    begin = 0
    while True:
        room = _room(style, width, is_first and not parts) + SLACK * width
        end = _fitting(clusters, begin, room)
        if end == len(clusters):
            first = is_first and not parts
            parts.append(_Part(clusters[begin:], paragraph, first, True))
            return parts
        if allowed is None:
            allowed = _allowed(clusters, paragraph, edges)
        at = end
        while at > begin and clusters[at].start not in allowed:
            at -= 1
        is_torn = at <= begin
        if is_torn:
            at = max(end, begin + 1)
        first = is_first and not parts
        parts.append(_Part(clusters[begin:at], paragraph, first, False, is_torn))
        begin = at
        if begin >= len(clusters):
            return parts


def _fitting(clusters: list[Cluster], begin: int, room: float) -> int:
    """Index of the first that has no room; spaces at the end of a line need none."""
    used = 0.0
    for at in range(begin, len(clusters)):
        cluster = clusters[at]
        advance = cluster.advance
        if cluster.text == "\t":
            advance = _TAB_STOP - used % _TAB_STOP
        if not cluster.is_space and used + advance - _spacing(cluster) > room:
            return at
        used += advance
    return len(clusters)


def _allowed(
    clusters: Sequence[Cluster], paragraph: ShapedParagraph, edges: Edges
) -> set[int]:
    found = breaks(paragraph.text, edges.no_start, edges.no_end)
    kept = {
        after.start
        for before, after in zip(clusters, clusters[1:], strict=False)
        if before.look.style.no_break and after.look.style.no_break
    }
    return set(found - kept)


def _spacing(cluster: Cluster) -> float:
    """The tracking behind it, which counts for nothing at the end of a line."""
    return cluster.look.style.tracking * cluster.look.size / 1000


def _room(style: ParagraphStyle, width: float, is_first: bool) -> float:
    room = width - style.start_indent - style.end_indent
    return room - style.first_line_indent if is_first else room


def _leading(part: _Part) -> float:
    looks = [one.look for one in part.clusters] or [part.paragraph.empty]
    return max(leading_of(look, part.paragraph.style) for look in looks)


def leading_of(look: Look, paragraph: ParagraphStyle) -> float:
    """From the baseline before to that of its line."""
    if look.style.leading is not None:
        return look.style.leading
    return look.style.size * paragraph.auto_leading


def _first_baseline(part: _Part, is_vertical: bool) -> float:
    """As high above it as the letter d of its tallest font is the top of the box."""
    looks = [one.look for one in part.clusters] or [part.paragraph.empty]
    if is_vertical:
        return max(look.style.size for look in looks) / 2
    return max(_d_height(look) * look.style.vertical_scale for look in looks)


def _d_height(look: Look) -> float:
    """Of the font that was asked for, where that is known."""
    if look.font.heights is not None:
        return look.style.size * look.font.heights.d
    return look.style.size * (height_of(look.font, "d") or _D_HEIGHT)


def _line(part: _Part, width: float | None, baseline: float, start: int) -> Line:
    paragraph = part.paragraph
    style = paragraph.style
    text = "".join(one.text for one in part.clusters)
    seen = len(part.clusters)
    while seen and part.clusters[seen - 1].is_space:
        seen -= 1
    kept = part.clusters[:seen]
    advances = _advances(kept)
    used = sum(advances) - (_spacing(kept[-1]) if kept else 0.0)
    left, room = 0.0, 0.0
    if width is not None:
        room = _room(style, width, part.is_first)
        indent = style.first_line_indent if part.is_first else 0.0
        left = style.end_indent if paragraph.base else style.start_indent + indent
        if _is_justified(part):
            _justify(kept, advances, room - used)
            used = max(used, room) if kept else used
    left += {"right": 1.0, "center": 0.5}.get(style.align, 0.0) * (room - used)
    looks = [one.look for one in part.clusters] or [paragraph.empty]
    return Line(
        clusters=_in_order(kept, advances, paragraph.base, left),
        text=text,
        baseline=baseline,
        left=left,
        width=used,
        descent=max(look.font.descent * look.style.size for look in looks),
        is_torn=part.is_torn,
        start=start,
    )


def _advances(clusters: Sequence[Cluster]) -> list[float]:
    advances: list[float] = []
    used = 0.0
    for cluster in clusters:
        is_tab = cluster.text == "\t"
        advances.append(_TAB_STOP - used % _TAB_STOP if is_tab else cluster.advance)
        used += advances[-1]
    return advances


def _is_justified(part: _Part) -> bool:
    kind = part.paragraph.style.justify
    return kind == "all" or (kind == "all_but_last" and not part.is_last)


def _justify(kept: Sequence[Cluster], advances: list[float], extra: float) -> None:
    """What is left goes between words; where there is one word, between its letters."""
    places = [at for at, one in enumerate(kept[:-1]) if one.is_space]
    places = places or list(range(len(kept) - 1))
    if extra <= 0 or not places:
        return
    for at in places:
        advances[at] += extra / len(places)


def _in_order(
    kept: Sequence[Cluster], advances: Sequence[float], base: int, left: float
) -> list[Placed]:
    """From left to right."""
    found = [one.level for one in kept]
    if any(found) or base:
        letters = "".join(one.text[0] for one in kept)
        order = visual_order(at_line_ends(letters, found, base))
    else:
        order = list(range(len(kept)))
    placed = []
    x = left
    for at in order:
        cluster = without(kept[at]) if kept[at].is_space else kept[at]
        placed.append(Placed(cluster, x, advances[at]))
        x += advances[at]
    return placed
