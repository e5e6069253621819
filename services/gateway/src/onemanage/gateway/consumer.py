"""The gateway's event consumer process: keeps the task rows. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.gateway.handlers import HANDLERS
from onemanage.gateway.settings import ConsumerSettings
from onemanage.gateway.store import Store, open_pool
from onemanage.platform.consumer import run_consumer
from onemanage.platform.nats import Client


@asynccontextmanager
async def open_store(settings: ConsumerSettings, _: Client) -> AsyncIterator[Store]:
    pool = await open_pool(settings.database_url)
    try:
        yield Store(pool)
    finally:
        await pool.close()


def main() -> None:
    run_consumer("gateway", ConsumerSettings, open_store, handlers=HANDLERS)


if __name__ == "__main__":
    main()
