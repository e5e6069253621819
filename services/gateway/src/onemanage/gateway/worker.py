"""The gateway's worker process, for what takes longer than a request. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.gateway.settings import WorkerSettings
from onemanage.gateway.store import Store, open_pool
from onemanage.gateway.uploads.completion import Completion
from onemanage.gateway.uploads.store import UploadStore
from onemanage.gateway.worker_tasks import TASKS, Work
from onemanage.platform.process.checks import checked
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import Broker, make_broker, run_worker


@asynccontextmanager
async def open_work(settings: WorkerSettings) -> AsyncIterator[Work]:
    """What its tasks work with, for as long as the process runs."""
    pool = await open_pool(settings.database_url)
    store = Store(pool)
    try:
        with checked("postgresql", store.check):
            yield Work(Completion(Storage(settings), store, UploadStore(pool)))
    finally:
        await pool.close()


def broker() -> Broker:
    """What TaskIQ's command line looks for."""
    return make_broker("gateway", WorkerSettings, open_work, TASKS)


def main() -> None:
    """Run the process."""
    run_worker("onemanage.gateway.worker:broker", max_async_tasks=4)


if __name__ == "__main__":
    main()
