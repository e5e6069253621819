"""Diffs: what has changed between two parsed documents."""

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.psd.diffs import COMPARE, DiffManifest, DocumentDiff, GetDiff
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers
from onemanage.gateway.http.downloads import Conditional, download, read
from onemanage.gateway.http.ids import DiffId
from onemanage.gateway.http.media import PNG
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.psd import answers as psd_answers
from onemanage.gateway.psd.diff_schemas import DiffOut, DiffRequest
from onemanage.gateway.psd.known import known_document
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/psd/diffs", tags=["diffs"])


@router.post("", response_model=TaskOut)
async def create_diff(
    body: DiffRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
) -> Response:
    """Compare two parsed documents, layer by layer and pixel by pixel.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """

    async def prepare() -> Order:
        for document_id in (body.before, body.after):
            await known_document(gateway, caller, document_id)
        task_id = new_id("tsk")
        diff_id = derived_id("dif", task_id)
        fields = {
            "diff_id": diff_id,
            "before_document_id": body.before,
            "after_document_id": body.after,
        }
        at = f"/v1/psd/diffs/{diff_id}"
        return Order(task_id=task_id, fields=fields, resource=at)

    return await ordering.answer(COMPARE, [body.before, body.after], prepare)


@router.get("/{diff_id}", response_model=DiffOut)
async def get_diff(gateway: GatewayDep, caller: Reads, diff_id: DiffId) -> Response:
    """What has changed: every layer, and the regions where the pixels differ."""
    found = await _diff(gateway, caller, diff_id)
    stored = await read(gateway.storage, found.changes_key, _diff_gone)
    return answers.json(
        psd_answers.diff(msgspec.json.decode(stored, type=DiffManifest))
    )


def _diff_gone() -> Problem:
    detail = "What has changed is no longer kept. Compare the documents again."
    return Problem(404, "diff_gone", detail)


@router.get("/{diff_id}/image", response_class=Response, responses=PNG)
async def get_diff_image(
    gateway: GatewayDep,
    caller: Reads,
    diff_id: DiffId,
    conditions: Conditional,
) -> Response:
    """A PNG of the newer document in gray, with what has changed in colour."""
    found = await _diff(gateway, caller, diff_id)
    image = found.heat_map
    if image is None:
        detail = (
            "There is no heat map of these documents. The warnings of the diff say why."
        )
        raise Problem(404, "no_image", detail)
    return await download(
        gateway.storage,
        image.object_key,
        image.sha256,
        conditions,
        file_name=f"{diff_id}.png",
    )


async def _diff(gateway: Gateway, caller: Caller, diff_id: str) -> DocumentDiff:
    query = GetDiff(workspace_id=caller.workspace_id, diff_id=diff_id)
    return await ask(gateway.nats, query, DocumentDiff)
