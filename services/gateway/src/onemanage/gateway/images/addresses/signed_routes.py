"""Images by address for everybody: a key of the workspace has signed them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from onemanage.contracts.base import example_id
from onemanage.gateway.gateway import GatewayDep
from onemanage.gateway.http.downloads import Conditional
from onemanage.gateway.images.addresses.answers import Public
from onemanage.gateway.images.addresses.asking import (
    ANY_IMAGE,
    WORDS,
    Accept,
    Download,
    Errors,
    accepted,
    answer,
    written,
)
from onemanage.gateway.images.addresses.planning import Asked
from onemanage.gateway.images.addresses.serving import Shown
from onemanage.gateway.images.addresses.signatures import (
    check_lists,
    seconds_left,
    split,
)

router = APIRouter(prefix="/i", tags=["images"])


@router.get(
    "/{signature}/{expiry}/{address:path}",
    response_class=Response,
    responses=ANY_IMAGE,
)
async def get_signed_image(
    request: Request,
    gateway: GatewayDep,
    signature: Annotated[str, Path(pattern=WORDS, examples=["9f3c01ab." + "A" * 32])],
    expiry: Annotated[
        str,
        Path(pattern=WORDS, description="Seconds since 1970; 0: none.", examples=["0"]),
    ],
    address: Annotated[
        str,
        Path(
            pattern=WORDS,
            description="{recipe}/{source}.{format}; recipe and format may be left out.",
            examples=[f"w_400/{example_id('fil')}.webp"],
        ),
    ],
    conditions: Conditional,
    accept: Accept = "*/*",
    download: Download = None,
    errors: Errors = None,
) -> Response:
    """The same without an API key, for pages: a key of the workspace has signed it."""
    signed = split(written(request.scope, router.prefix))

    async def show() -> tuple[Shown, Public]:
        signer = await gateway.images.signatures.check(signed)
        left = seconds_left(signed.expiry)
        if signer.key.is_bounded:
            check_lists(signer.key, gateway.images.readers.parts(signed.recipe))
        asked = Asked(
            source=signed.source,
            recipe=signed.recipe,
            ending=signed.ending,
            accepted=accepted(accept),
        )
        return await gateway.images.show(signer.tenant, asked), Public(left)

    return await answer(gateway, show, conditions, download, errors)
