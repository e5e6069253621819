"""How a file of rejects is written that somebody has put right and saved.

A spreadsheet saves with the separators, decimal sign and dates of its own place. What
each column means is known from the plan; only how it is written is looked for: where
the plan's own way reads fewer of the values than another does, and all that read as
many agree on every value, that one is taken. Else it stays, and what it cannot read
is a reject again.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, TablePlan
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.cast_numbers import NUMBERS
from onemanage.data_import.domain.casting.date_formats import read_format
from onemanage.data_import.domain.planning.date_choice import last_day
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.planning.remembering import (
    NotTheseRejects,
    rejects_plan,
)
from onemanage.data_import.domain.reading.read_rejects import read_rejects

_MOST = 100_000
"""Different values of a column that are looked at."""
_DAYS = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d")
_SHORT_DAYS = (*(one.replace("%Y", "%y") for one in _DAYS), "%y-%m-%d")
_CLOCKS = ("%H:%M:%S", "%H:%M")
_FIRST_YEAR = 1000
"""Two digits are no year of the first century."""


def plan_rejects(file: PlannedFile, before: TablePlan) -> TablePlan | None:
    """The plan of a rejects file; None where it has no column of the import.

    ``before`` is how the import went. Raises InvalidSource.
    """
    found = make_plan([file]).tables[0]
    try:
        made = rejects_plan(found, before)
    except NotTheseRejects:
        return None
    seen = _values(file.path, made)
    columns = [
        (
            _as_written(column, other, seen[column.position], made)
            if column.position in seen
            else column
        )
        for column, other in zip(made.columns, found.columns, strict=True)
    ]
    return replace(made, columns=columns)


def _values(path: Path, table: TablePlan) -> dict[int, pl.Series]:
    """Different texts of each column that is not text."""
    wanted = [one for one in table.columns if one.include and one.type != "text"]
    seen: dict[int, pl.Series] = {}
    for batch in read_rejects(path, table):
        for column in wanted:
            values = batch.frame[str(column.position)]
            if values.dtype != pl.String:
                continue
            values = values.drop_nulls().filter(
                ~values.drop_nulls().is_in(column.nulls)
            )
            so_far = seen.get(column.position, values.clear())
            if len(so_far) < _MOST:
                seen[column.position] = pl.concat([so_far, values.unique()]).unique()
    return seen


def _as_written(
    column: ColumnPlan, found: ColumnPlan, values: pl.Series, table: TablePlan
) -> ColumnPlan:
    comma = table.dialect.decimal_comma
    least = int(cast_column(values, column, decimal_comma=comma).bad.sum())
    best: list[tuple[ColumnPlan, pl.Series]] = []
    for one in _others(column, found) if least else ():
        read = _read(values, one)
        if read.null_count() < least:
            best, least = [(one, read)], read.null_count()
        elif best and read.null_count() == least:
            best.append((one, read))
    if not best:
        return column
    first, read = best[0]
    same = all(read.equals(other, null_equal=True) for _, other in best)
    return first if same else column


def _others(column: ColumnPlan, found: ColumnPlan) -> Iterator[ColumnPlan]:
    formats: list[str | None] = []
    until = f"until={_last_day(column)}"
    if column.type in NUMBERS:
        formats = ["1234,5", "1234.5"]
        if found.type in NUMBERS:
            formats.append(found.format)
    elif column.type == "date":
        formats = [None, *_DAYS, *(f"{day};{until}" for day in _SHORT_DAYS)]
    elif column.type in ("timestamp", "timestamptz"):
        formats = [None, *(f"{day} {clock}" for day in _DAYS for clock in _CLOCKS)]
        formats += [
            f"{day} {clock};{until}" for day in _SHORT_DAYS for clock in _CLOCKS
        ]
    for format in dict.fromkeys(formats):
        yield replace(column, format=format)


def _last_day(column: ColumnPlan) -> date:
    """That a year of two digits may mean: as the plan says, or as a plan would."""
    before = None
    if column.format is not None and "%" in column.format:
        before = read_format(column.format).until
    return before or last_day(column.header, date.today())


def _read(values: pl.Series, column: ColumnPlan) -> pl.Series:
    made = cast_column(values, column).values
    if made.dtype == pl.Date or isinstance(made.dtype, pl.Datetime):
        early = made.dt.year() < _FIRST_YEAR
        made = made.set(early.fill_null(False), None)
    return made
