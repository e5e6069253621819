"""Tables as imports leave them, with the values that are easily lost."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from onemanage.contracts.base import new_id, utc_now
from onemanage.data_import.datasets.datasets import Datasets, Pool, open_pool
from onemanage.data_import.datasets.exports import Exports
from onemanage.data_import.datasets.snapshots import Snapshots
from onemanage.data_import.datasets.store import MadeStore
from onemanage.data_import.imports.loading import Loader
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Jobs
from onemanage.platform.storage.storage import Storage
from onemanage.testing.sandboxes import shared_sandbox

WORKSPACE = "wsp_1"
STRANGER = "wsp_2"
COLUMNS = {
    "名称": "text",
    "sold": "boolean",
    "count": "bigint",
    "price": "numeric(12,4)",
    "exact": "numeric",
    "weight": "double precision",
    "day": "date",
    "hour": "time",
    "seen": "timestamp",
    "sent": "timestamptz",
    "span": "interval",
}
ROWS: tuple[tuple[str | None, ...], ...] = (
    (
        *("中文 “引号”", "true", "9223372036854775807", "12.5000", "0.10"),
        *("0.1", "0001-01-01", "23:59:59.123456"),
        *("0001-01-01 00:00:00", "9999-12-31 23:59:59.999999+00"),
        "-178:00:00.5",
    ),
    (
        *("", "false", "-5", "-0.0001", "123456789012345678.123456789"),
        *("NaN", "9999-12-31", "00:00:00"),
        *("2024-02-29 12:30:15.25", "1969-12-31 23:59:59+00"),
        "1 mon -2 days 03:00:00",
    ),
    (None,) * 11,
    (
        *('a "q",\nline two\r\nand three', "true", "0", "0.0000", "5"),
        *("-1.7976931348623157e+308", "2024-02-29", "12:00:00"),
        *("2024-02-29 12:30:15", "2024-02-29 12:30:15+00"),
        "25:30:00",
    ),
    (
        *("=1+1", "false", "42", "9999.9999", "-7.5"),
        *("0.30000000000000004", "1900-02-28", "12:00:00.5"),
        *("1899-12-31 00:00:00", "2024-02-29 12:30:15.000001+00"),
        "00:00:00",
    ),
    (
        *("\\.", "false", "42", "1.0000", "1"),
        *("1e-300", "1970-01-01", "01:02:03"),
        *("2024-02-29 12:30:15.000001", "2000-01-01 00:00:00+00"),
        "10 years",
    ),
)


class World(msgspec.Struct, frozen=True):
    """The parts of the service that data sets need, on real servers."""

    pool: Pool
    datasets: Datasets
    made: MadeStore
    snapshots: Snapshots
    exports: Exports
    storage: Storage
    loader: Loader

    async def table(
        self,
        name: str = "orders",
        columns: dict[str, str] | None = None,
        rows: Sequence[Sequence[str | None]] = ROWS,
        workspace_id: str = WORKSPACE,
    ) -> str:
        """The id of a data set with these rows, given as texts."""
        columns = COLUMNS if columns is None else columns
        schema = f"ws_{workspace_id}"
        table = f'"{schema}"."{name}"'
        described = "".join(f", {_quoted(n)} {kind}" for n, kind in columns.items())
        dataset_id = new_id("dst")
        async with self.pool.acquire() as connection:
            await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            await connection.execute(
                f"CREATE TABLE {table} (_id bigint PRIMARY KEY{described})"
            )
            await connection.execute(
                "INSERT INTO data_import.datasets VALUES "
                "($1, $2, $3, $4, $3, $5, $6, $7, $7, 'imp_1')",
                *(dataset_id, workspace_id, name, schema, len(rows)),
                *(len(rows) + 1, utc_now()),
            )
        await self.add(name, columns, rows, workspace_id=workspace_id)
        return dataset_id

    async def add(
        self,
        name: str,
        columns: dict[str, str],
        rows: Sequence[Sequence[str | None]],
        *,
        workspace_id: str = WORKSPACE,
        first_id: int = 1,
    ) -> None:
        values = ", ".join(
            f"${number}::text::{kind}"
            for number, kind in enumerate(columns.values(), 2)
        )
        sql = (
            f'INSERT INTO "ws_{workspace_id}"."{name}" '
            f"VALUES ({', '.join(filter(None, ['$1', values]))})"
        )
        numbered = [(first_id + at, *row) for at, row in enumerate(rows)]
        async with self.pool.acquire() as connection:
            await connection.executemany(sql, numbered)

    async def execute(self, sql: str) -> None:
        await self.pool.execute(sql)

    async def value(self, sql: str, *args: Any) -> Any:
        return await self.pool.fetchval(sql, *args)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@asynccontextmanager
async def open_world(url: str, storage: Storage) -> AsyncIterator[World]:
    async with (
        open_sessions(url) as sessions,
        open_pool(url) as pool,
        shared_sandbox("onemanage.data_import.domain") as sandbox,
    ):
        datasets, made = Datasets(pool), MadeStore(sessions)
        words = Words("export", "Writing the file", "ask for fewer rows or columns")
        jobs = Jobs(storage, sandbox, words, seconds=60)
        yield World(
            pool,
            datasets,
            made,
            Snapshots(jobs, datasets, made),
            Exports(jobs, datasets, made),
            storage,
            Loader(url, sandbox, seconds=60),
        )
