"""What a person should know of a sheet that its values do not say."""

import re
from collections.abc import Iterator

import polars as pl

from onemanage.contracts.imports.plans import ColumnPlan, Warning
from onemanage.data_import.domain.reading.cell_facts import NO_VALUE, CellFact
from onemanage.data_import.domain.reading.sheets import letters

_DATE_HEADER = re.compile(r"(?i)date|\bday\b|日期|时间")
_SERIAL_DAYS = (18_264, 73_050)
"""From 1950 to 2099."""


def hidden_sheet(name: str) -> Warning:
    """The warning for a sheet that the workbook hides."""
    return Warning(
        code="hidden_sheet",
        message="The sheet is hidden in the workbook, so it may not be meant for you. "
        "Set `include` to false to leave it out.",
        example=name,
    )


def formulas_without_value(
    facts: list[CellFact], first_column: int, start: int
) -> dict[int, Warning]:
    """By position of the column; rows before ``start``, from 0, are no data."""
    found: dict[int, list[CellFact]] = {}
    for fact in facts:
        if fact.kind == NO_VALUE and fact.row >= start:
            found.setdefault(fact.column - first_column + 1, []).append(fact)
    return {position: _told(cells) for position, cells in found.items()}


def _told(cells: list[CellFact]) -> Warning:
    first = f"{letters(cells[0].column)}{cells[0].row + 1}"
    return Warning(
        code="formulas_without_value",
        message=f"{len(cells):,} cells have a formula whose value was never stored, the "
        f"first of them {first}; they load as NULL. Open the workbook in Excel or "
        "LibreOffice, save it and upload it again.",
        example=first,
    )


def of_cells(
    column: ColumnPlan, values: pl.Series, format: str | None
) -> Iterator[Warning]:
    """What Excel has done to a column that its values alone do not say."""
    if format:
        yield Warning(
            code="leading_zeros",
            message=f"Excel shows these numbers as {format}, with zeros before them "
            "that are not in the file. Format the column as text and enter the zeros "
            "if they matter.",
        )
    if example := _rounded(values):
        yield Warning(
            code="rounded_ids",
            message="Excel keeps 15 digits of a number; these have more and were "
            "rounded before the file was saved. Enter them as text at their source.",
            example=example,
        )
    if column.type in ("bigint", "numeric") and _DATE_HEADER.search(column.header):
        days = values.cast(pl.Float64, strict=False)
        if days.is_between(*_SERIAL_DAYS).all():
            yield Warning(
                code="serial_dates",
                message="The numbers look like dates as Excel counts them, in days. "
                "Format the column as a date in Excel to import dates.",
                example=str(values.drop_nulls()[0]),
            )


def _rounded(values: pl.Series) -> str | None:
    """One of the long whole numbers if most of them are what a double can hold, which
    by chance hardly one in a hundred is."""
    long = values.filter(values.str.contains(r"^-?[0-9]{16,38}$"))
    if not len(long):
        return None
    exact = long.cast(pl.Float64).cast(pl.Int128).cast(pl.String) == long
    likely = exact & (long.str.len_bytes().gt(16) | long.str.ends_with("0"))
    return str(long.filter(likely)[0]) if likely.sum() * 2 > len(long) else None
