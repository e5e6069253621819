"""EVENTS as it grows, told to one process: every event once, in order, none left out.

By an ordered consumer, which is nobody else's and kept by no disk. Where anything of it
is missed (a number is left out, the server says nothing, the line was lost), another
takes its place, from the event after the last one that was told.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from loguru import logger
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.stored_events import (
    EventAt,
    bounds,
    place_of,
    push_to,
)

_ALL = "events.>"
_BEAT_SECONDS = 1.0
"""So often the server says that it is there, where there is nothing else to say."""
_SILENCE_SECONDS = 3.0
_LOOK_SECONDS = 0.25
_AGAIN_SECONDS = 0.5
_WARM_SECONDS = 5.0
_STATUS, _COUNTED = "Status", "Nats-Last-Consumer"
"""Of a heartbeat: that it is one, and the number of the last message before it."""


class EventFeed:
    """``open`` it, and let ``run`` run: it sees to it that nothing is missed."""

    def __init__(
        self,
        client: Client,
        hear: Callable[[EventAt], None],
        *,
        past: int = 0,
        recall: Callable[[EventAt], None] | None = None,
        begin: Callable[[int], None] | None = None,
    ) -> None:
        """``hear`` is told what is stored from now on, ``recall`` before that the last
        ``past`` events that are there already. ``begin`` is told the place after which
        all is told: first, and again where an older store was put back, and places
        count anew.
        """
        self._client, self._hear, self._recall = client, hear, recall
        self._past, self._begun = past, begin
        self._opened: int | None = None
        self._consumer = 0
        """The number of consumers so far: what an earlier one still sends is not heard."""
        self._count = 0
        self._subscription: Subscription | None = None
        self._reconnects = 0
        self._heard_at = 0.0
        self._missed = asyncio.Event()
        self._warm = asyncio.Event()
        self.last = 0
        """The place in the stream up to which everything was told."""

    async def open(self) -> None:
        """What is stored from its return on is told. Where JetStream cannot say what
        there is, ``run`` begins as soon as it can.
        """
        try:
            await self._begin()
            async with asyncio.timeout(_WARM_SECONDS):
                await self._warm.wait()
        except (NatsError, TimeoutError) as error:
            logger.warning("Events are not heard yet: {!r}", error)
            self._missed.set()

    async def run(self) -> None:
        """For as long as the process lives."""
        while True:
            await self._until_missed()
            try:
                await self._begin()
            except (NatsError, TimeoutError) as error:
                logger.debug("Events are not heard: {!r}", error)
                self._missed.set()
                await asyncio.sleep(_AGAIN_SECONDS)

    async def opened(self) -> None:
        """Returns when it is known where the stream stands, and the past was told."""
        await self._warm.wait()

    async def _until_missed(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._missed.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._missed.wait()
            is_silent = loop.time() - self._heard_at > _SILENCE_SECONDS
            if is_silent or self._client.stats["reconnects"] != self._reconnects:
                return

    async def _begin(self) -> None:
        """A new consumer, from the event after the last one told."""
        self._missed.clear()
        self._reconnects = self._client.stats["reconnects"]
        self._heard_at = asyncio.get_running_loop().time()
        if self._subscription is not None:
            with suppress(NatsError):  # the line is lost, and it with it
                await self._subscription.unsubscribe()
            self._subscription = None
        self._set_place(*await bounds(self._client))
        self._count, self._consumer = 0, self._consumer + 1
        inbox = self._client.new_inbox()
        receive = partial(self._receive, self._consumer)
        self._subscription = await self._client.subscribe(inbox, cb=receive)
        await push_to(
            self._client,
            inbox,
            _ALL,
            deliver_policy="by_start_sequence",
            opt_start_seq=self.last + 1,
            idle_heartbeat=int(_BEAT_SECONDS * 10**9),
        )

    def _set_place(self, first: int, last: int) -> None:
        if self._opened is None:
            self._opened = last
            self._begin_after(max(first - 1, last - self._past, 0))
        elif last < self.last:
            logger.warning("EVENTS was put back from {} to {}", self.last, last)
            self._opened = last
            self._begin_after(last)
        if self.last >= self._opened:
            self._warm.set()

    def _begin_after(self, place: int) -> None:
        self.last = place
        if self._begun is not None:
            self._begun(place)

    async def _receive(self, consumer: int, message: Msg) -> None:
        if consumer != self._consumer:
            return
        self._heard_at = asyncio.get_running_loop().time()
        if message.headers is not None and _STATUS in message.headers:
            if message.headers.get(_COUNTED) != str(self._count):
                self._missed.set()
            return
        place = place_of(message)
        if place.number != self._count + 1:
            self._missed.set()
            return
        self._count, self.last = place.number, place.sequence
        self._tell(EventAt(place.sequence, message.subject, message.data))

    def _tell(self, event: EventAt) -> None:
        assert self._opened is not None  # or there would be no consumer
        if event.sequence > self._opened:
            self._hear(event)
        elif self._recall is not None:
            self._recall(event)
        if event.sequence >= self._opened:
            self._warm.set()
