"""The elastic service's schema, on a real server."""

import asyncpg

from onemanage.elastic.models import SCHEMA
from onemanage.testing.fixtures import MakeDatabase


async def test_the_migrations_run_on_an_empty_database(database: MakeDatabase) -> None:
    connection = await asyncpg.connect(await database("elastic"))
    try:
        version = f"SELECT version_num FROM {SCHEMA}.alembic_version"
        assert await connection.fetchval(version)
    finally:
        await connection.close()
