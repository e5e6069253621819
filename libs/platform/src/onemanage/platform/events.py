"""Facts on EVENTS: published once by id, seen by one durable consumer per handler.

A service's handlers stand in its HANDLERS table: functions named as in the subject
registry, ``async def on_…(event, deps)``. Each has its own consumer, so a handler that
fails is given its event again alone, with backoff, and in the end a dead letter.
"""

import asyncio
import contextlib
import zlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio
import msgspec
from loguru import logger
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import Event, Status, event_id
from onemanage.contracts.registry import (
    CONSUMERS,
    CommandSpec,
    ConsumerSpec,
    event_spec,
    subject_of,
)
from onemanage.platform import topology
from onemanage.platform.delivery import Heartbeats, bury, confirm, retry_later
from onemanage.platform.nats import publish
from onemanage.platform.pull import StandingPull
from onemanage.platform.telemetry import trace_headers, traced
from onemanage.platform.topology import HANDLER_MAX_DELIVER

type Handler[D] = Callable[[Any, D], Awaitable[None]]

_LANES = 8
_TICK = 1.0
_HANDLER_TIMEOUT = 300.0
_SPECS = {spec.handler: spec for spec in CONSUMERS}


class UnknownEvent(Exception):
    """This release knows no event of this subject."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no event {subject} in the subject registry")
        self.subject = subject


class EventPublisher:
    """Publishes facts under their deterministic ids, confirmed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def publish(self, event: Event) -> bool:
        """True if the fact is new, False if JetStream had it. Raises PublishUnconfirmed."""
        return await publish(
            self._client,
            subject_of(event),
            msgspec.json.encode(event),
            msg_id=str(event.event_id),
            headers=trace_headers(),
        )


def decode_event(subject: str, payload: bytes) -> Event:
    """Raises UnknownEvent, or msgspec.DecodeError (ValidationError) naming the field."""
    spec = event_spec(subject)
    if spec is None:
        raise UnknownEvent(subject)
    return msgspec.json.decode(payload, type=spec.type)


def spec_of(handler: Handler[Any]) -> ConsumerSpec:
    """The registry's line for a handler function. Raises LookupError."""
    try:
        return _SPECS[handler.__name__]
    except KeyError:
        raise LookupError(f"{handler.__name__} is not in the registry") from None


def make_event(
    spec: CommandSpec,
    status: Status,
    task_id: str,
    workspace_id: str,
    step: str = "",
    **facts: Any,
) -> Event:
    """The registered event of this task and status, under its deterministic id."""
    found = event_spec(spec.event_subject(status))
    if found is None:
        raise LookupError(f"{spec.event_subject(status)} is not in the registry")
    return found.type(
        event_id=event_id(task_id, status, step),
        task_id=task_id,
        workspace_id=workspace_id,
        status=status,
        **facts,
    )


class HandlerConsumer[D]:
    """Feeds one handler: events of one task in order, those of several side by side."""

    def __init__(
        self, client: Client, handler: Handler[D], deps: D, ack_wait: float
    ) -> None:
        spec = spec_of(handler)
        self._client, self._handler, self._deps = client, handler, deps
        self._heartbeats = Heartbeats(ack_wait)
        consumer = topology.handler_consumer(spec.durable, spec.subject, ack_wait)
        self._pull = StandingPull(client, consumer, self._take)
        self._lanes: list[asyncio.Queue[Msg]] = [asyncio.Queue() for _ in range(_LANES)]
        self._pending = 0
        self._stopping = False
        self._changed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Bind, handle until ``stop`` is set, finish what is at hand."""
        await topology.bind(self._client, self._pull.consumer)
        await self._pull.open()
        async with anyio.create_task_group() as group:
            group.start_soon(self._heartbeats.run)
            for lane in self._lanes:
                group.start_soon(self._work, lane)
            await self._keep_pulling(stop)
            self._stopping = True
            await self._pull.close()
            while self._pending:
                self._changed.clear()
                await self._changed.wait()
            group.cancel_scope.cancel()

    async def _keep_pulling(self, stop: asyncio.Event) -> None:
        connected = True
        waiter = asyncio.create_task(stop.wait())
        waiter.add_done_callback(lambda _: self._changed.set())
        while not stop.is_set():
            self._changed.clear()
            is_connected = self._client.is_connected
            with contextlib.suppress(NatsError):  # reconnecting: asked again next time
                if is_connected and not connected:
                    await self._pull.renew()
                await self._pull.demand(2 * _LANES - self._pending)
            connected = is_connected
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await self._changed.wait()

    def _take(self, message: Msg) -> None:
        key = _task_id_of(message)
        self._pending += 1
        self._heartbeats.start(message)
        self._lanes[zlib.crc32(key) % _LANES].put_nowait(message)

    async def _work(self, lane: asyncio.Queue[Msg]) -> None:
        while True:
            message = await lane.get()
            try:
                if self._stopping:
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
        except UnknownEvent as unknown:
            # A newer release speaks; a handler of this one has no use for it.
            logger.debug("{}, passed over", unknown)
            await confirm(message)
            return
        except (msgspec.DecodeError, ValueError) as error:
            await bury(self._client, message, "invalid", error)
            return
        self._heartbeats.start(message, _HANDLER_TIMEOUT + _TICK)
        bound = {
            "task_id": event.task_id,
            "workspace_id": event.workspace_id,
            "handler": self._handler.__name__,
        }
        with traced(message.headers, **bound):
            await self._handle(message, event)

    async def _handle(self, message: Msg, event: Event) -> None:
        try:
            async with asyncio.timeout(_HANDLER_TIMEOUT):
                await self._handler(event, self._deps)
        except Exception as error:
            if message.metadata.num_delivered < HANDLER_MAX_DELIVER:
                logger.warning("Handler failed, to be given again: {!r}", error)
                await retry_later(message)
            else:
                await bury(self._client, message, "raised", error, event.task_id)
            return
        await confirm(message)


def _task_id_of(message: Msg) -> bytes:
    try:
        return msgspec.json.decode(message.data, type=_TaskId).task_id.encode()
    except (msgspec.DecodeError, ValueError):
        return b""  # unreadable: any lane will do, it is buried there


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
