"""Previews: web-size images behind links that need no API key and live 24 hours."""

import time
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.datasets.datasets import DatasetSnapshot, GetProfile
from onemanage.contracts.previews.datasets import PUBLISH_DATASET
from onemanage.contracts.previews.previews import (
    PUBLISH,
    GetPreview,
    ListPreviews,
    Preview,
    PreviewPage,
    PreviewPlace,
)
from onemanage.contracts.psd.documents import Document, GetDocument
from onemanage.gateway.access.callers import suspended
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.downloads import Conditional, download
from onemanage.gateway.http.ids import OfDataset, OfDocument, PreviewId
from onemanage.gateway.http.media import bytes_of
from onemanage.gateway.previews import answers as preview_answers
from onemanage.gateway.previews.links import expired
from onemanage.gateway.previews.schemas import PreviewList, PreviewOut, PreviewRequest
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import QueryFailed, ask

router = APIRouter(prefix="/v1/previews", tags=["previews"])

_SHOWN = bytes_of(
    "An image, first rows as JSON, or a histogram.",
    "image/webp",
    "application/json",
    "image/svg+xml",
)


@router.get("", response_model=PreviewList)
async def list_previews(
    gateway: GatewayDep,
    caller: Reads,
    document_id: OfDocument | None = None,
    dataset_id: OfDataset | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
    cursor: Cursor = None,
) -> Response:
    """The live ones, the composite of a document before its layers.

    Of a data set its first rows as JSON, then a histogram of each column as SVG.
    """
    query = ListPreviews(
        workspace_id=caller.workspace_id,
        document_id=document_id,
        dataset_id=dataset_id,
        limit=limit,
        place=cursors.read(cursor, PreviewPlace),
    )
    found = await ask(gateway.nats, query, PreviewPage)
    return pages.answer(
        found,
        lambda item: preview_answers.preview(item, caller.workspace_id, gateway.links),
        PreviewPlace.of,
    )


@router.post("", response_model=TaskOut)
async def publish_previews(
    body: PreviewRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
) -> Response:
    """Make previews of a document or data set, or renew them for another 24 hours."""

    async def prepare() -> Order:
        if body.dataset_id is not None:
            return await _of_dataset(gateway, caller, body.dataset_id)
        return await _of_document(gateway, caller, body.document_id or "")

    task = PUBLISH if body.dataset_id is None else PUBLISH_DATASET
    return await ordering.answer(task, body.dataset_id or body.document_id, prepare)


async def _of_dataset(gateway: Gateway, caller: Caller, dataset_id: str) -> Order:
    question = GetProfile(workspace_id=caller.workspace_id, dataset_id=dataset_id)
    found = await ask(gateway.nats, question, DatasetSnapshot)
    return Order(
        task_id=new_id("tsk"),
        fields={"dataset_id": dataset_id, "profile_key": found.profile_key},
        resource=f"/v1/previews?dataset_id={dataset_id}",
    )


async def _of_document(gateway: Gateway, caller: Caller, document_id: str) -> Order:
    question = GetDocument(workspace_id=caller.workspace_id, document_id=document_id)
    document = await ask(gateway.nats, question, Document)
    return Order(
        task_id=new_id("tsk"),
        fields={
            "document_id": document.document_id,
            "manifest_key": document.manifest_key,
        },
        resource=f"/v1/previews?document_id={document.document_id}",
    )


@router.get("/{preview_id}", response_model=PreviewOut)
async def get_preview(
    gateway: GatewayDep, caller: Reads, preview_id: PreviewId
) -> Response:
    """With its link, until it expires."""
    query = GetPreview(workspace_id=caller.workspace_id, preview_id=preview_id)
    found = await ask(gateway.nats, query, Preview)
    return answers.json(
        preview_answers.preview(found, caller.workspace_id, gateway.links)
    )


@router.get("/{preview_id}/content", response_class=Response, responses=_SHOWN)
async def get_preview_content(
    gateway: GatewayDep,
    preview_id: PreviewId,
    workspace: str,
    expires: int,
    signature: str,
    conditions: Conditional,
) -> Response:
    """What a preview link shows. The signature in it stands for the API key."""
    gateway.links.check(workspace, preview_id, expires, signature)
    door = await gateway.workspace_deletions.door(workspace)
    if door == "suspended":
        raise suspended()
    if door == "closed":
        raise expired()
    query = GetPreview(workspace_id=workspace, preview_id=preview_id)
    try:
        found = await ask(gateway.nats, query, Preview)
    except QueryFailed as failure:
        if failure.code == "not_found":
            raise expired() from None
        raise
    left = int(expires - time.time())
    if left <= 0:
        raise expired()
    shown = await download(
        gateway.storage,
        found.object_key,
        found.sha256,
        conditions,
        f"private, max-age={left}",
        gone=expired,
    )
    # An SVG may be opened as a page of its own: nothing in it may run or load.
    shown.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return shown
