"""What a plan has warned of is told with the import too, where it was not changed."""

from collections.abc import Iterator

from onemanage.contracts.imports.plans import (
    ColumnFindings,
    ColumnPlan,
    Plan,
    TablePlan,
    Warning,
)

OF_BAD_VALUES = {"missing_words", "many_bad_values", "errors_null"}
"""Warnings that say what becomes of values that a column cannot hold."""
_OF_ROW_ENDS = ("short_rows", "long_rows")
"""Warnings that are called as the field of the dialect that they are about."""


def warnings_of(table: TablePlan, proposed: Plan) -> list[Warning]:
    """Of this table as it is imported, and of those of its columns that are taken as
    they were proposed; a column's begin with its name."""
    part = _part(table)
    for was, findings in zip(proposed.tables, proposed.findings, strict=False):
        if _part(was) == part:
            columns = {one.position: one for one in was.columns}
            warnings = [
                one
                for one in findings.warnings
                if one.code not in _OF_ROW_ENDS
                or getattr(table.dialect, one.code) == getattr(was.dialect, one.code)
            ]
            found = {one.position: one for one in findings.columns}
            for column in table.columns:
                before = columns.get(column.position)
                seen = found.get(column.position)
                if column.include and before and seen and _is_same(column, before):
                    warnings += _named(column, before, seen)
            return warnings
    return []


def _part(table: TablePlan) -> tuple[str | None, str | None, str | None]:
    return table.file_id, table.member, table.sheet


def _is_same(column: ColumnPlan, before: ColumnPlan) -> bool:
    return (column.type, column.format, column.zone) == (
        before.type,
        before.format,
        before.zone,
    )


def _named(
    column: ColumnPlan, before: ColumnPlan, findings: ColumnFindings
) -> Iterator[Warning]:
    for one in findings.warnings:
        if one.code in OF_BAD_VALUES and column.on_bad_value != before.on_bad_value:
            continue
        yield Warning(
            code=one.code, message=f"{column.name}: {one.message}", example=one.example
        )
