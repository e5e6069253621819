"""Sessions for SQLModel tables on asyncpg, as the service's own role in its own schema."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy import ColumnElement, SQLColumnExpression, Text, all_, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

type Sessions = async_sessionmaker[AsyncSession]

NOTICE_THE_DEAD = {"client_connection_check_interval": "1s"}
"""Settings of a connection: PostgreSQL ends the statement of a process that is gone, and
does not find that out only when it has the answer ready."""


def with_driver(url: str) -> str:
    """The address as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


@asynccontextmanager
async def open_sessions(url: str, pool_size: int = 5) -> AsyncIterator[Sessions]:
    """A connection that died in the pool is replaced, not handed out."""
    engine = create_async_engine(
        with_driver(url),
        pool_size=pool_size,
        pool_pre_ping=True,
        connect_args={"server_settings": NOTICE_THE_DEAD},
    )
    try:
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()


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
