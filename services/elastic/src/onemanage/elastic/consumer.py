"""The elastic service's process: hears, decides, has groups started. Wiring only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.contracts.base import new_id
from onemanage.elastic.drivers.opening import open_driver
from onemanage.elastic.observing import Observer
from onemanage.elastic.reconciler import Reconciler
from onemanage.elastic.settings import ElasticSettings
from onemanage.elastic.store import Store
from onemanage.elastic.telling import expect_ends
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer


@asynccontextmanager
async def reconciling(settings: ElasticSettings, client: Client) -> AsyncIterator[None]:
    """Inside, it is looked after groups beside everything else."""
    observer = Observer(client)
    async with (
        open_sessions(settings.database_url) as sessions,
        open_driver(settings) as driver,
    ):
        await observer.open()
        expect_ends(settings.policy.bounds)
        reconciler = Reconciler(
            client,
            Store(sessions, new_id("prc")),
            driver,
            observer,
            settings.policy,
            settings.elastic_every_seconds,
        )
        running = asyncio.create_task(reconciler.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait([running])


def main() -> None:
    """Run the process."""
    run_consumer("elastic", ElasticSettings, reconciling)


if __name__ == "__main__":
    main()
