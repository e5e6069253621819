"""The gateway's event consumer process: keeps the task rows, sends to webhooks. Wiring
only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from onemanage.gateway.handlers import HANDLERS, Deps
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.images.addresses.planning import Planner
from onemanage.gateway.images.addresses.plans import Plans, Readers
from onemanage.gateway.images.addresses.sources import Sources
from onemanage.gateway.merges.cut_outs import CutOuts
from onemanage.gateway.presets.store import PresetStore
from onemanage.gateway.queries import QUERIES
from onemanage.gateway.settings import ConsumerSettings
from onemanage.gateway.store import Pool, Store, open_pool
from onemanage.gateway.tasks.backlog import Backlog, watched
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.webhooks.delivery_store import DeliveryStore
from onemanage.gateway.webhooks.posting import open_poster
from onemanage.gateway.webhooks.recording import Recorder
from onemanage.gateway.webhooks.sending import Sender
from onemanage.platform.messaging.event_feed import EventFeed
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.checks import checked
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.process.outbound import allowed_networks
from onemanage.platform.process.sweeping import sweep_for_ever
from onemanage.platform.tasks.mover import DeadLetterMover

_DAY = 86400.0


@asynccontextmanager
async def open_deps(settings: ConsumerSettings, client: Client) -> AsyncIterator[Deps]:
    """Everything of the process; the pool is the last to close."""
    pool = await open_pool(settings.database_url)
    outbox, live = Outbox(pool), LiveEvents()
    relay = Relay(client, outbox)
    dispatcher = Dispatcher(outbox, relay, live.windows)
    await live.open(client)
    deliveries, feed = DeliveryStore(pool), EventFeed(client, live.hear)
    await feed.open()
    try:
        async with (
            open_sender(settings, deliveries) as sender,
            watching(settings, client, pool),
            anyio.create_task_group() as group,
        ):
            group.start_soon(feed.run)
            group.start_soon(relay.run)
            group.start_soon(dispatcher.run)
            group.start_soon(DeadLetterMover(client, settings.task_ack_wait).run)
            recorder = Recorder(deliveries, sender.wake)
            plans = planner(client, pool, settings.imaging_sealing_key)
            group.start_soon(CutOuts(client, pool, plans, dispatcher.wake).run)
            yield Deps(TaskStore(pool), relay, dispatcher, recorder, plans)
            with anyio.move_on_after(2):
                await relay.drained()
            group.cancel_scope.cancel()
    finally:
        await pool.close()


def planner(client: Client, pool: Pool, sealing_key: str) -> Planner:
    """For answers about pictures of merges."""
    store = Store(pool)
    return Planner(
        sources=Sources(client, store, SigningKeyStore(pool), sealing_key),
        readers=Readers(),
        plans=Plans(),
        presets=PresetStore(pool),
        store=store,
    )


@asynccontextmanager
async def watching(
    settings: ConsumerSettings, client: Client, pool: Pool
) -> AsyncIterator[None]:
    """For figures: of the database, and of how much waits."""
    with checked("postgresql", Store(pool).check):
        if settings.metrics_address:
            async with watched(Backlog(client, pool)):
                yield
        else:
            yield


@asynccontextmanager
async def open_sender(
    settings: ConsumerSettings, deliveries: DeliveryStore
) -> AsyncIterator[Sender]:
    """Sends to webhooks, and forgets what was sent long ago."""
    seconds, kept = settings.webhook_seconds, settings.webhook_log_days * _DAY
    allowed = allowed_networks(settings.webhook_allowed_networks, settings.own_networks)
    async with (
        open_poster(seconds, allowed) as poster,
        anyio.create_task_group() as group,
    ):
        sender = Sender(deliveries, poster, settings.webhook_sealing_key, seconds)
        group.start_soon(sender.run)
        group.start_soon(
            sweep_for_ever,
            "old webhook deliveries",
            lambda: deliveries.sweep(kept),
            3600.0,
        )
        yield sender
        await sender.stop()
        group.cancel_scope.cancel()


def main() -> None:
    """Run the process."""
    run_consumer(
        "gateway", ConsumerSettings, open_deps, handlers=HANDLERS, queries=QUERIES
    )


if __name__ == "__main__":
    main()
