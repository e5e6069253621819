"""What an uploaded image shows, and which others show nearly the same."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.images import (
    ANALYZE,
    Asset,
    FindSimilar,
    GetAsset,
    SimilarImages,
)
from onemanage.gateway.gateway import GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, pages
from onemanage.gateway.http.ids import FileId, OfFile
from onemanage.gateway.images import answers as image_answers
from onemanage.gateway.images.schemas import AnalysisRequest, AssetOut, SimilarList
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/images", tags=["images"])


@router.post("/analyses", response_model=TaskOut)
async def create_analysis(
    body: AnalysisRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
) -> Response:
    """Look at an image again. Uploaded images are looked at without being asked.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """

    async def prepare() -> Order:
        return Order(
            task_id=new_id("tsk"),
            fields={"include": body.include},
            file_id=body.file_id,
            resource=f"/v1/images/analyses/{body.file_id}",
        )

    what = [body.file_id, *body.include] if body.include else body.file_id
    return await ordering.answer(ANALYZE, what, prepare)


@router.get("/analyses/{file_id}", response_model=AssetOut)
async def get_analysis(gateway: GatewayDep, caller: Reads, file_id: FileId) -> Response:
    """Size, colours, hashes, sharpness and faces of an image."""
    query = GetAsset(workspace_id=caller.workspace_id, file_id=file_id)
    return answers.json(image_answers.asset(await ask(gateway.nats, query, Asset)))


@router.get("/similar", response_model=SimilarList)
async def find_similar_images(
    gateway: GatewayDep,
    caller: Reads,
    file_id: OfFile,
    distance: Annotated[int, Query(ge=0, le=48)] = 31,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Images of the workspace that show nearly what this one does, nearest first.

    ``distance`` is the number of bits of 256 that may differ.
    """
    query = FindSimilar(
        workspace_id=caller.workspace_id,
        file_id=file_id,
        distance=distance,
        limit=limit,
    )
    found = await ask(gateway.nats, query, SimilarImages)
    return pages.whole(found.items, image_answers.similar)
