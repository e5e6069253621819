"""The readers that are asked for the files of the grid: ours, DuckDB's and polars'."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan, TableFindings, TablePlan
from onemanage.data_import.domain.casting.bad_values import with_text
from onemanage.data_import.domain.casting.cast import cast_batch
from onemanage.data_import.domain.casting.on_bad_value import may_become_text, settled
from onemanage.data_import.domain.errors import InvalidSource
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan
from onemanage.data_import.domain.reading.read_fast import Ready, read_to_load

from .understanding_files import Case
from .understanding_judge import Loaded

_DOUBTS = {
    "ambiguous_dates",
    "ambiguous_numbers",
    "codes",
    "dumped_nulls",
    "durations",
    "formulas_without_value",
    "leading_zeros",
    "long_numbers",
    "mixed_types",
    "nanoseconds_cut",
    "other_decimal_sign",
    "phone_numbers",
    "rounded_ids",
    "serial_dates",
    "other_calendar",
    "two_digit_years",
    "zone_left_out",
}
"""Warnings of a column after which a person looks at its values. Those that only tell
how it is read, as number_format, are none."""


_DOUBTS_ALL = {"delimiter_unsure", "encoding_unsure", "header_unsure"}
"""Likewise, of all columns of a table."""


class Refused(Exception):
    """The reader takes the file for none of its own, and says why."""


def ours(case: Case, path: Path) -> Loaded:
    """By the plan as it is proposed, as the import would load it."""
    try:
        plan = make_plan([PlannedFile("f", path, case.name)])
        at = _meant(case, [one.columns for one in plan.tables])
        table, findings = plan.tables[at], plan.findings[at]
        table = settled(table, plan.options)
        if may_become_text(table):
            table = with_text(table, partial(read_to_load, path))
        return _loaded(path, table, findings)
    except InvalidSource as error:
        raise Refused(f"{error.code}: {error.message}") from error


def _meant(case: Case, tables: list[list[ColumnPlan]]) -> int:
    """Which of the file's tables the case is about: the first with its names."""
    wanted = set(case.headers or ())
    shared = [len(wanted & {one.header for one in columns}) for columns in tables]
    return shared.index(max(shared))


def _loaded(path: Path, table: TablePlan, findings: TableFindings) -> Loaded:
    rows: list[list[object]] = []
    lines: list[int] = []
    rejected: set[int] = set()
    nulled: set[tuple[int, int]] = set()
    columns = [one for one in table.columns if one.include]
    for batch in read_to_load(path, table):
        if isinstance(batch, Ready):
            frame = pl.from_arrow(batch.table)
            assert isinstance(frame, pl.DataFrame)
            at = list(range(batch.first_line, batch.first_line + frame.height))
        else:
            made = cast_batch(batch.frame, columns, table.dialect)
            frame, at = made.frame, batch.lines.to_list()
            rejected |= {one.line for one in batch.rejects}
        said = batch if isinstance(batch, Ready) else made
        for why in said.reasons.values():
            rejected |= {at[row] for row in why.is_not_null().arg_true()}
        for name, lost in said.nulled.items():
            place = frame.columns.index(name)
            nulled |= {(at[row], place) for row in lost.arg_true()}
        for line, row in zip(at, frame.rows(), strict=True):
            if line not in rejected:
                lines.append(line)
                rows.append(list(row))
    codes = {one.code for one in findings.warnings}
    doubted = {
        at
        for at, found in enumerate(findings.columns)
        if _DOUBTS & {one.code for one in found.warnings}
    }
    doubted |= {-1} if _DOUBTS_ALL & codes else set()
    above = table.dialect.header_row or 0
    return Loaded(
        [one.header for one in columns],
        rows,
        lines,
        frozenset(rejected),
        frozenset(doubted),
        frozenset(nulled),
        "no_header" in codes,
        above if "rows_above_header" in codes else 0,
        "rows_below" in codes,
    )


def by_duckdb() -> Callable[[Case, Path], Loaded]:
    """Its read_csv, which finds out all that it is not told."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET threads = 1")

    def read(case: Case, path: Path) -> Loaded:
        try:
            found = connection.execute("FROM read_csv(?)", [str(path)])
            names = [one[0] for one in found.description]
            rows = [list(row) for row in found.fetchall()]
        except (duckdb.Error, UnicodeDecodeError, OverflowError, ValueError) as error:
            raise Refused(str(error)) from error
        return Loaded(_without_made_up(names), rows)

    return read


def _without_made_up(names: list[str]) -> list[str]:
    made_up = [f"column{at}" for at in range(len(names))]
    return [""] * len(names) if names == made_up else names


def by_polars(case: Case, path: Path) -> Loaded:
    """With dates parsed and types from the whole file."""
    try:
        match case.reads_as:
            case "excel":
                frame = pl.read_excel(path)
            case "json":
                lines = path.read_bytes()[:1] == b"{"
                frame = pl.read_ndjson(path) if lines else pl.read_json(path)
            case _:
                frame = pl.read_csv(
                    path, try_parse_dates=True, infer_schema_length=None
                )
        return Loaded(frame.columns, [list(row) for row in frame.rows()])
    except Exception as error:  # polars and fastexcel raise what comes, panics too
        raise Refused(str(error)) from error
