"""Data sets follow imports and undos, fed with the payloads that are relied on."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from onemanage.contracts.datasets.tasks import SNAPSHOT
from onemanage.contracts.imports.imports import IMPORT, UNDO
from onemanage.data_import.datasets.datasets import Datasets, open_pool
from onemanage.data_import.handlers import (
    Deps,
    on_data_import_completed_etl,
    on_data_import_undo_completed_etl,
)
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import EVENTS, TASKS
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase, stored

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
async def deps(
    nats: Client, storage: Storage, database: MakeDatabase
) -> AsyncIterator[Deps]:
    url = await database("data_import")
    async with open_sessions(url) as sessions, open_pool(url) as pool:
        yield Deps(
            TaskRequests(nats), Store(sessions), storage, Datasets(pool), Undo(url)
        )


async def put_dataset(deps: Deps, workspace_id: str, dataset_id: str) -> None:
    await deps.datasets._pool.execute(
        "INSERT INTO data_import.datasets (dataset_id, workspace_id, name, "
        "schema_name, table_name, row_count, next_id, created_at, updated_at) "
        "VALUES ($1, $2, $1, 'ws', $1, 0, 1, now(), now())",
        dataset_id,
        workspace_id,
    )


@pytest.mark.parametrize("status", ["data_import", "data_import.undo"])
async def test_each_changed_data_set_gets_one_snapshot_however_often_it_is_told(
    deps: Deps, nats: Client, status: str
) -> None:
    (example,) = EXAMPLES.glob(f"events.{status}.completed/*.json")
    event = decode_event(example.parent.name, example.read_bytes())
    assert isinstance(event, IMPORT.Completed | UNDO.Completed)
    wanted = {table.dataset_id for table in event.result.tables}
    for dataset_id in wanted:
        await put_dataset(deps, event.workspace_id, dataset_id)

    for _ in range(2):
        if isinstance(event, IMPORT.Completed):
            await on_data_import_completed_etl(event, deps)
        else:
            await on_data_import_undo_completed_etl(event, deps)

    requests = [
        msgspec.convert(request, SNAPSHOT.Requested)
        for _, request in await stored(nats, EVENTS)
    ]
    assert sorted(each.command.dataset_id for each in requests) == sorted(wanted)
    assert {each.command.import_id for each in requests} == {event.result.import_id}
    assert await stored(nats, TASKS) == []  # it is the gateway that sends them


async def test_a_data_set_that_was_dropped_since_is_left_alone(
    deps: Deps, nats: Client
) -> None:
    (example,) = EXAMPLES.glob("events.data_import.completed/*.json")
    event = decode_event(example.parent.name, example.read_bytes())
    assert isinstance(event, IMPORT.Completed)

    await on_data_import_completed_etl(event, deps)

    assert await stored(nats, EVENTS) == []
