"""The preview service's event consumer process, with its sweeper. Wiring only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from loguru import logger
from nats.aio.client import Client

from onemanage.platform.consumer import run_consumer
from onemanage.platform.db import open_sessions
from onemanage.platform.events import EventPublisher
from onemanage.platform.storage import Storage
from onemanage.platform.tasks import CommandPublisher
from onemanage.preview.handlers import HANDLERS, Deps
from onemanage.preview.queries import QUERIES
from onemanage.preview.service import sweep
from onemanage.preview.settings import PreviewSettings
from onemanage.preview.store import Store


@asynccontextmanager
async def open_deps(settings: PreviewSettings, client: Client) -> AsyncIterator[Deps]:
    async with open_sessions(settings.database_url) as sessions:
        deps = Deps(
            CommandPublisher(client),
            EventPublisher(client),
            Store(sessions),
            Storage(settings),
        )
        sweeper = asyncio.create_task(
            sweep_for_ever(deps, settings.preview_sweep_seconds)
        )
        try:
            yield deps
        finally:
            sweeper.cancel()


async def sweep_for_ever(deps: Deps, every: float) -> None:
    while True:
        try:
            if deleted := await sweep(deps.store, deps.storage, deps.events):
                logger.info("{} expired previews deleted", deleted)
        except Exception as error:  # something is away: sweep again in a while
            logger.warning("Expired previews could not be swept: {!r}", error)
        await asyncio.sleep(every)


def main() -> None:
    run_consumer(
        "preview", PreviewSettings, open_deps, handlers=HANDLERS, queries=QUERIES
    )


if __name__ == "__main__":
    main()
