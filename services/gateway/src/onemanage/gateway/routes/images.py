"""Transformations: what recipes make of images."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from onemanage.contracts.base import derived_id, new_id
from onemanage.contracts.imaging import (
    Artifact,
    GetTransformation,
    ListTransformations,
    StoredImage,
    Transformation,
    TransformationPage,
)
from onemanage.contracts.psd import Document, GetDocument, GetLayer, ImageFile, Layer
from onemanage.gateway import answers, image_answers
from onemanage.gateway.archives import Entry, archive, json_entry
from onemanage.gateway.gateway import (
    Authenticated,
    Caller,
    Deps,
    Gateway,
    IdempotencyKey,
    Wait,
)
from onemanage.gateway.image_schemas import (
    LayerReference,
    TransformationList,
    TransformationOut,
    TransformationRequest,
)
from onemanage.gateway.orders import Order, run_command
from onemanage.gateway.problems import Problem
from onemanage.gateway.recipes import asked_recipe, watermarks
from onemanage.gateway.routes.psd import IfNoneMatch
from onemanage.gateway.schemas import TaskOut
from onemanage.platform.queries import ask

router = APIRouter(prefix="/v1/images/transformations", tags=["images"])

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A zip, sent while it is made.",
        "content": {"application/zip": {}},
    }
}


@router.post("", response_model=TaskOut)
async def create_transformation(
    body: TransformationRequest,
    gateway: Deps,
    caller: Authenticated,
    wait: Wait,
    idempotency_key: IdempotencyKey,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Carry out a recipe on an image.

    Outputs in the format ``auto`` follow the request's ``Accept``. 200 with the result
    when it is done within ``Prefer: wait=N`` (two seconds where not said), else 202
    and the task to follow.
    """
    recipe = await asked_recipe(gateway, caller, body.recipe, body.preset, accept)
    file_id, artifact = body.file_id, None
    if body.layer is not None:
        file_id, artifact = await _layer_source(gateway, caller, body.layer)
    task_id = new_id("tsk")
    transformation_id = derived_id("tsf", task_id)
    fields = {
        "transformation_id": transformation_id,
        "recipe": msgspec.to_builtins(recipe),
        "artifact": msgspec.to_builtins(artifact),
        "url": body.url,
        "watermarks": await watermarks(gateway, caller, recipe),
    }
    order = Order(
        task_id=task_id,
        name="imaging.transform",
        fields=fields,
        asked=[file_id, fields["artifact"], body.url, fields["recipe"]],
        file_id=file_id,
        resource=f"/v1/images/transformations/{transformation_id}",
    )
    row = await run_command(
        gateway, caller.key_hash, order, wait=wait, idempotency_key=idempotency_key
    )
    answer = answers.ended_or_accepted(row, wait)
    answer.headers["Vary"] = "Accept"
    return answer


@router.get("", response_model=TransformationList)
async def list_transformations(
    gateway: Deps,
    caller: Authenticated,
    file_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Response:
    """Newest first, of one file or of all."""
    before = answers.read_cursor(cursor, 1)
    query = ListTransformations(
        workspace_id=caller.workspace_id,
        file_id=file_id,
        limit=limit,
        before=before[0] if before else None,
    )
    found = await ask(gateway.nats, query, TransformationPage)
    last = answers.cursor(found.items[-1].transformation_id) if found.has_more else None
    return answers.page(
        (image_answers.transformation(item) for item in found.items), last
    )


@router.get("/{transformation_id}", response_model=TransformationOut)
async def get_transformation(
    gateway: Deps, caller: Authenticated, transformation_id: str
) -> Response:
    """What was made, with the addresses of the images."""
    found = await _transformation(gateway, caller, transformation_id)
    return answers.json(image_answers.transformation(found))


@router.get("/{transformation_id}/images/{name}")
async def get_transformed_image(
    gateway: Deps,
    caller: Authenticated,
    transformation_id: str,
    name: str,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The image of one variant."""

    async def variants() -> list[StoredImage]:
        return (await _transformation(gateway, caller, transformation_id)).variants

    return await image_answers.stored(
        gateway.served_images,
        (caller.workspace_id, transformation_id),
        name,
        variants,
        if_none_match,
    )


@router.get(
    "/{transformation_id}/archive", responses=_ZIP, response_class=StreamingResponse
)
async def get_transformation_archive(
    gateway: Deps, caller: Authenticated, transformation_id: str
) -> Response:
    """All variants, and transformation.json, in one zip."""
    found = await _transformation(gateway, caller, transformation_id)
    entries = [
        Entry(
            name=image.object_key.rpartition("/")[2],
            size=image.size,
            crc32=image.crc32,
            object_key=image.object_key,
        )
        for image in found.variants
    ]
    entries.append(
        json_entry("transformation.json", image_answers.transformation(found))
    )
    name = f"{transformation_id}.zip"
    return archive(gateway.storage, entries, name, found.created_at)


async def _layer_source(
    gateway: Gateway, caller: Caller, layer: LayerReference
) -> tuple[str, Artifact]:
    workspace_id, document_id = caller.workspace_id, layer.document_id
    question = GetDocument(workspace_id=workspace_id, document_id=document_id)
    document = await ask(gateway.nats, question, Document)
    if layer.layer_id is None:
        return document.file_id, _artifact(document.composite, document.name)
    asked = GetLayer(
        workspace_id=workspace_id, document_id=document_id, layer_id=layer.layer_id
    )
    found = await ask(gateway.nats, asked, Layer)
    return document.file_id, _artifact(found.image, found.name)


def _artifact(image: ImageFile | None, name: str) -> Artifact:
    if image is None:
        detail = f"{name} has no pixels of its own; make a rendition of it first."
        raise Problem(422, "no_image", detail)
    return Artifact(object_key=image.object_key, name=name)


async def _transformation(
    gateway: Gateway, caller: Caller, transformation_id: str
) -> Transformation:
    query = GetTransformation(
        workspace_id=caller.workspace_id, transformation_id=transformation_id
    )
    return await ask(gateway.nats, query, Transformation)
