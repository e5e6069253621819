"""The gateway's HTTP process. Wiring only."""

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import FastAPI
from loguru import logger
from starlette.middleware.cors import CORSMiddleware

from onemanage.contracts.base import Event, Status
from onemanage.contracts.imaging.deletion import DELETE_FROM_IMAGING
from onemanage.contracts.psd.deletion import DELETE_FROM_PSD
from onemanage.gateway.access import key_routes as api_keys
from onemanage.gateway.access import member_routes as members
from onemanage.gateway.access import session_routes as sessions
from onemanage.gateway.access import workspace_routes as workspaces
from onemanage.gateway.access.callers import Callers
from onemanage.gateway.access.cookies import Cookies
from onemanage.gateway.access.key_store import KeyStore
from onemanage.gateway.access.logins import Logins
from onemanage.gateway.access.passwords import Passwords
from onemanage.gateway.access.people_store import PeopleStore
from onemanage.gateway.access.secrets import hash_api_key
from onemanage.gateway.access.session_store import Lifetime, SessionStore
from onemanage.gateway.audit import routes as audit
from onemanage.gateway.audit.auditing import Auditing
from onemanage.gateway.audit.store import AuditStore
from onemanage.gateway.batches import routes as batches
from onemanage.gateway.batches.store import BatchStore
from onemanage.gateway.datasets import export_routes as dataset_exports
from onemanage.gateway.datasets import routes as datasets
from onemanage.gateway.dead_letters import routes as dead_letters
from onemanage.gateway.deletion import retention_routes as retention
from onemanage.gateway.deletion import routes as deletions
from onemanage.gateway.deletion import workspace_routes as workspace_deletions
from onemanage.gateway.deletion.pruning import prune
from onemanage.gateway.deletion.retention import Retention
from onemanage.gateway.deletion.retention_days import read_days
from onemanage.gateway.deletion.retention_store import RetentionStore
from onemanage.gateway.deletion.store import DeletionStore
from onemanage.gateway.deletion.workspace_store import WorkspaceDeletionStore
from onemanage.gateway.events import routes as events
from onemanage.gateway.events.streams import EventStreams
from onemanage.gateway.files import routes as files
from onemanage.gateway.files.sweeper import sweep
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http import operations, problems
from onemanage.gateway.http.admission import Admission
from onemanage.gateway.http.boundary import Boundary
from onemanage.gateway.http.compression import Compression
from onemanage.gateway.http.hanging_up import HangingUp
from onemanage.gateway.http.head import Head
from onemanage.gateway.http.ids import PlainAddresses
from onemanage.gateway.http.kept_answers import KeptAnswers
from onemanage.gateway.http.methods import OwnMethods
from onemanage.gateway.http.routing import only_below
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.http.server import serve
from onemanage.gateway.images import analysis_routes as analyses
from onemanage.gateway.images import background_routes as backgrounds
from onemanage.gateway.images import routes as images
from onemanage.gateway.images.addresses import host_routes as image_hosts
from onemanage.gateway.images.addresses import key_routes as signing_keys
from onemanage.gateway.images.addresses import routes as image_addresses
from onemanage.gateway.images.addresses import signed_routes as signed_images
from onemanage.gateway.images.addresses.at_hand import AtHand
from onemanage.gateway.images.addresses.opening import image_addresses as addresses_of
from onemanage.gateway.imports import plan_routes as import_plans
from onemanage.gateway.imports import reject_routes as import_rejects
from onemanage.gateway.imports import routes as imports
from onemanage.gateway.limits import routes as limits
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.limits.store import LimitStore
from onemanage.gateway.openapi import Described
from onemanage.gateway.presets import routes as presets
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.previews import routes as previews
from onemanage.gateway.previews.links import PreviewLinks
from onemanage.gateway.psd import diff_routes as diffs
from onemanage.gateway.psd import rendition_routes as renditions
from onemanage.gateway.psd import routes as psd
from onemanage.gateway.psd import search_routes as psd_search
from onemanage.gateway.psd.rendition_images import RenditionImages
from onemanage.gateway.settings import GatewaySettings, origins
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store, open_pool
from onemanage.gateway.tasks import routes as tasks
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.uploads import routes as uploads_in_parts
from onemanage.gateway.uploads.resumable import Limits, Resumable
from onemanage.gateway.uploads.store import UploadStore
from onemanage.gateway.webhooks import routes as webhooks
from onemanage.gateway.webhooks.delivery_store import DeliveryStore
from onemanage.gateway.webhooks.store import WebhookStore
from onemanage.gateway.webhooks.webhooks import Webhooks
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.outbound import allowed_networks
from onemanage.platform.process.settings import load
from onemanage.platform.process.sweeping import sweep_for_ever
from onemanage.platform.storage.storage import Storage

