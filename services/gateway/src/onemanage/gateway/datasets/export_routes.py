"""Exports of data sets: made by a task, then streamed out of object storage."""

import msgspec
from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.datasets.datasets import ExportSpec
from onemanage.contracts.datasets.tasks import EXPORT
from onemanage.gateway.datasets.known import known_dataset, known_export
from onemanage.gateway.datasets.schemas import ExportOut, ExportRequest
from onemanage.gateway.gateway import GatewayDep, Reads, Writes
from onemanage.gateway.http import answers
from onemanage.gateway.http.downloads import Conditional, download
from onemanage.gateway.http.ids import DatasetId, ExportId
from onemanage.gateway.http.media import bytes_of
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut

router = APIRouter(prefix="/v1/datasets/{dataset_id}/exports", tags=["datasets"])

_FILE = bytes_of(
    "The file.",
    "text/csv",
    "application/vnd.apache.parquet",
    "application/vnd.apache.arrow.file",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


@router.post("", response_model=TaskOut)
async def create_export(
    body: ExportRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    dataset_id: DatasetId,
) -> Response:
    """Write rows to one file. 200 with the result, or 202 and the task to follow."""
    spec = msgspec.to_builtins(msgspec.convert(body.model_dump(), ExportSpec))

    async def prepare() -> Order:
        await known_dataset(gateway, caller, dataset_id)
        task_id = new_id("tsk")
        export_id = derived_id("exp", task_id)
        return Order(
            task_id=task_id,
            fields={"export_id": export_id, "dataset_id": dataset_id, "spec": spec},
            resource=f"/v1/datasets/{dataset_id}/exports/{export_id}",
        )

    return await ordering.answer(EXPORT, [dataset_id, spec], prepare)


@router.get("/{export_id}", response_model=ExportOut)
async def get_export(
    gateway: GatewayDep,
    caller: Reads,
    dataset_id: DatasetId,
    export_id: ExportId,
) -> Response:
    """What was exported, with the address of the file."""
    found = await known_export(gateway, caller, dataset_id, export_id)
    at = f"/v1/datasets/{dataset_id}/exports/{export_id}/content"
    return answers.json(ExportOut.shown(found, url=at))


@router.get("/{export_id}/content", responses=_FILE, response_class=StreamingResponse)
async def get_export_content(
    gateway: GatewayDep,
    caller: Reads,
    dataset_id: DatasetId,
    export_id: ExportId,
    conditions: Conditional,
) -> Response:
    """The file, under the data set's name."""
    found = await known_export(gateway, caller, dataset_id, export_id)
    return await download(
        gateway.storage,
        found.object_key,
        found.sha256,
        conditions,
        file_name=found.file_name,
        kind="attachment",
        gone=_export_gone,
    )


def _export_gone() -> Problem:
    detail = "The file is no longer kept. Export the data set again."
    return Problem(404, "export_gone", detail)
