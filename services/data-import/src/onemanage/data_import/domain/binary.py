"""Typed columns into PostgreSQL's binary COPY format.

pgpq encodes whole Arrow batches, and takes of each type exactly one. What is beyond it
is a numeric of any number of digits: that is encoded here, and handed to it as bytes.
"""

from functools import lru_cache
from struct import pack

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
from pgpq import ArrowToPostgresBinaryEncoder

from onemanage.contracts.data_import_plan import ColumnPlan
from onemanage.data_import.domain.cast_numbers import is_narrow

_ARROW = {
    "text": pa.string_view(),
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
}
_BASE = 10_000
_NEGATIVE = 0x4000


class BinaryEncoder:
    """Rows of a table with these columns, as COPY ... WITH (FORMAT binary) reads them.

    A frame has the columns of ``cast_column`` in their order, and before them an Int64
    column where ``row_ids`` is set.
    """

    def __init__(self, columns: list[ColumnPlan], *, row_ids: bool = True) -> None:
        fields = [pa.field("_id", pa.int64())] if row_ids else []
        fields += [pa.field(one.name, _arrow_type(one)) for one in columns]
        self._schema = pa.schema(fields)
        self._wide = [one.name for one in columns if _is_wide(one)]
        self._encoder = ArrowToPostgresBinaryEncoder(self._schema)

    def header(self) -> bytes:
        """Once, before the rows."""
        return self._encoder.write_header()

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Raises ValueError for a frame of other columns."""
        if self._wide:
            frame = frame.with_columns(wide_numerics(frame[one]) for one in self._wide)
        table = frame.to_arrow().cast(self._schema).combine_chunks()
        return b"".join(map(self._encoder.write_batch, table.to_batches()))

    def trailer(self) -> bytes:
        """Once, after the rows."""
        return self._encoder.finish()


def _is_wide(column: ColumnPlan) -> bool:
    return column.type == "numeric" and not is_narrow(column)


def _arrow_type(column: ColumnPlan) -> pa.DataType:
    if column.type != "numeric":
        return _ARROW[column.type]
    if _is_wide(column):
        return pa.large_binary()
    return pa.decimal128(column.precision, column.scale or 0)


def wide_numerics(texts: pl.Series) -> pl.Series:
    """Decimal numbers, written out, as numeric_recv of PostgreSQL's numeric.c reads."""
    return pl.Series(
        texts.name,
        [None if text is None else _numeric(text) for text in texts],
        dtype=pl.Binary,
    )


@lru_cache(maxsize=4096)
def _numeric(text: str) -> bytes:
    """Groups of four decimal digits on either side of the point."""
    sign = _NEGATIVE if text[0] == "-" else 0
    whole, _, fraction = text.lstrip("+-").partition(".")
    shown = len(fraction)
    whole = whole.zfill(-(-len(whole) // 4) * 4)
    fraction += "0" * (-shown % 4)
    digits = whole + fraction
    groups = [int(digits[at : at + 4]) for at in range(0, len(digits), 4)]
    weight = len(whole) // 4 - 1
    if not any(groups):
        groups, weight, sign = [], 0, 0
    return pack(f">HhHH{len(groups)}H", len(groups), weight, sign, shown, *groups)
