"""SQLite files: read as a table each, never written, and never trusted.

The file is opened as immutable, so nothing beside it is looked for, and what its own
schema could run is limited to reading.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import polars as pl

from onemanage.contracts.imports.plans import Reject, TablePlan
from onemanage.data_import.domain.batch import Batch, raw_rows, shown
from onemanage.data_import.domain.errors import Damaged, NotATable, WrongPlan
from onemanage.data_import.domain.planning.names import quoted

_MAGIC = b"SQLite format 3\0"
_BATCH_ROWS = 20_000
_MAX_CELL = 64 << 20
"""Bytes."""
_VIRTUAL = re.compile(
    r"""\s*CREATE\s+VIRTUAL\s+TABLE\b.*?\bUSING\s+["'`\[]?(\w+)""",
    re.IGNORECASE | re.DOTALL,
)
_SHADOWS = (
    *("data", "idx", "content", "docsize", "config"),  # of FTS5
    *("segments", "segdir", "stat"),  # of FTS3 and FTS4
    *("node", "rowid", "parent"),  # of R*Tree
)
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}


class _NotText(NamedTuple):
    """Text of the file that is not UTF-8."""

    raw: bytes


def is_sqlite(path: Path) -> bool:
    """By the first bytes."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


class LeftOut(NamedTuple):
    """A table or view that is not read."""

    name: str
    why: str


def list_tables(path: Path) -> list[str]:
    """Names of the tables, then of the views, in the order of their making; virtual
    tables are none.

    Raises InvalidSource.
    """
    return _listed(path)[0]


def left_out(path: Path) -> list[LeftOut]:
    """Virtual tables, and views that cannot be read. Raises InvalidSource."""
    return _listed(path)[1]


def _listed(path: Path) -> tuple[list[str], list[LeftOut]]:
    with _opened(path) as connection:
        rows = connection.execute(
            "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, rowid"
        ).fetchall()
        rows = [row for row in rows if isinstance(row[0], str)]
        virtual = {
            name: found[1]
            for name, _, sql in rows
            if (found := _VIRTUAL.match(sql if isinstance(sql, str) else ""))
        }
        shadows = {f"{name}_{part}" for name in virtual for part in _SHADOWS}
        left = [LeftOut(name, _of_virtual(module)) for name, module in virtual.items()]
        names = []
        for name, kind, _ in rows:
            if name in virtual or name in shadows:
                continue
            why = _why_not(connection, name) if kind == "view" else None
            if why is None:
                names.append(name)
            else:
                left.append(LeftOut(name, f"The view cannot be read: {why}."))
    return names, left


def _of_virtual(module: str) -> str:
    return (
        f"It is a virtual table of {module}, which a program keeps for itself, and is "
        "not read. Neither are the tables that belong to it."
    )


def _why_not(connection: sqlite3.Connection, name: str) -> str | None:
    try:
        connection.execute(f"SELECT * FROM {quoted(name)} LIMIT 0")
    except sqlite3.Error as error:
        return str(error)[:200].rstrip(".")
    return None


def table_headers(path: Path, name: str) -> list[str]:
    """The columns of a table or view. Raises InvalidSource."""
    _check(path, name)
    with _opened(path) as connection:
        cursor = connection.execute(f"SELECT * FROM {quoted(name)} LIMIT 0")
        return [column[0] for column in cursor.description]


def read_sqlite(path: Path, table: TablePlan) -> Iterator[Batch]:
    """The rows of the table that ``sheet`` names, some 20,000 at a time, all as text.

    Integers and text are as they are, reals as the shortest text that means the same,
    blobs as hexadecimal digits. A row with text that is not UTF-8 is a reject. Lines
    are numbers of rows. Raises InvalidSource.
    """
    name = table.sheet or ""
    _check(path, name)
    places = [column.position - 1 for column in table.columns if column.include]
    first = 1
    with _opened(path) as connection:
        cursor = connection.execute(f"SELECT * FROM {quoted(name)}")
        width = len(cursor.description)
        if places and max(places) >= width:
            text = f"The table has {width} columns only. Plan the file again."
            raise WrongPlan("data_import.no_such_part", text, name)
        while rows := cursor.fetchmany(_BATCH_ROWS):
            yield _batch(rows, places, first)
            first += len(rows)


def _batch(rows: Sequence[tuple[object, ...]], places: list[int], first: int) -> Batch:
    rejects: list[Reject] = []
    rejected: list[list[str | None]] = []
    good: list[tuple[object, ...]] = []
    lines: list[int] = []
    for line, row in enumerate(rows, first):
        bad = next(
            (row[place] for place in places if type(row[place]) is _NotText), None
        )
        if bad is None:
            good.append(row)
            lines.append(line)
            continue
        rejected.append([_text(value) for value in row])
        rejects.append(
            Reject(
                line=line,
                column=None,
                value=shown(_text(bad) or ""),
                reason="not_utf8",
                message="A text of this row is not UTF-8.",
            )
        )
    frame = pl.DataFrame(
        {
            str(place + 1): pl.Series(
                [_text(row[place]) for row in good], dtype=pl.String
            )
            for place in places
        }
    )
    numbers = pl.Series("line", lines, dtype=pl.Int64)
    return Batch(frame, numbers, rejects, raw_rows(rejected))


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bytes():
            return value.hex().upper()
        case _NotText(raw):
            return raw.decode("utf-8", "backslashreplace")
        case _:  # an integer or a real
            return repr(value)


def _decoded(raw: bytes) -> str | _NotText:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _NotText(raw)


def _check(path: Path, name: str) -> None:
    if name not in list_tables(path):
        text = "The file has no such table. Plan the file again."
        raise WrongPlan("data_import.no_such_part", text, name[:80])


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not is_sqlite(path):
        raise NotATable(
            "data_import.not_a_table",
            "Not an SQLite database. Send one, or another table file.",
        )
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.set_authorizer(_authorize)
        connection.text_factory = _decoded
        yield connection
    except sqlite3.Error as error:
        text = (
            "The SQLite file cannot be read to its end; it is damaged or was cut off."
        )
        raise Damaged("data_import.damaged", text, str(error)[:200]) from None
    finally:
        connection.close()


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
