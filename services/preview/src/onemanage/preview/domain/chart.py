"""Histograms of columns as SVG. Pure: figures in, text out.

Plain SVG without scripts, styles or foreign parts: it shows the same anywhere, also
where nobody sees it, as a title and a description tell what the bars do.
"""

import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from onemanage.contracts.datasets.datasets import ColumnProfile

MEDIA_TYPE = "image/svg+xml"
WIDTH, HEIGHT = 480, 240
_INK, _MUTED, _BAR, _LINE = "#1f2933", "#52606d", "#2f6fab", "#9aa5b1"
_FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
_LEFT, _RIGHT, _TOP, _BOTTOM = 16, 16, 56, 40
_LABEL = 150
"""Pixels for the values of horizontal bars."""
_CELL = 7
"""Pixels of a narrow character at the size of labels; wide ones take twice that."""


def has_chart(column: ColumnProfile) -> bool:
    """Whether there is anything to draw of the column."""
    return bool(column.histogram or column.top)


def histogram_svg(column: ColumnProfile) -> str:
    """Of numbers and times a histogram, else the most frequent values.

    ``column`` has one of the two. The picture is WIDTH by HEIGHT pixels.
    """
    if column.histogram:
        what, bars = "Histogram", _upright(column)
    else:
        what, bars = "Most frequent values", _lying(column)
    title = f"{what} of {_clean(column.name)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc" '
        f"font-family={quoteattr(_FONT)}>",
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(_described(column))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 24, _shortened(_clean(column.name), 48), 15, weight="600"),
        _text(_LEFT, 43, _summary(column), 12, _MUTED),
        *bars,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _upright(column: ColumnProfile) -> list[str]:
    counts = [each.count for each in column.histogram]
    most, room = max(*counts, 1), HEIGHT - _TOP - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / len(counts)
    ground = HEIGHT - _BOTTOM
    bars = []
    for number, each in enumerate(column.histogram):
        # A bin that is not empty is seen, however few it has.
        tall = max(each.count / most * room, 1.0) if each.count else 0.0
        told = f"{_clean(each.low)} to {_clean(each.high)}: {each.count:,}"
        bars.append(
            f'<rect x="{_LEFT + number * step:.1f}" y="{ground - tall:.1f}" '
            f'width="{max(step - 1, 1):.1f}" height="{tall:.1f}" fill="{_BAR}">'
            f"<title>{escape(told)}</title></rect>"
        )
    low, high = column.histogram[0].low, column.histogram[-1].high
    return [
        *bars,
        f'<path d="M{_LEFT} {ground}.5H{WIDTH - _RIGHT}" stroke="{_LINE}"/>',
        _text(_LEFT, ground + 18, _shortened(_clean(low), 30), 12, _MUTED),
        _text(
            WIDTH - _RIGHT,
            ground + 18,
            _shortened(_clean(high), 30),
            12,
            _MUTED,
            anchor="end",
        ),
    ]


def _lying(column: ColumnProfile) -> list[str]:
    most = max(each.count for each in column.top)
    step = (HEIGHT - _TOP - 12) / max(len(column.top), 4)
    left, room = _LEFT + _LABEL + 8, WIDTH - _LEFT - _LABEL - 8 - 72
    parts = []
    for number, each in enumerate(column.top):
        top = _TOP + number * step
        long = max(each.count / most * room, 1.0)
        label = _shortened(_clean(each.value), _LABEL // _CELL) or "(empty text)"
        line = top + step / 2 + 4
        told = f"{_clean(each.value)}: {each.count:,}"
        parts += [
            _text(_LEFT + _LABEL, line, label, 12, anchor="end"),
            f'<rect x="{left}" y="{top + 2:.1f}" width="{long:.1f}" '
            f'height="{step - 4:.1f}" fill="{_BAR}">'
            f"<title>{escape(told)}</title></rect>",
            _text(left + long + 6, line, f"{each.count:,}", 12, _MUTED),
        ]
    return parts


def _text(
    x: float,
    y: float,
    text: str,
    size: int,
    fill: str = _INK,
    *,
    anchor: str = "start",
    weight: str = "400",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'
    )


def _summary(column: ColumnProfile) -> str:
    parts = [f"{column.count:,} values", f"{column.distinct:,} different"]
    if column.nulls:
        parts.append(f"{column.nulls:,} NULL")
    return ", ".join(parts)


def _described(column: ColumnProfile) -> str:
    parts = [f"{_summary(column)}."]
    if column.histogram:
        parts.append(f"From {_clean(column.min or '')} to {_clean(column.max or '')}.")
        fullest = max(column.histogram, key=lambda each: each.count)
        parts.append(
            f"Most are from {_clean(fullest.low)} to {_clean(fullest.high)}: "
            f"{fullest.count:,}."
        )
    else:
        told = [f"{_clean(each.value)} ({each.count:,})" for each in column.top[:3]]
        parts.append(f"Most frequent: {', '.join(told)}.")
    return " ".join(parts)


def _clean(text: str) -> str:
    """In one line, without what XML cannot hold."""
    return "".join(
        (
            " "
            if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
            else character
        )
        for character in text
        if character not in "\ufffe\uffff"
    )


def _shortened(text: str, cells: int) -> str:
    """To so many narrow characters, an ellipsis in place of the rest."""
    if _cells(text) <= cells:
        return text
    kept, left = "", cells - 1
    for character in text:
        left -= _cells(character)
        if left < 0:
            break
        kept += character
    return f"{kept}…"


def _cells(text: Sequence[str]) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
