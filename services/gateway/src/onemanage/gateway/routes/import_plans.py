"""Plans: what a file would become, proposed for a person to change."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.data_import import GetPlan, ImportPlan, PlanDocument
from onemanage.contracts.data_import_plan import Dialect, FileSource
from onemanage.gateway import answers, import_answers
from onemanage.gateway.bodies import file_or, is_json, read_json, receive
from onemanage.gateway.gateway import (
    Authenticated,
    Caller,
    Deps,
    Gateway,
    IdempotencyKey,
    Wait,
)
from onemanage.gateway.import_schemas import PlanOut, PlanRequest
from onemanage.gateway.import_source_schemas import DatabaseIn
from onemanage.gateway.orders import Order, run_command
from onemanage.gateway.problems import Problem, not_found
from onemanage.gateway.schemas import TaskOut
from onemanage.gateway.store import FileRow
from onemanage.platform.queries import ask
from onemanage.platform.storage import ObjectMissing

router = APIRouter(prefix="/v1/imports/plans", tags=["imports"])

_FORM = '{"file_id": …}, {"file_ids": […]} or {"database": {…}}, maybe with a dialect'
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": TaskOut, "description": "Not done yet: the task to follow."}
}


@router.post(
    "",
    response_model=PlanOut,
    responses=_ACCEPTED,
    openapi_extra=file_or(
        PlanRequest, "The file itself, or the ids of uploaded files."
    ),
)
async def create_import_plan(
    request: Request,
    gateway: Deps,
    caller: Authenticated,
    wait: Wait,
    idempotency_key: IdempotencyKey,
    name: Annotated[str | None, Query(examples=["orders.csv"])] = None,
) -> Response:
    """Look through files and propose tables, columns and types; nothing is loaded.

    200 with the plan when it is done within ``Prefer: wait=N`` (two seconds where not
    said), else 202 and the task to follow; the plan is then at its ``resource``.
    """
    hint: Dialect | None = None
    if is_json(request):
        body = await read_json(request, PlanRequest, _FORM)
        if body.database is not None:
            return await _of_database(
                gateway, caller, body.database, wait, idempotency_key
            )
        files = [await known_file(gateway, caller, one) for one in body.files]
        if body.dialect is not None:
            hint = msgspec.convert(body.dialect.model_dump(), Dialect)
    else:
        files = [await receive(request, gateway, caller, name, idempotency_key)]
    sources = [file_source(file) for file in files]
    asked = [[file.id for file in files], msgspec.to_builtins(hint)]
    return await _order_plan(
        gateway, caller, sources, hint, asked, wait, idempotency_key
    )


async def _of_database(
    gateway: Gateway,
    caller: Caller,
    database: DatabaseIn,
    wait: float,
    idempotency_key: str | None,
) -> Response:
    sealed = database.sealed(gateway.sealing_key, caller.workspace_id)
    sources: list[dict[str, Any]] = [msgspec.to_builtins(sealed)]
    return await _order_plan(
        gateway, caller, sources, None, database.asked(), wait, idempotency_key
    )


async def _order_plan(
    gateway: Gateway,
    caller: Caller,
    sources: list[dict[str, Any]],
    hint: Dialect | None,
    asked: Any,
    wait: float,
    idempotency_key: str | None,
) -> Response:
    task_id = new_id("tsk")
    plan_id = derived_id("pln", task_id)
    order = Order(
        task_id=task_id,
        name="data_import.plan",
        fields={
            "plan_id": plan_id,
            "sources": sources,
            "hint": msgspec.to_builtins(hint),
        },
        asked=asked,
        resource=f"/v1/imports/plans/{plan_id}",
    )
    row = await run_command(
        gateway, caller.key_hash, order, wait=wait, idempotency_key=idempotency_key
    )
    answer = answers.ended_or_accepted(row, wait)
    if row.state != "completed":
        return answer
    document = await plan_document(gateway, row.result["plan_key"])
    headers = {
        name: answer.headers[name] for name in ("Location", "Preference-Applied")
    }
    return answers.json(import_answers.plan(document, row.id), headers=headers)


@router.get("/{plan_id}", response_model=PlanOut)
async def get_import_plan(
    gateway: Deps, caller: Authenticated, plan_id: str
) -> Response:
    """Tables and options to change, with what was seen of each column."""
    found = await known_plan(gateway, caller, plan_id)
    document = await plan_document(gateway, found.plan_key)
    return answers.json(import_answers.plan(document, found.task_id))


async def known_plan(gateway: Gateway, caller: Caller, plan_id: str) -> ImportPlan:
    query = GetPlan(workspace_id=caller.workspace_id, plan_id=plan_id)
    return await ask(gateway.nats, query, ImportPlan)


async def plan_document(gateway: Gateway, plan_key: str) -> PlanDocument:
    try:
        stored = await gateway.storage.get_bytes(plan_key)
    except ObjectMissing:
        detail = "The plan is no longer kept; ask for a new one."
        raise Problem(404, "plan_gone", detail) from None
    return msgspec.json.decode(stored, type=PlanDocument)


async def known_file(gateway: Gateway, caller: Caller, file_id: str) -> FileRow:
    found = await gateway.store.file(caller.workspace_id, file_id)
    if found is None:
        raise not_found("file", file_id)
    return found


def file_source(file: FileRow) -> dict[str, Any]:
    """As a command carries it."""
    source = FileSource(
        file_id=file.id,
        file_key=file.object_key,
        file_name=file.name,
        sha256=file.sha256,
    )
    fields: dict[str, Any] = msgspec.to_builtins(source)
    return fields
