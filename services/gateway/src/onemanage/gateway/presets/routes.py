"""Presets: recipes that a workspace has given a name."""

from contextlib import AbstractAsyncContextManager
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from onemanage.gateway.gateway import Caller, Gateway, GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor, NamePlace
from onemanage.gateway.http.preconditions import IfMatch, Precondition
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.images.schemas import PRESET_NAME
from onemanage.gateway.presets.combining import checked
from onemanage.gateway.presets.schemas import PresetList, PresetOut, PresetRequest

router = APIRouter(prefix="/v1/images/presets", tags=["images"])

Name = Annotated[str, Path(pattern=PRESET_NAME, examples=["shop-thumb"])]


@router.put("/{name}", response_model=PresetOut, responses={201: {"model": PresetOut}})
async def put_preset(
    body: PresetRequest,
    gateway: GatewayDep,
    caller: Writes,
    name: Name,
    if_match: IfMatch,
) -> Response:
    """Save a recipe under a name: 201 where it is new, 200 where it was replaced.

    It is checked as it is when it is used, with the defaults of its parameters. What
    was made by it before stays; what extends it is another from now on.
    """
    made = await checked(
        gateway.presets,
        caller.workspace_id,
        name,
        body.recipe,
        body.parameters,
        body.extends,
    )
    if any("?" in url for url in made.addresses):
        detail = (
            "An address in it has a query, which may hold a secret, and whoever may read "
            "the workspace reads its presets. Give one without, or upload the image."
        )
        raise Problem(422, "imaging.invalid_recipe", detail)
    async with _unchanged(gateway, caller, name, if_match):
        row, is_new = await gateway.presets.save(
            caller.workspace_id, name, made.recipe, made.parameters, body.extends
        )
    return answers.json(PresetOut.of_row(row), 201 if is_new else 200)


@router.get("", response_model=PresetList)
async def list_presets(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """By name."""
    after = cursors.read(cursor, NamePlace)
    rows = await gateway.presets.page(
        caller.workspace_id, limit + 1, after.name if after else None
    )
    return pages.answer(
        pages.first(rows, limit), PresetOut.of_row, lambda row: NamePlace(row.name)
    )


@router.get("/{name}", response_model=PresetOut)
async def get_preset(gateway: GatewayDep, caller: Reads, name: Name) -> Response:
    """The recipe, every default of what it names written out."""
    row = await gateway.presets.get(caller.workspace_id, name)
    if row is None:
        raise not_found("preset", name)
    return answers.json(PresetOut.of_row(row))


@router.delete("/{name}", status_code=204)
async def delete_preset(
    gateway: GatewayDep, caller: Writes, name: Name, if_match: IfMatch
) -> Response:
    """Tasks that were accepted with it are carried out all the same. One that others
    extend stays: 409."""
    extending = await gateway.presets.extending(caller.workspace_id, name)
    if extending:
        detail = f"{', '.join(extending)} extend it. Delete or change those first."
        raise Problem(409, "preset_in_use", detail)
    async with _unchanged(gateway, caller, name, if_match):
        if not await gateway.presets.delete(caller.workspace_id, name):
            raise not_found("preset", name)
    return Response(status_code=204)


def _unchanged(
    gateway: Gateway, caller: Caller, name: str, if_match: Precondition
) -> AbstractAsyncContextManager[None]:
    return if_match.holds(
        lambda: gateway.presets.lock(caller.workspace_id, name),
        lambda: get_preset(gateway, caller, name),
    )
