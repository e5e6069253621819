"""What a route works with: what the process has opened, and who is asking.

All of them are coroutines: FastAPI would take plain functions to a thread each time.
"""

from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request, Security
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase

from onemanage.gateway.access.addresses import ADDRESS as ADDRESS
from onemanage.gateway.access.callers import CALLER as CALLER
from onemanage.gateway.access.callers import Caller as Caller  # said again for routes
from onemanage.gateway.access.callers import Callers
from onemanage.gateway.access.code_store import CodeStore
from onemanage.gateway.access.cookies import Cookies
from onemanage.gateway.access.key_store import KeyStore
from onemanage.gateway.access.logins import Logins
from onemanage.gateway.access.people_store import PeopleStore
from onemanage.gateway.access.scopes import ADMIN, READ, WRITE
from onemanage.gateway.access.session_store import SessionStore
from onemanage.gateway.audit import entries
from onemanage.gateway.audit.store import AuditStore
from onemanage.gateway.batches.store import BatchStore
from onemanage.gateway.console.site import Site
from onemanage.gateway.deletion.retention import Retention
from onemanage.gateway.deletion.store import DeletionStore
from onemanage.gateway.deletion.workspace_store import WorkspaceDeletionStore
from onemanage.gateway.events.streams import EventStreams
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.http.kept_answers import KeptAnswers
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.images.addresses.serving import ImageAddresses
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.limits.store import LimitStore
from onemanage.gateway.merges.store import MergeStore
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.previews.links import PreviewLinks
from onemanage.gateway.psd.rendition_images import RenditionImages
from onemanage.gateway.store import Pool, Store
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.templates.kept import KeptTemplates
from onemanage.gateway.tiles.pyramids import Pyramids
from onemanage.gateway.uploads.resumable import Resumable
from onemanage.gateway.webhooks.webhooks import Webhooks
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage

RATE = "onemanage.rate"
"""Where the request's scope holds the headers that tell how many more get through."""
_MAX_IDEMPOTENCY_KEY = 255


class Gateway(msgspec.Struct, frozen=True):
    """Everything that one gateway process has opened."""

    nats: Client
    pool: Pool
    store: Store
    callers: Callers
    rates: Rates
    limits: LimitStore
    counting: Counting
    cookies: Cookies
    codes: CodeStore
    keys: KeyStore
    sessions: SessionStore
    people: PeopleStore
    logins: Logins
    audit: AuditStore
    answers: KeptAnswers
    tasks: TaskStore
    storage: Storage
    relay: Relay
    dispatcher: Dispatcher
    live: LiveEvents
    events: EventStreams
    links: PreviewLinks
    uploads: Uploads
    resumable: Resumable
    rendition_images: RenditionImages
    served_images: ServedImages
    images: ImageAddresses
    pyramids: Pyramids
    sealing_key: str
    address_sealing_key: str
    presets: PresetStore
    webhooks: Webhooks
    batches: BatchStore
    merges: MergeStore
    templates: KeptTemplates
    deletions: DeletionStore
    workspace_deletions: WorkspaceDeletionStore
    retention: Retention
    site: Site | None
    """The console, where this installation serves it."""

    def let_go(self) -> None:
        """Of all who wait for a task or follow events: the process closes."""
        self.live.close()
        self.events.close()


async def gateway_of(request: Request) -> Gateway:
    """The one of the process that answers."""
    found: Gateway = request.app.state.gateway
    return found


GatewayDep = Annotated[Gateway, Depends(gateway_of)]


class ApiKey(SecurityBase):
    """The key that admission.py has checked, as the API's description has it."""

    scheme_name = "apiKey"
    model = HTTPBearerModel(
        bearerFormat="om_live_<43 characters>_<checksum>",
        description="An API key of the workspace. Each operation names its scope.",
    )

    async def __call__(self, request: Request) -> Caller:
        found: Caller = request.scope[CALLER]
        return found


async def allowed(
    scopes: SecurityScopes, caller: Annotated[Caller, Depends(ApiKey())]
) -> Caller:
    """Raises a 403 Problem where the key lacks a scope that the route names.

    What changes something is in the audit before it does.
    """
    for scope in scopes.scopes:
        caller.needs(scope)
    entry = entries.current()
    if entry is not None:
        await entry.begin_unless_by_statement()
    return caller


Reads = Annotated[Caller, Security(allowed, scopes=[READ])]
Writes = Annotated[Caller, Security(allowed, scopes=[WRITE])]
Administers = Annotated[Caller, Security(allowed, scopes=[ADMIN])]


async def operator(caller: Administers) -> Caller:
    """For what concerns the whole system, not one workspace."""
    if not caller.is_operator:
        detail = "This needs the API key of the installation's owner."
        raise Problem(403, "admin_only", detail)
    return caller


Operates = Annotated[Caller, Depends(operator)]


class Person(msgspec.Struct, frozen=True):
    """Who asks by a session."""

    id: str
    """Of the session."""
    key_hash: bytes
    user_id: str


async def person(caller: Reads) -> Person:
    """For what is one's own. Raises a 403 Problem for an API key."""
    if caller.user_id is None:
        detail = (
            "This is about a person. Log in (POST /v1/sessions), and send the token."
        )
        raise Problem(403, "session_only", detail)
    return Person(caller.id, caller.key_hash, caller.user_id)


LoggedIn = Annotated[Person, Depends(person)]


async def address(request: Request) -> str | None:
    """Where the request comes from, as far as that is known."""
    found = request.scope[ADDRESS]
    return None if found is None else str(found)


Address = Annotated[str | None, Depends(address)]


IdempotencyHeader = Annotated[str | None, Header(alias="Idempotency-Key")]


async def idempotency_key(given: IdempotencyHeader = None) -> str | None:
    """The header as given. Raises a 422 Problem for one of another length."""
    if given is not None and not 1 <= len(given) <= _MAX_IDEMPOTENCY_KEY:
        detail = f"Idempotency-Key must have 1 to {_MAX_IDEMPOTENCY_KEY} characters."
        raise Problem(422, "bad_idempotency_key", detail)
    return given


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
