"""Rows keep their meaning through an upgrade and a downgrade."""

import anyio.to_thread
import asyncpg
from alembic import command
from alembic.config import Config

from onemanage.testing.fixtures import MakeDatabase


async def test_tasks_of_the_first_schema_are_upgraded_and_downgraded(
    database: MakeDatabase,
) -> None:
    url = await database("gateway")
    await _migrate(url, "0001")
    connection = await asyncpg.connect(url)
    await connection.execute("""
        INSERT INTO workspaces (id, name) VALUES ('wsp_1', 'Owner');
        INSERT INTO api_keys (id, workspace_id, key_hash, name) VALUES
            ('key_1', 'wsp_1', '1', 'owner'), ('key_2', 'wsp_1', '2', 'other');
        INSERT INTO tasks (id, workspace_id, name, lane, state, published_at) VALUES
            ('sent', 'wsp_1', 'psd.parse_export', 'low', 'queued', '2026-01-01'),
            ('unsent', 'wsp_1', 'psd.parse_export', 'high', 'queued', NULL),
            ('ended', 'wsp_1', 'preview.publish', NULL, 'cancelled', NULL);
        UPDATE tasks SET created_at = '2026-01-01';
        """)

    await _migrate(url, "head")

    rows = await connection.fetch("SELECT * FROM tasks ORDER BY id")
    assert [(row["id"], row["subject"], row["run"]) for row in rows] == [
        ("ended", None, 1),
        ("sent", "tasks.psd.low", 1),
        ("unsent", "tasks.psd.high", 1),
    ]
    assert all(row["released_at"] == row["created_at"] for row in rows)
    assert [row["published_at"] is None for row in rows] == [False, False, True]
    admins = await connection.fetch("SELECT id FROM api_keys WHERE admin")
    assert [row["id"] for row in admins] == ["key_1"]

    await _migrate(url, "0001")

    lanes = await connection.fetch("SELECT lane FROM tasks ORDER BY id")
    assert [row["lane"] for row in lanes] == [None, "low", "high"]
    await connection.close()


async def _migrate(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "onemanage.gateway:migrations")
    config.attributes["database_url"] = url
    move = command.upgrade if revision == "head" else command.downgrade
    await anyio.to_thread.run_sync(move, config, revision)
