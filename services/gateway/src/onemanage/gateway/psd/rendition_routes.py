"""Renditions: images of a parsed document as somebody wants them, one by one or zipped."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from onemanage.contracts.base import ListPlace, derived_id, new_id
from onemanage.contracts.psd.documents import Manifest
from onemanage.contracts.psd.renditions import (
    RENDER,
    GetRendition,
    ListRenditions,
    Rendition,
    RenditionImage,
    RenditionManifest,
    RenditionPage,
    RenditionSpec,
)
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.archives import Entry, archive, json_entry
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.downloads import Conditional, download, missing_as
from onemanage.gateway.http.ids import DocumentId, RenditionId
from onemanage.gateway.http.media import RENDERED, ZIP
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.public import public
from onemanage.gateway.psd import answers as psd_answers
from onemanage.gateway.psd.known import (
    known_document,
    manifest_gone,
    stored_manifest,
)
from onemanage.gateway.psd.rendition_schemas import (
    RenditionList,
    RenditionRequest,
    RenditionWithImages,
)
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/psd", tags=["renditions"])


@router.post("/documents/{document_id}/renditions", response_model=TaskOut)
async def create_rendition(
    body: RenditionRequest,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    document_id: DocumentId,
) -> Response:
    """Make images of a parsed document: the whole, layers or slices, in any size.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """
    spec = msgspec.to_builtins(
        msgspec.convert(body.model_dump(exclude_none=True), RenditionSpec)
    )

    async def prepare() -> Order:
        document = await known_document(gateway, caller, document_id)
        task_id = new_id("tsk")
        rendition_id = derived_id("rnd", task_id)
        fields = {
            "rendition_id": rendition_id,
            "document_id": document_id,
            "spec": spec,
            "name_encoding": document.name_encoding,
        }
        return Order(
            task_id=task_id,
            fields=fields,
            file_id=document.file_id,
            resource=f"/v1/psd/renditions/{rendition_id}",
        )

    return await ordering.answer(RENDER, [document_id, spec], prepare)


@router.get("/documents/{document_id}/renditions", response_model=RenditionList)
async def list_renditions(
    gateway: GatewayDep,
    caller: Reads,
    document_id: DocumentId,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    query = ListRenditions(
        workspace_id=caller.workspace_id,
        document_id=document_id,
        limit=limit,
        place=cursors.read(cursor, ListPlace),
    )
    found = await ask(gateway.nats, query, RenditionPage)
    return pages.answer(found, psd_answers.rendition, pages.newest("rendition_id"))


@router.get("/renditions/{rendition_id}", response_model=RenditionWithImages)
async def get_rendition(
    gateway: GatewayDep, caller: Reads, rendition_id: RenditionId
) -> Response:
    """What was made, with the addresses of the images."""
    found = await _rendition(gateway, caller, rendition_id)
    images = await _images(gateway, found)
    return answers.json(psd_answers.rendition(found, images))


@router.get(
    "/renditions/{rendition_id}/images/{number}",
    response_class=Response,
    responses=RENDERED,
)
async def get_rendition_image(
    gateway: GatewayDep,
    caller: Reads,
    rendition_id: RenditionId,
    number: Annotated[int, Path(ge=1)],
    conditions: Conditional,
) -> Response:
    """One image under its own name."""
    found = await _rendition(gateway, caller, rendition_id)
    with missing_as(manifest_gone):
        images = await gateway.rendition_images.of(found.manifest_key)
    if number > len(images):
        detail = f"There is no image {number}. The rendition has {len(images)}."
        raise Problem(404, "no_image", detail)
    image = images[number - 1]
    return await download(
        gateway.served_images,
        image.object_key,
        image.sha256,
        conditions,
        file_name=image.name,
    )


@router.get(
    "/renditions/{rendition_id}/archive",
    responses=ZIP,
    response_class=StreamingResponse,
)
async def get_rendition_archive(
    gateway: GatewayDep, caller: Reads, rendition_id: RenditionId
) -> Response:
    """All images under their names, and rendition.json, in one zip."""
    found = await _rendition(gateway, caller, rendition_id)
    images = await _images(gateway, found)
    entries = [
        Entry(
            name=image.name,
            size=image.size,
            crc32=image.crc32,
            object_key=image.object_key,
        )
        for image in images
    ]
    entries.append(json_entry("rendition.json", psd_answers.rendition(found, images)))
    name = f"{rendition_id}.zip"
    return archive(gateway.storage, entries, name, found.created_at)


@router.get(
    "/documents/{document_id}/archive", responses=ZIP, response_class=StreamingResponse
)
async def get_document_archive(
    gateway: GatewayDep, caller: Reads, document_id: DocumentId
) -> Response:
    """Composite and layers as they were exported, and manifest.json, in one zip."""
    found = await known_document(gateway, caller, document_id)
    stored = msgspec.json.decode(await stored_manifest(gateway, found.manifest_key))
    shown = public(stored, Manifest)
    folder = found.manifest_key.rpartition("/")[0] + "/"
    entries = []
    for image, told in zip(_images_in(stored), _images_in(shown), strict=True):
        key = image["object_key"]
        told["file"] = key.removeprefix(folder)
        entries.append(
            Entry(
                name=told["file"],
                size=image["size"],
                crc32=image.get("crc32"),
                object_key=key,
            )
        )
    entries.append(json_entry("manifest.json", shown))
    name = f"{found.name}.zip"
    return archive(gateway.storage, entries, name, found.created_at)


def _images_in(manifest: Any) -> list[Any]:
    """Of a manifest as JSON has it: those that are there, the composite first."""
    images = [manifest["document"]["composite"]]
    images += [layer["image"] for layer in manifest["layers"]]
    return [image for image in images if image]


async def _rendition(gateway: Gateway, caller: Caller, rendition_id: str) -> Rendition:
    query = GetRendition(workspace_id=caller.workspace_id, rendition_id=rendition_id)
    return await ask(gateway.nats, query, Rendition)


async def _images(gateway: Gateway, found: Rendition) -> list[RenditionImage]:
    stored = await stored_manifest(gateway, found.manifest_key)
    return msgspec.json.decode(stored, type=RenditionManifest).images
