"""Images by address, for whoever has an API key."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from onemanage.contracts.base import example_id
from onemanage.gateway.gateway import GatewayDep, Reads
from onemanage.gateway.http.downloads import Conditional
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
from onemanage.gateway.images.addresses.signatures import Tenant
from onemanage.gateway.images.addresses.sources import PATTERN


class _SourceConvertor(StringConvertor):
    """What begins as a source does, so that no other route's addresses do."""

    regex = PATTERN


register_url_convertor("image_source", _SourceConvertor())
router = APIRouter(prefix="/v1/images", tags=["images"])

SourceName = Annotated[
    str,
    Path(
        pattern=f"^{PATTERN}$",
        description="fil_…, doc_…, doc_…:<layer>, tsf_…:<name>, bgd_… or "
        "url_<base64url of an address>.",
        examples=[example_id("fil")],
    ),
]
RecipeText = Annotated[
    str,
    Path(pattern=WORDS, description="See docs/imaging.md.", examples=["w_400,f_webp"]),
]


@router.get(
    "/{source:image_source}/{recipe:path}",
    response_class=Response,
    responses=ANY_IMAGE,
)
async def get_image(
    request: Request,
    gateway: GatewayDep,
    caller: Reads,
    source: SourceName,
    recipe: RecipeText,
    conditions: Conditional,
    accept: Accept = "*/*",
    download: Download = None,
    errors: Errors = None,
) -> Response:
    """What a recipe in the address makes of a source.

    Made at once, or not at all: what would take longer is to be ordered as a
    transformation. Without a format in the recipe it follows `Accept`.
    """
    given, _, words = written(request.scope, router.prefix).partition("/")

    async def show() -> tuple[Shown, None]:
        asked = Asked(
            source=given, recipe=words, ending=None, accepted=accepted(accept)
        )
        tenant = Tenant(caller.workspace_id, caller.limits, caller.worked)
        return await gateway.images.show(tenant, asked), None

    return await answer(gateway, show, conditions, download, errors)
