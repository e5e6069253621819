"""Events as they happen, for those who wait for a task: one feed serves them all."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain

import msgspec
from loguru import logger
from nats.aio.msg import Msg

from onemanage.contracts.base import Capacity, Event, Status
from onemanage.contracts.registry import (
    capacity_subject,
    event_spec,
    task_name_of,
    task_named,
)
from onemanage.gateway.tasks.looks import Looks
from onemanage.gateway.tasks.window import Windows
from onemanage.platform.messaging.events import NewerEvent, UnknownEvent, decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.stored_events import EventAt

_BACKLOG = 1000
_STARTED = f".{Status.STARTED}"


type Listener = asyncio.Queue[Event | None]
"""None says that nothing more will be heard here: the process closes."""


class LiveEvents:
    """Best effort: what is missed here stands in the task row and on EVENTS."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._closed = False
        self.windows = Windows()
        self.looks = Looks()
        self._watched: dict[str, Callable[[Event], None]] = {}

    async def open(self, client: Client) -> None:
        """Hear what workers can do; what happens is told to ``hear`` by a feed."""
        await client.subscribe(capacity_subject("*"), cb=self._hear_capacity)

    def watch(self, subject: str, told: Callable[[Event], None]) -> None:
        """Call it with every event of this subject, before any listener has it."""
        self._watched[subject] = told

    @contextmanager
    def of_task(self, task_id: str) -> Iterator[Listener]:
        """Inside, the queue fills with the task's events from now on."""
        queue: Listener = asyncio.Queue(_BACKLOG)
        if self._closed:
            queue.put_nowait(None)
        listeners = self._listeners.setdefault(task_id, set())
        listeners.add(queue)
        try:
            yield queue
        finally:
            listeners.discard(queue)
            if not listeners:
                self._listeners.pop(task_id, None)

    def close(self) -> None:
        """Let go of all who listen, so that each is answered with what is known."""
        self._closed = True
        for queue in chain.from_iterable(self._listeners.values()):
            with suppress(asyncio.QueueFull):  # it reads on, and its stream is cut
                queue.put_nowait(None)

    async def _hear_capacity(self, message: Msg) -> None:
        try:
            capacity = msgspec.json.decode(message.data, type=Capacity)
        except (msgspec.DecodeError, ValueError) as error:
            logger.warning("Passed over on {}: {}", message.subject, error)
            return
        self.windows.tell(message.subject.rpartition(".")[2], capacity)

    def hear(self, told: EventAt) -> None:
        """An event that was just stored."""
        if told.subject.endswith(_STARTED):
            spec = task_named(task_name_of(told.subject))
            if spec is not None:
                self.windows.started(spec.worker)
        watched = self._watched.get(told.subject)
        known = event_spec(told.subject)
        if known is not None and known.is_inner:
            return  # nothing that a client follows
        if not self._listeners and watched is None:
            return
        try:
            event = decode_event(told.subject, told.payload)
        except (UnknownEvent, NewerEvent, msgspec.DecodeError, ValueError) as error:
            logger.debug("Passed over on {}: {}", told.subject, error)
            return
        if watched is not None:
            watched(event)
        for queue in self._listeners.get(event.task_id, ()):
            if queue.full():
                logger.warning("A slow listener of {} misses an event", event.task_id)
            else:
                queue.put_nowait(event)
