"""The psd service's event consumer process: HANDLERS and QUERIES. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.platform.consumer import run_consumer
from onemanage.platform.db import open_sessions
from onemanage.platform.nats import Client
from onemanage.psd.handlers import HANDLERS
from onemanage.psd.queries import QUERIES
from onemanage.psd.settings import ConsumerSettings
from onemanage.psd.store import Store


@asynccontextmanager
async def open_store(settings: ConsumerSettings, _: Client) -> AsyncIterator[Store]:
    async with open_sessions(settings.database_url) as sessions:
        yield Store(sessions)


def main() -> None:
    run_consumer(
        "psd", ConsumerSettings, open_store, handlers=HANDLERS, queries=QUERIES
    )


if __name__ == "__main__":
    main()
