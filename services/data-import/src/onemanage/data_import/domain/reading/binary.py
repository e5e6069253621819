"""Typed columns into PostgreSQL's binary COPY format.

pgpq encodes whole Arrow batches, and takes of each type exactly one. What is beyond it
is a numeric of any number of digits, and an interval with months: they are encoded
here, and handed to it as bytes.
"""

from collections.abc import Callable
from functools import lru_cache
from struct import pack

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
from pgpq import ArrowToPostgresBinaryEncoder

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.cast_numbers import is_narrow
from onemanage.data_import.domain.casting.intervals import binary_intervals

_ARROW = {
    "text": pa.string(),
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

    Frames and tables have the columns of ``cast_column`` in their order; before them
    goes a bigint that counts the rows.
    """

    def __init__(self, columns: list[ColumnPlan], first_id: int = 1) -> None:
        fields = [pa.field("_id", pa.int64())]
        fields += [pa.field(one.name, arrow_type(one)) for one in columns]
        self._schema = pa.schema(fields)
        self.next_id = first_id
        self._encoded = {
            one.name: encoding
            for one in columns
            if (encoding := _encoding(one)) is not None
        }
        self._encoder = ArrowToPostgresBinaryEncoder(self._schema)

    def header(self) -> bytes:
        """Once, before the rows."""
        return self._encoder.write_header()

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Raises ValueError for a frame of other columns."""
        if self._encoded:
            frame = frame.with_columns(
                encoding(frame[name]) for name, encoding in self._encoded.items()
            )
        return self.arrow_rows(frame.to_arrow())

    def arrow_rows(self, table: pa.Table) -> bytes:
        """The same, of an Arrow table, with what is encoded here as bytes."""
        ids = np.arange(self.next_id, self.next_id + table.num_rows)
        self.next_id += table.num_rows
        table = table.add_column(0, "_id", pa.array(ids)).cast(self._schema)
        batches = table.combine_chunks().to_batches()
        return b"".join(map(self._encoder.write_batch, batches))

    def trailer(self) -> bytes:
        """Once, after the rows."""
        return self._encoder.finish()


def _encoding(column: ColumnPlan) -> Callable[[pl.Series], pl.Series] | None:
    """How its texts become bytes, where that is done here."""
    if column.type == "interval":
        return binary_intervals
    if column.type == "numeric" and not is_narrow(column):
        return wide_numerics
    return None


def is_encoded_here(column: ColumnPlan) -> bool:
    """Whether its values are texts until they are bytes."""
    return _encoding(column) is not None


def arrow_type(column: ColumnPlan) -> pa.DataType:
    """What pgpq encodes as the column's type."""
    if is_encoded_here(column):
        return pa.large_binary()
    if column.type != "numeric":
        return _ARROW[column.type]
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
