"""What a plan that was remembered finds in the new file."""

import time
from pathlib import Path

import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import (
    ColumnFindings,
    ColumnPlan,
    Plan,
    TableFindings,
    TablePlan,
    Warning,
)
from onemanage.data_import.domain.casting.cast import CastBatch, cast_batch
from onemanage.data_import.domain.planning.first_rows import (
    FIRST_ROWS,
    first_rows,
    kept,
)
from onemanage.data_import.domain.planning.plan_warnings import OF_BAD_VALUES
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import SECONDS
from onemanage.data_import.domain.reading.read import read_table

_OF_THE_TYPE = {
    *("mixed_types", "leading_zeros", "long_numbers", "phone_numbers", "codes"),
    *("serial_dates", "durations", "naive_times"),
}
"""Warnings that say why a column was proposed as it was."""
_OF_THE_FORMAT = {
    *("ambiguous_dates", "two_digit_years", "zone_left_out"),
    *("ambiguous_numbers", "number_format"),
}
_OF_THE_NULLS = {"dumped_nulls"}


def recounted(
    files: list[PlannedFile], proposed: Plan, plan: Plan, seconds: float = SECONDS
) -> Plan:
    """``plan``, which was ``proposed`` before an earlier import was remembered, with
    what is found by its own types. Where time runs out, ``rows_exact`` is False.

    Raises InvalidSource subclasses.
    """
    paths = {file.file_id: file.path for file in files}
    until = time.process_time() + seconds
    findings = list(plan.findings)
    for at, (table, before) in enumerate(
        zip(plan.tables, proposed.tables, strict=True)
    ):
        path = paths.get(table.file_id or "")
        if path is None or _cast_alike(table, before):
            continue
        count = _Count(table)
        for batch in read_table(path, table):
            made = cast_batch(batch.frame, table.columns, table.dialect)
            count.add(made, batch.lines.to_list())
            if time.process_time() > until:
                count.exact = False
                break
        shown = _shown(path, table)
        findings[at] = count.findings(findings[at], before.columns, shown)
    return replace(plan, findings=findings)


def _cast_alike(table: TablePlan, before: TablePlan) -> bool:
    """Whether both read the values in the same way, under whatever names."""

    def plain(column: ColumnPlan) -> ColumnPlan:
        return replace(column, name="")

    return list(map(plain, table.columns)) == list(map(plain, before.columns))


def _still_holds(code: str, column: ColumnPlan, before: ColumnPlan) -> bool:
    """Whether a warning of the column as it was proposed is one of it as it is."""
    if code in _OF_THE_NULLS and column.nulls != before.nulls:
        return False
    if code in _OF_THE_FORMAT and column.format != before.format:
        return False
    if code in OF_BAD_VALUES and column.on_bad_value != before.on_bad_value:
        return False
    of_the_type = OF_BAD_VALUES | _OF_THE_TYPE | _OF_THE_FORMAT
    return code not in of_the_type or column.type == before.type


def _shown(path: Path, table: TablePlan) -> list[list[str | None]]:
    batches = []
    for batch in read_table(path, table):
        batches.append(kept(batch))
        if sum(one.frame.height for one in batches) >= FIRST_ROWS:
            break
    return first_rows(table, batches)


def _bad(made: CastBatch, name: str) -> pl.Series:
    """Places of values that the type cannot hold, those that become NULL too."""
    bad = pl.Series([False]).new_from_index(0, made.frame.height)
    if name in made.reasons:
        bad |= made.reasons[name].is_not_null()
    if name in made.nulled:
        bad |= made.nulled[name]
    return bad.arg_true()


class _Count:
    def __init__(self, table: TablePlan) -> None:
        self.exact = True
        self._columns = table.columns
        self._invalid = dict.fromkeys((one.name for one in table.columns), 0)
        self._nulls = dict(self._invalid)
        self._first: dict[str, int] = {}

    def add(self, made: CastBatch, lines: list[int]) -> None:
        for name in made.frame.columns:
            bad = 0
            if len(at := _bad(made, name)):
                bad = len(at)
                self._first.setdefault(name, lines[at[0]])
            self._invalid[name] += bad
            self._nulls[name] += made.frame[name].null_count() - bad

    def findings(
        self,
        found: TableFindings,
        proposed: list[ColumnPlan],
        shown: list[list[str | None]],
    ) -> TableFindings:
        columns = [
            self._column(seen, column, before) if column.include else seen
            for seen, column, before in zip(
                found.columns, self._columns, proposed, strict=True
            )
        ]
        exact = found.rows_exact and self.exact
        return replace(found, columns=columns, first_rows=shown, rows_exact=exact)

    def _column(
        self, seen: ColumnFindings, column: ColumnPlan, before: ColumnPlan
    ) -> ColumnFindings:
        invalid = self._invalid[column.name]
        warnings = [
            one for one in seen.warnings if _still_holds(one.code, column, before)
        ]
        if invalid > seen.invalid:
            message = (
                f"{invalid:,} values are no {column.type}, as which the column was "
                f"remembered; by themselves they look like {before.type}. The first "
                f"stands in line {self._first[column.name]}. Change `type`, or ask for "
                "the plan with remember=false."
            )
            warnings.append(Warning(code="remembered_type", message=message))
        return replace(
            seen,
            nulls=self._nulls[column.name],
            invalid=invalid,
            first_invalid_line=self._first.get(column.name),
            warnings=warnings,
        )
