"""The data-import service's consumer process, with a sweeper. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.data_import.datasets.datasets import Datasets, open_pool
from onemanage.data_import.handlers import HANDLERS, Deps
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.queries import QUERIES
from onemanage.data_import.settings import ConsumerSettings
from onemanage.data_import.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.deletion.tombstones import SWEEP_SECONDS
from onemanage.platform.messaging.answering import SCAN_SLOTS, SLOTS
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.process.sweeping import sweeping
from onemanage.platform.storage.storage import Storage


@asynccontextmanager
async def open_deps(settings: ConsumerSettings, client: Client) -> AsyncIterator[Deps]:
    """What handlers and queries work with, for as long as the process runs."""
    async with (
        open_sessions(settings.database_url) as sessions,
        open_pool(settings.database_url, SLOTS + SCAN_SLOTS) as pool,
    ):
        deps = Deps(
            TaskRequests(client),
            Store(sessions),
            Storage(settings),
            Datasets(pool),
            Undo(settings.database_url),
        )
        async with sweeping("deleted things", deps.deletion.sweep, SWEEP_SECONDS):
            yield deps


def main() -> None:
    """Run the process."""
    run_consumer(
        "data_import",
        ConsumerSettings,
        open_deps,
        handlers=HANDLERS,
        queries=QUERIES,
    )


if __name__ == "__main__":
    main()
