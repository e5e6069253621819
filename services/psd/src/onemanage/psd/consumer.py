"""The psd service's event consumer process, with its sweeper. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from onemanage.contracts.psd.filling import RENDERS
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.deletion.tombstones import SWEEP_SECONDS
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.process.sweeping import sweeping
from onemanage.platform.storage import quick_sources
from onemanage.platform.storage.quick_sources import sweep_older
from onemanage.platform.storage.storage import Storage
from onemanage.psd.handlers import HANDLERS, Deps
from onemanage.psd.queries import QUERIES
from onemanage.psd.settings import ConsumerSettings
from onemanage.psd.store import Store


@asynccontextmanager
async def open_deps(settings: ConsumerSettings, _: Client) -> AsyncIterator[Deps]:
    """What handlers and queries work with, for as long as the process runs."""
    async with open_sessions(settings.database_url) as sessions:
        deps = Deps(Store(sessions), Storage(settings))
        sweep_old = partial(sweep_older, deps.storage, RENDERS, settings.psd_kept_days)
        async with (
            sweeping("deleted things", deps.deletion.sweep, SWEEP_SECONDS),
            sweeping("old pictures", sweep_old, quick_sources.SWEEP_SECONDS),
        ):
            yield deps


def main() -> None:
    """Run the process."""
    run_consumer("psd", ConsumerSettings, open_deps, handlers=HANDLERS, queries=QUERIES)


if __name__ == "__main__":
    main()
