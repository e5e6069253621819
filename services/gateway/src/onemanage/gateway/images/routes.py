"""Transformations: what recipes make of images."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response, StreamingResponse

from onemanage.contracts.base import ListPlace, derived_id, new_id
from onemanage.contracts.imaging.images import (
    TRANSFORM,
    Artifact,
    GetTransformation,
    ListTransformations,
    StoredImage,
    Transformation,
    TransformationPage,
)
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.contracts.psd.documents import (
    Document,
    GetDocument,
    GetLayer,
    ImageFile,
    Layer,
)
from onemanage.gateway.files.bodies import file_or, is_json, read_json, receive
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages, plain_json
from onemanage.gateway.http.archives import Entry, archive, json_entry
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.downloads import Conditional
from onemanage.gateway.http.ids import ImageName, OfFile, TransformationId
from onemanage.gateway.http.media import IMAGE, ZIP
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images import answers as image_answers
from onemanage.gateway.images.recipes import asked_recipe, needed
from onemanage.gateway.images.schemas import (
    PRESET_NAME,
    LayerReference,
    TransformationList,
    TransformationOut,
    TransformationRequest,
)
from onemanage.gateway.images.sealed_addresses import sealed
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order, asked_before
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask
from onemanage.platform.process.outbound import shown_address

router = APIRouter(prefix="/v1/images/transformations", tags=["images"])

_MAX_JSON_BYTES = 256 * 1024  # A recipe may be long.
_FORM = '{"file_id": …, "recipe": {…}}, or with "layer", "url" or "preset"'
_RECIPE = "As JSON, of an image that is the body; or name a `preset`."

_PARAMETERS = "Of the preset, as JSON."


@router.post(
    "",
    response_model=TaskOut,
    openapi_extra=file_or(
        TransformationRequest, "What is to be made; or the image itself, see `recipe`."
    ),
)
async def create_transformation(
    request: Request,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    accept: Annotated[str, Header()] = "*/*",
    preset: Annotated[
        str | None, Query(pattern=PRESET_NAME, examples=["thumbs"])
    ] = None,
    parameters: Annotated[str | None, Query(description=_PARAMETERS)] = None,
    recipe: Annotated[str | None, Query(description=_RECIPE)] = None,
    name: Annotated[str | None, Query(examples=["shoe.jpg"])] = None,
) -> Response:
    """Carry out a recipe on an image.

    Outputs in the format ``auto`` follow the request's ``Accept``. 200 with the result
    when it is done within ``Prefer: wait=N`` (two seconds where not said), else 202
    and the task to follow.
    """
    if is_json(request):
        body = await read_json(request, TransformationRequest, _FORM, _MAX_JSON_BYTES)
    else:
        given = _read_recipe(recipe, preset)
        said = _read_parameters(parameters, preset)
        if not await asked_before(gateway, caller.key_hash, ordering.idempotency_key):
            await asked_recipe(gateway, caller, given, preset, accept, said)
        file = await receive(request, gateway, caller, name, ordering.idempotency_key)
        body = TransformationRequest(
            file_id=file.id, recipe=given, preset=preset, parameters=said
        )

    async def prepare() -> Order:
        wanted = await asked_recipe(
            gateway, caller, body.recipe, body.preset, accept, body.parameters
        )
        return await _order(gateway, caller, body, wanted)

    return _varying(
        await ordering.answer(
            TRANSFORM, [body.model_dump(mode="json"), accept], prepare
        )
    )


async def _order(
    gateway: Gateway, caller: Caller, body: TransformationRequest, recipe: Recipe
) -> Order:
    file_id, artifact = body.file_id, None
    if body.layer is not None:
        file_id, artifact = await _layer_source(gateway, caller, body.layer)
    task_id = new_id("tsk")
    transformation_id = derived_id("tsf", task_id)
    fields = {
        "transformation_id": transformation_id,
        "artifact": msgspec.to_builtins(artifact),
        **_address(gateway, caller, body.url),
        **await needed(gateway, caller, recipe),
    }
    return Order(
        task_id=task_id,
        fields=fields,
        file_id=file_id,
        resource=f"/v1/images/transformations/{transformation_id}",
    )


def _address(gateway: Gateway, caller: Caller, url: str | None) -> dict[str, Any]:
    """As it may be shown, and sealed where it has a query: that may be a signature."""
    if url is None:
        return {}
    fields = {"url": shown_address(url), "sealed_url": sealed(gateway, caller, url)}
    return {name: value for name, value in fields.items() if value is not None}


@router.get("", response_model=TransformationList)
async def list_transformations(
    gateway: GatewayDep,
    caller: Reads,
    file_id: OfFile | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first, of one file or of all."""
    query = ListTransformations(
        workspace_id=caller.workspace_id,
        file_id=file_id,
        limit=limit,
        place=cursors.read(cursor, ListPlace),
    )
    found = await ask(gateway.nats, query, TransformationPage)
    return pages.answer(
        found, image_answers.transformation, pages.newest("transformation_id")
    )


