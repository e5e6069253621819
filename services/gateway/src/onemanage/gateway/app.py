"""The gateway's HTTP process. Wiring only."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from onemanage.gateway.access import browser_routes as browsers
from onemanage.gateway.access import key_routes as api_keys
from onemanage.gateway.access import member_routes as members
from onemanage.gateway.access import session_routes as sessions
from onemanage.gateway.access import workspace_routes as workspaces
from onemanage.gateway.audit import routes as audit
from onemanage.gateway.audit.auditing import Auditing
from onemanage.gateway.batches import routes as batches
from onemanage.gateway.console import routes as console
from onemanage.gateway.datasets import export_routes as dataset_exports
from onemanage.gateway.datasets import routes as datasets
from onemanage.gateway.dead_letters import routes as dead_letters
from onemanage.gateway.deletion import retention_routes as retention
from onemanage.gateway.deletion import routes as deletions
from onemanage.gateway.deletion import workspace_routes as workspace_deletions
from onemanage.gateway.events import routes as events
from onemanage.gateway.files import routes as files
from onemanage.gateway.fonts import routes as fonts
from onemanage.gateway.http import operations, problems
from onemanage.gateway.http.admission import Admission
from onemanage.gateway.http.boundary import Boundary
from onemanage.gateway.http.compression import Compression
from onemanage.gateway.http.hanging_up import HangingUp
from onemanage.gateway.http.head import Head
from onemanage.gateway.http.ids import PlainAddresses
from onemanage.gateway.http.methods import OwnMethods
from onemanage.gateway.http.routing import only_below
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.http.server import serve
from onemanage.gateway.images import analysis_routes as analyses
from onemanage.gateway.images import background_routes as backgrounds
from onemanage.gateway.images import routes as images
from onemanage.gateway.images.addresses import host_routes as image_hosts
from onemanage.gateway.images.addresses import key_routes as signing_keys
from onemanage.gateway.images.addresses import routes as image_addresses
from onemanage.gateway.images.addresses import signed_routes as signed_images
from onemanage.gateway.images.addresses.at_hand import AtHand
from onemanage.gateway.imports import plan_routes as import_plans
from onemanage.gateway.imports import reject_routes as import_rejects
from onemanage.gateway.imports import routes as imports
from onemanage.gateway.limits import routes as limits
from onemanage.gateway.merges import result_routes as merge_results
from onemanage.gateway.merges import routes as merges
from onemanage.gateway.openapi import Described
from onemanage.gateway.opening import open_gateway
from onemanage.gateway.presets import routes as presets
from onemanage.gateway.previews import routes as previews
from onemanage.gateway.psd import diff_routes as diffs
from onemanage.gateway.psd import rendition_routes as renditions
from onemanage.gateway.psd import routes as psd
from onemanage.gateway.psd import search_routes as psd_search
from onemanage.gateway.settings import GatewaySettings, cors
from onemanage.gateway.system import routes as system
from onemanage.gateway.tasks import routes as tasks
from onemanage.gateway.templates import render_routes as renders
from onemanage.gateway.templates import routes as templates
from onemanage.gateway.tiles import routes as tiles
from onemanage.gateway.tiles import signed_routes as signed_tiles
from onemanage.gateway.uploads import routes as uploads_in_parts
from onemanage.gateway.webhooks import routes as webhooks
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import load

_DESCRIPTION = """PSD documents in; layers, composites and previews out. Tables in, too.

Every job is a task. `Prefer: wait=N` waits up to N seconds for its result (default 2,
at most 30); what takes longer is answered 202 with the task's address.
"""


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
        app.add_middleware(CORSMiddleware, **cors(settings))
    problems.install(app)
    for router in routers:
        app.include_router(only_below(router))
    return app


_ROOMS = (
    *(files, uploads_in_parts, psd, psd_search, renditions, diffs, tasks, events),
    *(templates, renders, merges, merge_results, fonts),
    *(import_plans, import_rejects, imports, datasets, dataset_exports),
    *(tiles, signed_tiles, image_addresses, signed_images, signing_keys, image_hosts),
    *(images, backgrounds, batches, analyses, presets, deletions),
    *(previews, sessions, browsers, members, workspaces, workspace_deletions),
    *(retention, api_keys, limits, audit, webhooks, dead_letters, operations),
    *(console, system),
)


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
