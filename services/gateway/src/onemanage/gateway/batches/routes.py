"""Batches: one recipe or one background for many files."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Header, Query
from loguru import logger
from starlette.responses import Response, StreamingResponse

from onemanage.contracts.base import ListPlace, derived_id, new_id
from onemanage.contracts.imaging.deletion import task_in_batch
from onemanage.contracts.imaging.images import GENERATE_BACKGROUND, TRANSFORM
from onemanage.gateway.audit import entries
from onemanage.gateway.batches import batches
from onemanage.gateway.batches.schemas import BatchOut, BatchRequest
from onemanage.gateway.batches.store import BatchOrder, NoRoom
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    IdempotencyKey,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.archives import archive
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.downloads import Conditional, download
from onemanage.gateway.http.ids import BatchId
from onemanage.gateway.http.kept_answers import REPLAYED, under_way
from onemanage.gateway.http.media import ZIP, bytes_of
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.recipes import (
    asked_recipe,
    checked_background,
    needed,
    picture,
)
from onemanage.gateway.limits import quotas
from onemanage.gateway.tasks import answers as task_answers
from onemanage.gateway.tasks.orders import Asked, asked_before, same_request
from onemanage.gateway.tasks.schemas import TaskList, TaskOut
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers

router = APIRouter(prefix=batches.PATH, tags=["images"])

_SUBJECT = "tasks.imaging.low"
_MAX_COMMAND_BYTES = 16 * 1024
"""Bytes of a recipe, which each of the tasks holds."""
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": TaskOut, "description": "Accepted; follow the task or the batch."}
}
_SHEET = bytes_of("The sheet.", "image/webp")


@router.post("", status_code=202, response_model=TaskOut, responses=_ACCEPTED)
async def create_batch(
    body: BatchRequest,
    gateway: GatewayDep,
    caller: Writes,
    idempotency_key: IdempotencyKey,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Treat up to 10,000 files alike: a task for each, and one for all of them.

    Always 202. The task of the whole tells how far all are; cancelling it cancels
    those that have not ended. When all have, it makes the contact sheet and ends.
    """
    asked = Asked(
        name="imaging.batch",
        what=[body.model_dump(mode="json"), accept],
        idempotency_key=idempotency_key,
    )
    row, is_new = await asked_before(gateway, caller.key_hash, idempotency_key), False
    if row is None:
        row, is_new = await _accept(gateway, caller, body, accept, asked)
    row = same_request(row, asked.fingerprint)
    told = await batches.as_it_stands(gateway, row)
    headers = {"Location": task_answers.task_address(row), "Vary": "Accept"}
    if not is_new:
        headers |= REPLAYED
    return answers.json(task_answers.task(told), 202, headers)


async def _accept(
    gateway: Gateway, caller: Caller, body: BatchRequest, accept: str, asked: Asked
) -> tuple[TaskRow, bool]:
    """All tasks, or the row that the same key has made meanwhile, and which of the two.
    Raises Problem."""
    await _check_files(gateway, caller, body.file_ids)
    order = await _order(gateway, caller, body, accept, asked)
    quotas.check_work(caller, order.name)
    task_ids = [
        task_in_batch(order.task_id, number) for number in range(len(body.file_ids))
    ]
    kind = "tsf" if order.name == TRANSFORM.name else "bgd"
    made_ids = [derived_id(kind, task_id) for task_id in task_ids]
    most = caller.limits.tasks_waiting
    try:
        row, is_new = await gateway.batches.accept(
            order, task_ids, made_ids, body.file_ids, most
        )
    except NoRoom as full:
        raise quotas.too_many_tasks(
            caller.limits, full.used, len(task_ids) + 1
        ) from None
    if row is None:
        raise under_way()
    entries.names(order.resource.rpartition("/")[2])
    if is_new:
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("A batch of {} accepted", len(task_ids))
        gateway.dispatcher.wake(_SUBJECT, row.workspace_id)
    return row, is_new


async def _check_files(gateway: Gateway, caller: Caller, file_ids: list[str]) -> None:
    """Raises a 404 Problem that names those that are not there."""
    missing = await gateway.batches.missing(caller.workspace_id, file_ids)
    if missing:
        errors = [
            {
                "pointer": f"/file_ids/{place}",
                "detail": "There is no file with this id.",
            }
            for place in missing
        ]
        raise Problem(
            404,
            "not_found",
            "Some of the files do not exist. See errors.",
            errors=errors,
        )


