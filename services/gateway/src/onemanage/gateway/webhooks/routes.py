"""Webhooks: where events of the workspace are sent to, and what came of it."""

from contextlib import AbstractAsyncContextManager
from typing import Annotated
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace, new_id
from onemanage.gateway.gateway import (
    Administers,
    Caller,
    Gateway,
    GatewayDep,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import DeliveryId, WebhookId
from onemanage.gateway.http.once import once
from onemanage.gateway.http.preconditions import IfMatch, Precondition
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.webhooks.delivery_store import DeliveryRow, State
from onemanage.gateway.webhooks.events import trial
from onemanage.gateway.webhooks.schemas import (
    DeliveryList,
    DeliveryOut,
    NewWebhookOut,
    WebhookChange,
    WebhookList,
    WebhookOut,
    WebhookRequest,
)
from onemanage.gateway.webhooks.signing import new_secret
from onemanage.gateway.webhooks.store import (
    MOST_WEBHOOKS,
    Changes,
    NewWebhook,
    TooManyWebhooks,
    WebhookRow,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

_OVERLAP_SECONDS = 24 * 3600.0
"""For which a secret that is rotated and the one in its place both sign."""


class _Wanted(msgspec.Struct, frozen=True):
    """What is asked for, and its address as it is stored."""

    body: WebhookRequest
    url: str
    sealed_url: str | None


async def _looked_up(
    body: WebhookRequest, gateway: GatewayDep, caller: Administers
) -> _Wanted:
    """Before a transaction is begun: name servers may be slow."""
    address = await gateway.webhooks.address(body.url, caller.workspace_id)
    return _Wanted(body, *address)


@router.post("", status_code=201, response_model=NewWebhookOut)
@once
async def create_webhook(
    gateway: GatewayDep,
    caller: Administers,
    wanted: Annotated[_Wanted, Depends(_looked_up)],
) -> Response:
    """Send events of this workspace to an address, from now on.

    The secret that signs them is in this answer and never again, but to a repeat with
    the same Idempotency-Key.
    """
    webhooks, secret = gateway.webhooks, new_secret()
    sealed = webhooks.seal(secret, caller.workspace_id)
    new = NewWebhook(
        id=new_id("whk"),
        url=wanted.url,
        sealed_url=wanted.sealed_url,
        description=wanted.body.description,
        events=wanted.body.events,
        sealed_secret=sealed,
    )
    try:
        row = await webhooks.store.add(caller.workspace_id, new)
    except TooManyWebhooks:
        detail = f"A workspace has {MOST_WEBHOOKS} webhooks at most. Delete one first."
        raise Problem(409, "too_many_webhooks", detail) from None
    return _new(row, secret)


@router.get("", response_model=WebhookList)
async def list_webhooks(
    gateway: GatewayDep,
    caller: Administers,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """The newest first."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.webhooks.store.page(caller.workspace_id, limit + 1, before)
    return pages.answer(pages.first(rows, limit), WebhookOut.shown, pages.newest("id"))


@router.get("/{webhook_id}", response_model=WebhookOut)
async def get_webhook(
    gateway: GatewayDep, caller: Administers, webhook_id: WebhookId
) -> Response:
    """How it is set up, and whether it works."""
    row = await _known(gateway, caller, webhook_id)
    return answers.json(WebhookOut.shown(row))


@router.patch("/{webhook_id}", response_model=WebhookOut)
async def change_webhook(
    body: WebhookChange,
    gateway: GatewayDep,
    caller: Administers,
    webhook_id: WebhookId,
    if_match: IfMatch,
) -> Response:
    """Change what is named; what waits goes to the address that it has then."""
    webhooks, url, sealed_url = gateway.webhooks, None, None
    if body.url is not None:
        await _known(gateway, caller, webhook_id)  # nothing is looked up for strangers
        url, sealed_url = await webhooks.address(body.url, caller.workspace_id)
    changes = Changes(
        url=url,
        sealed_url=sealed_url,
        description=body.description,
        events=body.events,
        enabled=body.enabled,
    )
    async with _unchanged(gateway, caller, webhook_id, if_match):
        row = await webhooks.store.change(caller.workspace_id, webhook_id, changes)
    if row is None:
        raise not_found("webhook", webhook_id)
    return answers.json(WebhookOut.shown(row))


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(
    gateway: GatewayDep, caller: Administers, webhook_id: WebhookId, if_match: IfMatch
) -> Response:
    """Nothing more is sent there; its deliveries are gone, too."""
    async with _unchanged(gateway, caller, webhook_id, if_match):
        if not await gateway.webhooks.store.delete(caller.workspace_id, webhook_id):
            raise not_found("webhook", webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate", status_code=201, response_model=NewWebhookOut)
@once
async def rotate_webhook_secret(
    gateway: GatewayDep, caller: Administers, webhook_id: WebhookId
) -> Response:
    """A new secret; for a day the one so far signs, too, beside it.

    Where that one has leaked, rotate once more: of two, the older signs no longer.
    """
    secret = new_secret()
    sealed = gateway.webhooks.seal(secret, caller.workspace_id)
    row = await gateway.webhooks.store.rotate(
        caller.workspace_id, webhook_id, sealed, _OVERLAP_SECONDS
    )
    if row is None:
        raise not_found("webhook", webhook_id)
    return _new(row, secret)


@router.post("/{webhook_id}/test", status_code=202, response_model=DeliveryOut)
@once
async def test_webhook(
    gateway: GatewayDep, caller: Administers, webhook_id: WebhookId
) -> Response:
    """Send an event of the type webhook.test; Location says what became of it."""
    found = await _known(gateway, caller, webhook_id)
    row = await gateway.webhooks.deliveries.ask(
        caller.workspace_id, webhook_id, trial(uuid4(), webhook_id)
    )
    if row is None:
        raise _disabled(found)
    return _accepted(row)


@router.get("/{webhook_id}/deliveries", response_model=DeliveryList)
async def list_webhook_deliveries(
    gateway: GatewayDep,
    caller: Administers,
    webhook_id: WebhookId,
    state: State | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """What was sent or is to be, the newest first, and what came of the last attempt."""
    before = cursors.read(cursor, ListPlace)
    await _known(gateway, caller, webhook_id)
    rows = await gateway.webhooks.deliveries.page(
        caller.workspace_id, webhook_id, limit + 1, before, state
    )
    return pages.answer(pages.first(rows, limit), DeliveryOut.shown, pages.newest("id"))


@router.get("/{webhook_id}/deliveries/{delivery_id}", response_model=DeliveryOut)
async def get_webhook_delivery(
    gateway: GatewayDep,
    caller: Administers,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Response:
    """What became of one event."""
    row = await gateway.webhooks.deliveries.get(
        caller.workspace_id, webhook_id, delivery_id
    )
    if row is None:
        raise not_found("delivery", delivery_id)
    return answers.json(DeliveryOut.shown(row))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    response_model=DeliveryOut,
)
@once
async def redeliver_webhook_event(
    gateway: GatewayDep,
    caller: Administers,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Response:
    """Send an event again, under its id; one that still waits, sooner.

    What is sent again waits for no other event of its task, and no other for it.
    """
    found = await _known(gateway, caller, webhook_id)
    if found.disabled_at is not None:
        raise _disabled(found)
    row = await gateway.webhooks.deliveries.again(
        caller.workspace_id, webhook_id, delivery_id
    )
    if row is None:
        raise not_found("delivery", delivery_id)
    return _accepted(row)


def _unchanged(
    gateway: Gateway, caller: Caller, webhook_id: str, if_match: Precondition
) -> AbstractAsyncContextManager[None]:
    return if_match.holds(
        lambda: gateway.people.lock(caller.workspace_id),
        lambda: get_webhook(gateway, caller, webhook_id),
    )


async def _known(gateway: Gateway, caller: Caller, webhook_id: str) -> WebhookRow:
    row = await gateway.webhooks.store.get(caller.workspace_id, webhook_id)
    if row is None:
        raise not_found("webhook", webhook_id)
    return row


def _new(row: WebhookRow, secret: str) -> Response:
    location = {"Location": f"/v1/webhooks/{row.id}"}
    shown = NewWebhookOut.shown(row, secret=secret)
    return answers.json(shown, 201, location | {"Cache-Control": "no-store"})


def _accepted(row: DeliveryRow) -> Response:
    location = f"/v1/webhooks/{row.webhook_id}/deliveries/{row.id}"
    return answers.json(DeliveryOut.shown(row), 202, {"Location": location})


def _disabled(row: WebhookRow) -> Problem:
    detail = (
        "This webhook is switched off. Switch it on first, by PATCH with "
        '{"enabled": true}.'
    )
    return Problem(409, "webhook_disabled", detail, reason=row.disabled_reason)
