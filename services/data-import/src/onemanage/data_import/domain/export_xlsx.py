"""Rows into one sheet of a workbook, written as they come. Pure: values and a path.

Text is always written as text, so nothing in it is ever a formula. A column with a
value that a cell cannot hold exactly (more than 15 digits, days before March 1900,
parts of a millisecond, a time zone) is text throughout: so it reads back as one type.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from math import isfinite, isnan
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

from onemanage.contracts.datasets.datasets import DatasetColumn
from onemanage.data_import.domain.export_format import (
    MAX_ROWS,
    InvalidExport,
    too_many_rows,
)

_MAX_CHARACTERS = 32_767
_DIGITS = 15
_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""
_MILLISECOND = 1000


def holds_exactly(values: pa.Array) -> bool:
    """Whether cells that are no text can hold all of them."""
    kind = values.type
    if pa.types.is_boolean(kind) or len(values) == values.null_count:
        return True
    if pa.types.is_integer(kind):
        return _within(values, 10**_DIGITS)
    if pa.types.is_decimal(kind):
        return kind.precision <= _DIGITS or _within(
            values, Decimal(10) ** (_DIGITS - kind.scale)
        )
    if pa.types.is_floating(kind):
        return bool(pc.all(pc.is_finite(values)).as_py())
    if pa.types.is_date(kind):
        return bool(pc.min(values).as_py() >= _FIRST_DAY)
    if pa.types.is_time(kind):
        return _whole(values)
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return bool(pc.min(values).as_py().date() >= _FIRST_DAY) and _whole(values)
    return False


def _within(values: pa.Array, limit: int | Decimal) -> bool:
    found = pc.min_max(values).as_py()
    return bool(-limit < found["min"] and found["max"] < limit)


def _whole(values: pa.Array) -> bool:
    """Whether all of them are whole milliseconds."""
    ticks = values.drop_null().cast(pa.int64())
    whole = pc.multiply(pc.divide(ticks, _MILLISECOND), _MILLISECOND)
    return bool(pc.all(pc.equal(ticks, whole)).as_py())


@contextmanager
def open_xlsx(
    target: Path, columns: Sequence[DatasetColumn], exact: Sequence[bool]
) -> Iterator["Sheet"]:
    """A workbook with one sheet whose header is written.

    ``exact`` says of which columns ``holds_exactly`` is true; the others are text.
    """
    options = {"constant_memory": True, "tmpdir": str(target.parent)}
    with Workbook(str(target), options) as book:
        yield Sheet(book, columns, exact)


class _Double(float):
    """A number whose digits are all written: xlsxwriter asks for 16, some need 17."""

    def __format__(self, _: str) -> str:
        return repr(self)


class Sheet:
    def __init__(
        self, book: Any, columns: Sequence[DatasetColumn], exact: Sequence[bool]
    ) -> None:
        self._sheet = book.add_worksheet("Data")
        self._formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"}),
            "time": book.add_format({"num_format": "hh:mm:ss.000"}),
        }
        self._names = [column.name for column in columns]
        self._puts = [
            self._put(column) if is_exact else self._text
            for column, is_exact in zip(columns, exact, strict=True)
        ]
        for number, name in enumerate(self._names):
            self._sheet.write_string(0, number, name)
        self._sheet.freeze_panes(1, 0)
        self._row = 1

    def write(self, batch: pa.RecordBatch) -> None:
        """Raises InvalidExport where a row or a value has no room."""
        if self._row + batch.num_rows > MAX_ROWS:
            raise too_many_rows()
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            for number, (put, value) in enumerate(zip(self._puts, values, strict=True)):
                if value is not None:
                    put(self._row, number, value)
            self._row += 1

    def _put(self, column: DatasetColumn) -> Callable[[int, int, Any], None]:
        sheet = self._sheet
        if column.type == "boolean":
            return lambda row, at, value: sheet.write_boolean(row, at, value)
        if column.type in ("bigint", "numeric", "double"):
            return lambda row, at, value: sheet.write_number(row, at, _Double(value))
        style = self._formats.get(column.type)
        if style is None:
            return self._text
        return lambda row, at, value: sheet.write_datetime(row, at, value, style)

    def _text(self, row: int, at: int, value: Any) -> None:
        text = _shown(value)
        if len(text.encode("utf-16-le")) // 2 > _MAX_CHARACTERS:
            message = (
                f"A cell of XLSX holds {_MAX_CHARACTERS:,} characters, and this value "
                f"has {len(text):,}. Leave the column out, or export CSV or Parquet."
            )
            place = f"row {row}, column {self._names[at]}"
            raise InvalidExport("export.value_too_long", message, place)
        self._sheet.write_string(row, at, text)


def _shown(value: Any) -> str:
    """As CSV has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    return str(value)
