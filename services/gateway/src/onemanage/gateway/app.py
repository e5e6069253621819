"""The gateway's HTTP process. Wiring only."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import Depends, FastAPI
from loguru import logger
from starlette.middleware.cors import CORSMiddleware

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
from onemanage.gateway.batches import routes as batches
from onemanage.gateway.batches.store import BatchStore
from onemanage.gateway.datasets import export_routes as dataset_exports
from onemanage.gateway.datasets import routes as datasets
from onemanage.gateway.dead_letters import routes as dead_letters
from onemanage.gateway.events import routes as events
from onemanage.gateway.events.streams import EventStreams
from onemanage.gateway.files import routes as files
from onemanage.gateway.files.sweeper import sweep
from onemanage.gateway.files.uploads import Uploads
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http import operations, problems
from onemanage.gateway.http.admission import Admission
from onemanage.gateway.http.boundary import Boundary
from onemanage.gateway.http.hanging_up import HangingUp
from onemanage.gateway.http.head import Head
from onemanage.gateway.http.ids import plain_address
from onemanage.gateway.http.routing import only_below
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.http.served_images import ServedImages
from onemanage.gateway.http.server import serve
from onemanage.gateway.images import analysis_routes as analyses
from onemanage.gateway.images import background_routes as backgrounds
from onemanage.gateway.images import routes as images
from onemanage.gateway.imports import plan_routes as import_plans
from onemanage.gateway.imports import reject_routes as import_rejects
from onemanage.gateway.imports import routes as imports
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
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import load
from onemanage.platform.process.sweeping import sweep_for_ever
from onemanage.platform.storage.storage import Storage

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
    await gateway.events.feed.open()
    await _ensure_owner(gateway, settings)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(gateway.events.feed.run)
            group.start_soon(gateway.events.look_at_keys)
            group.start_soon(gateway.relay.run)
            group.start_soon(gateway.dispatcher.run)
            group.start_soon(
                sweep_for_ever,
                "unfinished uploads",
                lambda: sweep(
                    gateway.store, gateway.storage, settings.max_upload_seconds
                ),
                settings.upload_sweep_seconds,
            )
            group.start_soon(
                sweep_for_ever, "ended sessions", gateway.sessions.sweep, 3600.0
            )
            yield gateway
            with anyio.move_on_after(_DRAIN_SECONDS):
                await gateway.relay.drained()
            group.cancel_scope.cancel()
    finally:
        await pool.close()
        await client.close()


def _wired(settings: GatewaySettings, client: Client, pool: Pool) -> Gateway:
    store, storage, live = Store(pool), Storage(settings), LiveEvents()
    keys, people = KeyStore(pool), PeopleStore(pool)
    lifetime = Lifetime(settings.session_idle_seconds, settings.session_seconds)
    sessions = SessionStore(pool, lifetime)
    outbox = Outbox(pool)
    relay = Relay(client, outbox)
    return Gateway(
        nats=client,
        store=store,
        callers=Callers(keys, sessions),
        cookies=Cookies(settings.public_url, origins(settings.cors_origins)),
        keys=keys,
        sessions=sessions,
        people=people,
        logins=Logins(people, sessions, Passwords()),
        tasks=TaskStore(pool),
        storage=storage,
        relay=relay,
        dispatcher=Dispatcher(outbox, relay, live.windows),
        live=live,
        events=EventStreams(client, pool, live, settings.max_event_streams),
        links=PreviewLinks(settings.public_url, settings.preview_signing_key),
        sealing_key=settings.data_import_sealing_key,
        address_sealing_key=settings.imaging_sealing_key,
        uploads=Uploads(storage, store, *_upload_limits(settings)),
        rendition_images=RenditionImages(storage),
        served_images=ServedImages(storage),
        presets=PresetStore(pool),
        batches=BatchStore(pool),
    )


def _upload_limits(settings: GatewaySettings) -> tuple[int, float]:
    return settings.max_upload_bytes, settings.max_upload_seconds


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
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_gateway(settings) as gateway:
            app.state.gateway = gateway
            yield

    app = Described(
        title="OneManage",
        version="1",
        description=_DESCRIPTION,
        lifespan=lifespan,
        # Such an answer would name the host that the request names.
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(plain_address)],
        responses={"4XX": {"model": ProblemOut}, "5XX": {"model": ProblemOut}},
    )
    app.add_middleware(Head)
    app.add_middleware(HangingUp)
    app.add_middleware(Admission, settings=settings)
    app.add_middleware(Boundary)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **_cors(settings))
    problems.install(app)
    for routes in (
        *(files, psd, psd_search, renditions, diffs, tasks, events),
        *(import_plans, import_rejects, imports, datasets, dataset_exports),
        *(images, backgrounds, batches, analyses, presets),
        *(previews, sessions, members, workspaces, api_keys),
        *(dead_letters, operations),
    ):
        app.include_router(only_below(routes.router))
    return app


def _cors(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "allow_origins": origins(settings.cors_origins),
        "allow_credentials": True,
        "allow_methods": ["GET", "HEAD", "POST", "PUT", "DELETE"],
        "allow_headers": ["*"],
        "expose_headers": ["*"],
    }


def main() -> None:
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
