"""The service, and what a client and a gateway would do with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from onemanage.contracts.imports.imports import GetImport, Import, RunImport
from onemanage.contracts.imports.plans import (
    ChangedTable,
    ImportOptions,
    PlanChanges,
    PlanDocument,
    PlanImport,
    TablePlan,
)
from onemanage.contracts.imports.sources import FileSource
from onemanage.data_import import queries
from onemanage.data_import.datasets.datasets import Datasets, open_pool
from onemanage.data_import.handlers import Deps
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.service import DataImportService
from onemanage.data_import.sources.service import Databases
from onemanage.data_import.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage
from onemanage.testing.sandboxes import shared_sandbox

WORKSPACE = "wsp_1"
ORDERS = "Order,Amount\n1,1.50\n2,abc\n3,2.25\n4,1,2,3\n"


class World:
    """The service, and what a client and a gateway would do with it."""

    def __init__(self, service: DataImportService, deps: Deps) -> None:
        self.service, self.deps = service, deps
        self.told: list[tuple[str, int, int]] = []

    async def report(self, step: str, done: int, total: int, **_: Any) -> None:
        self.told.append((step, done, total))

    async def file(self, number: int, content: str | bytes, name: str) -> FileSource:
        key = f"files/{WORKSPACE}/fil_{number}/source"
        data = content.encode() if isinstance(content, str) else content
        await self.deps.storage.put_bytes(key, data, "text/csv")
        return FileSource(file_id=f"fil_{number}", file_key=key, file_name=name)

    async def plan(
        self,
        number: int,
        *contents: str | bytes,
        name: str = "orders.csv",
        remember: bool = True,
    ) -> PlanDocument:
        command = PlanImport(
            task_id=f"tsk_plan_{number}",
            workspace_id=WORKSPACE,
            plan_id=f"pln_{number}",
            sources=[
                await self.file(number + at, content, name)
                for at, content in enumerate(contents)
            ],
            remember=remember,
        )
        made = await self.service.plans.make(command, self.report)
        stored = await self.deps.storage.get_bytes(made.plan_key)
        return msgspec.json.decode(stored, type=PlanDocument)

    def command(self, number: int, document: PlanDocument, **changes: Any) -> RunImport:
        tables = [with_amounts(table) for table in document.plan.tables]
        fields: dict[str, Any] = {
            "task_id": f"tsk_{number}",
            "workspace_id": WORKSPACE,
            "import_id": f"imp_{number}",
            "plan_id": document.plan_id,
            "changes": changed(tables),
        }
        return RunImport(**fields | changes)

    async def run(self, number: int, document: PlanDocument, **changes: Any) -> Import:
        command = self.command(number, document, **changes)
        return await self.service.imports.run(command, self.report)

    async def shown(self, import_id: str) -> Import:
        query = GetImport(workspace_id=WORKSPACE, import_id=import_id)
        return await queries.get_import(query, self.deps)


def changed(tables: list[TablePlan], **options: Any) -> PlanChanges:
    """As a user would send them back."""
    return PlanChanges(
        tables=msgspec.convert(tables, list[ChangedTable], from_attributes=True),
        options=ImportOptions(**options) if options else None,
    )


def with_amounts(table: TablePlan) -> TablePlan:
    """The second column is a number, whatever was found of it."""
    columns = list(table.columns)
    columns[1] = msgspec.structs.replace(
        columns[1], type="numeric", precision=10, scale=2
    )
    return msgspec.structs.replace(table, columns=columns)


@asynccontextmanager
async def open_world(storage: Storage, url: str, nats: Client) -> AsyncIterator[World]:
    async with (
        open_sessions(url) as sessions,
        open_pool(url) as pool,
        shared_sandbox("onemanage.data_import.domain") as sandbox,
    ):
        store = Store(sessions)
        service = DataImportService(
            storage,
            store,
            sandbox,
            Loader(url, sandbox),
            Undo(url),
            Databases(sandbox, "", ()),
            Datasets(pool),
            plan_seconds=60,
            dataset_seconds=60,
        )
        yield World(
            service,
            Deps(TaskRequests(nats), store, storage, Datasets(pool), Undo(url)),
        )
