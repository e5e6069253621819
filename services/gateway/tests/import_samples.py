"""What the data-import service would know, say and do, played beside a gateway."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.imports.imports import (
    GetImport,
    Import,
    ImportedTable,
    ImportPage,
    ListImports,
    ListRejects,
    RejectPage,
    RunImport,
    TableReject,
    UndoImport,
)
from onemanage.contracts.imports.plans import (
    ChangedTable,
    ColumnFindings,
    ColumnPlan,
    GetPlan,
    ImportPlan,
    Plan,
    PlanDocument,
    PlanImport,
    RejectCount,
    TableFindings,
    TablePlan,
)
from onemanage.contracts.imports.sources import FileSource, SourceName
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.queries import QueryFailed

from .psd_samples import World

GONE = QueryFailed("not_found", "There is no such thing in this workspace.")


class Known:
    """What data-import would know, and the commands that it has had."""

    def __init__(self) -> None:
        self.plans: dict[str, ImportPlan] = {}
        self.imports: dict[str, Import] = {}
        self.commands: list[Any] = []


async def get_plan(query: GetPlan, known: Known) -> ImportPlan:
    if query.workspace_id != OWNER_WORKSPACE or query.plan_id not in known.plans:
        raise GONE
    return known.plans[query.plan_id]


async def get_import(query: GetImport, known: Known) -> Import:
    if query.workspace_id != OWNER_WORKSPACE or query.import_id not in known.imports:
        raise GONE
    return known.imports[query.import_id]


async def list_imports(query: ListImports, known: Known) -> ImportPage:
    last = query.place.id if query.place else None
    items = [one for one in known.imports.values() if last != one.import_id]
    return ImportPage(items=items[: query.limit], has_more=len(items) > query.limit)


async def list_rejects(query: ListRejects, known: Known) -> RejectPage:
    number = query.after + 1
    reject = TableReject(
        number=number,
        part=1,
        table="orders",
        line=number + 1,
        column="amount",
        value="abc",
        reason=query.reason or "not_a_numeric",
        message="Not a decimal number.",
    )
    return RejectPage(items=[reject], has_more=number < 2)


def columns() -> list[ColumnPlan]:
    return [
        ColumnPlan(position=1, header="Order", name="order", type="bigint"),
        ColumnPlan(position=2, header="Amount", name="amount"),
    ]


def document(command: PlanImport) -> PlanDocument:
    seen = [
        ColumnFindings(position=at, examples=["1"], nulls=0, invalid=0) for at in (1, 2)
    ]
    findings = TableFindings(
        rows=3, rows_exact=True, ragged=0, columns=seen, first_rows=[["1", "2.50"]]
    )
    sources = [one for one in command.sources if isinstance(one, FileSource)]
    tables = [
        TablePlan(table=f"orders_{at}", file_id=one.file_id, columns=columns())
        for at, one in enumerate(sources)
    ]
    return PlanDocument(
        plan_id=command.plan_id,
        workspace_id=command.workspace_id,
        sources=command.sources,
        plan=Plan(tables=tables, findings=[findings] * len(tables)),
        created_at=utc_now(),
    )


def playing(
    world: World, known: Known
) -> dict[str, Callable[[Any], Awaitable[msgspec.Struct]]]:
    async def plan(command: PlanImport) -> ImportPlan:
        known.commands.append(command)
        made = document(command)
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        key = f"{prefix}plan.json"
        await world.put_json(key, made)
        known.plans[command.plan_id] = ImportPlan(
            plan_id=command.plan_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            sources=[SourceName(kind="file", name="orders.csv")],
            tables=[],
            plan_key=key,
            created_at=made.created_at,
        )
        return known.plans[command.plan_id]

    async def run(command: RunImport) -> Import:
        known.commands.append(command)
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        tables = command.changes.tables or [ChangedTable(table="orders")]
        for at, _ in enumerate(tables):
            data = f"rejects of part {at + 1}".encode()
            await world.storage.put_bytes(f"{prefix}{at}.csv", data, "text/csv")
        done = [
            ImportedTable(
                table=table.table,
                dataset_id="dst_1",
                mode="append",
                read=3,
                loaded=2,
                updated=0,
                rejected=1,
                reject_counts=[RejectCount(reason="not_a_date", column="on", count=1)],
                rejects_key=f"{prefix}{at}.csv",
            )
            for at, table in enumerate(tables)
        ]
        known.imports[command.import_id] = Import(
            import_id=command.import_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            status="completed",
            sources=[SourceName(kind="file", name="orders.csv")],
            tables=done,
            read=3,
            loaded=2,
            updated=0,
            rejected=1,
            rows_per_second=30.0,
            seconds=0.1,
            created_at=utc_now(),
            plan_id=command.plan_id,
            resubmits=command.resubmits,
        )
        return known.imports[command.import_id]

    async def undo(command: UndoImport) -> Import:
        return msgspec.structs.replace(
            known.imports[command.import_id], status="undone", undone_at=utc_now()
        )

    return {"data_import.plan": plan, "data_import": run, "data_import.undo": undo}


ANSWERS = (get_plan, get_import, list_imports, list_rejects)
