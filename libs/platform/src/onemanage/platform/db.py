"""Sessions for SQLModel tables on asyncpg, as the service's own role in its own schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

type Sessions = async_sessionmaker[AsyncSession]


def with_driver(url: str) -> str:
    """The address as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


@asynccontextmanager
async def open_sessions(url: str, pool_size: int = 5) -> AsyncIterator[Sessions]:
    """A connection that died in the pool is replaced, not handed out."""
    engine = create_async_engine(
        with_driver(url), pool_size=pool_size, pool_pre_ping=True
    )
    try:
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()
