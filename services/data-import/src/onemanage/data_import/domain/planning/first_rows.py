"""The first rows of a table as they would load."""

from collections import defaultdict

import msgspec
import polars as pl
from msgspec.structs import replace

from onemanage.contracts.imports.plans import ColumnPlan, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.cast import Cast, cast_column

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
    for one in casts.values():
        if one.reasons is not None:
            good = good & one.reasons.is_null()
    made = pl.DataFrame({name: one.values for name, one in casts.items()})
    texts = made.filter(good).head(wanted)
    return [[_text(value) for value in row] for row in texts.iter_rows()]


def _cast(frame: pl.DataFrame, table: TablePlan) -> dict[str, Cast]:
    """As ``cast_batch``, but with one call for all columns that are read alike."""
    alike: dict[tuple[pl.DataType, bytes], list[ColumnPlan]] = defaultdict(list)
    columns = [column for column in table.columns if column.include]
    for column in columns:
        bare = msgspec.json.encode(replace(column, position=1, header="", name=""))
        alike[frame[str(column.position)].dtype, bare].append(column)
    casts: dict[str, Cast] = {}
    for group in alike.values():
        values = pl.concat([frame[str(one.position)].alias("") for one in group])
        comma = table.dialect.decimal_comma
        cast = cast_column(values, group[0], decimal_comma=comma)
        for at, column in enumerate(group):
            casts[column.name] = _part(cast, at * frame.height, frame.height)
    return {column.name: casts[column.name] for column in columns}


def _part(cast: Cast, start: int, length: int) -> Cast:
    reasons = cast.reasons
    part = None if reasons is None else reasons.slice(start, length)
    return Cast(cast.values.slice(start, length), part)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
