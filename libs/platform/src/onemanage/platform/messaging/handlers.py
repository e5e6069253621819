"""Event handlers: one durable consumer each.

A service's handlers stand in its HANDLERS table: functions named as in the subject
registry, ``async def on_…(event, deps)``. Each has its own consumer, so a handler that
fails is given its event again alone, with backoff, and in the end a dead letter. That
letter can be replayed to this one handler, by a request on its control subject.
"""

import asyncio
import contextlib
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import Any

import anyio
import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import Event
from onemanage.contracts.registry import CONSUMERS, ConsumerSpec, handle_subject
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.delivery import (
    Acknowledgements,
    Heartbeats,
    expect_dead_letters,
    retry_later,
    waited,
    write_dead_letter,
)
from onemanage.platform.messaging.events import (
    NewerEvent,
    StoredEvent,
    UnknownEvent,
    decode_event,
)
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import is_outage, pauses
from onemanage.platform.messaging.pull import StandingPull
from onemanage.platform.messaging.topology import HANDLER_MAX_DELIVER
from onemanage.platform.process.figures import (
    HANDLER_EVENTS,
    HANDLER_LAG_SECONDS,
    HANDLER_RUN_SECONDS,
)
from onemanage.platform.process.telemetry import note_failure, trace_headers, traced

type Handler[D] = Callable[[Any, D], Awaitable[None]]

ATTEMPTS = 5
"""How often a handler may fail at an event, in one process."""
_STRANDS = 8
_MOST_HELD = 500
_TICK = 1.0
_HANDLER_TIMEOUT = 300.0
_COUNTED_AT_MOST = 10_000
_OUTAGE = 3600.0
_SPECS = {spec.handler: spec for spec in CONSUMERS}


class Replay(msgspec.Struct):
    """A request to one handler: this event once more."""

    subject: str
    payload: bytes


class Replayed(msgspec.Struct):
    """Its answer: what went wrong, or None."""

    error: str | None = None


async def ask_handler(
    client: Client, handler: str, said: StoredEvent, timeout: float = 30.0
) -> Replayed:
    """Give this event to one handler once more, and tell how it went.

    Raises NoRespondersError where no process runs it, or TimeoutError.
    """
    reply = await client.ask(
        handle_subject(handler),
        msgspec.json.encode(Replay(said.subject, said.payload)),
        trace_headers(),
        timeout=timeout,
    )
    return msgspec.json.decode(reply.data, type=Replayed)


def spec_of(handler: Handler[Any]) -> ConsumerSpec:
    """The registry's line for a handler function. Raises LookupError."""
    try:
        return _SPECS[handler.__name__]
    except KeyError:
        raise LookupError(f"{handler.__name__} is not in the registry") from None


