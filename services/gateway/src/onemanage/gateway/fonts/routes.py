"""Fonts of a workspace: uploaded once, and set in by all of its templates."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, new_id
from onemanage.contracts.psd.fonts import (
    ADD_FONT,
    Font,
    FontPage,
    GetFont,
    ListFonts,
    font_id,
)
from onemanage.gateway.files.bodies import file_or, named_or_received
from onemanage.gateway.files.known import known_file
from onemanage.gateway.files.schemas import FileReference
from onemanage.gateway.fonts.schemas import FontList, FontOut
from onemanage.gateway.gateway import GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import FontId
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/fonts", tags=["fonts"])

_BODY = file_or(FileReference, "The font itself, or the id of an uploaded file.")


@router.post("", response_model=TaskOut, openapi_extra=_BODY)
async def add_font(
    request: Request,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    name: Annotated[str | None, Query(examples=["Brand-Bold.otf"])] = None,
) -> Response:
    """Keep a font for this workspace's templates: TTF, OTF, TTC or WOFF2.

    The same bytes twice are one font. 200 with the result when it is done within
    ``Prefer: wait=N`` (two seconds where not said), else 202 and the task to follow.
    """
    key = ordering.idempotency_key
    file_id = await named_or_received(request, gateway, caller, name, key)

    async def prepare() -> Order:
        file = await known_file(gateway, caller, file_id)
        own_id = font_id(caller.workspace_id, file.sha256)
        return Order(
            task_id=new_id("tsk"),
            fields={"font_id": own_id},
            file_id=file_id,
            resource=f"/v1/fonts/{own_id}",
        )

    return await ordering.answer(ADD_FONT, file_id, prepare)


@router.get("", response_model=FontList)
async def list_fonts(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    query = ListFonts(
        workspace_id=caller.workspace_id,
        limit=limit,
        place=cursors.read(cursor, ListPlace),
    )
    found = await ask(gateway.nats, query, FontPage)
    return pages.answer(found, FontOut.shown, pages.newest("font_id"))


@router.get("/{font_id}", response_model=FontOut)
async def get_font(gateway: GatewayDep, caller: Reads, font_id: FontId) -> Response:
    """Its faces, with the names that documents know them by."""
    query = GetFont(workspace_id=caller.workspace_id, font_id=font_id)
    return answers.json(FontOut.shown(await ask(gateway.nats, query, Font)))
