"""How many columns a table has, and what is to become of rows with other numbers."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from onemanage.data_import.domain.reading.cell_kinds import TEXT, is_blank, kind_of
from onemanage.data_import.domain.reading.headers import Header, Row
from onemanage.data_import.domain.reading.row_ends import FILL, TRIM

REJECT = "reject"
_SHARE = 0.05
"""Of the rows that must end alike for it to be their way of being written."""
_SAME_KIND = 0.9
_CHECKED = 1_000


class Shape(NamedTuple):
    names: list[str]
    """One for each column, "" where it has none."""
    short_rows: str
    long_rows: str
    rows: int
    """Data rows that were looked at."""
    short: int
    """Of them those that lack fields at their end."""
    long: int
    """Those with empty fields beyond the last column."""
    beyond: int
    """Those with other fields there."""
    shifted: bool = False
    """The first column has no name and the names are those of the next ones."""
    unnamed: int = 0
    """Columns at the end that have values and no name."""


def table_shape(header: Header, rows: Sequence[Row]) -> Shape:
    """From the rows of a sample that are not blank."""
    data = [row for row in rows if header.row is None or row.line > header.row]
    names = list(header.names)
    while names and not names[-1]:
        names.pop()
    lengths = Counter(len(row.fields) for row in data)
    filled = [_filled(row) for row in data]
    width = _width(len(names), filled, lengths)
    shifted = _is_shifted(header, names, width, data)
    unnamed = width - len(names) if names else 0
    if shifted:
        names = ["", *names]
    names += [""] * (width - len(names))
    short = [row for row in data if _can_be_filled(len(row.fields), width)]
    long = sum(
        end <= width < len(row.fields) for end, row in zip(filled, data, strict=True)
    )
    fills = _is_usual(len(short), len(data)) and _suit(short, data, width)
    return Shape(
        names,
        FILL if fills else REJECT,
        TRIM if _is_usual(long, len(data)) else REJECT,
        len(data),
        len(short),
        long,
        sum(end > width for end in filled),
        shifted,
        unnamed,
    )


def _filled(row: Row) -> int:
    """The fields up to the last that is not empty."""
    end = len(row.fields)
    while end and not (row.fields[end - 1] or "").strip():
        end -= 1
    return end


def _can_be_filled(fields: int, width: int) -> bool:
    return fields < width and (fields > 1 or width == 2)


def _is_usual(count: int, rows: int) -> bool:
    return count >= max(1, rows * _SHARE) and (count > 1 or count == rows)


def _width(names: int, filled: list[int], lengths: Counter[int]) -> int:
    """As many columns as have a name; and beyond, where rows are wider than that, as
    many as have values."""
    if not filled:
        return max(names, 1)
    usual = max(lengths.items(), key=lambda item: (item[1], item[0]))[0]
    if names and usual <= names:
        return names
    width = max(names, 1)
    for column in range(width, max(filled)):
        if _is_usual(sum(end > column for end in filled), len(filled)):
            width = column + 1
    return width


def _is_shifted(
    header: Header, names: list[str], width: int, data: Sequence[Row]
) -> bool:
    """As R and pandas write it: rows have one field more, which is the row's name."""
    one_more = len(names) == len(header.names) == width - 1 and len(names) > 0
    if not one_more or any(len(row.fields) != width for row in data):
        return False
    firsts = [row.fields[0] or "" for row in data]
    lasts = [row.fields[-1] for row in data if not is_blank(row.fields[-1])]
    is_full = len(lasts) * 2 > len(data)
    return is_full and all(firsts) and len(set(firsts)) == len(firsts)


def _suit(short: Sequence[Row], data: Sequence[Row], width: int) -> bool:
    """Whether the fields of short rows stand where their like do in the others: else a
    field is missing in the middle, not at the end."""
    whole = [row for row in data if len(row.fields) >= width][:_CHECKED]
    kinds: list[str | None] = []
    for column in range(width):
        counts = Counter(
            kind_of(str(row.fields[column]))
            for row in whole
            if not is_blank(row.fields[column])
        )
        kind, count = max(counts.items(), key=lambda one: one[1], default=(TEXT, 0))
        kinds.append(kind if count >= _SAME_KIND * counts.total() else None)
    short = short[:_CHECKED]
    wrong = sum(_is_moved(row, kinds) for row in short)
    return wrong <= len(short) * (1 - _SAME_KIND)


def _is_moved(row: Row, kinds: list[str | None]) -> bool:
    """Whether a field stands where others have another kind; among texts, if a column
    further on has its kind."""
    for at, (cell, kind) in enumerate(zip(row.fields, kinds, strict=False)):
        if kind is None or is_blank(cell):
            continue
        own = kind_of(str(cell))
        if own != kind and (kind != TEXT or own in kinds[at + 1 :]):
            return True
    return False
