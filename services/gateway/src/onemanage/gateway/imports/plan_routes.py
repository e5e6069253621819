"""Plans: what a file would become, proposed for a person to change."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.imports.plans import PLAN, Dialect
from onemanage.gateway.files.bodies import file_or, is_json, read_json, receive
from onemanage.gateway.files.known import known_file
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    IdempotencyKey,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers
from onemanage.gateway.http.ids import PlanId
from onemanage.gateway.http.kept_answers import REPLAYED
from onemanage.gateway.http.preferences import Wait, Waiting
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.imports import answers as import_answers
from onemanage.gateway.imports.known import (
    file_source,
    known_plan,
    plan_document,
)
from onemanage.gateway.imports.schemas import PlanOut, PlanRequest
from onemanage.gateway.imports.source_schemas import DatabaseIn
from onemanage.gateway.tasks import answers as task_answers
from onemanage.gateway.tasks.orders import Asked, Order, run_command
from onemanage.gateway.tasks.schemas import TaskOut

router = APIRouter(prefix="/v1/imports/plans", tags=["imports"])

_FORM = '{"file_id": …}, {"file_ids": […]} or {"database": {…}}, maybe with a dialect'
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": TaskOut, "description": "Not done yet: the task to follow."},
    409: {"model": ProblemOut, "description": "task_cancelled: there is no plan."},
}
_LATER = ("escape", "skip_blanks", "short_rows", "long_rows")
"""Fields of a dialect that older releases do not know."""


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
    gateway: GatewayDep,
    caller: Writes,
    wait: Wait,
    idempotency_key: IdempotencyKey,
    name: Annotated[str | None, Query(examples=["orders.csv"])] = None,
    remember: Annotated[
        bool, Query(description="false: as if nothing had been imported before.")
    ] = True,
) -> Response:
    """Look through files and propose tables, columns and types; nothing is loaded.

    200 with the plan when it is done within ``Prefer: wait=N`` (two seconds where not
    said), else 202 and the task to follow; the plan is then at its ``resource``.
    """
    hint: Dialect | None = None
    hinted: list[str] | None = None
    if is_json(request):
        body = await read_json(request, PlanRequest, _FORM)
        if body.database is not None:
            return await _of_database(
                gateway, caller, body.database, wait, idempotency_key, remember
            )
        file_ids = body.files
        if body.dialect is not None:
            hint = msgspec.convert(body.dialect.model_dump(), Dialect)
            hinted = sorted(body.dialect.model_fields_set)
    else:
        file = await receive(request, gateway, caller, name, idempotency_key)
        file_ids = [file.id]

    async def sources() -> list[dict[str, Any]]:
        return [file_source(await known_file(gateway, caller, one)) for one in file_ids]

    told = {
        "hint": msgspec.to_builtins(hint),
        "hinted": hinted,
        "remember": remember,
    }
    what = [file_ids, _as_asked(told["hint"])]
    if hinted is not None:
        what.append(hinted)
    asked = _asked(what, idempotency_key, remember)
    return await _order_plan(gateway, caller, asked, sources, told, wait)


def _as_asked(hint: dict[str, Any] | None) -> dict[str, Any] | None:
    """Where nothing is said of what came later, the question is what it was before."""
    usual = msgspec.to_builtins(Dialect())
    return hint and {
        name: value
        for name, value in hint.items()
        if name not in _LATER or value != usual[name]
    }


def _asked(what: Any, idempotency_key: str | None, remember: bool) -> Asked:
    """What was asked before there was ``remember`` is the same question still."""
    what = what if remember else [what, "remember=false"]
    return Asked(name=PLAN.name, what=what, idempotency_key=idempotency_key)


async def _of_database(
    gateway: Gateway,
    caller: Caller,
    database: DatabaseIn,
    wait: Waiting,
    idempotency_key: str | None,
    remember: bool,
) -> Response:
    async def sources() -> list[dict[str, Any]]:
        sealed = database.sealed(gateway.sealing_key, caller.workspace_id)
        return [msgspec.to_builtins(sealed)]

    asked = _asked(database.asked(), idempotency_key, remember)
    told = {"hint": None, "remember": remember}
    return await _order_plan(gateway, caller, asked, sources, told, wait)


async def _order_plan(
    gateway: Gateway,
    caller: Caller,
    asked: Asked,
    sources: Callable[[], Awaitable[list[dict[str, Any]]]],
    told: dict[str, Any],
    wait: Waiting,
) -> Response:
    """``told`` are the command's fields beside plan and sources."""

    async def prepare() -> Order:
        task_id = new_id("tsk")
        plan_id = derived_id("pln", task_id)
        fields = {
            "plan_id": plan_id,
            "sources": await sources(),
            **told,
        }
        at = f"/v1/imports/plans/{plan_id}"
        return Order(task_id=task_id, fields=fields, resource=at)

    done = await run_command(gateway, caller, asked, prepare, wait=wait.seconds)
    row = done.row
    if row.state == "cancelled":
        detail = "The plan was cancelled before it was made. Ask for a new one."
        headers = {"Location": task_answers.task_address(row)}
        raise Problem(409, "task_cancelled", detail, headers=headers, task_id=row.id)
    if row.state != "completed":
        return task_answers.ended_or_accepted(row, wait, is_repeat=done.is_repeat)
    document = await plan_document(gateway, row.result["plan_key"])
    headers = {"Location": task_answers.task_address(row), **wait.headers}
    if done.is_repeat:
        headers |= REPLAYED
    return answers.json(import_answers.plan(document, row.id), headers=headers)


@router.get("/{plan_id}", response_model=PlanOut)
async def get_import_plan(
    gateway: GatewayDep, caller: Reads, plan_id: PlanId
) -> Response:
    """Tables and options to change, with what was seen of each column."""
    found = await known_plan(gateway, caller, plan_id)
    document = await plan_document(gateway, found.plan_key)
    return answers.json(import_answers.plan(document, found.task_id))
