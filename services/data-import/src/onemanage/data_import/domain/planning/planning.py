"""Files to a plan: what would be imported, and what a person should look at first.

A plan reads the whole of a file, within a budget of processor time. What it counts as
invalid is what the import will reject, because both ask `cast`.
"""

import time
from collections.abc import Collection, Iterator
from pathlib import PurePath
from typing import NamedTuple

import polars as pl
from msgspec.structs import asdict, replace

from onemanage.contracts.imports.plans import (
    ColumnPlan,
    Decision,
    Dialect,
    Plan,
    TableFindings,
    TablePlan,
    Warning,
)
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.errors import InvalidSource, NotATable
from onemanage.data_import.domain.planning.bad_value_choice import MISSING_ERROR
from onemanage.data_import.domain.planning.first_rows import (
    FIRST_ROWS,
    first_rows,
    kept,
)
from onemanage.data_import.domain.planning.infer import ColumnGuess, see
from onemanage.data_import.domain.planning.infer_typed import DeclaredGuess, TypedGuess
from onemanage.data_import.domain.planning.names import column_names, table_names
from onemanage.data_import.domain.planning.number_guess import Decimals
from onemanage.data_import.domain.planning.plan_parts import Draft, Hint, drafts
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.rejected import Rejected
from onemanage.data_import.domain.planning.row_end_warnings import RowEndCounts
from onemanage.data_import.domain.planning.stray_rows import LastRows
from onemanage.data_import.domain.planning.text_form import decimals_decision

type Guess = ColumnGuess | TypedGuess

SECONDS = 20.0
"""Of processor time for one plan."""


def make_plan(
    files: list[PlannedFile],
    hint: Dialect | None = None,
    said: Collection[str] | None = None,
    seconds: float = SECONDS,
) -> Plan:
    """A plan of all tables in the files. ``hint`` overrides what text files look like,
    in the fields that are ``said``: all where that is None.

    ``rows`` of findings are those seen; where time ran out, ``rows_exact`` is False.
    Raises InvalidSource subclasses for a file that is no table.
    """
    until = time.process_time() + seconds
    known = asdict(hint) if hint else {}
    known = {name: known[name] for name in known if said is None or name in said}
    found: list[tuple[str, TablePlan, TableFindings]] = []
    for at, file in enumerate(files):
        share = (until - time.process_time()) / (len(files) - at)
        try:
            for table, findings in _tables(file, known, share):
                found.append((_called(file.name, table), table, findings))
        except InvalidSource as error:
            if len(files) == 1:
                raise
            where = f"{file.name}, {error.where}" if error.where else file.name
            raise type(error)(error.code, error.message, where) from error
    if not found:
        raise NotATable("data_import.empty", "The file holds no table with columns.")
    names = table_names([called for called, _, _ in found])
    return Plan(
        tables=[
            replace(table, table=name)
            for name, (_, table, _) in zip(names, found, strict=True)
        ],
        findings=[findings for _, _, findings in found],
    )


def _tables(
    file: PlannedFile, hint: Hint, seconds: float
) -> Iterator[tuple[TablePlan, TableFindings]]:
    until = time.process_time() + seconds
    for draft in drafts(file.path, hint, seconds / 4):
        table, findings = _table(draft, until)
        yield replace(table, file_id=file.file_id), findings


def _called(file_name: str, table: TablePlan) -> str:
    if table.table:
        return table.table
    name = PurePath(table.member or file_name)
    while name.suffix.lower() in _SUFFIXES:
        name = name.with_suffix("")
    if table.sheet is None:
        return name.name
    return f"{name.name}_{table.sheet}" if table.sheet else name.name


