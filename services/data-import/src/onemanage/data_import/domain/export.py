"""A data set as a file: Parquet, Arrow IPC or XLSX, from PostgreSQL's own CSV.

Pure: paths in, paths out, in a child of the sandbox. The CSV that PostgreSQL copies
out of a table is read in blocks with the types of its columns, so nothing is guessed
and memory does not grow with the table. ``select_sql`` of export_format.py makes the
texts that this reader, and any other, takes without loss.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
from pyarrow import csv, ipc, parquet

from onemanage.contracts.datasets.datasets import DatasetColumn
from onemanage.data_import.domain.export_format import decimal_digits
from onemanage.data_import.domain.export_xlsx import CellLook, open_xlsx

type Report = Callable[[int], None]

_BLOCK = 4 << 20
_MAX_BLOCK = 1 << 29
_TOO_LONG = "straddling object straddles two block boundaries"
"""How pyarrow's message begins, which has no code."""
_GROUP_ROWS = 131_072
_GROUP_BYTES = 32 << 20
_ARROW = {
    "boolean": pa.bool_(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
}


class Writer(Protocol):
    """A file of one format that is open for writing."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Raises InvalidExport for what the format cannot hold."""


def arrow_type(column: DatasetColumn) -> pa.DataType:
    """The nearest one; text for numbers of any or of more than 38 digits."""
    digits = decimal_digits(column)
    if digits is not None:
        return pa.decimal128(*digits)
    return _ARROW.get(column.type, pa.string())


def arrow_schema(columns: Sequence[DatasetColumn]) -> pa.Schema:
    """One nullable field for each column, in their order."""
    return pa.schema([(column.name, arrow_type(column)) for column in columns])


def write_table(
    source: Path,
    target: Path,
    kind: str,
    columns: Sequence[DatasetColumn],
    endless: Collection[str],
    report: Report,
) -> int:
    """Write ``source``, PostgreSQL's CSV without a header, as ``kind``; its rows.

    ``endless`` names numerics without a scale of their own, which ``columns`` may give
    them. Reports the rows done. Raises InvalidExport for what the format cannot hold.
    """
    block = _BLOCK
    while True:
        try:
            return _write(source, target, kind, columns, endless, block, report)
        except pa.ArrowInvalid as error:
            # A row has to fit into a block; how long the longest is nobody knows.
            if not str(error).startswith(_TOO_LONG) or block >= _MAX_BLOCK:
                raise
            block *= 8


def _write(
    source: Path,
    target: Path,
    kind: str,
    columns: Sequence[DatasetColumn],
    endless: Collection[str],
    block: int,
    report: Report,
) -> int:
    looks = [CellLook(endless=column.name in endless) for column in columns]
    if kind == "xlsx":
        for batch in _read(source, columns, block):
            for look, column in zip(looks, batch.columns, strict=True):
                look.see(column)
    done = 0
    with _open(target, kind, columns, looks) as writer:
        for batch in _groups(_read(source, columns, block)):
            writer.write(batch)
            done += batch.num_rows
            report(done)
    return done


@contextmanager
def _open(
    target: Path,
    kind: str,
    columns: Sequence[DatasetColumn],
    looks: Sequence[CellLook],
) -> Iterator[Writer]:
    schema = arrow_schema(columns)
    if kind == "parquet":
        with parquet.ParquetWriter(target, schema, compression="zstd") as groups:
            yield _Groups(groups)
    elif kind == "arrow":
        with ipc.new_file(target, schema) as batches:
            yield batches
    else:
        with open_xlsx(target, columns, looks) as sheet:
            yield sheet


class _Groups:
    """A row group for each batch."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch, row_group_size=batch.num_rows or 1)


def _read(
    source: Path, columns: Sequence[DatasetColumn], block: int
) -> Iterator[pa.RecordBatch]:
    schema = arrow_schema(columns)
    if not columns or not source.stat().st_size:
        return
    # Under numbers, as a name may be anything.
    names = [str(number) for number in range(len(columns))]
    reader = csv.open_csv(
        source,
        csv.ReadOptions(column_names=names, block_size=block, use_threads=False),
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict(zip(names, schema.types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["true"],
            false_values=["false"],
        ),
    )
    with closing(reader):
        for batch in reader:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Joined to what is worth a row group."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield _joined(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield _joined(waiting)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)
