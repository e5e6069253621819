"""Sheets of any format into batches of String columns."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from onemanage.contracts.imports.plans import Reject, TablePlan
from onemanage.data_import.domain.batch import Batch, raw_rows, shown
from onemanage.data_import.domain.errors import WrongPlan

ROWS = 50_000
"""Of a batch."""


class Sheet(NamedTuple):
    frame: pl.DataFrame
    """String columns "1", "2", … from the first column that is used; row 1 of the sheet
    is the first one, empty rows included."""
    errors: dict[int, dict[int, str]]
    """By row from 0, then by column of ``frame`` from 0: what Excel shows there."""
    first_column: int
    """Of the sheet, from 0."""
    hidden: bool = False


def batches(sheet: Sheet, table: TablePlan, done: int = 0) -> Iterator[Batch]:
    """Batches of ROWS rows, after the first ``done`` of the sheet.

    Raises WrongPlan where the sheet has fewer columns.
    """
    width = max((column.position for column in table.columns), default=0)
    if width > sheet.frame.width:
        raise WrongPlan(
            "data_import.no_such_part",
            f"The plan has {width} columns, the sheet {sheet.frame.width}. Plan the "
            "file again.",
            f"sheet {table.sheet}",
        )
    first = max(table.dialect.header_row or 0, done)
    for start in range(first, sheet.frame.height, ROWS):
        batch = _batch(sheet, table, start)
        if batch.frame.height or batch.rejects:
            yield batch


def _batch(sheet: Sheet, table: TablePlan, start: int) -> Batch:
    frame = sheet.frame.slice(start, ROWS)
    lines = pl.int_range(start + 1, start + frame.height + 1, eager=True)
    keep = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    rejects, raw = [], []
    nulled: list[tuple[str, int]] = []
    for row in sorted(sheet.errors):
        if not start <= row < start + frame.height:
            continue
        cells = sheet.errors[row]
        if reject := _reject(sheet, table, row, cells):
            fields = list(frame.row(row - start))
            for column, error in cells.items():
                fields[column] = error
            rejects.append(reject)
            raw.append(fields)
        else:
            nulled += [(name, row + 1) for name in _nulled(table, cells)]
        keep = keep.scatter(row - start, reject is None)
    wanted = [str(one.position) for one in table.columns if one.include]
    return Batch(
        frame.select(wanted).filter(keep),
        lines.filter(keep).alias("line"),
        rejects,
        raw_rows(raw),
        nulled=nulled,
    )


def _nulled(table: TablePlan, cells: dict[int, str]) -> list[str]:
    """Columns whose errors become NULL because bad values do."""
    return [
        one.name
        for one in table.columns
        if one.include
        and one.on_bad_value == "null"
        and cells.get(one.position - 1, "") not in ("", *one.nulls)
    ]


def _reject(
    sheet: Sheet, table: TablePlan, row: int, cells: dict[int, str]
) -> Reject | None:
    for column in table.columns:
        error = cells.get(column.position - 1)
        if error is None or not column.include or error in column.nulls:
            continue
        if column.on_bad_value == "null":
            continue
        cell = f"{letters(sheet.first_column + column.position - 1)}{row + 1}"
        return Reject(
            line=row + 1,
            column=column.name,
            value=shown(error),
            reason="error_in_cell",
            message=f"Cell {cell} holds the error {error} instead of a value.",
        )
    return None


def letters(column: int) -> str:
    """As Excel names the column, counted from 0: A, …, Z, AA, …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
