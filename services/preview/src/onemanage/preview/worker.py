"""The preview service's worker process. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.process.scratch import open_scratch
from onemanage.platform.sandbox.sandbox import modules_of, open_sandbox
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import Broker, make_broker, run_worker
from onemanage.preview.service import PreviewService
from onemanage.preview.settings import PreviewSettings
from onemanage.preview.store import Store
from onemanage.preview.tasks import TASKS


@asynccontextmanager
async def open_service(settings: PreviewSettings) -> AsyncIterator[PreviewService]:
    """What its tasks work with, for as long as the process runs."""
    with open_scratch("preview"):
        async with (
            open_sessions(settings.database_url) as sessions,
            open_sandbox(
                memory_limit=settings.preview_child_memory_bytes,
                preload=modules_of("onemanage.preview.domain"),
            ) as sandbox,
        ):
            yield PreviewService(
                Storage(settings),
                Store(sessions),
                sandbox,
                lifetime=timedelta(seconds=settings.preview_lifetime_seconds),
                child_seconds=settings.preview_child_seconds,
            )


def broker() -> Broker:
    """What TaskIQ's command line looks for."""
    return make_broker("preview", PreviewSettings, open_service, TASKS)


def main() -> None:
    """Run the process."""
    run_worker("onemanage.preview.worker:broker", max_async_tasks=2)


if __name__ == "__main__":
    main()
