"""Deep zoom: pictures in tiles, as IIIF's Image API 3 (compliance level 0) has them."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from onemanage.contracts.previews.tiles import TILE, first_tiling
from onemanage.gateway.gateway import GatewayDep, Reads
from onemanage.gateway.http import answers
from onemanage.gateway.http.downloads import Conditions
from onemanage.gateway.http.preferences import Wait
from onemanage.gateway.tasks.first_asked import FirstAsked
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tiles import answers as tile_answers
from onemanage.gateway.tiles.answers import AskedTile
from onemanage.gateway.tiles.pyramids import Pyramids, Tiled
from onemanage.gateway.tiles.schemas import TILE as TILE_BYTES
from onemanage.gateway.tiles.schemas import (
    IfNoneMatch,
    ImageInfoOut,
    Region,
    Size,
    TileName,
    TileSource,
)

router = APIRouter(prefix="/v1/tiles", tags=["tiles"])


@router.get("/{source}", include_in_schema=False)
async def get_tiles(gateway: GatewayDep, caller: Reads, source: TileSource) -> Response:
    """To its image information: a formality of IIIF, and in no description."""
    await gateway.pyramids.tiled(caller.workspace_id, source)
    return RedirectResponse(f"{router.prefix}/{source}/info.json", 303)


@router.get("/{source}/info.json", response_model=ImageInfoOut)
async def get_image_info(
    gateway: GatewayDep, caller: Reads, source: TileSource, wait: Wait
) -> Response:
    """What a viewer needs to know of a picture and its tiles.

    Whoever asks first has them made: 200 when that is done within ``Prefer: wait=N``
    (two seconds where not said), else 202 and the task to follow.
    """
    tiled = await gateway.pyramids.tiled(caller.workspace_id, source)

    async def answer() -> Response:
        found = await gateway.pyramids.find(tiled)
        at = f"{gateway.pyramids.public_url}{router.prefix}/{source}"
        return answers.json(tile_answers.info(found, at), headers=wait.headers)

    id_ = tiled.pyramid_id
    tiling = FirstAsked(TILE, id_, first_tiling(id_), partial(_order, tiled))
    return await tiling.answered(gateway, caller, wait, answer)


@router.get(
    "/{source}/{region}/{size}/0/{file}",
    response_class=Response,
    responses=TILE_BYTES,
)
async def get_tile(
    gateway: GatewayDep,
    caller: Reads,
    source: TileSource,
    region: Region,
    size: Size,
    file: TileName,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One of the tiles that the image information tells of; ``full/max`` is the whole
    picture in one."""
    pyramids: Pyramids = gateway.pyramids
    return await tile_answers.tile(
        pyramids,
        await pyramids.tiled(caller.workspace_id, source),
        AskedTile(region, size, file),
        Conditions(if_none_match),
        tile_answers.PRIVATE,
    )


def _order(tiled: Tiled, task_id: str) -> Order:
    source = tiled.source
    return Order(
        task_id=task_id,
        fields={
            "pyramid_id": tiled.pyramid_id,
            "source": tiled.text,
            "owner_id": source.id,
            "name": source.name,
            "object_key": source.quick.object_key,
        },
        resource=f"{router.prefix}/{tiled.text}/info.json",
    )
