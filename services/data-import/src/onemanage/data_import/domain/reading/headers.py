"""The row with the names: found by what stands below it.

Names are text above what is none, or labels that do not go on below: years, dates and
ranges above numbers. Each of the first rows is a candidate; what stands above the best
of them is no data.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from onemanage.data_import.domain.reading.cell_kinds import (
    BOOLEAN,
    CODE,
    NUMBER,
    TEXT,
    TIME,
    is_blank,
    is_rule,
    is_year,
    kind_of,
)
from onemanage.data_import.domain.reading.header_pairs import (
    are_types,
    are_units,
    joined,
    reads_as_groups,
)

_LOOK = 40
"""Rows among which the names are looked for."""
_BELOW = 50
_COLUMNS = 200
"""That are looked at; more say no more."""
_MOST_YEARS = 0.2
_MUCH = 0.5
_BETTER = 0.1
_WEAK = 0.25
_PAIR = re.compile(r"\s*[^\W\d][^:]{0,40}:\s+\S")
_FULL = 0.75
"""The share of columns that a row of names has names for."""


class Row(NamedTuple):
    line: int
    fields: Sequence[str | None]


class Header(NamedTuple):
    """Where the names stand, and how that is known."""

    row: int | None
    """Line of the last row that has names; None where the first row is data."""
    names: list[str]
    sure: str
    """certain, likely or unsure."""
    seen: str
    instead: list[int | None]
    group: int | None = None
    """Line of the row whose names are put before those of the next."""
    left_out: int | None = None
    """Line of another row of names, above those that are taken."""
    units: list[str] | None = None
    """What stands below the names: units of measure, or types."""


class _Evidence(NamedTuple):
    score: float = 0.0
    """For names, for each column; at most 0 of a row that is data."""
    named: int = 0
    needed: int = 0
    """Columns with a name or a value."""
    strong: int = 0
    """Texts above what is none."""
    labels: int = 0
    """Years, dates and numbers that name columns."""
    against: int = 0

    @property
    def covers(self) -> float:
        return self.named / max(1, self.needed)

    @property
    def is_label_row(self) -> bool:
        return self.score > 0 and not self.against and self.strong + self.labels > 0


def usual_width(rows: Sequence[Row]) -> int:
    """The most common number of fields. Titles stand above a table, so its rows count
    more the later they come."""
    counts = Counter(len(row.fields) for row in rows[len(rows) // 3 :] or rows)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if rows else 0


def find_header(rows: Sequence[Row]) -> Header:
    """Of rows that are not blank, from the first of a file on."""
    rows = rows[: _LOOK + _BELOW]
    width = usual_width(rows)
    found: list[_Evidence] = []
    first: int | None = None
    for at, row in enumerate(rows[:_LOOK]):
        below = rows[at + 1 : at + 1 + _BELOW]
        found.append(_evidence(row, below, min(width, _COLUMNS)))
        if first is None and _may_be(found[at], row, width):
            first = at
        if first is not None and _is_data(found[at]) and not _gap(rows, at):
            break
    if first is None:
        return _of_few(rows)
    best = _best(found, rows, first)
    if found[best].score <= 0:
        best = _above(found, rows, first, width)
    if found[best].score <= 0:
        seen = f"Line {rows[first].line} looks like those below it."
        sure = "likely" if found[first].score > -_MUCH else "certain"
        return Header(None, [], sure, seen, [rows[first].line])
    return _made(found, rows, best)


def _may_be(one: _Evidence, row: Row, width: int) -> bool:
    if (one.against and len(row.fields) > width) or _says_pairs(row):
        return False  # what a program writes about the file
    least = max(1, min(2, width))
    labelled = one.labels > 0 and not one.against
    return (
        (one.named >= least or labelled)
        and one.covers >= _MUCH
        and len(row.fields) >= least
    )


def _says_pairs(row: Row) -> bool:
    """Whether all of its cells are as ``User: ann``."""
    cells = [one for one in row.fields if one and not is_blank(one)]
    return len(cells) > 1 and all(map(_PAIR.match, cells))


def _of_few(rows: Sequence[Row]) -> Header:
    """Of a table whose rows have next to nothing in them."""
    if rows:
        names = _names(rows[0])
        again = any(
            set(_names(row)) & {one for one in names if one} for row in rows[1:]
        )
        if (
            any(names)
            and not again
            and all(kind_of(one) == TEXT for one in names if one)
        ):
            return Header(rows[0].line, names, "unsure", "It is the first row.", [None])
    return Header(None, [], "unsure", "No row has names for most columns.", [])


def _is_data(one: _Evidence) -> bool:
    return one.covers >= 0.8 and one.against > 0


def _gap(rows: Sequence[Row], at: int) -> bool:
    """Whether an empty line is below the row."""
    return at + 1 < len(rows) and rows[at + 1].line - rows[at].line > 1


def _best(found: list[_Evidence], rows: Sequence[Row], first: int) -> int:
    """The first that may be, or one below it that is clearly better, if all between
    are remarks and no data."""
    best = first
    for at in range(first + 1, len(found)):
        one, gap, before = found[at], _gap(rows, at - 1), found[at - 1]
        if not gap and before.covers >= 0.8 and (at - 1 > first or before.against):
            break
        clear = one.strong and one.covers >= _FULL and one.score >= _MUCH
        if not clear or one.against:
            continue
        if at == best + 1 and not gap and found[best].score > 0:
            # One text may be a value that is out of place; several are names again.
            best = at if one.strong > 1 else best
        elif one.score > found[best].score + _BETTER:
            best = at
    return best


def _above(found: list[_Evidence], rows: Sequence[Row], first: int, width: int) -> int:
    """The row above what is data, where it names one column at least."""
    above = first - 1
    if above >= 0 and len(rows[above].fields) >= width and found[above].strong:
        return above
    return first


class _Rows(NamedTuple):
    """The rows that stand above the values; indices of them."""

    names: list[str]
    last: int
    group: int | None = None
    units: list[str] | None = None


def _made(found: list[_Evidence], rows: Sequence[Row], best: int) -> Header:
    evidence, made = found[best], _neighbours(found, rows, best)
    first = best if made.group is None else made.group
    remarks = [str(row.fields[0]) for row in rows[:first] if row.fields]
    marked = [one for one in made.names if one.startswith("#")]
    if marked == made.names[:1] and any(one.startswith("#") for one in remarks):
        made.names[0] = made.names[0].lstrip("# ") or made.names[0]
    left_out = None
    if made.group is None and made.units is None and _touch(rows, best - 1, best):
        other = found[best - 1]
        if other.covers >= _FULL and other.score > 0:
            left_out = rows[best - 1].line
    sure = "likely"
    if left_out or (evidence.labels == 1 and not evidence.strong):
        sure = "unsure"
    elif evidence.strong and evidence.score >= _MUCH:
        sure = "certain"
    return Header(
        rows[made.last].line,
        made.names,
        sure,
        _seen(evidence),
        [left_out, None] if left_out else [None],
        None if made.group is None else rows[made.group].line,
        left_out,
        made.units,
    )


def _neighbours(found: list[_Evidence], rows: Sequence[Row], best: int) -> _Rows:
    """What belongs to the names: groups above them, units or a rule below."""
    made = _Rows(_names(rows[best]), best)
    above, below = best - 1, best + 1
    if _touch(rows, best, below):
        next_names = _names(rows[below])
        is_label_row = below < len(found) and found[below].is_label_row
        if are_types(next_names) or (is_label_row and are_units(next_names)):
            made = made._replace(last=below, units=next_names)
        elif is_label_row and reads_as_groups(made.names, next_names):
            names = joined(made.names, next_names)
            made = _Rows(names, below, best)
    if made.group is None and _touch(rows, above, best):
        names = _names(rows[above])
        if are_units(made.names) and found[above].covers >= _MUCH:
            made = _Rows(names, best, None, made.names)
        elif reads_as_groups(names, made.names):
            names = joined(names, made.names)
            made = made._replace(names=names, group=above)
    if made.last + 1 < len(rows):
        ruled = rows[made.last + 1].fields
        if any(ruled) and all(map(is_rule, ruled)):
            made = made._replace(last=made.last + 1)
    return made


def _touch(rows: Sequence[Row], one: int, other: int) -> bool:
    """Whether both are there, with nothing between."""
    return (
        one >= 0
        and other < len(rows)
        and rows[other].line - rows[one].line == other - one
    )


def _names(row: Row) -> list[str]:
    return [(one or "").strip() for one in row.fields]


def _seen(one: _Evidence) -> str:
    told = [f"{one.named} of {one.needed} columns have a name there"]
    if one.strong:
        told.append(f"{one.strong} are text above what is none")
    if one.labels:
        told.append(f"{one.labels} are years, dates or numbers unlike those below")
    if not one.strong and not one.labels:
        told.append("none of them comes again below")
    return "; ".join(told) + "."


def _evidence(row: Row, below: Sequence[Row], width: int) -> _Evidence:
    made = _Evidence()
    ordered = _ordered(row, below, width)
    for column in range(width):
        cell = row.fields[column] if column < len(row.fields) else None
        values = [
            str(one.fields[column])
            for one in below
            if column < len(one.fields) and not is_blank(one.fields[column])
        ]
        if cell is None or is_blank(cell):
            made = made._replace(needed=made.needed + bool(values))
            continue
        made = made._replace(named=made.named + 1, needed=made.needed + 1)
        made = _with_cell(made, cell.strip(), values, column in ordered)
    return made._replace(score=made.score / max(1, made.needed))


def _with_cell(
    made: _Evidence, cell: str, values: list[str], is_ordered: bool
) -> _Evidence:
    kind, kinds = kind_of(cell), Counter(map(kind_of, values))
    count = max(1, len(values))
    typed = 1 - kinds[TEXT] / count if values else 0.0
    is_word = kind == TEXT or (kind == BOOLEAN and kinds[NUMBER] > count * _MUCH)
    if is_word or (kind == CODE and kinds[TEXT] > count * _MUCH):
        if is_word and typed >= _MUCH:
            strong = made.strong + 1
            return made._replace(score=made.score + 2 * typed, strong=strong)
        again = any(one.strip() == cell for one in values)
        return made._replace(score=made.score - 1 if again else made.score + _WEAK)
    if not values:
        return made
    years = sum(map(is_year, values)) / count
    if is_ordered or (
        is_year(cell) and years < _MOST_YEARS and kinds[TIME] < count / 2
    ):
        return made._replace(score=made.score + 0.75, labels=made.labels + 1)
    if kinds[kind] >= count * _MUCH:
        return made._replace(score=made.score - 1, against=made.against + 1)
    if kind in (TIME, CODE) and kinds[NUMBER] >= count * _MUCH:
        return made._replace(score=made.score + 1, labels=made.labels + 1)
    return made._replace(score=made.score - _WEAK, against=made.against + 1)


def _ordered(row: Row, below: Sequence[Row], width: int) -> set[int]:
    """Columns whose cells count on from one to the next, as those of no row below."""
    places, numbers = _numbers(row, width)
    if len(places) > 1 and _all_years(row, places):
        as_well = sum(_all_years(one, places) for one in below)
        return set(places) if as_well <= len(below) * _MOST_YEARS else set()
    if not _counts_on(numbers, len(places) < width):
        return set()
    steady = _steady(numbers)
    for one in below[:10]:
        cells = [one.fields[at] if at < len(one.fields) else None for at in places]
        numbers = [float(cell) for cell in cells if cell and _is_plain(cell)]
        if len(numbers) == len(places):
            if _steady(numbers) if steady else _counts_on(numbers, True):
                return set()
    return set(places)


def _all_years(row: Row, places: list[int]) -> bool:
    cells = [row.fields[at] for at in places if at < len(row.fields)]
    return len(cells) == len(places) and all(one and is_year(one) for one in cells)


def _is_plain(cell: str) -> bool:
    return cell.strip().replace(".", "", 1).isdecimal()


def _numbers(row: Row, width: int) -> tuple[list[int], list[float]]:
    places = [at for at, one in enumerate(row.fields[:width]) if one and _is_plain(one)]
    return places, [float(str(row.fields[at])) for at in places]


def _counts_on(numbers: list[float], has_others: bool) -> bool:
    """0, 1, 2, …; from any number on by equal steps, or upwards for long, where other
    columns have a name that is none."""
    if len(numbers) < 2 or not all(one < after for one, after in pairwise(numbers)):
        return False
    if _steady(numbers) and numbers[:2] == [0, 1]:
        return True
    return has_others and len(numbers) > (2 if _steady(numbers) else 4)


def _steady(numbers: list[float]) -> bool:
    return len({round(after - one, 6) for one, after in pairwise(numbers)}) == 1
