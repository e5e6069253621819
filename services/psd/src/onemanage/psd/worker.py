"""The psd service's worker process. Wiring only."""

from contextlib import AsyncExitStack

from taskiq import TaskiqEvents, TaskiqState

from onemanage.platform.db import open_sessions
from onemanage.platform.logging import configure_logging
from onemanage.platform.sandbox import Sandbox
from onemanage.platform.settings import load
from onemanage.platform.storage import Storage
from onemanage.platform.tasks import Broker, run_worker
from onemanage.psd.domain.document import Limits
from onemanage.psd.service import PsdService
from onemanage.psd.settings import WorkerSettings
from onemanage.psd.store import Store


def broker() -> Broker:
    """What TaskIQ's command line looks for: the broker, its service opened with it."""
    settings = load(WorkerSettings)
    configure_logging("psd-worker", settings.log_format, settings.log_level)
    made = Broker(settings, "psd")
    opened = AsyncExitStack()

    @made.on_event(TaskiqEvents.WORKER_STARTUP)
    async def open_service(state: TaskiqState) -> None:
        sessions = await opened.enter_async_context(
            open_sessions(settings.database_url)
        )
        sandbox = Sandbox(
            memory_limit=settings.psd_child_memory_bytes,
            preload=["onemanage.psd.domain.export"],
        )
        opened.push_async_callback(sandbox.close)
        await sandbox.warm()
        state.service = PsdService(
            Storage(settings),
            Store(sessions),
            sandbox,
            Limits(max_side=settings.psd_max_side, max_pixels=settings.psd_max_pixels),
            child_seconds=settings.psd_child_seconds,
        )

    @made.on_event(TaskiqEvents.WORKER_SHUTDOWN)
    async def close_service(_: TaskiqState) -> None:
        await opened.aclose()

    return made


def main() -> None:
    run_worker("onemanage.psd.worker:broker", "onemanage.psd.tasks", max_async_tasks=2)


if __name__ == "__main__":
    main()
