"""The preview service's worker process. Wiring only."""

from contextlib import AsyncExitStack
from datetime import timedelta

from taskiq import TaskiqEvents, TaskiqState

from onemanage.platform.db import open_sessions
from onemanage.platform.logging import configure_logging
from onemanage.platform.sandbox import Sandbox
from onemanage.platform.settings import load
from onemanage.platform.storage import Storage
from onemanage.platform.tasks import Broker, run_worker
from onemanage.preview.service import PreviewService
from onemanage.preview.settings import PreviewSettings
from onemanage.preview.store import Store


def broker() -> Broker:
    """What TaskIQ's command line looks for: the broker, its service opened with it."""
    settings = load(PreviewSettings)
    configure_logging("preview-worker", settings.log_format, settings.log_level)
    made = Broker(settings, "preview")
    opened = AsyncExitStack()

    @made.on_event(TaskiqEvents.WORKER_STARTUP)
    async def open_service(state: TaskiqState) -> None:
        sessions = await opened.enter_async_context(
            open_sessions(settings.database_url)
        )
        sandbox = Sandbox(
            memory_limit=settings.preview_child_memory_bytes,
            preload=["onemanage.preview.domain.web"],
        )
        opened.push_async_callback(sandbox.close)
        await sandbox.warm()
        state.service = PreviewService(
            Storage(settings),
            Store(sessions),
            sandbox,
            lifetime=timedelta(seconds=settings.preview_lifetime_seconds),
            child_seconds=settings.preview_child_seconds,
        )

    @made.on_event(TaskiqEvents.WORKER_SHUTDOWN)
    async def close_service(_: TaskiqState) -> None:
        await opened.aclose()

    return made


def main() -> None:
    run_worker(
        "onemanage.preview.worker:broker", "onemanage.preview.tasks", max_async_tasks=2
    )


if __name__ == "__main__":
    main()
