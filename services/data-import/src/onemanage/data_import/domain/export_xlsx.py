"""Rows into one sheet of a workbook, written as they come. Pure: values and a path.

Text is always written as text, so nothing in it is ever a formula. A column with a
value that a cell cannot hold exactly (more than 15 digits, days before March 1900,
parts of a millisecond, a time zone) is text throughout: so it reads back as one type.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
_MILLISECOND, _SECOND = 1000, 1_000_000


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


@dataclass(slots=True)
class CellLook:
    """How the values of a column look in cells, once all have been seen."""

    endless: bool = False
    """Numbers have the digits that they need, and no more."""
    exact: bool = True
    """Cells that are no text hold all of them."""
    parts: bool = False
    """Some have parts of a second."""

    def see(self, values: pa.Array) -> None:
        """Take the next values of the column into account."""
        self.exact = self.exact and holds_exactly(values)
        timed = pa.types.is_timestamp(values.type) or pa.types.is_time(values.type)
        self.parts = self.parts or (timed and not _whole(values, _SECOND))


def _within(values: pa.Array, limit: int | Decimal) -> bool:
    found = pc.min_max(values).as_py()
    return bool(-limit < found["min"] and found["max"] < limit)


def _whole(values: pa.Array, unit: int = _MILLISECOND) -> bool:
    """Whether all of them are whole milliseconds, or other units."""
    ticks = values.drop_null().cast(pa.int64())
    whole = pc.multiply(pc.divide(ticks, unit), unit)
    return bool(pc.all(pc.equal(ticks, whole)).as_py())


@contextmanager
def open_xlsx(
    target: Path, columns: Sequence[DatasetColumn], looks: Sequence[CellLook]
) -> Iterator["Sheet"]:
    """A workbook with one sheet whose header is written. Columns that are not exact
    are text."""
    options = {"constant_memory": True, "tmpdir": str(target.parent)}
    with Workbook(str(target), options) as book:
        yield Sheet(book, columns, looks)


class _Double(float):
    """A number whose digits are all written: xlsxwriter asks for 16, some need 17."""

    def __format__(self, _: str) -> str:
        return repr(self)


class Sheet:
    def __init__(
        self, book: Any, columns: Sequence[DatasetColumn], looks: Sequence[CellLook]
    ) -> None:
        self._sheet = book.add_worksheet("Data")
        self._formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "time": book.add_format({"num_format": "hh:mm:ss"}),
        }
        self._with_parts = {
            "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"}),
            "time": book.add_format({"num_format": "hh:mm:ss.000"}),
        }
        self._looks = looks
        self._names = [column.name for column in columns]
        self._puts = [
            self._put(column, look) if look.exact else self._text
            for column, look in zip(columns, looks, strict=True)
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

    def _put(
        self, column: DatasetColumn, look: CellLook
    ) -> Callable[[int, int, Any], None]:
        sheet = self._sheet
        if column.type == "boolean":
            return lambda row, at, value: sheet.write_boolean(row, at, value)
        if column.type in ("bigint", "numeric", "double"):
            return lambda row, at, value: sheet.write_number(row, at, _Double(value))
        formats = self._formats | (self._with_parts if look.parts else {})
        style = formats.get(column.type)
        if style is None:
            return self._text
        return lambda row, at, value: sheet.write_datetime(row, at, value, style)

    def _text(self, row: int, at: int, value: Any) -> None:
        text = _shown(value, self._looks[at].endless)
        if len(text.encode("utf-16-le")) // 2 > _MAX_CHARACTERS:
            message = (
                f"A cell of XLSX holds {_MAX_CHARACTERS:,} characters, and this value "
                f"has {len(text):,}. Leave the column out, or export CSV or Parquet."
            )
            place = f"row {row}, column {self._names[at]}"
            raise InvalidExport("export.value_too_long", message, place)
        self._sheet.write_string(row, at, text)


def shown_decimal(value: Decimal, endless: bool) -> str:
    """With the digits of the column; where it has no scale, with those of the value."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if endless and "." in text else text


def _shown(value: Any, endless: bool) -> str:
    """As CSV has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return shown_decimal(value, endless)
    if isinstance(value, float) and not isfinite(value):
        return "NaN" if isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    return str(value)
