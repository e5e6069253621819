"""Parquet and Arrow IPC into batches.

What is typed stays typed; what PostgreSQL has no column for (lists, structs, maps)
becomes JSON text, bytes become hexadecimal text as PostgreSQL writes them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
import pyarrow.parquet as parquet  # type: ignore[import-untyped]  # as above

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.domain.batch import Batch
from onemanage.data_import.domain.casting.interval_text import clock
from onemanage.data_import.domain.errors import (
    Damaged,
    Encrypted,
    TooLarge,
    WrongPlan,
    check_columns,
)
from onemanage.data_import.domain.reading.archive import check_ratio

ROWS = 50_000
_ENCRYPTED = ("Could not read encrypted metadata", "Cannot decrypt ColumnMetadata")
"""How pyarrow's messages begin, which have no code; names of columns come later."""
FREE_ROWS = 10_000_000
ROWS_FOR_A_BYTE = 100
"""Beyond FREE_ROWS. A column of one value takes next to nothing in such files, however
many rows are declared, and each of them would be a row of PostgreSQL."""


def read_parquet(path: Path, table: TablePlan) -> Iterator[Batch]:
    """Batches of typed columns by position. Raises InvalidSource."""
    with _damage("Parquet"), parquet.ParquetFile(path, memory_map=True) as file:
        _check_footer(path, file.metadata)
        yield from _batches(file.iter_batches(batch_size=ROWS), table)


def read_arrow(path: Path, table: TablePlan) -> Iterator[Batch]:
    """The same of Arrow IPC, a file or a stream. Raises InvalidSource."""
    with _damage("Arrow"), pa.memory_map(str(path)) as source:
        yield from _batches(_counted(path, _record_batches(source)), table)


def schema_of(path: Path, format: str) -> Any:
    """The pyarrow schema of a Parquet or Arrow file."""
    with _damage(format.title()):
        if format == "parquet":
            return parquet.read_schema(path, memory_map=True)
        with pa.memory_map(str(path)) as source:
            return _opened(source).schema


def _check_footer(path: Path, footer: Any) -> None:
    """Raises TooLarge for a file that declares more than its bytes can reasonably be."""
    _check_rows(path, footer.num_rows)
    groups = (footer.row_group(at) for at in range(footer.num_row_groups))
    size = path.stat().st_size
    check_ratio(size, sum(group.total_byte_size for group in groups), None)


def _counted(path: Path, batches: Iterator[Any]) -> Iterator[Any]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        _check_rows(path, rows)
        yield batch


def _check_rows(path: Path, rows: int) -> None:
    size = path.stat().st_size
    if rows > max(FREE_ROWS, ROWS_FOR_A_BYTE * size):
        raise TooLarge(
            "data_import.bomb",
            f"{size:,} bytes declare {rows:,} rows; at most {FREE_ROWS:,}, or "
            f"{ROWS_FOR_A_BYTE:,} for each byte, are read. Split the file.",
        )


class _damage:
    """pyarrow's errors as ours; those of the caller go through."""

    def __init__(self, format: str) -> None:
        self._format = format

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if not isinstance(error, pa.ArrowException | OSError | EOFError):
            return
        text = " ".join(str(error).split())[:200].rstrip(".")
        if text.startswith(_ENCRYPTED):
            raise Encrypted(
                "data_import.encrypted",
                f"The {self._format} file is encrypted. Upload it without encryption.",
            ) from error
        raise Damaged(
            "data_import.damaged",
            f"The {self._format} file is damaged or was cut off. Write it again and "
            f"upload it whole. Reason: {text}.",
        ) from error


def _opened(source: Any) -> Any:
    head = source.read(6)
    source.seek(0)
    return pa.ipc.open_file(source) if head == b"ARROW1" else pa.ipc.open_stream(source)


def _record_batches(source: Any) -> Iterator[Any]:
    reader = _opened(source)
    if isinstance(reader, pa.RecordBatchFileReader):
        for at in range(reader.num_record_batches):
            yield reader.get_batch(at)
    else:
        yield from reader


def _batches(found: Iterator[Any], table: TablePlan) -> Iterator[Batch]:
    wanted = [one.position for one in table.columns if one.include]
    check_columns(max(wanted, default=0))
    row = 1
    for whole in found:
        if max(wanted, default=0) > whole.num_columns:
            raise WrongPlan(
                "data_import.no_such_part",
                f"The plan has {max(wanted)} columns, the file {whole.num_columns}. "
                "Plan the file again.",
            )
        for start in range(0, whole.num_rows, ROWS):
            part = whole.slice(start, ROWS)
            frame = pl.DataFrame({str(at): plain(part.column(at - 1)) for at in wanted})
            lines = pl.int_range(row, row + part.num_rows, eager=True).alias("line")
            row += part.num_rows
            yield Batch(frame, lines, [])


def is_nested(type_: Any) -> bool:
    """Whether values of this pyarrow type hold others: lists, structs, maps."""
    return bool(pa.types.is_nested(type_))


def plain(values: Any) -> pl.Series:
    """An Arrow array as a Series of a type that columns can have."""
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    type_ = values.type
    if pa.types.is_dictionary(type_):
        values = values.cast(type_.value_type)
        type_ = values.type
    if is_nested(type_):
        return pl.Series([_json(one) for one in values.to_pylist()], dtype=pl.String)
    if _is_binary(type_):
        return _hexadecimal(values)
    if pa.types.is_null(type_):
        return pl.Series([None] * len(values), dtype=pl.String)
    if pa.types.is_decimal256(type_):
        values = values.cast(pa.string())
    if pa.types.is_float16(type_):
        values = values.cast(pa.float32())
    if pa.types.is_timestamp(type_) and type_.tz is not None:
        # A moment is the same in every zone, and polars does not know them all: of
        # offsets only those that are whole hours.
        values = values.cast(pa.timestamp(type_.unit, "UTC"))
    if pa.types.is_interval(type_):
        return pl.Series(map(_interval, values.to_pylist()), dtype=pl.String)
    made = pl.from_arrow(values)
    assert isinstance(made, pl.Series)
    return made


def _interval(value: Any) -> str | None:
    """Months, days and the time, which polars has no type for."""
    if value is None:
        return None
    seconds, part = divmod(abs(value.nanoseconds), 10**9)
    time = f"{'-' * (value.nanoseconds < 0)}{clock(seconds * 10**6)}"
    time += f".{part:09}".rstrip("0") * bool(part)
    parts = [f"{value.months} mons"] * bool(value.months)
    parts += [f"{value.days} days"] * bool(value.days)
    return " ".join([*parts, time])


def _is_binary(type_: Any) -> bool:
    return bool(
        pa.types.is_binary(type_)
        or pa.types.is_large_binary(type_)
        or pa.types.is_fixed_size_binary(type_)
        or pa.types.is_binary_view(type_)
    )


def _hexadecimal(values: Any) -> pl.Series:
    made = [None if one is None else f"\\x{one.hex()}" for one in values.to_pylist()]
    return pl.Series(made, dtype=pl.String)


def _json(value: object) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, default=_in_json)


def _in_json(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
