"""Files: uploaded, listed, described, downloaded."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.gateway.files import answers as file_answers
from onemanage.gateway.files.bodies import BODY, receive
from onemanage.gateway.files.known import known_file
from onemanage.gateway.files.schemas import FileList, FileOut
from onemanage.gateway.gateway import GatewayDep, IdempotencyKey, Reads, Writes
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.downloads import Conditional, download
from onemanage.gateway.http.ids import FileId
from onemanage.gateway.http.kept_answers import REPLAYED
from onemanage.gateway.http.media import ANY_FILE
from onemanage.gateway.store import StoredBefore

router = APIRouter(prefix="/v1/files", tags=["files"])


@router.post("", status_code=201, response_model=FileOut, openapi_extra=BODY)
async def upload_file(
    request: Request,
    gateway: GatewayDep,
    caller: Writes,
    idempotency_key: IdempotencyKey,
    name: Annotated[str | None, Query(examples=["poster.psd"])] = None,
) -> Response:
    """Stream a file to storage. Its type is read from its first bytes."""
    row = await receive(request, gateway, caller, name, idempotency_key)
    headers = {"Location": f"/v1/files/{row.id}"}
    if isinstance(row, StoredBefore):
        headers |= REPLAYED
    return answers.json(file_answers.file(row), 201, headers)


@router.get("", response_model=FileList)
async def list_files(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.store.files(caller.workspace_id, limit + 1, before)
    return pages.answer(pages.first(rows, limit), file_answers.file, pages.newest("id"))


@router.get("/{file_id}", response_model=FileOut)
async def get_file(gateway: GatewayDep, caller: Reads, file_id: FileId) -> Response:
    """Its name, size, type and checksum, and the address of its bytes."""
    return answers.json(file_answers.file(await known_file(gateway, caller, file_id)))


@router.get("/{file_id}/content", response_class=Response, responses=ANY_FILE)
async def get_file_content(
    gateway: GatewayDep, caller: Reads, file_id: FileId, conditions: Conditional
) -> Response:
    """The file as it was uploaded, under its name; a range of it where one is asked for."""
    row = await known_file(gateway, caller, file_id)
    answer = await download(
        gateway.storage,
        row.object_key,
        row.sha256,
        conditions,
        file_name=row.name,
        kind="attachment",
        media_type=row.media_type,
    )
    # It may be a page: opened by force, nothing in it may run or load.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
