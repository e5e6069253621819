"""taskiq-nats' pull broker, bound to what the topology declares and never declaring."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from nats.js import JetStreamContext
from taskiq import AckableMessage, AsyncBroker
from taskiq_nats import PullBasedJetStreamBroker

from onemanage.contracts.registry import LANES, Lane
from onemanage.platform.messaging import nats, topology
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks.activity import Activity
from onemanage.platform.tasks.formatter import MsgspecFormatter


class Broker(PullBasedJetStreamBroker):
    """The commands of one domain: ``tasks.<domain>.high`` and ``.low``.

    ``reserved`` slots take only the high lane, so that a batch of long tasks never
    keeps someone waiting.
    """

    def __init__(
        self, settings: ProcessSettings, domain: str, *, reserved: int = 1
    ) -> None:
        super().__init__(settings.nats_url.split(","), durable=f"worker_{domain}")
        self.settings = settings
        self.domain = domain
        self.reserved = reserved
        self.formatter = MsgspecFormatter()
        self.beside: list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]] = []
        """What a worker does beside its tasks, until the event is set; it then is
        waited for."""
        self.activity = Activity()
        """Entered by whatever a worker has at hand."""
        self.connection: nats.Client
        self.events: EventPublisher

    @property
    def consumers(self) -> dict[Lane, topology.Consumer]:
        """By lane, as the server should have them."""
        wait = self.settings.task_ack_wait
        return {
            lane: topology.worker_consumer(self.domain, lane, wait) for lane in LANES
        }

    async def startup(self) -> None:
        """Connect and bind. Raises TopologyMissing or TopologyDrift."""
        self.connection = await nats.connect(
            self.settings.nats_url, f"{self.domain}-worker"
        )
        # taskiq-nats made one of its own, before a name or callbacks could be given.
        self.client = self.connection  # type: ignore[misc]  # Final there
        self.js: JetStreamContext = self.connection.jetstream()
        self.events = EventPublisher(self.connection)
        for consumer in self.consumers.values():
            await topology.bind(self.connection, consumer)
        await AsyncBroker.startup(self)

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Stock TaskIQ's way in, which loses messages; ours does not come by here."""
        raise RuntimeError("run the worker with onemanage.platform.tasks:Receiver")
        yield  # makes this the generator that TaskIQ's type asks for

    async def shutdown(self) -> None:
        """Let the service close first, then say goodbye to NATS."""
        await AsyncBroker.shutdown(self)
        if not hasattr(self, "connection"):  # told to end before NATS was there
            return
        if self.connection.is_connected:
            await self.connection.drain()
        else:
            await self.connection.close()
