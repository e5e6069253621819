"""API keys: made, shown once, listed, rotated and revoked."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.gateway.access.key_schemas import (
    ApiKeyList,
    ApiKeyOut,
    ApiKeyRequest,
    NewApiKeyOut,
)
from onemanage.gateway.access.key_store import KeyRow, LastAdminKey
from onemanage.gateway.access.secrets import Kind, NewSecret, make_secret
from onemanage.gateway.gateway import Administers, GatewayDep
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import KeyId
from onemanage.gateway.http.once import once
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import Problem, not_found

router = APIRouter(prefix="/v1/api-keys", tags=["access"])

_OVERLAP_SECONDS = 3600.0
"""For which a key that is rotated and the one in its place are both good."""


@router.post("", status_code=201, response_model=NewApiKeyOut)
@once
async def create_api_key(
    body: ApiKeyRequest, gateway: GatewayDep, caller: Administers
) -> Response:
    """Make a key of this workspace. It is shown in this answer and never again, but to
    a repeat with the same Idempotency-Key."""
    key = make_secret(Kind.API_KEY, "key")
    made = await gateway.keys.add(
        caller.workspace_id,
        key,
        name=body.name,
        scopes=body.scopes,
        networks=body.networks,
        expires_at=body.expires_at,
    )
    return _new(made, key)


@router.get("", response_model=ApiKeyList)
async def list_api_keys(
    gateway: GatewayDep,
    caller: Administers,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """The newest first, also those that are revoked or have expired."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.keys.page(caller.workspace_id, limit + 1, before)
    return pages.answer(pages.first(rows, limit), ApiKeyOut.shown, pages.newest("id"))


@router.get("/{key_id}", response_model=ApiKeyOut)
async def get_api_key(
    gateway: GatewayDep, caller: Administers, key_id: KeyId
) -> Response:
    """What it may do, and when it was last used."""
    row = await gateway.keys.get(caller.workspace_id, key_id)
    if row is None:
        raise not_found("API key", key_id)
    return answers.json(ApiKeyOut.shown(row))


@router.post("/{key_id}/rotate", status_code=201, response_model=NewApiKeyOut)
@once
async def rotate_api_key(
    gateway: GatewayDep, caller: Administers, key_id: KeyId
) -> Response:
    """A new key in its place; for an hour both are good.

    The new one has the same name, scopes, networks and expiry.
    """
    key = make_secret(Kind.API_KEY, "key")
    made = await gateway.keys.rotate(caller.workspace_id, key_id, key, _OVERLAP_SECONDS)
    if made is not None:
        return _new(made, key)
    if await gateway.keys.get(caller.workspace_id, key_id) is None:
        raise not_found("API key", key_id)
    detail = "This key is rotated, revoked or expired already. Make a new one."
    raise Problem(409, "key_ended", detail)


@router.delete("/{key_id}", status_code=204)
async def revoke_api_key(
    gateway: GatewayDep, caller: Administers, key_id: KeyId, if_match: IfMatch
) -> Response:
    """Within two seconds it is good for nothing, everywhere."""
    try:
        async with if_match.holds(
            lambda: gateway.people.lock(caller.workspace_id),
            lambda: get_api_key(gateway, caller, key_id),
        ):
            row = await gateway.keys.revoke(caller.workspace_id, key_id)
    except LastAdminKey:
        detail = (
            "This is the last key with the scope admin that does not expire; without it"
            " nobody could make another. Make one first, or rotate this one."
        )
        raise Problem(409, "last_admin_key", detail) from None
    if row is None:
        raise not_found("API key", key_id)
    return Response(status_code=204)


def _new(row: KeyRow, key: NewSecret) -> Response:
    location = {"Location": f"/v1/api-keys/{row.id}"}
    shown = NewApiKeyOut.shown(row, key=key.secret)
    return answers.json(shown, 201, location | {"Cache-Control": "no-store"})
