"""From a database's table to a table of the workspace."""

import importlib
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.imports.imports import RunImport
from onemanage.contracts.imports.plans import PlanDocument, PlanImport
from onemanage.data_import.datasets.datasets import Datasets, open_pool
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.service import DataImportService
from onemanage.data_import.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import MakeDatabase

samples: Any = importlib.import_module("services.data-import.tests.source_samples")


async def _silent(*_: Any, **__: Any) -> None: ...


async def test_a_table_of_a_database_is_planned_and_imported(
    database: MakeDatabase, storage: Storage
) -> None:
    there, here = await database("data_import"), await database("data_import")
    connection = await asyncpg.connect(there)
    await connection.execute(
        "CREATE SCHEMA shop; CREATE TABLE shop.orders AS SELECT n AS id,"
        " (n * 0.01)::numeric(12, 2) AS price, DATE '2024-01-01' + n AS day,"
        " CASE WHEN n = 7 THEN 'infinity'::timestamp ELSE '2024-01-01' END AS at"
        " FROM generate_series(1, 30000) AS n"
    )
    await connection.close()
    source = samples.source_at(there, db_schema="shop", table="orders")
    async with (
        samples.child() as sandbox,
        open_sessions(here) as sessions,
        open_pool(here) as pool,
    ):
        service = DataImportService(
            storage,
            Store(sessions),
            sandbox,
            Loader(here, sandbox, seconds=100, keep=timedelta(days=1)),
            Undo(here),
            samples.databases(sandbox),
            Datasets(pool),
            plan_seconds=60,
            dataset_seconds=60,
        )
        common = {"workspace_id": samples.WORKSPACE, "run": 1, "traceparent": None}
        task_id = new_id("tsk")
        command = msgspec.convert(
            common
            | {
                "type": "data_import.plan",
                "task_id": task_id,
                "plan_id": derived_id("pln", task_id),
                "sources": [msgspec.to_builtins(source)],
            },
            PlanImport,
        )
        made = await service.plans.make(command, _silent)
        stored = await storage.get_bytes(made.plan_key)
        plan = msgspec.json.decode(stored, type=PlanDocument).plan
        assert [column.type for column in plan.tables[0].columns] == [
            *("bigint", "numeric", "date", "timestamp"),
        ]
        task_id = new_id("tsk")
        run = msgspec.convert(
            common
            | {
                "type": "data_import",
                "task_id": task_id,
                "import_id": derived_id("imp", task_id),
                "sources": [msgspec.to_builtins(source)],
                "plan": msgspec.to_builtins(plan),
            },
            RunImport,
        )
        done = await service.imports.run(run, _silent)
        assert (done.read, done.loaded, done.rejected) == (30_000, 29_999, 1)
        gone = msgspec.structs.replace(
            run,
            task_id=new_id("tsk"),
            import_id=derived_id("imp", new_id("tsk")),
            sources=[msgspec.structs.replace(source, host="nowhere.invalid")],
        )
        with pytest.raises(InvalidInput) as refused:
            await service.imports.run(gone, _silent)
        assert refused.value.code == "database.unreachable"
