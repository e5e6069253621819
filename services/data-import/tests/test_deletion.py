"""Plans, rejects and exports go for good, and a workspace with its tables."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.datasets.datasets import (
    DatasetExport,
    ExportSpec,
    GetDataset,
    ListDatasets,
)
from onemanage.contracts.datasets.tasks import ExportDataset
from onemanage.contracts.deletion import (
    FILE,
    HAS_DEPENDENTS,
    WORKSPACE,
    OlderThan,
    Thing,
)
from onemanage.contracts.imports.deletion import (
    DATASET,
    EXPORT,
    IMPORT,
    PLAN,
    REJECTS,
    DeleteFromDataImport,
    FindDataImportDependents,
)
from onemanage.contracts.imports.imports import Import, ListRejects
from onemanage.data_import import queries
from onemanage.data_import.datasets.queries import get_dataset, list_datasets
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import MakeDatabase

from .import_samples import ORDERS
from .import_samples import WORKSPACE as WORKSPACE_ID
from .import_samples import World, open_world


@pytest.fixture
async def world(
    storage: Storage, database: MakeDatabase, nats: Client
) -> AsyncIterator[World]:
    async with open_world(storage, await database("data_import"), nats) as opened:
        yield opened


def _order(*things: Thing, cascade: bool = False, **more: Any) -> DeleteFromDataImport:
    given: dict[str, Any] = {
        "task_id": new_id("tsk"),
        "workspace_id": WORKSPACE_ID,
        "things": list(things),
        "cascade": cascade,
    }
    return DeleteFromDataImport(**given | more)


async def _deleted(world: World, order: DeleteFromDataImport) -> dict[str, int]:
    return (await world.service.deletion.delete(order, world.report)).counts


async def _unknown(world: World, *things: Thing, workspace_id: str) -> list[Thing]:
    query = FindDataImportDependents(workspace_id=workspace_id, things=list(things))
    return (await queries.find_dependents(query, world.deps)).unknown


async def _exported(world: World, done: Import) -> DatasetExport:
    command = ExportDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE_ID,
        export_id=new_id("exp"),
        dataset_id=done.tables[0].dataset_id,
        spec=ExportSpec(format="csv"),
    )
    return await world.service.exports.export(command, world.report)


async def test_plan_rejects_and_export_go_and_what_was_imported_stays(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)
    done = await world.run(1, document)
    export = await _exported(world, done)
    things = [
        Thing(kind=PLAN, id=document.plan_id),
        Thing(kind=REJECTS, id=done.import_id),
        Thing(kind=EXPORT, id=export.export_id),
    ]
    assert done.rejected and done.tables[0].rejects_key
    assert await _unknown(world, *things, workspace_id=WORKSPACE_ID) == []
    assert await _unknown(world, *things, workspace_id="wsp_2") == things

    counts = await _deleted(world, _order(*things))

    assert counts == {EXPORT: 1, PLAN: 1, REJECTS: 1}
    assert await world.deps.storage.keys("artifacts/") == []
    assert await _unknown(world, *things, workspace_id=WORKSPACE_ID) == things
    shown = await world.shown(done.import_id)
    assert (shown.loaded, shown.rejected) == (done.loaded, done.rejected)
    query = ListRejects(workspace_id=WORKSPACE_ID, import_id=done.import_id)
    assert (await queries.list_rejects(query, world.deps)).items == []
    dataset = GetDataset(
        workspace_id=WORKSPACE_ID, dataset_id=done.tables[0].dataset_id
    )
    assert (await get_dataset(dataset, world.deps)).row_count == done.loaded


async def test_a_file_that_a_plan_reads_goes_only_with_the_plan(world: World) -> None:
    document = await world.plan(1, ORDERS)
    await world.plan(2, ORDERS)
    file = Thing(kind=FILE, id="fil_1")
    query = FindDataImportDependents(workspace_id=WORKSPACE_ID, things=[file])
    found = await queries.find_dependents(query, world.deps)
    assert found.items == [Thing(kind=PLAN, id=document.plan_id)]

    with pytest.raises(InvalidInput) as refused:
        await _deleted(world, _order(file))
    assert refused.value.code == HAS_DEPENDENTS

    assert await _deleted(world, _order(file, cascade=True)) == {PLAN: 1}
    assert len(await world.deps.storage.keys("artifacts/")) == 1


async def test_the_oldest_plans_go_first(world: World) -> None:
    for number in (1, 2):
        await world.plan(number, ORDERS)
    older = OlderThan(kind=PLAN, before=utc_now(), limit=1)

    counts = [await _deleted(world, _order(older=older)) for _ in range(3)]

    assert counts == [{PLAN: 1}, {PLAN: 1}, {}]


async def test_a_workspace_goes_with_its_tables_and_says_so_twice(
    world: World,
) -> None:
    done = await world.run(1, await world.plan(1, ORDERS))
    await _exported(world, done)
    order = _order(Thing(kind=WORKSPACE, id=WORKSPACE_ID), workspace_id="wsp_2")

    first = await _deleted(world, order)

    assert first == {DATASET: 1, EXPORT: 1, IMPORT: 1, PLAN: 1}
    assert await _deleted(world, order) == first
    query = ListDatasets(workspace_id=WORKSPACE_ID)
    assert (await list_datasets(query, world.deps)).items == []
    with pytest.raises(QueryFailed):
        await world.shown(done.import_id)
    async with world.deps.datasets._pool.acquire() as connection:
        schemas = await connection.fetchval(
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'ws\\_%'"
        )
    assert schemas == 0
