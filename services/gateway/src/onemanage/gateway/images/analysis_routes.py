"""What an uploaded image shows, and which others show nearly the same."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.images import (
    ANALYZE,
    LOOKED_AT,
    Asset,
    FindSimilar,
    GetAsset,
    SimilarImages,
)
from onemanage.gateway.gateway import GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, pages
from onemanage.gateway.http.ids import FileId, OfFile
from onemanage.gateway.http.preferences import Wait
from onemanage.gateway.images import answers as image_answers
from onemanage.gateway.images.looks import answered_or_looked_at, look_order
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
    """Look at an image, again where somebody has before.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """

    async def prepare() -> Order:
        return look_order(body.file_id, new_id("tsk"), body.include)

    what = [body.file_id, *body.include] if body.include else body.file_id
    return await ordering.answer(ANALYZE, what, prepare)


@router.get("/analyses/{file_id}", response_model=AssetOut)
async def get_analysis(
    gateway: GatewayDep, caller: Reads, file_id: FileId, wait: Wait
) -> Response:
    """Size, colours, hashes, sharpness and faces of an image.

    One that nobody has looked at is looked at now: 200 when that is done within
    ``Prefer: wait=N`` (two seconds where not said), else 202 and the task to follow.
    """

    async def answer() -> Response:
        query = GetAsset(workspace_id=caller.workspace_id, file_id=file_id)
        found = await ask(gateway.nats, query, Asset)
        return answers.json(image_answers.asset(found), headers=wait.headers)

    return await answered_or_looked_at(gateway, caller, file_id, wait, answer)


@router.get("/similar", response_model=SimilarList)
async def find_similar_images(
    gateway: GatewayDep,
    caller: Reads,
    file_id: OfFile,
    wait: Wait,
    distance: Annotated[int, Query(ge=0, le=48)] = 31,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Images of the workspace that show nearly what this one does, nearest first.

    Among those that were looked at: ``searched`` of ``images``. ``distance`` is the
    number of bits of 256 that may differ. This one is looked at where nobody has, as
    its analysis is.
    """
    query = FindSimilar(
        workspace_id=caller.workspace_id,
        file_id=file_id,
        distance=distance,
        limit=limit,
    )

    async def answer() -> Response:
        found = await ask(gateway.nats, query, SimilarImages)
        images = await gateway.store.files_of(caller.workspace_id, LOOKED_AT)
        told = {"searched": found.searched, "images": images}
        return pages.whole(found.items, image_answers.similar, **told)

    return await answered_or_looked_at(gateway, caller, file_id, wait, answer)
