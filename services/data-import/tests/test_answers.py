"""Answers about data sets, over a real NATS: one workspace's never keep another's away."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from onemanage.contracts.datasets.datasets import (
    DatasetPage,
    ListDatasets,
    ListRows,
    RowPage,
)
from onemanage.data_import.handlers import Deps
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.queries import QUERIES
from onemanage.data_import.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging import queries
from onemanage.platform.messaging.answering import SCAN_SHARE
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import ask
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase, answering, eventually

from .dataset_samples import STRANGER, WORKSPACE, World, open_world

MANY = 100
SLOW = """
    ALTER TABLE "ws_wsp_1".orders RENAME TO really;
    CREATE VIEW "ws_wsp_1".orders AS
    SELECT _id, a || pg_sleep(600)::text AS a FROM "ws_wsp_1".really
"""


@pytest.fixture
async def world(
    database: MakeDatabase, storage: Storage, nats: Client
) -> AsyncIterator[World]:
    """With a data set of the workspace that takes ten minutes, and a stranger's."""
    url = await database("data_import")
    async with open_world(url, storage) as opened, open_sessions(url) as sessions:
        commands = TaskRequests(nats)
        deps = Deps(commands, Store(sessions), storage, opened.datasets, Undo(url))
        await opened.table("theirs", {"a": "text"}, [("a",)], STRANGER)
        async with answering(nats, QUERIES, deps):
            yield opened


async def at_work(world: World) -> int:
    found: int = await world.value(
        "SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' "
        'AND pid <> pg_backend_pid() AND query LIKE \'%"ws_wsp_1"."orders"%\' '
        "AND datname = current_database()"
    )
    return found


async def test_a_hundred_sorts_of_one_workspace_leave_another_s_data_sets_to_be_listed(
    world: World, monkeypatch: pytest.MonkeyPatch, nats: Client
) -> None:
    monkeypatch.setattr(queries, "PATIENCE", 60.0)
    dataset_id = await world.table(columns={"a": "text"}, rows=[("a",)])
    await world.execute(SLOW)
    slow = ListRows(workspace_id=WORKSPACE, dataset_id=dataset_id)
    asked = [asyncio.create_task(ask(nats, slow, RowPage)) for _ in range(MANY)]

    async def have_their_share() -> bool:
        return await at_work(world) == SCAN_SHARE

    await eventually(have_their_share)
    for _ in range(10):
        page = await ask(nats, ListDatasets(workspace_id=STRANGER), DatasetPage)
        assert [item.name for item in page.items] == ["theirs"]
    assert await at_work(world) == SCAN_SHARE

    async def are_gone() -> bool:
        return await at_work(world) == 0

    for task in asked:
        task.cancel()
    await eventually(are_gone)
    await asyncio.wait(asked)
