"""PostgreSQL connections, and all statements of a request as one transaction."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg
import msgspec

from onemanage.contracts.base import ListPlace
from onemanage.platform.process.figures import DATABASE_WAIT_SECONDS

type _Connections = asyncpg.Pool[asyncpg.Record]
type Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]


class _Joined(msgspec.Struct, frozen=True):
    connection: Connection
    task: asyncio.Task[Any] | None
    """What it starts meanwhile has connections of its own: one connection has one
    statement at a time, and is given back when the block ends."""


class Pool:
    """Every statement takes a connection of its own, but within ``joined``."""

    def __init__(self, pool: _Connections) -> None:
        self._pool = pool
        self._joined: ContextVar[_Joined | None] = ContextVar("joined", default=None)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection, until the block ends."""
        own = self._own()
        if own is not None:
            yield own
            return
        begun = time.monotonic()
        async with self._pool.acquire() as connection:
            DATABASE_WAIT_SECONDS.observe(time.monotonic() - begun)
            yield connection

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[Connection]:
        """Inside, all statements of this task are one transaction, whoever makes them:
        they are kept together when the block ends well, and seen by nobody before.
        """
        async with self.acquire() as connection, connection.transaction():
            token = self._joined.set(_Joined(connection, asyncio.current_task()))
            try:
                yield connection
            finally:
                self._joined.reset(token)

    async def fetch(
        self, query: str, *args: Any, timeout: float | None = None
    ) -> list[asyncpg.Record]:
        """All rows."""
        async with self.acquire() as connection:
            return await connection.fetch(query, *args, timeout=timeout)

    async def fetchrow(
        self, query: str, *args: Any, timeout: float | None = None
    ) -> asyncpg.Record | None:
        """The first row, or None."""
        async with self.acquire() as connection:
            return await connection.fetchrow(query, *args, timeout=timeout)

    async def fetchval(
        self, query: str, *args: Any, timeout: float | None = None
    ) -> Any:
        """The first column of the first row, or None."""
        async with self.acquire() as connection:
            return await connection.fetchval(query, *args, timeout=timeout)

    async def execute(
        self, query: str, *args: Any, timeout: float | None = None
    ) -> str:
        """The statement's status, as ``UPDATE 1``."""
        async with self.acquire() as connection:
            return await connection.execute(query, *args, timeout=timeout)

    async def close(self) -> None:
        """When all that is under way has ended."""
        await self._pool.close()

    def _own(self) -> Connection | None:
        """That of the transaction which this task has joined."""
        joined = self._joined.get()
        if joined is None or joined.task is not asyncio.current_task():
            return None
        return joined.connection


async def newest(
    pool: Pool,
    columns: str,
    table: str,
    workspace_id: str,
    limit: int,
    before: ListPlace | None,
    only: str = "true",
) -> list[asyncpg.Record]:
    """A page of a workspace's rows, the newest first: at most ``limit`` that come after
    ``before`` and for which the condition ``only`` holds."""
    return await pool.fetch(
        f"SELECT {columns} FROM {table} WHERE workspace_id = $1 AND {only} "
        "AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::text)) "
        "ORDER BY created_at DESC, id DESC LIMIT $4",
        workspace_id,
        before.created_at if before else None,
        before.id if before else None,
        limit,
    )


async def open_pool(url: str, size: int = 10) -> Pool:
    """Connections of the gateway's own role, its schema first on their search path."""
    opened = await asyncpg.create_pool(
        url, min_size=1, max_size=size, command_timeout=10, reset=_keep_session
    )
    return Pool(opened)


async def _keep_session(_: object) -> None:
    """Our statements leave nothing behind; asyncpg's own reset costs a round trip."""
