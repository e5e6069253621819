"""The data-import service's worker process. Wiring only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from onemanage.data_import.datasets.datasets import Datasets, open_pool
from onemanage.data_import.imports.loading import Loader
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.service import DataImportService
from onemanage.data_import.settings import WorkerSettings
from onemanage.data_import.sources.service import PRELOAD, Databases
from onemanage.data_import.store import Store
from onemanage.data_import.tasks import TASKS
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.process.scratch import open_scratch
from onemanage.platform.process.sweeping import sweep_for_ever
from onemanage.platform.sandbox.sandbox import Sandbox, modules_of, open_sandbox
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import Broker, make_broker, run_worker


@asynccontextmanager
async def open_service(
    settings: WorkerSettings,
) -> AsyncIterator[DataImportService]:
    """What its tasks work with, for as long as the process runs."""
    with open_scratch("data-import"):
        async with (
            open_sessions(settings.database_url) as sessions,
            open_pool(settings.database_url) as pool,
            open_sandbox(
                memory_limit=settings.import_child_memory_bytes,
                preload=[*modules_of("onemanage.data_import.domain"), *PRELOAD],
            ) as sandbox,
        ):
            loader = Loader(
                settings.database_url,
                sandbox,
                seconds=settings.import_child_seconds,
                keep=timedelta(days=settings.import_undo_days),
            )
            undo = Undo(settings.database_url)
            sweeper = asyncio.create_task(
                sweep_for_ever(
                    "replaced tables", undo.sweep, settings.import_sweep_seconds
                )
            )
            try:
                yield DataImportService(
                    Storage(settings),
                    Store(sessions),
                    sandbox,
                    loader,
                    undo,
                    _databases(settings, sandbox),
                    Datasets(pool),
                    plan_seconds=settings.import_plan_seconds,
                    dataset_seconds=settings.dataset_child_seconds,
                )
            finally:
                sweeper.cancel()


def _databases(settings: WorkerSettings, sandbox: Sandbox) -> Databases:
    return Databases(
        sandbox,
        settings.data_import_sealing_key,
        settings.allowed_networks,
        statement_seconds=settings.import_child_seconds,
    )


def broker() -> Broker:
    """What TaskIQ's command line looks for."""
    return make_broker("data_import", WorkerSettings, open_service, TASKS)


def main() -> None:
    """Run the process."""
    run_worker("onemanage.data_import.worker:broker", max_async_tasks=2)


if __name__ == "__main__":
    main()
