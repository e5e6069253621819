"""The gateway's event consumer process: keeps the task rows. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from onemanage.gateway.handlers import HANDLERS, Deps
from onemanage.gateway.settings import ConsumerSettings
from onemanage.gateway.store import open_pool
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging.event_feed import EventFeed
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.tasks.mover import DeadLetterMover


@asynccontextmanager
async def open_deps(settings: ConsumerSettings, client: Client) -> AsyncIterator[Deps]:
    pool = await open_pool(settings.database_url)
    outbox, live = Outbox(pool), LiveEvents()
    relay = Relay(client, outbox)
    dispatcher = Dispatcher(outbox, relay, live.windows)
    await live.open(client)
    feed = EventFeed(client, live.hear)
    await feed.open()
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run)
            group.start_soon(relay.run)
            group.start_soon(dispatcher.run)
            group.start_soon(DeadLetterMover(client, settings.task_ack_wait).run)
            yield Deps(TaskStore(pool), relay, dispatcher)
            with anyio.move_on_after(2):
                await relay.drained()
            group.cancel_scope.cancel()
    finally:
        await pool.close()


def main() -> None:
    run_consumer("gateway", ConsumerSettings, open_deps, handlers=HANDLERS)


if __name__ == "__main__":
    main()
