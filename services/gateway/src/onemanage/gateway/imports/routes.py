"""Imports: run a plan, look at what became of it, undo it."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, new_id
from onemanage.contracts.imports.imports import UNDO, ImportPage, ListImports
from onemanage.gateway.gateway import GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import ImportId
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.imports import answers as import_answers
from onemanage.gateway.imports.known import kept_plan, known_import
from onemanage.gateway.imports.ordering import order_import
from onemanage.gateway.imports.schemas import ImportList, ImportOut, ImportRequest
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/imports", tags=["imports"])

_MAX_CHANGES_BYTES = 900 * 1024
"""A message has at most 1 MiB, and there is something around them."""


@router.post("", response_model=TaskOut)
async def create_import(
    body: ImportRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
) -> Response:
    """Load what a plan names: all of it in one transaction, or nothing.

    Bad rows are left out and named. 200 with the result when it is done within
    ``Prefer: wait=N`` (two seconds where not said), else 202 and the task to follow.
    """

    async def fields() -> dict[str, Any]:
        plan = await kept_plan(gateway, caller, body.plan_id)
        return {
            "plan_id": body.plan_id,
            "changes": _changes(body),
            "planned_rows": sum(table.rows for table in plan.tables),
        }

    return await order_import(ordering, body.model_dump(mode="json"), fields)


def _changes(body: ImportRequest) -> dict[str, Any]:
    """As a command carries them. Raises a 413 Problem."""
    changes: dict[str, Any] = msgspec.to_builtins(body.changes())
    if len(msgspec.json.encode(changes)) > _MAX_CHANGES_BYTES:
        detail = "The plan is too large. Import fewer tables or columns at once."
        raise Problem(413, "plan_too_large", detail)
    return changes


@router.get("", response_model=ImportList)
async def list_imports(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first. What failed or was cancelled is among the tasks."""
    query = ListImports(
        workspace_id=caller.workspace_id,
        limit=limit,
        place=cursors.read(cursor, ListPlace),
    )
    found = await ask(gateway.nats, query, ImportPage)
    return pages.answer(found, import_answers.done, pages.newest("import_id"))


@router.get("/{import_id}", response_model=ImportOut)
async def get_import(
    gateway: GatewayDep, caller: Reads, import_id: ImportId
) -> Response:
    """What became of each table, with counts of the rejects by reason."""
    found = await known_import(gateway, caller, import_id)
    return answers.json(import_answers.done(found))


@router.post("/{import_id}/undo", response_model=TaskOut)
async def undo_import(
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    import_id: ImportId,
) -> Response:
    """Take away the rows that it appended, or bring back the table that it replaced."""

    async def prepare() -> Order:
        await known_import(gateway, caller, import_id)
        return Order(
            task_id=new_id("tsk"),
            fields={"import_id": import_id},
            resource=f"/v1/imports/{import_id}",
        )

    return await ordering.answer(UNDO, import_id, prepare)