class HandlerConsumer[D]:
    """Feeds one handler: events of one task in order, those of several side by side."""

    def __init__(
        self, client: Client, handler: Handler[D], deps: D, ack_wait: float
    ) -> None:
        spec = spec_of(handler)
        self._client, self._handler, self._deps = client, handler, deps
        self._changed = asyncio.Event()
        self._heartbeats = Heartbeats(ack_wait)
        self._acknowledgements = Acknowledgements(client)
        consumer = topology.handler_consumer(spec, ack_wait)
        self._pull = StandingPull(client, consumer, self._take, self._changed.set)
        self._strands: list[asyncio.Queue[Msg]] = [
            asyncio.Queue() for _ in range(_STRANDS)
        ]
        self._pending = 0
        self._held: set[int] = set()
        """Strands whose first event waits for a server."""
        self._failures: Counter[int] = Counter()
        """By sequence in the stream."""
        self._stopping = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Bind, handle until ``stop`` is set, finish what is at hand."""
        await topology.bind(self._client, self._pull.consumer)
        expect_dead_letters(self._pull.consumer.durable)
        await self._pull.open()
        control = handle_subject(self._handler.__name__)
        name = self._pull.consumer.durable
        replays = await self._client.subscribe(control, queue=name, cb=self._replay)
        async with anyio.create_task_group() as group:
            group.start_soon(self._heartbeats.run)
            for strand in self._strands:
                group.start_soon(self._work, strand)
            await self._keep_pulling(stop)
            self._stopping.set()
            await self._pull.close()
            await replays.unsubscribe()
            while self._pending:
                self._changed.clear()
                await self._changed.wait()
            group.cancel_scope.cancel()

    async def _keep_pulling(self, stop: asyncio.Event) -> None:
        waiter = asyncio.create_task(stop.wait())
        waiter.add_done_callback(lambda _: self._changed.set())
        while not stop.is_set():
            self._changed.clear()
            with contextlib.suppress(NatsError):  # reconnecting: asked again next time
                await self._pull.demand(self._room())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._changed.wait()

    def _room(self) -> int:
        """What lies behind an event that waits for a server keeps no others away: it
        may be the only one that the server refuses.
        """
        if self._pending >= _MOST_HELD:
            return 0
        held = sum(1 + self._strands[number].qsize() for number in self._held)
        return 2 * _STRANDS - (self._pending - held)

    def _take(self, message: Msg) -> None:
        self._pending += 1
        self._heartbeats.start(message)
        self._strands[_strand_of(message)].put_nowait(message)

    async def _work(self, strand: asyncio.Queue[Msg]) -> None:
        while True:
            message = await strand.get()
            try:
                if self._stopping.is_set():
                    await message.nak()
                else:
                    await self._settle(message)
            except Exception:  # unsettled: JetStream gives it again after ack_wait
                logger.exception("An event could not be settled")
            finally:
                self._heartbeats.stop(message)
                self._pending -= 1
                self._changed.set()

    async def _settle(self, message: Msg) -> None:
        try:
            event = decode_event(message.subject, message.data)
        except UnknownEvent as error:
            # A newer release speaks, maybe to the next release of this handler.
            await self._fail(message, "unknown", error)
            return
        except NewerEvent as error:
            await self._dead_letter(message, "newer", error)
            return
        except (msgspec.DecodeError, ValueError) as error:
            await self._dead_letter(message, "invalid", error)
            return
        bound = {
            "task_id": event.task_id,
            "workspace_id": event.workspace_id,
            "handler": self._handler.__name__,
        }
        name = self._handler.__name__
        HANDLER_LAG_SECONDS.observe(waited(message), name)
        with traced(message.headers, f"handle {name}", "consumer", **bound):
            await self._handle(message, event)

    async def _handle(self, message: Msg, event: Event) -> None:
        name, begun = self._handler.__name__, time.monotonic()
        try:
            await self._call(message, event)
        except Exception as error:
            if self._stopping.is_set() and is_outage(error):
                await message.nak()
            else:
                await self._fail(message, "raised", error, event.task_id)
            return
        HANDLER_RUN_SECONDS.observe(time.monotonic() - begun, name)
        HANDLER_EVENTS.add(name, "handled")
        self._failures.pop(message.metadata.sequence.stream, None)
        await self._acknowledgements.confirm(message)

    async def _fail(
        self,
        message: Msg,
        reason: str,
        error: Exception,
        task_id: str | None = None,
    ) -> None:
        """Give it back with backoff; the last time a dead letter."""
        meta = message.metadata
        # Where another replica settles an event, nobody tells us: the oldest go.
        while len(self._failures) >= _COUNTED_AT_MOST:
            del self._failures[next(iter(self._failures))]
        self._failures[meta.sequence.stream] += 1
        failures = self._failures[meta.sequence.stream]
        if failures < ATTEMPTS and meta.num_delivered < HANDLER_MAX_DELIVER:
            logger.warning("Handler failed, to be given again: {!r}", error)
            HANDLER_EVENTS.add(self._handler.__name__, "retried")
            note_failure(f"to be given again: {error!r}")
            await retry_later(message, failures)
            return
        await self._dead_letter(message, reason, error, task_id)
        del self._failures[meta.sequence.stream]

    async def _call(self, message: Msg, event: Event) -> None:
        """Run the handler. While a server that it needs is away, keep the event."""
        strand = _strand_of(message)
        try:
            await self._call_until_done(message, event, strand)
        finally:
            self._held.discard(strand)

    async def _call_until_done(self, message: Msg, event: Event, strand: int) -> None:
        for pause in chain(pauses(_OUTAGE), (None,)):
            self._heartbeats.start(message, _HANDLER_TIMEOUT + (pause or _TICK))
            limit = asyncio.timeout(_HANDLER_TIMEOUT)
            try:
                async with limit:
                    await self._handler(event, self._deps)
                return
            except Exception as error:
                if pause is None or limit.expired() or not is_outage(error):
                    raise
                logger.warning("Handler waits for a server: {!r}", error)
                self._held.add(strand)
                self._changed.set()
                if await self._stops_within(pause):
                    raise

    async def _stops_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        return self._stopping.is_set()

    async def _dead_letter(
        self,
        message: Msg,
        reason: str,
        error: Exception,
        task_id: str | None = None,
    ) -> None:
        await write_dead_letter(self._client, message, reason, error, task_id)
        HANDLER_EVENTS.add(self._handler.__name__, "dead_letter")
        note_failure(f"dead letter, {reason}: {error!r}")
        await message.term()

    async def _replay(self, message: Msg) -> None:
        answer = Replayed()
        with traced(message.headers, handler=self._handler.__name__):
            try:
                given = msgspec.json.decode(message.data, type=Replay)
                event = decode_event(given.subject, given.payload)
                async with asyncio.timeout(_HANDLER_TIMEOUT):
                    await self._handler(event, self._deps)
            except Exception as error:  # whoever asked is told, and keeps the letter
                logger.opt(exception=error).warning("A replayed event failed again")
                answer.error = f"{type(error).__name__}: {error}"
        await message.respond(msgspec.json.encode(answer))


def _strand_of(message: Msg) -> int:
    try:
        key = msgspec.json.decode(message.data, type=_TaskId).task_id.encode()
    except (msgspec.DecodeError, ValueError):
        return 0  # unreadable: any strand will do, it becomes a dead letter there
    return zlib.crc32(key) % _STRANDS


class _TaskId(msgspec.Struct):
    task_id: str


async def consume[D](
    client: Client,
    handlers: Sequence[Handler[D]],
    deps: D,
    ack_wait: float,
    stop: asyncio.Event,
) -> None:
    """Run every handler on its own consumer until ``stop`` is set."""
    async with anyio.create_task_group() as group:
        for handler in handlers:
            consumer = HandlerConsumer(client, handler, deps, ack_wait)
            group.start_soon(consumer.run, stop)
