"""The psd service's event consumer process: HANDLERS and QUERIES. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.storage.storage import Storage
from onemanage.psd.handlers import HANDLERS, Deps
from onemanage.psd.queries import QUERIES
from onemanage.psd.settings import ConsumerSettings
from onemanage.psd.store import Store


@asynccontextmanager
async def open_deps(settings: ConsumerSettings, _: Client) -> AsyncIterator[Deps]:
    """What handlers and queries work with, for as long as the process runs."""
    async with open_sessions(settings.database_url) as sessions:
        yield Deps(Store(sessions), Storage(settings))


def main() -> None:
    """Run the process."""
    run_consumer("psd", ConsumerSettings, open_deps, handlers=HANDLERS, queries=QUERIES)


if __name__ == "__main__":
    main()
