"""Two ways to read a table of PostgreSQL into the same typed batches, in a child."""

import resource
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from onemanage.contracts.imports.plans import TablePlan
from onemanage.data_import.sources import kinds, statements
from onemanage.data_import.sources.describing import describe_columns
from onemanage.data_import.sources.forwarder import Demand
from onemanage.data_import.sources.kinds import SourceColumn
from onemanage.data_import.sources.opened import Opened
from onemanage.data_import.sources.reading import read_database

_BATCH_ROWS = 20_000
_TYPES = {"bigint": pl.Int64(), "double": pl.Float64(), "boolean": pl.Boolean()}


class Read(NamedTuple):
    """What one reading took."""

    rows: int
    seconds: float
    cpu_seconds: float
    megabytes: float
    """The most that the child ever held, above what it began with."""
    digest: int
    """Of all rows: the same where the same batches were read."""


def by_connectorx(opened: Opened, table: TablePlan) -> Read:
    """As an import does, with all that it asks of the catalogue first."""
    took = _Took()
    for batch in read_database(opened, table):
        took.add(batch.frame)
    return took.read()


def by_psycopg(opened: Opened, table: TablePlan, package: Path, binary: bool) -> Read:
    """The same statement by a cursor of the server; ``package`` is where psycopg is."""
    sys.path.insert(0, str(package))
    import psycopg  # type: ignore[import-not-found]  # the bench installs it

    took = _Took()
    found = {column.name: column for column in describe_columns(opened)}
    wanted = [(one.position, found[one.header]) for one in table.columns]
    settings = kinds.postgresql_settings(opened.statement_seconds)
    demand = Demand(opened.end.demand_path)
    with (
        psycopg.connect(
            host=kinds.LOOPBACK,
            port=opened.end.port,
            user=opened.source.user,
            password=opened.password,
            dbname=opened.source.database,
            options=" ".join(f"-c {name}={settings[name]}" for name in settings),
        ) as connection,
        connection.cursor(name="bench", binary=binary) as cursor,
    ):
        with demand:
            cursor.execute(statements.rows(opened.source, wanted, None))
        while rows := _next(cursor, demand):
            took.add(pl.DataFrame(rows, schema=_schema(wanted), orient="row"))
    return took.read()


def _next(cursor: Any, demand: Demand) -> list[tuple[Any, ...]]:
    with demand:
        rows: list[tuple[Any, ...]] = cursor.fetchmany(_BATCH_ROWS)
    return rows


def _schema(wanted: list[tuple[int, SourceColumn]]) -> dict[str, pl.DataType]:
    types = [kinds.reading("postgresql", column.type).type for _, column in wanted]
    return {
        str(position): _TYPES.get(type_, pl.String())
        for (position, _), type_ in zip(wanted, types, strict=True)
    }


class _Took:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._began, self._cpu, self._megabytes = time.monotonic(), _cpu(), _peak()
        self._rows = self._digest = 0

    def add(self, frame: pl.DataFrame) -> None:
        self._rows += frame.height
        self._digest += int(frame.hash_rows().sum()) + len(str(frame.schema))

    def read(self) -> Read:
        return Read(
            self._rows,
            time.monotonic() - self._began,
            _cpu() - self._cpu,
            _peak() - self._megabytes,
            self._digest % (1 << 32),
        )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
