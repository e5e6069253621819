"""The imaging service's consumer process, with its sweeper. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from onemanage.contracts.imaging.quick import IMAGES
from onemanage.imaging.handlers import HANDLERS, Deps
from onemanage.imaging.queries import QUERIES
from onemanage.imaging.settings import ConsumerSettings
from onemanage.imaging.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.deletion.tombstones import SWEEP_SECONDS
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.process.sweeping import sweeping
from onemanage.platform.storage import quick_sources
from onemanage.platform.storage.quick_sources import sweep_older
from onemanage.platform.storage.storage import Storage


@asynccontextmanager
async def open_deps(settings: ConsumerSettings, client: Client) -> AsyncIterator[Deps]:
    """What handlers and queries work with, for as long as the process runs."""
    async with open_sessions(settings.database_url) as sessions:
        deps = Deps(
            TaskRequests(client),
            Store(sessions),
            Storage(settings),
            settings.imaging_analyze_uploads,
        )
        days = settings.imaging_kept_days
        sweep_old = partial(sweep_older, deps.storage, IMAGES, days)
        async with (
            sweeping("deleted things", deps.deletion.sweep, SWEEP_SECONDS),
            sweeping("old images", sweep_old, quick_sources.SWEEP_SECONDS),
        ):
            yield deps


def main() -> None:
    """Run the process."""
    run_consumer(
        "imaging", ConsumerSettings, open_deps, handlers=HANDLERS, queries=QUERIES
    )


if __name__ == "__main__":
    main()