_HOUR, _DAY = 3_600.0, 86_400.0
_CLOSED_SECONDS = 5.0
_DRAIN_SECONDS = 2
"""What has been submitted has so long to be sent when the process ends."""
_DESCRIPTION = """PSD documents in; layers, composites and previews out. Tables in, too.

Every job is a task. `Prefer: wait=N` waits up to N seconds for its result (default 2,
at most 30); what takes longer is answered 202 with the task's address.
"""


@asynccontextmanager
async def open_gateway(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """Connect to everything, and leave nothing submitted unsaid at the end."""
    client = await connect(settings.nats_url, "gateway")
    pool = await open_pool(settings.database_url, settings.database_pool_size)
    gateway = _wired(settings, client, pool)
    await gateway.live.open(client)
    await gateway.images.open()
    watch_deletions(gateway)
    await gateway.events.feed.open()
    await _ensure_owner(gateway, settings)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(gateway.events.feed.run)
            group.start_soon(gateway.events.look_at_keys)
            group.start_soon(gateway.relay.run)
            group.start_soon(gateway.dispatcher.run)
            group.start_soon(gateway.uploads.keep)
            group.start_soon(gateway.counting.run)
            for name, sweep_once, seconds in _sweeps(gateway, settings, pool):
                group.start_soon(sweep_for_ever, name, sweep_once, seconds)
            yield gateway
            with anyio.move_on_after(_DRAIN_SECONDS):
                await gateway.relay.drained()
            with anyio.move_on_after(_DRAIN_SECONDS):
                await gateway.counting.close()
            group.cancel_scope.cancel()
    finally:
        await pool.close()
        await client.close()


def _sweeps(
    gateway: Gateway, settings: GatewaySettings, pool: Pool
) -> Iterator[tuple[str, Callable[[], Awaitable[int]], float]]:
    """What is looked for again and again: its name, how, and every how many seconds."""
    often = settings.upload_sweep_seconds
    store, storage = gateway.store, gateway.storage
    longest = settings.max_upload_seconds
    yield "unfinished uploads", lambda: sweep(store, storage, longest), often
    yield "claims of images", gateway.images.sweep, often
    yield "uploads in parts", gateway.resumable.sweep, often
    yield "closed workspaces", gateway.workspace_deletions.sweep, _CLOSED_SECONDS
    old = settings.retention_sweep_seconds
    yield "batches of what is old", gateway.retention.sweep, old
    yield "ended sessions", gateway.sessions.sweep, _HOUR
    yield "days of usage", gateway.limits.forget, _HOUR
    days = settings.audit_days
    yield "old entries of the audit", lambda: gateway.audit.forget(days), _HOUR
    kept = settings.task_retention_days * _DAY
    yield "orders and results of old tasks", lambda: prune(pool, kept), _HOUR


def _wired(settings: GatewaySettings, client: Client, pool: Pool) -> Gateway:
    store, storage, live = Store(pool), Storage(settings), LiveEvents()
    keys, people = KeyStore(pool), PeopleStore(pool)
    sessions = SessionStore(pool, _lifetime(settings))
    limit_store, outbox = LimitStore(pool), Outbox(pool)
    rates = Rates(settings.gateway_replicas, settings.burst_seconds)
    counting = Counting(limit_store)
    relay = Relay(client, outbox)
    dispatcher = Dispatcher(outbox, relay, live.windows)
    return Gateway(
        nats=client,
        pool=pool,
        store=store,
        callers=Callers(keys, sessions, settings.limits()),
        rates=rates,
        limits=limit_store,
        counting=counting,
        cookies=Cookies(settings.public_url, origins(settings.cors_origins)),
        keys=keys,
        sessions=sessions,
        people=people,
        logins=Logins(people, sessions, Passwords()),
        answers=KeptAnswers(pool, settings.preview_signing_key),
        storage=storage,
        relay=relay,
        dispatcher=dispatcher,
        live=live,
        events=EventStreams(client, pool, live, settings.max_event_streams),
        links=PreviewLinks(settings.public_url, settings.preview_signing_key),
        sealing_key=settings.data_import_sealing_key,
        address_sealing_key=settings.imaging_sealing_key,
        uploads=Uploads(storage, store, *_upload_limits(settings)),
        resumable=_resumable(settings, storage, pool),
        images=addresses_of(settings, client, pool, storage, rates, counting),
        webhooks=_webhooks(settings, pool),
        retention=_retention(settings, pool, dispatcher),
        **_stores(pool),
        **_at_hand(storage),
    )


def _at_hand(storage: Storage) -> dict[str, Any]:
    """What keeps in memory what is stored, by the fields that hold them."""
    return {
        "rendition_images": RenditionImages(storage),
        "served_images": ServedImages(storage),
    }


def _retention(
    settings: GatewaySettings, pool: Pool, dispatcher: Dispatcher
) -> Retention:
    days = read_days(settings.retention_days)
    return Retention(RetentionStore(pool), dispatcher, days)


def _stores(pool: Pool) -> dict[str, Any]:
    """Those that need a database and nothing else, by the fields that hold them."""
    return {
        "audit": AuditStore(pool),
        "tasks": TaskStore(pool),
        "presets": PresetStore(pool),
        "batches": BatchStore(pool),
        "deletions": DeletionStore(pool),
        "workspace_deletions": WorkspaceDeletionStore(pool),
    }


def _webhooks(settings: GatewaySettings, pool: Pool) -> Webhooks:
    return Webhooks(
        WebhookStore(pool),
        DeliveryStore(pool),
        settings.webhook_sealing_key,
        allowed_networks(settings.webhook_allowed_networks, settings.own_networks),
    )


def _upload_limits(settings: GatewaySettings) -> tuple[int, float]:
    return settings.max_upload_bytes, settings.max_upload_seconds


def _resumable(settings: GatewaySettings, storage: Storage, pool: Pool) -> Resumable:
    limits = Limits(
        max_bytes=settings.max_resumable_bytes,
        address=settings.part_address_seconds,
        idle=settings.resumable_idle_seconds,
        longest=settings.resumable_seconds,
    )
    public = settings.s3_public_endpoint
    return Resumable(storage, UploadStore(pool), limits, public)


def _lifetime(settings: GatewaySettings) -> Lifetime:
    return Lifetime(settings.session_idle_seconds, settings.session_seconds)


def watch_deletions(gateway: Gateway) -> None:
    """What is kept in memory is forgotten when it is deleted, by whichever process."""

    def told(event: Event) -> None:
        gateway.served_images.forget_deleted(event)
        gateway.images.forget_deleted(event)

    for task in (DELETE_FROM_IMAGING, DELETE_FROM_PSD):
        gateway.live.watch(task.event_subject(Status.COMPLETED), told)


async def _ensure_owner(gateway: Gateway, settings: GatewaySettings) -> None:
    if settings.owner_api_key is not None:
        hashed = hash_api_key(settings.owner_api_key)
        assert hashed is not None  # the settings have checked it
        if await gateway.store.ensure_owner(hashed):
            logger.info("The owner's workspace and API key are made")
    email, password = settings.owner_email, settings.owner_password
    if email is None or password is None or await gateway.people.user(email.lower()):
        return
    user = await gateway.logins.new_user(email, "Owner", password)
    await gateway.people.ensure_owner(OWNER_WORKSPACE, user)
    logger.info("The owner can log in as {}", email)


def create_app(settings: GatewaySettings) -> FastAPI:
    """The application; what it works with is opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_gateway(settings) as gateway:
            app.state.gateway = gateway
            yield

    routers = [room.router for room in _ROOMS]
    app = Described(
        title="OneManage",
        version="1",
        description=_DESCRIPTION,
        servers=[{"url": settings.public_url}],
        lifespan=lifespan,
        # Such an answer would name the host that the request names.
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        responses={"4XX": {"model": ProblemOut}, "5XX": {"model": ProblemOut}},
    )
    app.add_middleware(PlainAddresses)
    app.add_middleware(OwnMethods, routers=routers)
    app.add_middleware(Compression)
    app.add_middleware(Head)
    app.add_middleware(HangingUp)
    app.add_middleware(AtHand)
    app.add_middleware(Admission, settings=settings)
    app.add_middleware(Boundary)
    app.add_middleware(Auditing)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **_cors(settings))
    problems.install(app)
    for router in routers:
        app.include_router(only_below(router))
    return app


_ROOMS = (
    *(files, uploads_in_parts, psd, psd_search, renditions, diffs, tasks, events),
    *(import_plans, import_rejects, imports, datasets, dataset_exports),
    *(image_addresses, signed_images, signing_keys, image_hosts),
    *(images, backgrounds, batches, analyses, presets, deletions),
    *(previews, sessions, members, workspaces, workspace_deletions, retention),
    *(api_keys, limits, audit, webhooks, dead_letters, operations),
)


def _cors(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "allow_origins": origins(settings.cors_origins),
        "allow_credentials": True,
        "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        "allow_headers": ["*"],
        "expose_headers": ["*"],
    }


def main() -> None:
    """Run the process."""
    parser = argparse.ArgumentParser(description="OneManage's HTTP gateway.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    settings = load(GatewaySettings)
    configure_logging("gateway", settings.log_format, settings.log_level)
    app = create_app(settings)
    serve(
        app,
        settings,
        arguments.host,
        arguments.port,
        let_go=lambda: app.state.gateway.let_go(),
    )


if __name__ == "__main__":
    main()
