"""Backgrounds taken away or replaced."""

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.imaging.images import (
    GENERATE_BACKGROUND,
    BackgroundImage,
    GetBackground,
    StoredImage,
)
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers
from onemanage.gateway.http.downloads import Conditional
from onemanage.gateway.http.ids import BackgroundId, ImageName
from onemanage.gateway.http.media import IMAGE
from onemanage.gateway.images import answers as image_answers
from onemanage.gateway.images.recipes import checked_background, picture
from onemanage.gateway.images.schemas import BackgroundOut, BackgroundRequest
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/images/backgrounds", tags=["images"])


@router.post("", response_model=TaskOut)
async def create_background(
    body: BackgroundRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
) -> Response:
    """Find the subject of a picture and give it another background, or none.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """
    spec = checked_background(body.spec, "/spec")
    wanted = msgspec.to_builtins(spec)

    async def prepare() -> Order:
        task_id = new_id("tsk")
        background_id = derived_id("bgd", task_id)
        fields = {
            "background_id": background_id,
            "spec": wanted,
            "picture": await picture(gateway, caller, spec),
        }
        return Order(
            task_id=task_id,
            fields=fields,
            file_id=body.file_id,
            resource=f"/v1/images/backgrounds/{background_id}",
        )

    return await ordering.answer(GENERATE_BACKGROUND, [body.file_id, wanted], prepare)


@router.get("/{background_id}", response_model=BackgroundOut)
async def get_background(
    gateway: GatewayDep, caller: Reads, background_id: BackgroundId
) -> Response:
    """What was made: how sure the mask is, and the addresses of the images."""
    found = await _background(gateway, caller, background_id)
    return answers.json(image_answers.background(found))


@router.get("/{background_id}/images/{name}", response_class=Response, responses=IMAGE)
async def get_background_image(
    gateway: GatewayDep,
    caller: Reads,
    background_id: BackgroundId,
    name: ImageName,
    conditions: Conditional,
) -> Response:
    """``image``, or ``mask`` where it was asked for."""

    async def images() -> list[StoredImage]:
        return (await _background(gateway, caller, background_id)).images

    return await image_answers.stored(
        gateway.served_images,
        (caller.workspace_id, background_id),
        name,
        images,
        conditions,
    )


async def _background(
    gateway: Gateway, caller: Caller, background_id: str
) -> BackgroundImage:
    query = GetBackground(workspace_id=caller.workspace_id, background_id=background_id)
    return await ask(gateway.nats, query, BackgroundImage)
