"""Keys that sign addresses of images."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, new_id, utc_now
from onemanage.gateway.gateway import Administers, GatewayDep
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import SigningKeyId
from onemanage.gateway.http.once import once
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.images.addresses.key_store import (
    MOST_KEYS,
    SigningKeyRow,
    TooManyKeys,
)
from onemanage.gateway.images.addresses.schemas import (
    NewSigningKeyOut,
    SigningKeyList,
    SigningKeyOut,
    SigningKeyRequest,
)

router = APIRouter(prefix="/v1/images/signing-keys", tags=["images"])


@router.post("", status_code=201, response_model=NewSigningKeyOut)
@once
async def create_signing_key(
    body: SigningKeyRequest, gateway: GatewayDep, caller: Administers
) -> Response:
    """Make a key that signs addresses of images of this workspace.

    Its secret is in this answer and never again, but to a repeat with the same
    Idempotency-Key. Two are good at the same time, so that one can take the place of
    the other.
    """
    secret = f"om_sign_{secrets.token_urlsafe(32)}"
    row = SigningKeyRow(
        id=new_id("isk"),
        workspace_id=caller.workspace_id,
        signs_as=secrets.token_hex(4),
        created_at=utc_now(),
        revoked_at=None,
        **body.model_dump(),
    )
    sealed = gateway.images.signatures.seal(secret, caller.workspace_id)
    try:
        added = await gateway.images.keys.add(row, sealed)
    except TooManyKeys:
        detail = (
            f"A workspace has {MOST_KEYS} keys that sign at the same time. Revoke the "
            "one whose addresses are no longer in use first."
        )
        raise Problem(409, "too_many_signing_keys", detail) from None
    headers = {"Location": f"{router.prefix}/{added.id}", "Cache-Control": "no-store"}
    return answers.json(NewSigningKeyOut.shown(added, secret=secret), 201, headers)


@router.get("", response_model=SigningKeyList)
async def list_signing_keys(
    gateway: GatewayDep,
    caller: Administers,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """The newest first, also those that are revoked."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.images.keys.page(caller.workspace_id, limit + 1, before)
    return pages.answer(
        pages.first(rows, limit), SigningKeyOut.shown, pages.newest("id")
    )


@router.get("/{signing_key_id}", response_model=SigningKeyOut)
async def get_signing_key(
    gateway: GatewayDep, caller: Administers, signing_key_id: SigningKeyId
) -> Response:
    """What addresses that it signs may ask for."""
    row = await gateway.images.keys.get(caller.workspace_id, signing_key_id)
    if row is None:
        raise not_found("signing key", signing_key_id)
    return answers.json(SigningKeyOut.shown(row))


@router.delete("/{signing_key_id}", status_code=204)
async def revoke_signing_key(
    gateway: GatewayDep,
    caller: Administers,
    signing_key_id: SigningKeyId,
    if_match: IfMatch,
) -> Response:
    """Within two seconds its addresses are refused, but by caches that have them."""
    async with if_match.holds(
        lambda: gateway.images.keys.lock(caller.workspace_id),
        lambda: get_signing_key(gateway, caller, signing_key_id),
    ):
        row = await gateway.images.keys.revoke(caller.workspace_id, signing_key_id)
    if row is None:
        raise not_found("signing key", signing_key_id)
    gateway.images.signatures.forget(row.signs_as)
    return Response(status_code=204)