@router.get("/{batch_id}", response_model=BatchOut)
async def get_batch(gateway: GatewayDep, caller: Reads, batch_id: BatchId) -> Response:
    """How far it is, the first hundred that failed, and the contact sheet."""
    row = await batches.parent(gateway, caller, batch_id)
    return answers.json(await batches.answer(gateway, row, batch_id))


@router.get("/{batch_id}/tasks", response_model=TaskList)
async def list_batch_tasks(
    gateway: GatewayDep,
    caller: Reads,
    batch_id: BatchId,
    state: (
        Literal["queued", "running", "completed", "failed", "cancelled"] | None
    ) = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """The tasks of its images, in the order in which the files were given."""
    after = cursors.read(cursor, ListPlace)
    row = await batches.parent(gateway, caller, batch_id)
    rows = await gateway.batches.children(row.id, limit + 1, after, state)
    return pages.answer(pages.first(rows, limit), task_answers.task, pages.newest("id"))


@router.get("/{batch_id}/contact-sheet", response_class=Response, responses=_SHEET)
async def get_contact_sheet(
    gateway: GatewayDep,
    caller: Reads,
    batch_id: BatchId,
    conditions: Conditional,
) -> Response:
    """The first 120 images on one, once all have ended."""
    row = await batches.parent(gateway, caller, batch_id)
    sheet = (row.result or {}).get("contact_sheet")
    if sheet is None:
        raise Problem(
            404,
            "no_image",
            "There is no contact sheet. It is made once the batch has ended.",
        )
    return await download(
        gateway.storage,
        sheet["object_key"],
        sheet["sha256"],
        conditions,
        file_name=f"{batch_id}.webp",
    )


@router.get("/{batch_id}/archive", responses=ZIP, response_class=StreamingResponse)
async def get_batch_archive(
    gateway: GatewayDep, caller: Reads, batch_id: BatchId
) -> Response:
    """Every image that is there by now, a folder for each file, and batch.json."""
    row = await batches.parent(gateway, caller, batch_id)
    entries = await batches.entries(gateway, row, batch_id)
    return archive(gateway.storage, entries, f"{batch_id}.zip", row.created_at)


async def _order(
    gateway: Gateway,
    caller: Caller,
    body: BatchRequest,
    accept: str,
    asked: Asked,
) -> BatchOrder:
    name, fields = await _child(gateway, caller, body, accept)
    if len(msgspec.json.encode(fields)) > _MAX_COMMAND_BYTES:
        detail = (
            f"A batch's recipe may have {_MAX_COMMAND_BYTES:,} bytes at most. "
            "Shorten it."
        )
        raise Problem(422, "recipe_too_large", detail)
    task_id = new_id("tsk")
    batch_id = f"bat_{task_id.removeprefix('tsk_')}"
    is_transform = name == TRANSFORM.name
    return BatchOrder(
        task_id=task_id,
        workspace_id=caller.workspace_id,
        subject=_SUBJECT,
        resource=f"{batches.PATH}/{batch_id}",
        command={"batch_id": batch_id, "total": len(body.file_ids)},
        name=name,
        fields=fields,
        made_field="transformation_id" if is_transform else "background_id",
        made_at=f"/v1/images/{'transformations' if is_transform else 'backgrounds'}/",
        traceparent=trace_headers().get(TRACEPARENT),
        idempotency_key=asked.idempotency_key,
        fingerprint=asked.fingerprint,
    )


async def _child(
    gateway: Gateway, caller: Caller, body: BatchRequest, accept: str
) -> tuple[str, dict[str, Any]]:
    """The task of each image, and what its command holds besides the file."""
    if body.background is not None:
        spec = checked_background(body.background, "/background")
        return GENERATE_BACKGROUND.name, {
            "spec": msgspec.to_builtins(spec),
            "picture": await picture(gateway, caller, spec),
        }
    recipe = await asked_recipe(
        gateway, caller, body.recipe, body.preset, accept, body.parameters
    )
    return TRANSFORM.name, await needed(gateway, caller, recipe)
