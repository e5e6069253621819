"""The imaging service's consumer process: HANDLERS and QUERIES. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.client import Client

from onemanage.imaging.handlers import HANDLERS
from onemanage.imaging.queries import QUERIES
from onemanage.imaging.settings import ConsumerSettings
from onemanage.imaging.store import Store
from onemanage.platform.consumer import run_consumer
from onemanage.platform.db import open_sessions


@asynccontextmanager
async def open_store(settings: ConsumerSettings, _: Client) -> AsyncIterator[Store]:
    async with open_sessions(settings.database_url) as sessions:
        yield Store(sessions)


def main() -> None:
    run_consumer(
        "imaging",
        ConsumerSettings,
        open_store,
        handlers=HANDLERS,
        queries=QUERIES,
    )


if __name__ == "__main__":
    main()
