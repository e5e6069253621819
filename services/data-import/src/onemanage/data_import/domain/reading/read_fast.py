"""Delimited text straight into the plan's types, where nothing speaks against it.

pyarrow parses fields and numbers in one go, at half the cost of text that is cast
afterwards. It takes a few spellings that `cast` refuses: those are looked for, and a
chunk that has one goes the long way, as does a column from its first bad value on.
So both ways give the same rows and the same rejects.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above
import pyarrow.csv as arrow_csv  # type: ignore[import-untyped]  # as above

from onemanage.contracts.imports.plans import ColumnPlan, TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.casting.cast_numbers import is_narrow
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.binary import arrow_type, is_encoded_here
from onemanage.data_import.domain.reading.decode import utf8_blocks
from onemanage.data_import.domain.reading.loose_rows import is_loose
from onemanage.data_import.domain.reading.read import read_table
from onemanage.data_import.domain.reading.read_csv import _after_header, _Parser
from onemanage.data_import.domain.rows import Chunk, Splitter

_COLUMN = re.compile(r"CSV column #(\d+)")
_TYPED = ("bigint", "double", "numeric", "boolean", "date", "time", "timestamp")
_EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = ((one - _EPOCH).days for one in (date.min, date.max))
_DAY = 86_400_000_000


class Ready(NamedTuple):
    """Rows that are typed already; the counterpart of a Batch."""

    table: pa.Table
    """Of the included columns under the table's names, null where bad."""
    reasons: dict[str, pl.Series]
    """As in CastBatch."""
    data: bytes
    """The rows as they were, one a line."""
    first_line: int
    nulled: dict[str, pl.Series] = {}
    """As in CastBatch."""

    def raw(self, bad: pl.Series, plan: TablePlan) -> tuple[pl.DataFrame, pl.Series]:
        """The bad rows as text, and their lines."""
        ends = np.flatnonzero(np.frombuffer(self.data, np.uint8) == 10)
        at = bad.arg_true().to_numpy()
        starts = np.concatenate(([0], ends[:-1] + 1))[at].tolist()
        rows = [
            self.data[start : end + 1]
            for start, end in zip(starts, ends[at].tolist(), strict=True)
        ]
        lines = at.astype(np.int64) + self.first_line
        chunk = Chunk(b"".join(rows), lines, np.cumsum([0, *map(len, rows)])[:-1], [])
        return _Parser(plan).parse(chunk).frame, pl.Series("line", lines)


def read_to_load(path: Path, table: TablePlan) -> Iterator[Batch | Ready]:
    """As `read_table`, but CSV is typed already as far as it goes."""
    texts = any(is_encoded_here(one) for one in table.columns if one.include)
    if table.format != "csv" or is_loose(table.dialect) or texts:
        yield from read_table(path, table)
        return
    reader = _Reader(table)
    with open_bytes(path, table.member) as stream:
        blocks = utf8_blocks(stream, table.dialect.encoding)
        for chunk in reader.splitter.split(blocks):
            made = reader.batch(chunk)
            if made is not None:
                yield made


class _Quick(NamedTuple):
    """Whole rows, of which nothing more is known than that they can be parsed."""

    data: bytes
    first_line: int
    rows: int
    """If each line is one."""


class _QuickSplitter(Splitter):
    """Looks for newlines only where it must."""

    def __init__(self, delimiter: str, quote: str | None, header_row: int) -> None:
        super().__init__(delimiter, quote)
        self._header_row = header_row

    def _cut(self, data: bytes, last: bool) -> tuple[Any, int]:
        used = data.rfind(b"\n") + 1
        if not used or self._line <= self._header_row or not self._plain(data, used):
            return super()._cut(data, last)
        whole = data if used == len(data) else data[:used]
        quick = _Quick(whole, self._line, _newlines(whole))
        self._line += quick.rows
        return quick, used

    def _plain(self, data: bytes, used: int) -> bool:
        if data.find(b"\r", 0, used) >= 0 or data.find(b"\0", 0, used) >= 0:
            return False
        if self._quote is None or data.find(self._quote, 0, used) < 0:
            return True
        array = np.frombuffer(data, np.uint8, used)
        return self._flawless(array, np.flatnonzero(array == self._quote), used)

    def in_full(self, quick: _Quick) -> Chunk:
        """The same rows, each with its line and its place."""
        line, self._line = self._line, quick.first_line
        chunk, _ = super()._cut(quick.data, True)
        self._line = line
        assert chunk is not None  # it has a row at least
        return chunk


