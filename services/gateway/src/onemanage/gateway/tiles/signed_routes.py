"""Deep zoom for everybody: a key of the workspace has signed for the picture.

One signature is good for the image information and all tiles below it: it is over
``{expiry}/tiles/{source}``.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from onemanage.gateway.gateway import Gateway, GatewayDep
from onemanage.gateway.http import answers
from onemanage.gateway.http.downloads import Conditions
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.answers import Public
from onemanage.gateway.images.addresses.asking import WORDS
from onemanage.gateway.images.addresses.signatures import seconds_left, split
from onemanage.gateway.tiles import answers as tile_answers
from onemanage.gateway.tiles.answers import AskedTile
from onemanage.gateway.tiles.pyramids import Tiled
from onemanage.gateway.tiles.schemas import TILE as TILE_BYTES
from onemanage.gateway.tiles.schemas import (
    IfNoneMatch,
    ImageInfoOut,
    Region,
    Size,
    TileName,
    TileSource,
)
from onemanage.platform.messaging.queries import QueryFailed

router = APIRouter(prefix="/i", tags=["tiles"])

_INFO_SECONDS = 300
_AT = "/{tiles_signature}/{expiry}/tiles/{source}"
Signature = Annotated[str, Path(pattern=WORDS, examples=["9f3c01ab." + "A" * 32])]
Expiry = Annotated[
    str, Path(pattern=WORDS, description="Seconds since 1970; 0: none.", examples=["0"])
]


@router.get(f"{_AT}/info.json", response_model=ImageInfoOut)
async def get_signed_image_info(
    gateway: GatewayDep, tiles_signature: Signature, expiry: Expiry, source: TileSource
) -> Response:
    """What a viewer needs to know of a picture whose tiles are made."""
    tiled, public = await _signed(gateway, tiles_signature, expiry, source)
    try:
        found = await gateway.pyramids.find(tiled)
    except QueryFailed as error:
        if error.code != "not_found":
            raise
        raise _no_store(tile_answers.not_made(tiled)) from None
    at = f"{gateway.pyramids.public_url}{router.prefix}/{tiles_signature}/{expiry}"
    told = tile_answers.info(found, f"{at}/tiles/{source}")
    headers = {"Cache-Control": public.cache_control(_INFO_SECONDS), **_ANY_PAGE}
    return answers.json(told, headers=headers)


@router.get(
    _AT + "/{region}/{size}/0/{file}",
    response_class=Response,
    responses=TILE_BYTES,
)
async def get_signed_tile(
    gateway: GatewayDep,
    tiles_signature: Signature,
    expiry: Expiry,
    source: TileSource,
    region: Region,
    size: Size,
    file: TileName,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The same tile without an API key, for viewers in pages."""
    tiled, public = await _signed(gateway, tiles_signature, expiry, source)
    try:
        answer = await tile_answers.tile(
            gateway.pyramids,
            tiled,
            AskedTile(region, size, file),
            Conditions(if_none_match),
            public.cache_control(immutable=True),
        )
    except Problem as problem:
        raise _no_store(problem) from None
    answer.headers.update(_ANY_PAGE)
    return answer


_ANY_PAGE = {"Access-Control-Allow-Origin": "*"}
"""A viewer reads what it shows; there is nothing in it but what the address gives away."""


async def _signed(
    gateway: Gateway, signature: str, expiry: str, source: str
) -> tuple[Tiled, Public]:
    """Raises a 403, 404, 410 or 422 Problem, which no cache keeps."""
    try:
        signed = split(f"{signature}/{expiry}/tiles/{source}")
        signer = await gateway.images.signatures.check(signed)
        public = Public(seconds_left(expiry))
        if signer.key.is_bounded:
            detail = (
                "The key of this address bounds what is shown of a picture, and tiles "
                "show all of it. Sign by a key without lists that covers addresses."
            )
            raise Problem(403, "image.not_allowed", detail)
        tiled = await gateway.pyramids.tiled(signer.tenant.workspace_id, source)
    except Problem as problem:
        raise _no_store(problem) from None
    return tiled, public


def _no_store(problem: Problem) -> Problem:
    """Left to themselves, caches keep 404 and 410."""
    problem.headers = (problem.headers or {}) | {"Cache-Control": "no-store"}
    return problem