_SUFFIXES = {
    *(".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    *(".parquet", ".pq", ".arrow", ".feather", ".ipc", ".arrows", ".jsonl", ".ndjson"),
    *(".html", ".htm", ".xml"),
    *(".bz2", ".zst", ".json", ".tab", ".psv", ".sqlite", ".sqlite3", ".db"),
}


def _table(draft: Draft, until: float) -> tuple[TablePlan, TableFindings]:
    """One table and what was seen of it, to its end or until time is over."""
    names = column_names(draft.headers)
    columns = [
        ColumnPlan(position=at, header=header, name=name, nulls=_nulls(draft, at))
        for at, (header, name) in enumerate(zip(draft.headers, names, strict=True), 1)
    ]
    table = replace(draft.table, columns=columns)
    guesses = [_guess(draft, one) for one in columns]
    for guess in guesses:
        if isinstance(guess, ColumnGuess):
            guess.errors = draft.errors.get(guess.position, guess.errors)
    rows = 0
    rejected = Rejected()
    ends, last = RowEndCounts(), LastRows()
    first: list[Batch] = []
    exact = True
    for batch in draft.read(table):
        rows += batch.frame.height + len(batch.rejects)
        rejected.see(batch.rejects)
        ends.add(batch.filled, batch.trimmed)
        last.see(batch)
        if sum(one.frame.height for one in first) < FIRST_ROWS:
            first += [kept(batch)] if batch.frame.height else []
        _look(guesses, batch)
        if time.process_time() > until:
            exact = False
            break
    counts = _Counts(rows, exact, rejected, ends, last)
    return _concluded(draft, table, guesses, first, counts)


def _nulls(draft: Draft, position: int) -> list[str]:
    """Rows with an error that says no more than that a value is missing are read."""
    errors = draft.errors.get(position)
    return ["", MISSING_ERROR] if errors and errors.missing else [""]


def _look(guesses: list[Guess], batch: Batch) -> None:
    texts: list[ColumnGuess] = []
    columns: list[pl.Series] = []
    for guess, values in zip(guesses, batch.frame.get_columns(), strict=True):
        if isinstance(guess, ColumnGuess):
            texts.append(guess)
            columns.append(values)
        else:
            guess.add(values, batch.lines)
    see(texts, columns, batch.lines)


def _guess(draft: Draft, column: ColumnPlan) -> Guess:
    declared = draft.resource.columns if draft.resource else []
    for one in declared:
        if one.header == column.header:
            return DeclaredGuess(replace(one, position=column.position))
    if draft.typed:
        return TypedGuess(column.position, column.header)
    grouped = draft.table.format in ("csv", "html")
    return ColumnGuess(column.position, column.header, grouped)


class _Counts(NamedTuple):
    rows: int
    exact: bool
    rejected: Rejected
    ends: RowEndCounts
    last: LastRows

    def warnings(self) -> list[Warning]:
        return [
            *self.ends.warnings(),
            *self.rejected.warnings(),
            *self.last.warnings(),
        ]


def _decisions(
    draft: Draft, wishes: list[bool | None], decimals: Decimals
) -> Iterator[Decision]:
    yield from draft.decisions
    if draft.table.format == "csv":
        yield decimals_decision(wishes, decimals)


def _concluded(
    draft: Draft,
    table: TablePlan,
    guesses: list[Guess],
    first: list[Batch],
    counts: _Counts,
) -> tuple[TablePlan, TableFindings]:
    wishes = [guess.wants_comma() for guess in guesses]
    decimals = Decimals.of(
        wishes, table.dialect, table.format == "csv", "decimal_comma" in draft.said
    )
    _share_date_order(guesses)
    made = [
        guess.propose(column.name, decimals)
        for guess, column in zip(guesses, table.columns, strict=True)
    ]
    columns = [plan for plan, _ in made]
    table = replace(
        table,
        columns=columns,
        dialect=replace(table.dialect, decimal_comma=decimals.comma),
    )
    extra = draft.warn(table)
    findings = TableFindings(
        rows=counts.rows,
        rows_exact=counts.exact,
        ragged=counts.rejected.rows,
        columns=[
            replace(one, warnings=[*one.warnings, *extra.get(one.position, [])])
            for _, one in made
        ],
        first_rows=first_rows(table, first),
        warnings=[*extra.get(0, []), *counts.warnings()],
        decisions=list(_decisions(draft, wishes, decimals)),
    )
    return table, findings


def _share_date_order(guesses: list[Guess]) -> None:
    """Columns whose dates can be read in two ways follow those that cannot."""
    texts = [guess for guess in guesses if isinstance(guess, ColumnGuess)]
    orders = {guess.own_date_order() for guess in texts} - {None, "ymd"}
    if len(orders) == 1:
        for guess in texts:
            guess.date_order = next(iter(orders))
