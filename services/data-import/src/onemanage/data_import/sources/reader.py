"""ConnectorX, held by the reins: in a child of the sandbox, at the relay's end.

What it raises is half RuntimeError, half a panic, which is no Exception. Here both become
SourceFailed, and the stack that a panic writes is not written.
"""

import ctypes
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import connectorx
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from onemanage.contracts.data_import_plan import DatabaseSource
from onemanage.data_import.sources import kinds
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.relay import Demand, RelayEnd

_BATCH_ROWS = 20_000
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_OUTER = re.compile(r"^(?:[A-Z]\w*(?:\(| \{ ))+|^(?:cx writer failed|db error): ")
_CAUSES = (
    ("not implemented|Could not retrieve|panicked|decimal", "database.unreadable"),
    ("read.only|25006|25001", "database.read_only"),
    (
        "statement timeout|max_statement_time|maximum statement execution|57014",
        "database.too_slow",
    ),
    (
        "password authentication|Access denied|Login failed|1045|1044|28P01|28000"
        "|pg_hba|Unknown database|database .* does not exist|secure connection|tls",
        "database.access_denied",
    ),
    (
        "connection closed|unexpected end of file|Connection reset|broken pipe"
        "|UnexpectedEof|server disconnected|terminating connection|timed out waiting"
        "|error communicating|IoError|early eof|kind: Io|kind: Closed|bytes remaining",
        "database.broke_off",
    ),
)
_ADVICE = {
    "database.unreadable": (
        "The reader does not know a type or value of the query. Cast the column to text"
        " in the query, or pick the table, where that is done for you."
    ),
    "database.read_only": (
        "The query tried to change something. Only reading is allowed."
    ),
    "database.too_slow": (
        "The statement took longer than it may. Read less of the table, or add an index."
    ),
    "database.access_denied": ("The database refuses user, password, database or TLS."),
    "database.broke_off": "The database ended the connection before the last row.",
    "database.query_failed": "The database refused the query.",
}
_M_ARENA_MAX = -8
"""Of mallopt(3)."""
_SHOWN = 300
"""Characters of what the database itself says."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A database within reach: what a child needs to read it. Never to be stored."""

    source: DatabaseSource
    password: str = field(repr=False)
    end: RelayEnd
    statement_seconds: float
    connect_seconds: float


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
            reader = _told(begin, opened)
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        rows = iter(reader)
        while True:
            with demand:
                batch = _told(following, opened)
            if batch is None:
                return
            if batch.num_rows:
                yield batch


def _told[R](function: Callable[[], R], opened: Opened) -> R:
    """The function's value. Raises SourceFailed for what ConnectorX makes of a fault."""
    try:
        return function()
    except RuntimeError as error:
        text = str(error)
    except (
        BaseException
    ) as error:  # a panic is no Exception, and has no importable type
        if type(error).__name__ != "PanicException":
            raise
        text = str(error)
    raise _failure(text, opened.password) from None


def _failure(text: str, password: str) -> SourceFailed:
    code = next(
        (code for words, code in _CAUSES if re.search(words, text, re.IGNORECASE)),
        "database.query_failed",
    )
    return SourceFailed(code, _ADVICE[code], _said(text, password))


def _said(text: str, password: str) -> str:
    """What the database itself says, out of Rust's way of writing an error."""
    found = _MESSAGE.search(text)
    if found is not None:
        text = found.group(1).replace('\\"', '"')
    else:
        while (inner := _OUTER.sub("", text)) != text:
            text = inner
        text = text.rstrip(" })")
    if password:
        text = text.replace(password, "…")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


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
