"""What makes a process seen from outside, while it works: its figures and its traces."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.checks import checked
from onemanage.platform.process.figures import FIGURES
from onemanage.platform.process.metrics import WorkspaceCounter
from onemanage.platform.process.metrics_server import serving_metrics
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.process.telemetry import exporting


@asynccontextmanager
async def observed(
    settings: ProcessSettings, service: str, client: Client
) -> AsyncIterator[None]:
    """Inside, figures are told and spans are sent, each where the settings say so."""
    for figure in FIGURES:
        if isinstance(figure, WorkspaceCounter):
            figure.on = settings.metrics_workspaces
    async with AsyncExitStack() as open_:
        endpoint = settings.otel_exporter_otlp_endpoint
        await open_.enter_async_context(exporting(endpoint, service))
        open_.enter_context(checked("nats", client.check))
        if settings.metrics_address:
            await open_.enter_async_context(serving_metrics(settings.metrics_address))
        yield
