"""Delimited text into batches of String columns, in constant memory.

Rows are cut by `rows`, so that line numbers are exact and no quote swallows a file;
fields are cut by pyarrow, a block at a time.
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.csv as arrow_csv  # type: ignore[import-untyped]  # as above
from numpy.typing import NDArray

from onemanage.contracts.imports.plans import Dialect, Reject, TablePlan
from onemanage.data_import.domain.batch import Batch, raw_rows, shown
from onemanage.data_import.domain.errors import check_columns
from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.decode import is_utf8, utf8_blocks
from onemanage.data_import.domain.reading.loose_rows import splitter_of
from onemanage.data_import.domain.reading.row_ends import RowEnds
from onemanage.data_import.domain.rows import BadRow, Chunk

_MESSAGES = {
    "text_after_quote": "Text follows the quote that closes a field. Double the quotes "
    "within a quoted field.",
    "unterminated_quote": "A quote opens here and is not closed as it should be. The "
    "rows after it were read all the same.",
    "bad_encoding": "Bytes of this row are not of the encoding that the plan names.",
}


def read_csv(path: Path, table: TablePlan) -> Iterator[Batch]:
    """Batches of about 4 MiB. Raises InvalidSource subclasses, at any batch."""
    with open_bytes(path, table.member) as stream:
        blocks = utf8_blocks(stream, table.dialect.encoding)
        yield from read_blocks(blocks, table)


def read_blocks(blocks: Iterable[bytes], table: TablePlan) -> Iterator[Batch]:
    """As `read_csv`, of UTF-8 that is there already."""
    dialect = table.dialect
    parser = _Parser(table)
    for chunk in splitter_of(dialect).split(blocks):
        kept = _after_header(chunk, dialect.header_row)
        if kept.lines.size or kept.bad:
            yield parser.parse(kept)


class _Parser:
    def __init__(self, table: TablePlan) -> None:
        self._width = max((column.position for column in table.columns), default=0)
        check_columns(self._width, table.member)
        self._dialect = table.dialect
        names = [str(position) for position in range(1, self._width + 1)]
        self._wanted = [str(one.position) for one in table.columns if one.include]
        self._names = names
        self._ends = RowEnds(table.dialect, self._width)
        self._convert = arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            include_columns=self._wanted,
            check_utf8=False,  # it was, so that pyarrow may show any row
            null_values=[""],
            strings_can_be_null=table.dialect.unquoted_empty_is_null,
            quoted_strings_can_be_null=False,
        )

    def parse(self, chunk: Chunk) -> Batch:
        if not is_utf8(chunk.data):
            chunk = _without_bad_bytes(chunk)
        table, invalid = self._table(chunk)
        evened = self._ends.evened(chunk, invalid) if invalid else None
        if evened is not None:
            chunk = evened.chunk
            table, invalid = self._table(chunk)
        numbers = np.array([row.number - 1 for row in invalid], np.int64)
        lines = np.delete(chunk.lines, numbers)
        if len(lines) != table.num_rows:
            raise AssertionError(f"{len(lines)} lines of {table.num_rows} rows")
        ragged = [(_ragged(int(chunk.lines[one.number - 1]), one)) for one in invalid]
        rejects = [_bad_row(one) for one in chunk.bad] + ragged
        # Bad quoting is kept as it stands, so that the rejects show it.
        raw = [
            one.raw.decode("utf-8", "replace").split(self._dialect.delimiter)
            for one in chunk.bad
        ]
        raw += [split_fields(row.text, self._dialect) for row in invalid]
        order = sorted(range(len(rejects)), key=lambda at: rejects[at].line)
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return Batch(
            frame,
            pl.Series("line", lines, pl.Int64),
            [rejects[at] for at in order],
            raw_rows([raw[at] for at in order]),
            evened.filled if evened else (),
            evened.trimmed if evened else (),
        )

    def _table(self, chunk: Chunk) -> tuple[pa.Table, list[Any]]:
        """The fields, and what pyarrow says of rows with another number of them."""
        invalid: list[Any] = []
        if not chunk.lines.size:
            schema = pa.schema([(name, pa.string()) for name in self._wanted])
            return schema.empty_table(), invalid

        def skip(row: Any) -> str:
            invalid.append(row)
            return "skip"

        table = arrow_csv.read_csv(
            pa.py_buffer(chunk.data),
            arrow_csv.ReadOptions(
                use_threads=False,
                block_size=len(chunk.data) + 1,
                column_names=self._names,
            ),
            arrow_csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                quote_char=self._dialect.quote or False,
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            self._convert,
        )
        return table, invalid


def split_fields(text: str, dialect: Dialect) -> list[str]:
    """The fields of one row, leniently: a quote that is out of place is kept."""
    limit = csv.field_size_limit(len(text) + 1)
    try:
        rows = csv.reader(
            [text],
            delimiter=dialect.delimiter,
            quotechar=dialect.quote,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        )
        return next(rows, [])
    finally:
        csv.field_size_limit(limit)


def _ragged(line: int, row: Any) -> Reject:
    many = row.actual_columns > row.expected_columns
    message = f"{row.actual_columns} fields instead of {row.expected_columns}."
    newlines = row.text.count("\n")
    if newlines:
        message += (
            f" The row goes on to line {line + newlines}; a quote may not be closed."
        )
    return Reject(
        line=line,
        column=None,
        value=shown(row.text),
        reason="too_many_fields" if many else "too_few_fields",
        message=message,
    )


def _bad_row(row: BadRow) -> Reject:
    return Reject(
        line=row.line,
        column=None,
        value=shown(row.raw.decode("utf-8", "replace")),
        reason=row.reason,
        message=_MESSAGES[row.reason],
    )


def _after_header(chunk: Chunk, header_row: int | None) -> Chunk:
    """The chunk without the rows that begin at the header's line or above it."""
    if header_row is None:
        return chunk
    bad = [one for one in chunk.bad if one.line > header_row]
    skipped = int(np.searchsorted(chunk.lines, header_row, side="right"))
    return _from(chunk, skipped)._replace(bad=bad)


def _from(chunk: Chunk, row: int) -> Chunk:
    if not row:
        return chunk
    if row >= chunk.starts.size:
        return Chunk(b"", chunk.lines[row:], chunk.starts[row:], chunk.bad)
    start = int(chunk.starts[row])
    starts = chunk.starts[row:] - start
    return Chunk(chunk.data[start:], chunk.lines[row:], starts, chunk.bad)


def _without_bad_bytes(chunk: Chunk) -> Chunk:
    """Rows with bytes that are no UTF-8 go from ``data`` to ``bad``."""
    good: list[bytes] = []
    keep = np.ones(chunk.lines.size, bool)
    bad = list(chunk.bad)
    bounds = np.append(chunk.starts, len(chunk.data)).tolist()
    for row, (start, end) in enumerate(pairwise(bounds)):
        raw = chunk.data[start:end]
        try:
            raw.decode()
        except UnicodeDecodeError:
            keep[row] = False
            line = int(chunk.lines[row])
            bad.append(BadRow(line, raw.rstrip(b"\r\n"), "bad_encoding"))
        else:
            good.append(raw)
    starts = np.cumsum([0, *map(len, good)])[:-1]
    return Chunk(b"".join(good), chunk.lines[keep], starts, bad)
