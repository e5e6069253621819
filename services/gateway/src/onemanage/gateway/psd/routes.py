"""PSD and PSB documents: parse and export, then look at what came out."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, derived_id, new_id
from onemanage.contracts.psd.documents import (
    PARSE_EXPORT,
    Document,
    DocumentPage,
    GetLayer,
    ImageFile,
    Layer,
    LayerPage,
    ListDocuments,
    ListLayers,
    Manifest,
)
from onemanage.contracts.psd.manifest import EmbeddedFile
from onemanage.gateway.files import sniff
from onemanage.gateway.files.bodies import file_or, is_json, read_json, receive
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor, NumberPlace
from onemanage.gateway.http.downloads import Conditional, Conditions, download
from onemanage.gateway.http.ids import DocumentId, ImageName, LayerId
from onemanage.gateway.http.media import ANY_FILE, PNG
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.public import public
from onemanage.gateway.psd import answers as psd_answers
from onemanage.gateway.psd.known import known_document, stored_manifest
from onemanage.gateway.psd.schemas import (
    NAME_ENCODING,
    DocumentList,
    DocumentOut,
    DocumentRequest,
    EmbeddedFileList,
    LayerDetailsOut,
    LayerList,
    NameEncoding,
)
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/psd/documents", tags=["psd"])

_FORM = '{"file_id": "fil_…"}'
_BODY = file_or(DocumentRequest, "The document itself, or the id of an uploaded file.")


@router.post("", response_model=TaskOut, openapi_extra=_BODY)
async def create_document(
    request: Request,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    name: Annotated[str | None, Query(examples=["poster.psd"])] = None,
    name_encoding: Annotated[
        NameEncoding | None, Query(description=NAME_ENCODING, examples=["cp936"])
    ] = None,
) -> Response:
    """Parse a document and export its layers and composite as PNG.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """
    if is_json(request):
        asked = await read_json(request, DocumentRequest, _FORM)
        file_id, encoding = asked.file_id, asked.name_encoding or name_encoding
    else:
        key = ordering.idempotency_key
        row = await receive(request, gateway, caller, name, key, only=sniff.PSD)
        file_id, encoding = row.id, name_encoding
    chosen = {"name_encoding": encoding} if encoding else {}

    async def prepare() -> Order:
        task_id = new_id("tsk")
        document_id = derived_id("doc", task_id)
        return Order(
            task_id=task_id,
            fields={"document_id": document_id, **chosen},
            file_id=file_id,
            resource=f"/v1/psd/documents/{document_id}",
        )

    same = [file_id, encoding] if encoding else file_id
    return await ordering.answer(PARSE_EXPORT, same, prepare)


@router.get("", response_model=DocumentList)
async def list_documents(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    query = ListDocuments(
        workspace_id=caller.workspace_id,
        limit=limit,
        place=cursors.read(cursor, ListPlace),
    )
    found = await ask(gateway.nats, query, DocumentPage)
    return pages.answer(found, psd_answers.document, pages.newest("document_id"))


@router.get("/{document_id}", response_model=DocumentOut)
async def get_document(
    gateway: GatewayDep, caller: Reads, document_id: DocumentId
) -> Response:
    """Size, colours, and how many layers and images there are."""
    return answers.json(
        psd_answers.document(await known_document(gateway, caller, document_id))
    )


@router.get("/{document_id}/manifest")
async def get_manifest(
    gateway: GatewayDep, caller: Reads, document_id: DocumentId
) -> Response:
    """The whole document as one JSON: every layer with box, blend mode and image."""
    found = await known_document(gateway, caller, document_id)
    stored = msgspec.json.decode(await stored_manifest(gateway, found.manifest_key))
    return answers.json(public(stored, Manifest))


@router.get("/{document_id}/files", response_model=EmbeddedFileList)
async def list_embedded_files(
    gateway: GatewayDep, caller: Reads, document_id: DocumentId
) -> Response:
    """What the document's smart objects show; those with a ``url`` were embedded."""
    found = await known_document(gateway, caller, document_id)
    files = await _embedded(gateway, found)
    at = f"/v1/psd/documents/{document_id}/files"
    return pages.whole(files, lambda file: psd_answers.embedded_file(file, at))


