"""Sessions and migrations against a real PostgreSQL."""

import asyncio
import sys

import anyio.to_thread
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from onemanage.platform.database import sessions as sessions_module
from onemanage.platform.database.migrations import migrate
from onemanage.platform.database.sessions import open_sessions, with_driver
from onemanage.testing.fixtures import MakeDatabase, Servers

SERVICE, OTHER = "psd", "preview"
MIGRATE = """
import sys
from onemanage.platform.database.migrations import migrate
migrate(*sys.argv[1:])
"""


def as_admin(servers: Servers, url: str) -> str:
    return f"{servers.database_admin_url.rpartition('/')[0]}/{url.rpartition('/')[2]}"


async def test_a_service_works_as_its_own_role_in_its_own_schema(
    database: MakeDatabase,
) -> None:
    async with (
        open_sessions(await database(SERVICE)) as sessions,
        sessions() as session,
    ):
        row = (await session.execute(text("SELECT current_user, current_schema"))).one()
    assert row == (SERVICE, SERVICE)


async def test_what_is_not_committed_is_not_kept(database: MakeDatabase) -> None:
    async with open_sessions(await database(SERVICE)) as sessions:
        async with sessions() as session:
            await session.execute(text("CREATE TABLE kept (a int)"))
            await session.commit()
            await session.execute(text("CREATE TABLE lost (a int)"))
        async with sessions() as session:
            found = await session.execute(
                text("SELECT to_regclass('kept'), to_regclass('lost')")
            )
    assert found.one() == ("kept", None)


@pytest.mark.parametrize("trusted_seconds", [1e9, 0.0], ids=["closed", "asked"])
async def test_a_connection_that_died_in_the_pool_is_replaced(
    database: MakeDatabase,
    servers: Servers,
    trusted_seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions_module, "_TRUSTED_SECONDS", trusted_seconds)
    if not trusted_seconds:  # as where its machine is gone, which nobody is told
        monkeypatch.setattr(sessions_module, "_is_closed", lambda _: False)
    url = await database(SERVICE)
    pid = text("SELECT pg_backend_pid()")
    async with open_sessions(url, pool_size=1) as sessions:
        async with sessions() as session:
            first = (await session.execute(pid)).scalar_one()
        async with open_sessions(as_admin(servers, url)) as admin, admin() as other:
            kill = text("SELECT pg_terminate_backend(:pid, 5000)")
            assert (await other.execute(kill, {"pid": first})).scalar_one() is True
        async with sessions() as session:
            assert (await session.execute(pid)).scalar_one() != first


async def test_a_service_cannot_read_the_schema_of_another(
    database: MakeDatabase, servers: Servers
) -> None:
    url = await database(SERVICE)
    other = f"{servers.database_url(OTHER).rpartition('/')[0]}/{url.rpartition('/')[2]}"
    await anyio.to_thread.run_sync(migrate, OTHER, other, as_admin(servers, url))
    async with open_sessions(url) as sessions, sessions() as session:
        with pytest.raises(ProgrammingError, match="permission denied for schema"):
            await session.execute(text(f"SELECT * FROM {OTHER}.alembic_version"))


async def test_migrating_again_and_at_once_changes_nothing(
    database: MakeDatabase, servers: Servers
) -> None:
    url = await database(SERVICE)
    version = text("SELECT version_num FROM alembic_version")
    async with open_sessions(url) as sessions, sessions() as session:
        before = (await session.execute(version)).scalars().all()
        await session.rollback()
        # Alembic keeps its context in its module: each job is a process of its own.
        jobs = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", MIGRATE, SERVICE, url, as_admin(servers, url))
            )
            for _ in range(2)
        ]
        assert [await job.wait() for job in jobs] == [0, 0]
        assert (await session.execute(version)).scalars().all() == before


def test_the_driver_is_named_in_the_address() -> None:
    assert with_driver("postgresql://a:b@c/d") == "postgresql+asyncpg://a:b@c/d"
