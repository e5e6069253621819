"""One picture of a template, now: values in, the picture out."""

import json
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header
from starlette.responses import Response

from onemanage.contracts.psd.filling import renders_prefix
from onemanage.contracts.psd.templates import RenderOutput
from onemanage.gateway.audit import entries
from onemanage.gateway.audit.targets import with_its_statement
from onemanage.gateway.gateway import Gateway, GatewayDep, IdempotencyKey, Reads, Writes
from onemanage.gateway.http import answers
from onemanage.gateway.http.downloads import (
    SAFE,
    Conditional,
    Conditions,
    disposition,
    download,
    image_gone,
)
from onemanage.gateway.http.ids import RenderId, TemplateId
from onemanage.gateway.http.kept_answers import REPLAYED
from onemanage.gateway.http.media import Answers, bytes_of
from onemanage.gateway.templates.known import known_template
from onemanage.gateway.templates.pictures import with_pictures
from onemanage.gateway.templates.render_schemas import RenderOut, RenderRequest
from onemanage.gateway.templates.rendering import (
    Asking,
    Render,
    before,
    rendered,
)
from onemanage.gateway.templates.values import checked_values

router = APIRouter(prefix="/v1/templates/{template_id}/renders", tags=["templates"])

_PICTURES = ("image/png", "image/webp", "image/avif", "image/jpeg")
_PICTURE = bytes_of("The picture.", *_PICTURES)
_ENDINGS = {"image/jpeg": "jpg"}
_MOST_WARNINGS = 2_000
"""Characters of them in a header."""


def _answers() -> Answers:
    told = _PICTURE[200]
    shown = {"schema": {"$ref": "#/components/schemas/RenderOut"}}
    content = {**told["content"], "application/json": shown}
    text = "The picture; or as JSON, with its address, for who accepts that."
    return {200: {"description": text, "content": content}}


@with_its_statement
async def wants_json(
    key: IdempotencyKey, accept: Annotated[str, Header()] = "*/*"
) -> bool:
    """Whether the answer says where the picture is kept. What keeps one is in the audit
    before; what keeps none changes nothing, and is there once it has been answered."""
    is_json, entry = _wants_json(accept), entries.current()
    if entry is not None and (is_json or key is not None):
        await entry.begin()
    return is_json


@router.post("", response_class=Response, responses=_answers())
async def create_render(
    body: RenderRequest,
    gateway: GatewayDep,
    caller: Writes,
    template_id: TemplateId,
    key: IdempotencyKey,
    is_json: Annotated[bool, Depends(wants_json)],
) -> Response:
    """Put values into the slots and answer with the picture.

    Made at once, or not at all: what takes longer is refused as ``template.heavy``, to
    be ordered as a merge. Warnings are in ``X-Image-Warnings``. With ``Accept:
    application/json`` the answer says where the picture is kept instead.
    """
    asking = Asking(
        what=[template_id, body.model_dump(mode="json")],
        idempotency_key=key,
        is_kept=is_json,
    )
    template = await gateway.templates.latest(caller.workspace_id, template_id)
    render = await before(gateway, caller, template_id, asking)
    if render is None:
        given = checked_values(template, body.values, "/values")
        values = await with_pictures(gateway, caller, template, given, "/values")
        output = msgspec.convert(
            body.model_dump(
                include=set(RenderOutput.__struct_fields__), exclude_none=True
            ),
            RenderOutput,
        )
        render = await rendered(
            gateway, caller, template, values, output, body.missing_fonts, asking
        )
    if is_json:
        return _as_json(template_id, template.revision, render)
    return await _as_picture(gateway, template_id, render)


@router.get("/{render_id}", response_class=Response, responses=_PICTURE)
async def get_render(
    gateway: GatewayDep,
    caller: Reads,
    template_id: TemplateId,
    render_id: RenderId,
    conditions: Conditional,
) -> Response:
    """A picture that was made before, for as long as it is kept."""
    await known_template(gateway, caller, template_id)
    key = renders_prefix(caller.workspace_id, template_id) + render_id
    found = await gateway.storage.find(key, 0)
    if found is None:
        raise image_gone()
    return await download(
        gateway.storage,
        key,
        found.metadata["sha256"],
        conditions,
        file_name=_file_name(render_id, found.media_type),
    )


def _wants_json(accept: str) -> bool:
    """Whether JSON is named before any picture."""
    for part in accept.lower().split(","):
        kind = part.partition(";")[0].strip()
        if kind == "application/json":
            return True
        if kind.startswith("image/"):
            return False
    return False


def _as_json(template_id: str, revision: int, render: Render) -> Response:
    shown: dict[str, Any] = RenderOut.shown(
        render.made,
        id=render.render_id,
        template_id=template_id,
        revision=revision,
        url=f"/v1/templates/{template_id}/renders/{render.render_id}",
    )
    return answers.json(shown, headers=REPLAYED if render.is_repeat else None)


async def _as_picture(gateway: Gateway, template_id: str, render: Render) -> Response:
    headers = {
        "ETag": f'"{render.made.sha256}"',
        "Cache-Control": "private, no-store",
        "Content-Disposition": disposition(
            _file_name(render.render_id, render.made.media_type)
        ),
        "Vary": "Accept",
        **SAFE,
    }
    if told := _header(render.made.warnings):
        headers["X-Image-Warnings"] = told
    if render.is_repeat:
        headers |= REPLAYED
    else:
        headers["Server-Timing"] = f"render;dur={render.made.seconds * 1000:.1f}"
    if render.made.data is not None:
        return Response(render.made.data, 200, headers, render.made.media_type)
    at = f"/v1/templates/{template_id}/renders/{render.render_id}"
    answer = await download(
        gateway.storage, render.store_key, render.made.sha256, Conditions()
    )
    answer.headers.update(headers | {"Content-Location": at})
    return answer


def _header(warnings: list[str]) -> str:
    """As many as there is room for, as JSON in ASCII."""
    while len(text := json.dumps(warnings)) > _MOST_WARNINGS:
        warnings = warnings[:-1]
    return text if warnings else ""


def _file_name(render_id: str, media_type: str) -> str:
    ending = _ENDINGS.get(media_type, media_type.rpartition("/")[2])
    return f"{render_id}.{ending}"