@router.get(
    "/{document_id}/files/{file_id}", response_class=Response, responses=ANY_FILE
)
async def get_embedded_file(
    gateway: GatewayDep,
    caller: Reads,
    document_id: DocumentId,
    file_id: ImageName,
    conditions: Conditional,
) -> Response:
    """A file that a smart object embeds, as its author placed it."""
    found = await known_document(gateway, caller, document_id)
    for file in await _embedded(gateway, found):
        if file.path is not None and psd_answers.embedded_id(file) == file_id:
            folder = found.manifest_key.rpartition("/")[0]
            return await download(
                gateway.storage,
                f"{folder}/{file.path}",
                file.sha256 or "",
                conditions,
                file_name=file.file_name or file_id,
                kind="attachment",
            )
    detail = f"Document {document_id} embeds no file {file_id}. List them at /files."
    raise Problem(404, "not_found", detail)


async def _embedded(gateway: Gateway, found: Document) -> list[EmbeddedFile]:
    stored = await stored_manifest(gateway, found.manifest_key)
    details = msgspec.json.decode(stored, type=Manifest).details
    return [] if details is None else details.files


@router.get("/{document_id}/composite", response_class=Response, responses=PNG)
async def get_composite(
    gateway: GatewayDep,
    caller: Reads,
    document_id: DocumentId,
    conditions: Conditional,
) -> Response:
    """The whole document as a PNG in sRGB."""
    found = await known_document(gateway, caller, document_id)
    return await _image(gateway, found.composite, conditions)


@router.get("/{document_id}/layers", response_model=LayerList)
async def list_layers(
    gateway: GatewayDep,
    caller: Reads,
    document_id: DocumentId,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
    cursor: Cursor = None,
) -> Response:
    """From the bottom of the tree to its top, groups before what they hold."""
    after = cursors.read(cursor, NumberPlace)
    query = ListLayers(
        workspace_id=caller.workspace_id,
        document_id=document_id,
        limit=limit,
        after=after.number if after else 0,
    )
    found = await ask(gateway.nats, query, LayerPage)
    return pages.answer(
        found, psd_answers.layer, lambda last: NumberPlace(last.layer_id)
    )


@router.get("/{document_id}/layers/{layer_id}", response_model=LayerDetailsOut)
async def get_layer(
    gateway: GatewayDep,
    caller: Reads,
    document_id: DocumentId,
    layer_id: LayerId,
) -> Response:
    """One layer with all that its details hold: text runs, effects, masks, fills."""
    found = await _layer(gateway, caller, document_id, layer_id)
    return answers.json(psd_answers.layer(found))


@router.get(
    "/{document_id}/layers/{layer_id}/image", response_class=Response, responses=PNG
)
async def get_layer_image(
    gateway: GatewayDep,
    caller: Reads,
    document_id: DocumentId,
    layer_id: LayerId,
    conditions: Conditional,
) -> Response:
    """The layer as a PNG in sRGB, trimmed to its own box, alpha kept."""
    found = await _layer(gateway, caller, document_id, layer_id)
    return await _image(gateway, found.image, conditions)


async def _layer(
    gateway: Gateway, caller: Caller, document_id: str, layer_id: int
) -> Layer:
    query = GetLayer(
        workspace_id=caller.workspace_id, document_id=document_id, layer_id=layer_id
    )
    return await ask(gateway.nats, query, Layer)


async def _image(
    gateway: Gateway, found: ImageFile | None, conditions: Conditions
) -> Response:
    if found is None:
        detail = "There are no pixels to show. The kind and the warnings say why."
        raise Problem(404, "no_image", detail)
    return await download(gateway.storage, found.object_key, found.sha256, conditions)
