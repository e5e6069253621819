"""What a route works with: what the process has opened, and who is asking.

All of them are coroutines: FastAPI would take plain functions to a thread each time.
"""

from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request

from onemanage.gateway.auth import hash_of_bearer, wrong_key
from onemanage.gateway.batch_store import BatchStore
from onemanage.gateway.dispatcher import Dispatcher
from onemanage.gateway.links import PreviewLinks
from onemanage.gateway.live import LiveEvents
from onemanage.gateway.preset_store import PresetStore
from onemanage.gateway.problems import Problem
from onemanage.gateway.relay import Relay
from onemanage.gateway.rendition_images import RenditionImages
from onemanage.gateway.served_images import ServedImages
from onemanage.gateway.store import Store
from onemanage.gateway.task_store import TaskStore
from onemanage.gateway.uploads import Uploads
from onemanage.platform.nats import Client
from onemanage.platform.storage import Storage

_MAX_IDEMPOTENCY_KEY = 255


class Gateway(msgspec.Struct, frozen=True):
    """Everything that one gateway process has opened."""

    nats: Client
    store: Store
    tasks: TaskStore
    storage: Storage
    relay: Relay
    dispatcher: Dispatcher
    live: LiveEvents
    links: PreviewLinks
    uploads: Uploads
    rendition_images: RenditionImages
    served_images: ServedImages
    sealing_key: str
    presets: PresetStore
    batches: BatchStore


class Caller(msgspec.Struct, frozen=True):
    """Who asks, checked against the database."""

    workspace_id: str
    key_hash: bytes
    admin: bool


async def gateway_of(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


Deps = Annotated[Gateway, Depends(gateway_of)]


async def key_hash(authorization: Annotated[str | None, Header()] = None) -> bytes:
    """The key's hash, not yet looked up: for the accepting statement, which does."""
    return hash_of_bearer(authorization)


async def caller(gateway: Deps, hashed: Annotated[bytes, Depends(key_hash)]) -> Caller:
    found = await gateway.store.key(hashed)
    if found is None:
        raise wrong_key()
    return Caller(found.workspace_id, hashed, found.admin)


Authenticated = Annotated[Caller, Depends(caller)]


async def administrator(caller: Authenticated) -> Caller:
    """For what concerns the whole system, not one workspace."""
    if not caller.admin:
        detail = "This needs the API key of an administrator, such as the owner's."
        raise Problem(403, "admin_only", detail)
    return caller


Administrator = Annotated[Caller, Depends(administrator)]
KeyHash = Annotated[bytes, Depends(key_hash)]


async def idempotency_key(
    given: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> str | None:
    if given is not None and not 1 <= len(given) <= _MAX_IDEMPOTENCY_KEY:
        detail = f"Idempotency-Key takes 1 to {_MAX_IDEMPOTENCY_KEY} characters."
        raise Problem(422, "bad_idempotency_key", detail)
    return given


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
