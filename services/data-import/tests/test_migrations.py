"""The data-import service's schema, on a real server."""

import asyncpg
from sqlmodel import select

from onemanage.data_import import models
from onemanage.platform.database.sessions import open_sessions
from onemanage.testing.fixtures import MakeDatabase


async def test_every_column_of_the_models_is_in_the_migrated_database(
    database: MakeDatabase,
) -> None:
    rows = (
        models.DatasetRow,
        models.ImportRow,
        models.ImportTableRow,
        models.PlanRow,
        models.SnapshotRow,
        models.ExportRow,
    )
    async with open_sessions(await database("data_import")) as sessions:
        async with sessions() as session:
            for row in rows:
                assert (await session.execute(select(row))).all() == []


async def test_the_services_role_makes_schemas_for_workspaces(
    database: MakeDatabase,
) -> None:
    connection = await asyncpg.connect(await database("data_import"))
    try:
        await connection.execute("CREATE SCHEMA ws_1; CREATE TABLE ws_1.a (b int)")
        assert await connection.fetchval("SELECT count(*) FROM ws_1.a") == 0
    finally:
        await connection.close()
