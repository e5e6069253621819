"""Uploads in parts, straight to storage: for what is large, or sent over a bad line.

Files that come in a request's body are taken by ``/v1/files``.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, new_id, utc_now
from onemanage.contracts.uploads import COMPLETE
from onemanage.gateway.files.uploads import safe_name
from onemanage.gateway.gateway import (
    Caller,
    GatewayDep,
    IdempotencyKey,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import UploadId
from onemanage.gateway.http.kept_answers import REPLAYED
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.tasks.answers import ended_or_accepted
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Asked, Order, run_command
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.gateway.uploads import answers as upload_answers
from onemanage.gateway.uploads import resumable
from onemanage.gateway.uploads.schemas import (
    BegunUploadOut,
    CompleteRequest,
    PartList,
    UploadList,
    UploadOut,
    UploadRequest,
)
from onemanage.gateway.uploads.store import UploadRow
from onemanage.platform.storage.parts import MAX_PARTS

router = APIRouter(prefix="/v1/uploads", tags=["uploads"])

_FIRST_PARTS = 100


@router.post("", status_code=201, response_model=BegunUploadOut)
async def begin_upload(
    body: UploadRequest,
    gateway: GatewayDep,
    caller: Writes,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Begin to send a file in parts. Each part is PUT to an address of storage itself."""
    uploads = gateway.resumable
    uploads.check_offered()
    _check_size(body.size, uploads.limits.max_bytes)
    new = _new(body, caller)
    row = await uploads.begin(new, idempotency_key, caller.limits)
    shown = upload_answers.upload(row)
    page = resumable.PartsPage([], None)
    if row.state == "open":
        page = await uploads.page(row, 1, _FIRST_PARTS)
    shown["addresses"] = upload_answers.parts(page, uploads.limits)
    headers = {"Location": f"/v1/uploads/{row.id}"}
    if row.id != new.id:
        headers |= REPLAYED
    return answers.json(shown, 201, headers)


@router.get("", response_model=UploadList)
async def list_uploads(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first; those that have ended are kept for a week."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.resumable.store.page(caller.workspace_id, limit + 1, before)
    shown = upload_answers.upload
    return pages.answer(pages.first(rows, limit), shown, pages.newest("id"))


@router.get("/{upload_id}", response_model=UploadOut)
async def get_upload(
    gateway: GatewayDep, caller: Reads, upload_id: UploadId
) -> Response:
    """How far it is: what it is to become, and in which state it is."""
    found = await gateway.resumable.known(caller.workspace_id, upload_id)
    return answers.json(upload_answers.upload(found))


@router.get("/{upload_id}/parts", response_model=PartList)
async def list_upload_parts(
    gateway: GatewayDep,
    caller: Writes,
    upload_id: UploadId,
    first: Annotated[
        int, Query(alias="from", ge=1, le=MAX_PARTS, description="A part's number.")
    ] = 1,
    limit: Annotated[int, Query(ge=1, le=200)] = _FIRST_PARTS,
) -> Response:
    """Which parts have arrived, and where to PUT those that have not.

    It needs ``write``: whoever has such an address can write that part. Asking keeps
    the upload from being taken for abandoned.
    """
    uploads = gateway.resumable
    uploads.check_offered()
    row = await uploads.gone_on_with(caller.workspace_id, upload_id)
    page = await uploads.page(row, first, limit)
    return answers.json(upload_answers.parts(page, uploads.limits))


@router.post("/{upload_id}/complete", response_model=TaskOut)
async def complete_upload(
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    upload_id: UploadId,
    body: Annotated[CompleteRequest | None, Body()] = None,
) -> Response:
    """Make a file of the parts: joined, measured, hashed, its type read.

    A second time it is the same task. What turns out to be another file than was
    announced fails it, and is deleted.
    """
    uploads, given = gateway.resumable, body.sha256 if body else None

    async def prepare() -> Order:
        row = await uploads.known(caller.workspace_id, upload_id)
        sha256 = resumable.agreed_sha256(row, given)
        if resumable.is_closed(row):
            raise resumable.ended(row)
        if row.state == "open":
            await uploads.check_whole(row)
        return Order(
            task_id=row.task_id,
            fields={"upload_id": row.id, "sha256": sha256},
            resource=f"/v1/files/{row.file_id}",
        )

    key = ordering.idempotency_key
    asked = Asked(name=COMPLETE.name, what=upload_id, idempotency_key=key)
    wait = ordering.wait.seconds
    done = await run_command(gateway, caller, asked, prepare, wait=wait)
    task = done.row
    if given is not None and (task.command or {}).get("sha256", given) != given:
        raise resumable.other_hash()
    is_repeat = done.is_repeat and key is not None
    return ended_or_accepted(task, ordering.wait, is_repeat=is_repeat)


@router.delete("/{upload_id}", status_code=204, response_class=Response)
async def abort_upload(
    gateway: GatewayDep, caller: Writes, upload_id: UploadId
) -> Response:
    """Give it up; what storage has of it is deleted. One that is being completed is
    stopped by its task."""
    await gateway.resumable.abort(caller.workspace_id, upload_id)
    return Response(status_code=204)


def _check_size(size: int, most: int) -> None:
    if size > most:
        detail = f"The file is larger than the {most:,} bytes allowed here."
        errors = [{"pointer": "/size", "detail": f"More than {most}."}]
        raise Problem(413, "file.too_large", detail, errors=errors, max_bytes=most)


def _new(body: UploadRequest, caller: Caller) -> UploadRow:
    file_id, now = new_id("fil"), utc_now()
    return UploadRow(
        id=new_id("upl"),
        workspace_id=caller.workspace_id,
        name=safe_name(body.name),
        size=body.size,
        sha256=body.sha256,
        media_type=body.media_type,
        part_size=resumable.chosen_part_size(body.size, body.part_size),
        object_key=f"files/{caller.workspace_id}/{file_id}/source",
        storage_id=None,
        file_id=file_id,
        task_id=new_id("tsk"),
        error=None,
        created_at=now,
        expires_at=now,
        ended_at=None,
        state="open",
    )
