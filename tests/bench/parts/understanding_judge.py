"""What became of each value of a file: right, said, kept or silently wrong."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from .understanding_cells import Cell
from .understanding_files import Case

RIGHT, SAID, KEPT, SILENT = "right", "said", "kept", "silent"
"""The value as it is known; wrong or left out, and a reject or warning says so; text as
the file has it, which is not understood and nothing is lost; wrong without a word."""


class Loaded(NamedTuple):
    """What a reader made of a file."""

    headers: list[str]
    rows: list[list[object]]
    lines: list[int] | None = None
    """Of each row; None where the reader does not tell."""
    rejected: frozenset[int] = frozenset()
    """Lines of rows that were refused by name."""
    doubted: frozenset[int] = frozenset()
    """Positions, from 0, of columns that a warning calls doubtful; -1 for all."""
    nulled: frozenset[tuple[int, int]] = frozenset()
    """Line and position of values that are said to have become NULL."""
    unnamed: bool = False
    """A warning says that there are no names."""
    left_out: int = 0
    """The lines before this one are said to be left out."""
    rows_doubted: bool = False
    """A warning says that the last rows may be none."""


class Verdict(NamedTuple):
    values: Counter[str]
    names: bool
    """Whether the columns are called as in the file."""
    example: str = ""
    """Of what is not right."""

    @property
    def worst(self) -> str:
        for one in (SILENT, SAID, KEPT):
            if self.values[one]:
                return one
        return RIGHT if self.names else KEPT


def judged(case: Case, loaded: Loaded | None, why: str = "") -> Verdict:
    """``loaded`` is None where the reader has refused the file, with ``why``."""
    total = sum(map(len, case.rows))
    if loaded is None:
        return Verdict(Counter({SAID: total}), False, f"refused: {why}"[:200])
    places = _places(case, loaded)
    found: Counter[str] = Counter()
    example = ""
    rows, extra = _paired(case, loaded)
    for at, (row, got) in enumerate(zip(case.rows, rows, strict=True)):
        for column, cell in enumerate(row):
            verdict = _of_cell(case, loaded, at, column, got, places)
            found[verdict] += 1
            if verdict != RIGHT and (not example or verdict == SILENT):
                value = None if got is None else _at(got, places[column])
                told = f"{cell.text!r} is {cell.value!r}, was {value!r}"
                example = told if got is not None else f"row {at} is missing: {told}"
                if verdict == SILENT and SILENT not in example:
                    example = f"silent: {example}"
    if extra:
        excused = loaded.unnamed or loaded.rows_doubted or -1 in loaded.doubted
        found[SAID if excused else SILENT] += extra
        example = (
            example or f"{extra} rows that are none, the first {_first(case, loaded)}"
        )
    names = case.headers is None or _named(case, loaded, places)
    if not names and not example:
        example = f"names {loaded.headers} for {case.headers}"
    return Verdict(found, names, example[:300])


def _named(case: Case, loaded: Loaded, places: Sequence[int]) -> bool:
    assert case.headers is not None
    got = [_at(loaded.headers, one) for one in places]
    return [str(one or "").strip() for one in got] == [
        one.strip() for one in case.headers
    ]


def _places(case: Case, loaded: Loaded) -> list[int]:
    """Where the known columns are among the loaded ones."""
    names = case.headers or []
    if names and all(names) and len(set(names)) == len(names):
        if set(names) <= set(loaded.headers):
            return [loaded.headers.index(one) for one in names]
    width = len(case.rows[0]) if case.rows else 0
    return list(range(width))


def _paired(case: Case, loaded: Loaded) -> tuple[list[list[object] | None], int]:
    """The loaded row of each known one, and how many there are besides."""
    if loaded.lines is None or case.lines is None:
        rows = list(loaded.rows)
        extra = max(0, len(rows) - len(case.rows))
        rows = rows[extra:] if extra and loaded.unnamed else rows
        missing = len(case.rows) - len(rows)
        padded: list[list[object] | None] = [*rows, *[None] * max(0, missing)]
        return padded[: len(case.rows)], extra
    by_line = dict(zip(loaded.lines, loaded.rows, strict=True))
    known = set(case.lines)
    extra = sum(
        line not in known and any(one not in (None, "") for one in row)
        for line, row in by_line.items()
    )
    return [by_line.get(line) for line in case.lines], extra


def _first(case: Case, loaded: Loaded) -> object:
    known = set(case.lines or ())
    for line, row in zip(loaded.lines or (), loaded.rows, strict=False):
        if line not in known:
            return row
    return loaded.rows[-1] if loaded.rows else None


def _of_cell(
    case: Case,
    loaded: Loaded,
    at: int,
    column: int,
    got: list[object] | None,
    places: Sequence[int],
) -> str:
    cell, place = case.rows[at][column], places[column]
    doubted = bool({place, -1} & loaded.doubted)
    line = case.lines[at] if case.lines else 0
    if got is None:
        said = line in loaded.rejected or 0 < line < loaded.left_out
        return SAID if said or -1 in loaded.doubted else SILENT
    value = _at(got, place)
    if is_right(cell, value):
        return RIGHT
    if isinstance(value, str | int) and str(value).strip() == cell.text.strip():
        return KEPT  # eight digits that are a day are kept as the number they are too
    return SAID if doubted or (line, place) in loaded.nulled else SILENT


def _at(row: Sequence[object], place: int) -> object:
    return row[place] if place < len(row) else None


def is_right(cell: Cell, got: object) -> bool:
    """Whether the loaded value is the known one, of whatever type can hold it."""
    want = cell.value
    if want is None or got is None:
        return (
            want is got or (want is None and got == "") or (want == "" and got is None)
        )
    if isinstance(got, timedelta):
        got = str(got)
    if isinstance(want, str):
        # A number that is shown as it was written has lost nothing.
        return want == got or (isinstance(got, int | Decimal) and str(got) == want)
    if isinstance(want, bool) or isinstance(got, bool):
        return want is got
    if isinstance(want, int | Decimal):
        return _number(got) == want
    if isinstance(want, datetime) and isinstance(got, datetime):
        return (want.tzinfo is None) == (got.tzinfo is None) and want == got
    if isinstance(want, datetime):
        return False
    if isinstance(want, date) and isinstance(got, datetime):
        return got.tzinfo is None and got.time() == time() and got.date() == want
    return type(want) is type(got) and want == got


def _number(got: object) -> Decimal | None:
    if isinstance(got, float):
        return Decimal(repr(got))
    return Decimal(got) if isinstance(got, int | Decimal) else None