@router.get("/{transformation_id}", response_model=TransformationOut)
async def get_transformation(
    gateway: GatewayDep, caller: Reads, transformation_id: TransformationId
) -> Response:
    """What was made, with the addresses of the images."""
    found = await _transformation(gateway, caller, transformation_id)
    return answers.json(image_answers.transformation(found))


@router.get(
    "/{transformation_id}/images/{name}", response_class=Response, responses=IMAGE
)
async def get_transformed_image(
    gateway: GatewayDep,
    caller: Reads,
    transformation_id: TransformationId,
    name: ImageName,
    conditions: Conditional,
) -> Response:
    """The image of one variant."""

    async def variants() -> list[StoredImage]:
        return (await _transformation(gateway, caller, transformation_id)).variants

    return await image_answers.stored(
        gateway.served_images,
        (caller.workspace_id, transformation_id),
        name,
        variants,
        conditions,
    )


@router.get(
    "/{transformation_id}/archive", responses=ZIP, response_class=StreamingResponse
)
async def get_transformation_archive(
    gateway: GatewayDep, caller: Reads, transformation_id: TransformationId
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


def _read_recipe(given: str | None, preset: str | None) -> dict[str, Any] | None:
    if (given is None) == (preset is None):
        detail = (
            "Say what is to be made: give one of ?recipe= and ?preset= in the address."
        )
        raise Problem(422, "imaging.invalid_recipe", detail)
    return _read_json(given, "recipe")


def _read_parameters(given: str | None, preset: str | None) -> dict[str, Any] | None:
    if given is not None and preset is None:
        detail = "Parameters are of a preset. Name one by ?preset= in the address."
        raise Problem(422, "imaging.invalid_recipe", detail)
    return _read_json(given, "parameters")


def _read_json(given: str | None, name: str) -> dict[str, Any] | None:
    try:
        found = None if given is None else msgspec.json.decode(given, type=dict)
        why = plain_json.why_not(found)
    except (msgspec.DecodeError, RecursionError) as error:
        why = f"It is not a JSON object: {error}."
    if why is not None:
        detail = f"The {name} in the address (?{name}=) cannot be read. {why}"
        raise Problem(422, "imaging.invalid_recipe", detail)
    return found


def _varying(answer: Response) -> Response:
    answer.headers["Vary"] = "Accept"
    return answer


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
        detail = f"{name} has no pixels of its own. Make a rendition of it first."
        raise Problem(422, "no_image", detail)
    return Artifact(object_key=image.object_key, name=name, sha256=image.sha256)


async def _transformation(
    gateway: Gateway, caller: Caller, transformation_id: str
) -> Transformation:
    query = GetTransformation(
        workspace_id=caller.workspace_id, transformation_id=transformation_id
    )
    return await ask(gateway.nats, query, Transformation)
