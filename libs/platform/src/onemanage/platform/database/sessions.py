"""Sessions for SQLModel tables on asyncpg, as the service's own role in its own schema."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import (
    AsyncAdaptedQueuePool,
    ColumnElement,
    PoolProxiedConnection,
    SQLColumnExpression,
    Text,
    all_,
    any_,
    event,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from onemanage.platform.process.checks import checked
from onemanage.platform.process.figures import DATABASE_WAIT_SECONDS

type Sessions = async_sessionmaker[AsyncSession]

NOTICE_THE_DEAD = {"client_connection_check_interval": "1s"}
"""Settings of a connection: PostgreSQL ends the statement of a process that is gone, and
does not find that out only when it has the answer ready."""


_TRUSTED_SECONDS = 1.0
"""Since a connection was used, for which it is not asked whether it lives."""
_LAST_USED = "last used"


def with_driver(url: str) -> str:
    """The address as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


@asynccontextmanager
async def open_sessions(url: str, pool_size: int = 5) -> AsyncIterator[Sessions]:
    """A connection that died in the pool is replaced, not handed out."""
    engine = create_async_engine(
        with_driver(url),
        pool_size=pool_size,
        poolclass=_TimedPool,
        connect_args={"server_settings": NOTICE_THE_DEAD},
    )
    event.listen(engine.sync_engine, "checkin", _note_the_time)
    event.listen(engine.sync_engine, "checkout", _replace_the_dead)

    async def answers() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    try:
        with checked("postgresql", answers):
            yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()


class _TimedPool(AsyncAdaptedQueuePool):
    """Says how long each connection was waited for."""

    def connect(self) -> PoolProxiedConnection:
        begun = time.monotonic()
        found = super().connect()
        DATABASE_WAIT_SECONDS.observe(time.monotonic() - begun)
        return found


def _note_the_time(_: object, record: ConnectionPoolEntry) -> None:
    record.info[_LAST_USED] = time.monotonic()


def _replace_the_dead(
    connection: DBAPIConnection, record: ConnectionPoolEntry, _: object
) -> None:
    """To ask a connection takes three round trips, which for a short task is much; one
    that was closed knows so by itself, within moments."""
    if _is_closed(record):
        raise InvalidatePoolError
    last_used = record.info.get(_LAST_USED)
    if last_used is not None and time.monotonic() - last_used > _TRUSTED_SECONDS:
        try:
            connection.ping()
        except Exception as error:  # whatever it is, there is another connection
            raise InvalidatePoolError from error


def _is_closed(record: ConnectionPoolEntry) -> bool:
    """As asyncpg knows."""
    driver = record.driver_connection
    return driver is None or bool(driver.is_closed())


def one_of(
    column: SQLColumnExpression[str], values: Iterable[str]
) -> ColumnElement[bool]:
    """``column = ANY(values)``, which takes one parameter for any number of values.

    ``IN`` takes one for each, and a statement cannot have more than 32,767.
    """
    return column == any_(literal(list(values), ARRAY(Text)))


def none_of(
    column: SQLColumnExpression[str], values: Iterable[str]
) -> ColumnElement[bool]:
    """``column <> ALL(values)``: one parameter, as above."""
    return column != all_(literal(list(values), ARRAY(Text)))
