"""What tests of source databases run in a child, and servers that misbehave."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from onemanage.contracts.imports.plans import TablePlan
from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.forwarder import Patience
from onemanage.data_import.sources.opened import Opened
from onemanage.data_import.sources.reader import read_arrow
from onemanage.data_import.sources.reading import read_database
from onemanage.data_import.sources.service import PRELOAD, Databases
from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.process.sealing import seal
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.sandboxes import shared_sandbox

KEY = base64.b64encode(bytes(range(32))).decode()
WORKSPACE = "ws_1"
LOOPBACK = parse_networks("127.0.0.0/8, ::1")
_MEMORY = 4 << 30


def source_at(url: str, **others: Any) -> DatabaseSource:
    """The fields of ``kind://user:password@host:port/database``."""
    parts = urlsplit(url)
    fields: dict[str, Any] = {
        "kind": parts.scheme,
        "host": parts.hostname or "",
        "port": parts.port or 0,
        "database": parts.path[1:],
        "user": unquote(parts.username or ""),
        "sealed_password": seal(KEY, unquote(parts.password or ""), WORKSPACE),
    }
    return DatabaseSource(**(fields | others))


@asynccontextmanager
async def child() -> AsyncIterator[Sandbox]:
    async with shared_sandbox(
        "onemanage.data_import.domain", memory_limit=_MEMORY, also=PRELOAD
    ) as sandbox:
        await sandbox.warm()
        yield sandbox


def databases(sandbox: Sandbox, **others: Any) -> Databases:
    return Databases(sandbox, KEY, LOOPBACK, **others)


IMPATIENT = Patience(connect=2.0, silence=1.0)


async def rows_of(
    sandbox: Sandbox, source: DatabaseSource, table: TablePlan | None = None
) -> list[dict[str, Any]]:
    """All rows by position, as an import reads them."""
    all_of_them = databases(sandbox)
    if table is None:
        (table,) = (await all_of_them.plan(source, WORKSPACE)).tables
    async with all_of_them.open(source, WORKSPACE) as opened:
        return await sandbox.run(collected, opened, table, timeout=60, **reach(opened))


def reach(opened: Opened) -> dict[str, Any]:
    """What a child that reads it needs, as ``Sandbox.run`` takes it."""
    return {"folders": [opened.folder], "port": opened.end.port}


def collected(opened: Opened, table: TablePlan) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for batch in read_database(opened, table):
        assert batch.lines.to_list() == list(
            range(len(rows) + 1, len(rows) + batch.frame.height + 1)
        )
        rows += batch.frame.to_dicts()
    return rows


def counted(opened: Opened, table: TablePlan) -> int:
    return sum(batch.frame.height for batch in read_database(opened, table))


def read_whole(opened: Opened, sql: str) -> int:
    """Rows of a statement that goes to the reader as it is."""
    return sum(batch.num_rows for batch in read_arrow(opened, sql))


def idle_after_one_batch(
    opened: Opened, table: TablePlan, report: Callable[[int], None]
) -> int:
    """Reports the first batch's rows, and takes no other until two seconds later."""
    batches = read_database(opened, table)
    height = next(batches).frame.height
    report(height)
    time.sleep(2)
    return height + sum(batch.frame.height for batch in batches)


type Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    """A server of this machine; gives its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except OSError:
            pass  # the other side went first

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(each(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: writer.close())

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for _ in range(5):  # who was accepted at that moment has begun by then
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Passage:
    """Passes bytes on to a database, up to a number of those that come back."""

    def __init__(self, port: int, most: int | None = None) -> None:
        self._port, self._most = port, most
        self.passed = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, to_database = await asyncio.open_connection("127.0.0.1", self._port)
        up = asyncio.create_task(self._up(reader, to_database))
        try:
            while chunk := await there.read(1 << 16):
                self.passed += len(chunk)
                if self._most is not None and self.passed > self._most:
                    return
                writer.write(chunk)
                await writer.drain()
        finally:
            up.cancel()
            to_database.close()

    async def _up(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(1 << 16):
            writer.write(chunk)
            await writer.drain()
