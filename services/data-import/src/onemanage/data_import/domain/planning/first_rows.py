"""The first rows of a table as they would load."""

from collections import defaultdict

import msgspec
import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.cast import cast_column

FIRST_ROWS = 20
_LOOK = 500
"""Rows of a batch among which they are looked for."""


def kept(batch: Batch) -> Batch:
    """What ``first_rows`` needs of it."""
    frame = batch.frame.head(_LOOK)
    return Batch(frame, batch.lines.head(_LOOK), [])


def first_rows(table: TablePlan, batches: list[Batch]) -> list[list[str | None]]:
    """FIRST_ROWS good ones at most, as they would load; None for NULL."""
    rows: list[list[str | None]] = []
    for batch in batches:
        wanted = FIRST_ROWS - len(rows)
        found = _good(batch.frame.head(2 * wanted), table, wanted)
        if len(found) < wanted < batch.frame.height:
            found = _good(batch.frame, table, wanted)
        rows += found
    return rows


def _good(frame: pl.DataFrame, table: TablePlan, wanted: int) -> list[list[str | None]]:
    casts = _cast(frame, table)
    good = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    for _, bad in casts.values():
        if bad is not None:
            good = good & ~bad
    made = pl.DataFrame({name: values for name, (values, _) in casts.items()})
    texts = made.filter(good).head(wanted)
    return [[_text(value) for value in row] for row in texts.iter_rows()]


def _cast(
    frame: pl.DataFrame, table: TablePlan
) -> dict[str, tuple[pl.Series, pl.Series | None]]:
    """As ``cast_batch``, but with one call for all columns that are read alike: values
    by name, and which of them are bad, None where none is."""
    alike: dict[tuple[pl.DataType, bytes], list[ColumnPlan]] = defaultdict(list)
    columns = [column for column in table.columns if column.include]
    for column in columns:
        bare = msgspec.json.encode(replace(column, position=1, header="", name=""))
        alike[frame[str(column.position)].dtype, bare].append(column)
    made: dict[str, tuple[pl.Series, pl.Series | None]] = {}
    comma = table.dialect.decimal_comma
    for group in alike.values():
        values = pl.concat([frame[str(one.position)].alias("") for one in group])
        cast = cast_column(values, group[0], decimal_comma=comma)
        bad = None if cast.reasons is None else cast.bad
        for at, column in enumerate(group):
            part = at * frame.height, frame.height
            is_bad = None if bad is None else bad.slice(*part)
            made[column.name] = cast.values.slice(*part), is_bad
    return {column.name: made[column.name] for column in columns}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
