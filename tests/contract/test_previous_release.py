"""The tables of the release before this one, with rows, are brought to this one's.

previous.dump is what a stack of 177c1a34 had after a day's work: a document with layers
and previews, a data set of 500 rows, keys, an audit. To make another at a release:

    python -m tests.upgrade --from <revision> --save tests/upgrade/previous.dump
"""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread
import asyncpg
import pytest

from onemanage.gateway.store import OWNER_WORKSPACE, open_pool
from onemanage.gateway.tasks.store import TaskStore
from onemanage.local.stack import SCHEMAS
from onemanage.platform.backup import tables
from onemanage.platform.backup.manifest import Role
from onemanage.platform.database.migrations import migrate
from onemanage.testing.fixtures import Servers

PREVIOUS = Path(__file__).parents[1] / "upgrade" / "previous.dump"
_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
    AND tablename <> 'alembic_version' ORDER BY 1
"""


@pytest.fixture
async def name(servers: Servers) -> AsyncIterator[str]:
    """Of a database that is empty."""
    made = f"previous_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(servers.database_admin_url)
    await admin.execute(f'CREATE DATABASE "{made}"')
    yield made
    await admin.execute(f'DROP DATABASE "{made}" WITH (FORCE)')
    await admin.close()


async def rows(admin_url: str) -> dict[str, int]:
    """How many each table has."""
    admin = await asyncpg.connect(admin_url)
    names = [row["name"] for row in await admin.fetch(_TABLES)]
    found = {
        each: await admin.fetchval(f"SELECT count(*) FROM {each}") for each in names
    }
    await admin.close()
    return found


async def test_no_row_of_the_previous_release_is_lost_by_its_upgrade(
    servers: Servers, name: str
) -> None:
    def within(url: str) -> str:
        return f"{url.rpartition('/')[0]}/{name}"

    admin_url = within(servers.database_admin_url)
    needed = [Role(schema, True) for schema in SCHEMAS] + [Role("gateway_audit", False)]
    await tables.restore(admin_url, PREVIOUS, needed, "of the previous release")
    before = await rows(admin_url)
    assert sum(before.values()) > 500

    for schema in SCHEMAS:
        url = within(servers.database_url(schema))
        await anyio.to_thread.run_sync(migrate, schema, url, admin_url)

    after = await rows(admin_url)
    assert {each: after.get(each) for each in before} == before
    pool = await open_pool(within(servers.database_url("gateway")))
    page = await TaskStore(pool).page(OWNER_WORKSPACE, 50, None)
    await pool.close()
    assert {task.state for task in page} == {"completed"}
