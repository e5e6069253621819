"""ConnectorX, held by the reins: in a child of the sandbox, at the forwarder's end.

What it raises is half RuntimeError, half a panic, which is no Exception. Here both become
SourceFailed, and the stack that a panic writes is not written.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import connectorx
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from onemanage.data_import.sources import causes, kinds, postgresql
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.forwarder import Demand
from onemanage.data_import.sources.opened import Opened

_BATCH_ROWS = 20_000
_M_ARENA_MAX = -8
"""Of mallopt(3)."""


def read_arrow(opened: Opened, sql: str) -> Iterator[pa.RecordBatch]:
    """The query's rows; first an empty batch that has its columns.

    The query is trusted to be quoted and in parentheses. Raises SourceFailed.
    """
    source = opened.source
    address = kinds.url(
        source, opened.password, opened.end.port, opened.statement_seconds
    )
    before = kinds.read_only(source.kind, opened.statement_seconds)
    demand = Demand(opened.end.demand_path)

    def begin() -> pa.RecordBatchReader:
        # The cursor protocol: COPY (query) would let a query end it and go on.
        protocol: Literal["cursor", "binary"]
        protocol = "cursor" if source.kind == "postgresql" else "binary"
        return connectorx.read_sql(
            address,
            sql,
            return_type="arrow_stream",
            protocol=protocol,
            batch_size=_BATCH_ROWS,
            pre_execution_query=before or None,
        )

    def following() -> pa.RecordBatch | None:
        return next(rows, None)

    # Every thread of ConnectorX's pools would reserve an arena of 64 MiB of the address
    # space that the child may have.
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    with _quiet():
        with demand:
            reader = _told(begin, opened, sql)
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        rows = iter(reader)
        while True:
            with demand:
                batch = _told(following, opened, sql)
            if batch is None:
                return
            if batch.num_rows:
                yield batch


def _told[R](function: Callable[[], R], opened: Opened, sql: str) -> R:
    """The function's value. Raises SourceFailed for what ConnectorX makes of a fault."""
    try:
        return function()
    except RuntimeError as error:
        text, panicked = str(error), False
    except (
        BaseException
    ) as error:  # a panic is no Exception, and has no importable type
        if type(error).__name__ != "PanicException":
            raise
        text, panicked = str(error), True
    raise _failure(text, panicked, opened, sql) from None


def _failure(text: str, panicked: bool, opened: Opened, sql: str) -> SourceFailed:
    """A panic that the database did not cause is about a type or a value."""
    said = causes.read(text)
    code = said.code
    if code is None and not panicked and opened.source.kind == "postgresql":
        # Of what it refuses beforehand its driver writes no SQLSTATE.
        try:
            postgresql.check(opened, sql)
        except SourceFailed as refusal:
            return refusal
    default = "database.unreadable" if panicked else "database.query_failed"
    return causes.failure(code or default, said.words, opened.password)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is written to stderr: Rust's report of a panic may hold a row's values."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
