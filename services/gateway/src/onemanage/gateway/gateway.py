"""What a route works with: what the process has opened, and who is asking.

All of them are coroutines: FastAPI would take plain functions to a thread each time.
"""

from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request

from onemanage.gateway.batches.store import BatchStore
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.keys import Caller as Caller  # said again for the routes
from onemanage.gateway.keys import Keys
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.previews.links import PreviewLinks
from onemanage.gateway.psd.rendition_images import RenditionImages
from onemanage.gateway.store import Store
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage

CALLER = "onemanage.caller"
"""Where the request's scope holds who asks."""
_MAX_IDEMPOTENCY_KEY = 255


class Gateway(msgspec.Struct, frozen=True):
    """Everything that one gateway process has opened."""

    nats: Client
    store: Store
    keys: Keys
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
    address_sealing_key: str
    presets: PresetStore
    batches: BatchStore


async def gateway_of(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


GatewayDep = Annotated[Gateway, Depends(gateway_of)]


async def caller(request: Request) -> Caller:
    """Whom admission.py has let in."""
    found: Caller = request.scope[CALLER]
    return found


Authenticated = Annotated[Caller, Depends(caller)]


async def administrator(caller: Authenticated) -> Caller:
    """For what concerns the whole system, not one workspace."""
    if not caller.admin:
        detail = "This needs the API key of an administrator, such as the owner's."
        raise Problem(403, "admin_only", detail)
    return caller


Administrator = Annotated[Caller, Depends(administrator)]


async def idempotency_key(
    given: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> str | None:
    if given is not None and not 1 <= len(given) <= _MAX_IDEMPOTENCY_KEY:
        detail = f"Idempotency-Key must have 1 to {_MAX_IDEMPOTENCY_KEY} characters."
        raise Problem(422, "bad_idempotency_key", detail)
    return given


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