class _Reader:
    def __init__(self, table: TablePlan) -> None:
        dialect = table.dialect
        self.splitter = _QuickSplitter(
            dialect.delimiter, dialect.quote, dialect.header_row or 0
        )
        self._table, self._dialect = table, dialect
        self._parser = _Parser(table)
        self._columns = [one for one in table.columns if one.include]
        width = max((one.position for one in table.columns), default=0)
        self._names = [str(position) for position in range(1, width + 1)]
        texts = [one for one in self._columns if not self._typed_by_arrow(one)]
        self._as_text = {one.position for one in texts}
        self._parse = arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            newlines_in_values=True,
        )

    def _typed_by_arrow(self, column: ColumnPlan) -> bool:
        return (
            column.type in _TYPED
            and (column.type != "numeric" or is_narrow(column))
            and column.format is None
            and column.trim
            and column.nulls == [""]
            and not self._dialect.decimal_comma
            and not self._dialect.unquoted_empty_is_null
        )

    def batch(self, chunk: Chunk | _Quick) -> Batch | Ready | None:
        if isinstance(chunk, _Quick):
            ready = self._ready(chunk)
            if ready is not None:
                return ready
            chunk = self.splitter.in_full(chunk)
        kept = _after_header(chunk, self._dialect.header_row)
        return self._parser.parse(kept) if kept.lines.size or kept.bad else None

    def _ready(self, quick: _Quick) -> Ready | None:
        """None where a row cannot be split, or a line is blank or part of a row."""
        try:
            table = self._parsed(quick)
        except pa.ArrowInvalid:  # a ragged row, or bytes that are no UTF-8
            return None
        if table is None or table.num_rows != quick.rows:
            return None
        if self._reads_hexadecimal(quick.data):
            return None
        columns: list[Any] = []
        reasons: dict[str, pl.Series] = {}
        nulled: dict[str, pl.Series] = {}
        for column in self._columns:
            values = table.column(str(column.position))
            if column.position in self._as_text:
                values, why, lost = self._cast(values, column)
                if why is not None:
                    reasons[column.name] = why
                if lost is not None:
                    nulled[column.name] = lost
            elif not _safe(values, column):
                self._as_text.add(column.position)
                return self._ready(quick)
            columns.append(values)
        names = [one.name for one in self._columns]
        made = pa.table(columns, names)
        return Ready(made, reasons, quick.data, quick.first_line, nulled)

    def _cast(
        self, values: Any, column: ColumnPlan
    ) -> tuple[Any, pl.Series | None, pl.Series | None]:
        """Values, reasons and what was made NULL, as in Cast."""
        if column.type == "text" and column.nulls in ([], [""]) and not column.required:
            if column.nulls:
                empty = pc.equal(pc.binary_length(values), 0)
                if pc.any(empty).as_py():
                    values = pc.if_else(empty, None, values)
            return values, None, None
        text = pl.from_arrow(values)
        assert isinstance(text, pl.Series)
        cast = cast_column(text, column, decimal_comma=self._dialect.decimal_comma)
        made = cast.values.to_arrow().cast(arrow_type(column))
        return made, cast.reasons, cast.nulled

    def _reads_hexadecimal(self, data: bytes) -> bool:
        """Whether 0x1F may stand where pyarrow reads whole numbers."""
        if all(one.type != "bigint" for one in self._columns):
            return False
        if b"x" not in data and b"X" not in data:  # which is found out faster
            return False
        array = np.frombuffer(data, np.uint8)
        after = np.flatnonzero((array | 0x20) == ord("x"))
        return bool((array[after - 1] == ord("0")).any())

    def _parsed(self, quick: _Quick) -> Any:
        """A column with a value that pyarrow cannot read is text from here on."""
        while True:
            try:
                return arrow_csv.read_csv(
                    pa.py_buffer(quick.data),
                    arrow_csv.ReadOptions(
                        use_threads=False,
                        block_size=len(quick.data) + 1,
                        column_names=self._names,
                    ),
                    self._parse,
                    self._convert(),
                )
            except pa.ArrowInvalid as error:
                found = _COLUMN.search(str(error))
                position = int(found.group(1)) + 1 if found else 0
                if not found or position in self._as_text:
                    raise
                self._as_text.add(position)

    def _convert(self) -> Any:
        types = {
            str(one.position): (
                pa.string() if one.position in self._as_text else arrow_type(one)
            )
            for one in self._columns
        }
        return arrow_csv.ConvertOptions(
            column_types=types,
            include_columns=[str(one.position) for one in self._columns],
            null_values=[""],
            strings_can_be_null=self._dialect.unquoted_empty_is_null,
            quoted_strings_can_be_null=not self._dialect.unquoted_empty_is_null,
        )


def _newlines(data: bytes) -> int:
    # Where they are as frequent as in a table this is faster than bytes.count.
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == 10))


def _safe(values: Any, column: ColumnPlan) -> bool:
    """Whether `cast` would have read the same out of the same text."""
    if column.required and values.null_count:
        return False
    match column.type:
        case "double":
            return bool(pc.all(pc.is_finite(values)).as_py() is not False)
        case "date" | "timestamp":
            unit = 1 if column.type == "date" else _DAY
            kind = pa.int32() if column.type == "date" else pa.int64()
            ends = pc.min_max(values.cast(kind)).as_py()
            if ends["min"] is None:
                return True
            first, last = _FIRST_DAY * unit, (_LAST_DAY + 1) * unit - 1
            return bool(first <= ends["min"] and ends["max"] <= last)
    return True
