"""Layers of all documents, found by what they say and how they look."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.psd.search import (
    LAYER_KINDS,
    FoundLayer,
    FoundLayers,
    FoundPlace,
    SearchLayers,
)
from onemanage.gateway.gateway import GatewayDep, Reads
from onemanage.gateway.http import cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import OfDocument
from onemanage.gateway.psd import answers as psd_answers
from onemanage.gateway.psd.schemas import FoundLayerList
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/psd", tags=["psd"])

_Q = Query(
    max_length=200,
    description="Words, all of which stand in name and text, as parts of words too.",
    examples=["button"],
)
_FONT = Query(
    max_length=200,
    description="PostScript name or family, whole.",
    examples=["Montserrat-Bold"],
)
_COLOR = Query(
    pattern="^#?[0-9a-fA-F]{6}$",
    description="One of the layer's colours; # is %23 in an address, or left out.",
    examples=["ff8800"],
)
_TOLERANCE = Query(
    ge=0,
    le=64,
    description="By how much red, green and blue may each differ, of 255.",
    examples=[8],
)
_KIND = Query(
    description=f"Any of {', '.join(LAYER_KINDS)}; give it again for more.",
    examples=[["type"]],
)


@router.get("/search", response_model=FoundLayerList)
async def search_layers(
    gateway: GatewayDep,
    caller: Reads,
    q: Annotated[str | None, _Q] = None,
    font: Annotated[str | None, _FONT] = None,
    color: Annotated[str | None, _COLOR] = None,
    tolerance: Annotated[int, _TOLERANCE] = 0,
    kind: Annotated[list[str] | None, _KIND] = None,
    document_id: OfDocument | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Best first: the name itself, names that begin with it, that hold it, the rest.

    At least one of ``q``, ``font``, ``color`` and ``kind``; all that are given hold.
    """
    query = SearchLayers(
        workspace_id=caller.workspace_id,
        q=q,
        font=font,
        color=f"#{color.removeprefix('#')}" if color is not None else None,
        color_tolerance=tolerance,
        kinds=kind or [],
        document_id=document_id,
        limit=limit,
        after=cursors.read(cursor, FoundPlace),
    )
    found = await ask(gateway.nats, query, FoundLayers)
    return pages.answer(found, psd_answers.found_layer, _place)


def _place(last: FoundLayer) -> FoundPlace:
    return FoundPlace(
        rank=last.rank, document_id=last.document_id, layer_id=last.layer.layer_id
    )
