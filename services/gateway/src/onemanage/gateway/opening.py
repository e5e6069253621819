"""All that the gateway works with: opened, wired to each other, and closed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import anyio
from loguru import logger

from onemanage.contracts.base import Event, Status
from onemanage.contracts.imaging.deletion import DELETE_FROM_IMAGING
from onemanage.contracts.psd.deletion import DELETE_FROM_PSD
from onemanage.contracts.psd.templates import DEFINE_TEMPLATE
from onemanage.gateway.access import session_routes as sessions
from onemanage.gateway.access.callers import Callers
from onemanage.gateway.access.code_store import CodeStore
from onemanage.gateway.access.cookies import Cookies
from onemanage.gateway.access.key_store import KeyStore
from onemanage.gateway.access.logins import Logins
from onemanage.gateway.access.passwords import Passwords
from onemanage.gateway.access.people_store import PeopleStore
from onemanage.gateway.access.secrets import hash_api_key
from onemanage.gateway.access.session_store import Lifetime, SessionStore
from onemanage.gateway.audit.store import AuditStore
from onemanage.gateway.batches.store import BatchStore
from onemanage.gateway.console.site import open_site
from onemanage.gateway.deletion.pruning import prune
from onemanage.gateway.deletion.retention import Retention
from onemanage.gateway.deletion.retention_days import read_days
from onemanage.gateway.deletion.retention_store import RetentionStore
from onemanage.gateway.deletion.store import DeletionStore
from onemanage.gateway.deletion.workspace_store import WorkspaceDeletionStore
from onemanage.gateway.events.streams import EventStreams
from onemanage.gateway.files.sweeper import sweep
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http import operations
from onemanage.gateway.http.kept_answers import KeptAnswers
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.images import routes as images
from onemanage.gateway.limits import routes as limits
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.rates import Rates
from onemanage.gateway.limits.store import LimitStore
from onemanage.gateway.merges.store import MergeStore
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.previews.links import PreviewLinks
from onemanage.gateway.psd.rendition_images import RenditionImages
from onemanage.gateway.settings import GatewaySettings, origins
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store, open_pool
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.templates.kept import KeptTemplates
from onemanage.gateway.tiles.opening import by_address
from onemanage.gateway.uploads.resumable import Limits, Resumable
from onemanage.gateway.uploads.store import UploadStore
from onemanage.gateway.webhooks.delivery_store import DeliveryStore
from onemanage.gateway.webhooks.store import WebhookStore
from onemanage.gateway.webhooks.webhooks import Webhooks
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.checks import checked
from onemanage.platform.process.observing import observed
from onemanage.platform.process.outbound import allowed_networks
from onemanage.platform.process.sweeping import sweep_for_ever
from onemanage.platform.storage.storage import Storage

_HOUR, _DAY, _CLOSED_SECONDS = 3_600.0, 86_400.0, 5.0


_DRAIN_SECONDS = 2


"""What has been submitted has so long to be sent when the process ends."""


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
        async with _watched(settings, gateway), anyio.create_task_group() as group:
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


@asynccontextmanager
async def _watched(settings: GatewaySettings, gateway: Gateway) -> AsyncIterator[None]:
    """Its own port says of the same servers whether they are there."""
    async with observed(settings, "gateway", gateway.nats):
        with ExitStack() as needed:
            for name, check in operations.needed_by(gateway).items():
                needed.enter_context(checked(name, check))
            yield


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
        **_people(people, sessions),
        answers=KeptAnswers(pool, settings.preview_signing_key),
        storage=storage,
        relay=relay,
        dispatcher=dispatcher,
        live=live,
        events=EventStreams(client, pool, live, settings.max_event_streams),
        links=PreviewLinks(settings.public_url, settings.preview_signing_key),
        **_sealing_keys(settings),
        uploads=_uploads(settings, storage, store),
        resumable=_resumable(settings, storage, pool),
        **by_address(settings, client, pool, storage, rates, counting),
        templates=KeptTemplates(client),
        webhooks=_webhooks(settings, pool),
        retention=_retention(settings, pool, dispatcher),
        site=open_site(settings.console_dir, settings.s3_public_endpoint),
        **_stores(pool),
        **_at_hand(storage),
    )


def _people(people: PeopleStore, sessions: SessionStore) -> dict[str, Any]:
    """Who they are and how they log in, by the fields that hold it."""
    logins = Logins(people, sessions, Passwords())
    return {"sessions": sessions, "people": people, "logins": logins}


def _sealing_keys(settings: GatewaySettings) -> dict[str, Any]:
    """What is sealed for which service, by the fields that hold the keys."""
    return {
        "sealing_key": settings.data_import_sealing_key,
        "address_sealing_key": settings.imaging_sealing_key,
    }


def _uploads(settings: GatewaySettings, storage: Storage, store: Store) -> Uploads:
    return Uploads(
        storage, store, settings.max_upload_bytes, settings.max_upload_seconds
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
        "codes": CodeStore(pool),
        "tasks": TaskStore(pool),
        "presets": PresetStore(pool),
        "batches": BatchStore(pool),
        "merges": MergeStore(pool),
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
    """What is kept in memory is forgotten when it is deleted or changed, by whichever
    process."""

    def told(event: Event) -> None:
        gateway.served_images.forget_deleted(event)
        gateway.images.forget_deleted(event)
        gateway.templates.forget_changed(event)

    for task in (DELETE_FROM_IMAGING, DELETE_FROM_PSD, DEFINE_TEMPLATE):
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
