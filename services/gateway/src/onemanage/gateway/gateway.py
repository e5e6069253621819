"""What a route works with, and the one way a command is accepted and waited for."""

import asyncio
import hashlib
import re
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Header, Request
from loguru import logger

from onemanage.contracts.base import TERMINAL, Event
from onemanage.gateway.auth import hash_of_bearer, wrong_key
from onemanage.gateway.links import PreviewLinks
from onemanage.gateway.live import LiveEvents
from onemanage.gateway.problems import Problem, not_found
from onemanage.gateway.projections import project
from onemanage.gateway.relay import Relay
from onemanage.gateway.store import Acceptance, Store, TaskRow
from onemanage.gateway.uploads import Uploads
from onemanage.platform.nats import Client
from onemanage.platform.storage import Storage
from onemanage.platform.telemetry import TRACEPARENT, trace_headers

DEFAULT_WAIT = 2.0
MAX_WAIT = 30.0
_MAX_IDEMPOTENCY_KEY = 255


class Gateway(msgspec.Struct, frozen=True):
    """Everything that one gateway process has opened."""

    nats: Client
    store: Store
    storage: Storage
    relay: Relay
    live: LiveEvents
    links: PreviewLinks
    uploads: Uploads


class Caller(msgspec.Struct, frozen=True):
    """Who asks, checked against the database."""

    workspace_id: str
    key_hash: bytes


def gateway_of(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


Deps = Annotated[Gateway, Depends(gateway_of)]


def key_hash(authorization: Annotated[str | None, Header()] = None) -> bytes:
    """The key's hash, not yet looked up: for the accepting statement, which does."""
    return hash_of_bearer(authorization)


async def caller(gateway: Deps, hashed: Annotated[bytes, Depends(key_hash)]) -> Caller:
    workspace_id = await gateway.store.workspace_of(hashed)
    if workspace_id is None:
        raise wrong_key()
    return Caller(workspace_id, hashed)


Authenticated = Annotated[Caller, Depends(caller)]
KeyHash = Annotated[bytes, Depends(key_hash)]


def idempotency_key(
    given: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> str | None:
    if given is not None and not 1 <= len(given) <= _MAX_IDEMPOTENCY_KEY:
        detail = f"Idempotency-Key takes 1 to {_MAX_IDEMPOTENCY_KEY} characters."
        raise Problem(422, "bad_idempotency_key", detail)
    return given


def wait_seconds(prefer: Annotated[str | None, Header()] = None) -> float:
    """``Prefer: wait=N`` or ``respond-async`` (RFC 7240); two seconds where silent."""
    if prefer is None:
        return DEFAULT_WAIT
    if "respond-async" in prefer:
        return 0.0
    found = re.search(r"\bwait=(\d{1,4})\b", prefer)
    return min(float(found.group(1)), MAX_WAIT) if found else DEFAULT_WAIT


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
Wait = Annotated[float, Depends(wait_seconds)]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A command as a route gives it; ids of workspace and file are filled in later."""

    task_id: str
    name: str
    fields: dict[str, Any]
    asked: Any
    """What the client asked for, without ids made here: the same again is a repeat."""
    file_id: str | None = None
    resource: str | None = None


async def run_command(
    gateway: Gateway,
    hashed: bytes,
    order: Order,
    *,
    wait: float,
    idempotency_key: str | None = None,
) -> TaskRow:
    """Accept, publish, and wait up to ``wait`` seconds for the task's end.

    The row that comes back may still be queued or running. Raises Problem.
    """
    fingerprint = hashlib.sha256(
        msgspec.json.encode([order.name, order.asked])
    ).digest()
    with gateway.live.of_task(order.task_id) as events:
        accepted = await gateway.store.accept(
            hashed,
            task_id=order.task_id,
            name=order.name,
            lane="high" if wait else "low",
            command=order.fields,
            file_id=order.file_id,
            resource=order.resource,
            traceparent=trace_headers().get(TRACEPARENT),
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
        )
        row = _checked(accepted, order, fingerprint)
        if not accepted.is_new:
            return row
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("{} accepted", row.name)
        gateway.relay.submit(row)
        return await _ended(gateway.store, row, events, wait)


async def _ended(
    store: Store, row: TaskRow, events: asyncio.Queue[Event], wait: float
) -> TaskRow:
    try:
        async with asyncio.timeout(wait):
            while (event := await events.get()).status not in TERMINAL:
                pass
    except TimeoutError:
        return row if wait == 0 else await _current(store, row)
    # The row must say so before the client can ask for it.
    return await project(event, store) or await _current(store, row)


def _checked(accepted: Acceptance, order: Order, fingerprint: bytes) -> TaskRow:
    if accepted.workspace_id is None:
        raise wrong_key()
    row = accepted.task
    if row is None and not accepted.has_source:
        raise not_found("file", order.file_id or "")
    if row is None:
        detail = "A request with this Idempotency-Key is under way; try again shortly."
        raise Problem(409, "idempotency_key_in_use", detail)
    if not accepted.is_new and row.fingerprint != fingerprint:
        detail = "This Idempotency-Key came with another request; use a new one."
        raise Problem(422, "idempotency_key_reused", detail)
    return row


async def _current(store: Store, row: TaskRow) -> TaskRow:
    return await store.task(row.workspace_id, row.id) or row
