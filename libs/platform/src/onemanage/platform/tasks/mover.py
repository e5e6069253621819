"""Messages that were delivered too often become dead letters, not silence.

A task that kills its worker each time is never settled: after the last delivery
JetStream only says so on an advisory subject. The mover copies the message to the
DLQ, says that the task has failed, and removes the message, in that order, so that
dying in between repeats a step and loses none.
"""

import asyncio
import base64
import contextlib
from datetime import datetime
from typing import Any

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.registry import task_named
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import Envelope
from onemanage.platform.messaging.delivery import (
    DeadLetter,
    confirm,
    expect_dead_letters,
    publish_dead_letter,
    retry_later,
)
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.history import Histories
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.pull import StandingPull
from onemanage.platform.tasks.lifecycle import CRASHED, run_of

_TICK = 1.0


class _Advisory(msgspec.Struct):
    stream: str
    consumer: str
    stream_seq: int
    deliveries: int


class DeadLetterMover:
    """Works off the advisories; each of the gateway's consumers runs one.

    It looks at any service's messages and ends its tasks, which only the gateway may.
    """

    def __init__(self, client: Client, ack_wait: float) -> None:
        self._client, self._ack_wait = client, ack_wait
        self._events = EventPublisher(client)
        self._histories = Histories(client)
        self._advisories: asyncio.Queue[Msg] = asyncio.Queue()
        consumer = topology.mover_consumer(ack_wait)
        # Dead letters are in no hurry: the next look is soon enough for the next pull.
        self._pull = StandingPull(
            client, consumer, self._advisories.put_nowait, lambda: None
        )

    async def run(self) -> None:
        """Until it is cancelled: each advisory of a task that was delivered too often becomes
        a dead letter and a failed event. What cannot be moved now comes again.
        """
        await topology.bind(self._client, self._pull.consumer)
        for consumer in topology.consumers(self._ack_wait):
            expect_dead_letters(consumer.durable, "max_deliveries")
        await self._pull.open()
        while True:
            try:
                await self._pull.demand(1)
                async with asyncio.timeout(_TICK):
                    message = await self._advisories.get()
            except (TimeoutError, NatsError):
                continue
            try:
                await self._move(msgspec.json.decode(message.data, type=_Advisory))
                await confirm(self._client, message)
            except Exception:  # whatever it was, the advisory comes again
                logger.exception("A dead letter could not be moved yet")
                with contextlib.suppress(NatsError):  # then after its ack_wait
                    await retry_later(message, message.metadata.num_delivered)

    async def _move(self, advisory: _Advisory) -> None:
        path = f"STREAM.MSG.GET.{advisory.stream}"
        try:
            answer = await management.request(
                self._client, path, {"seq": advisory.stream_seq}
            )
        except management.JetStreamRefused as refusal:
            if refusal.code == management.NO_MESSAGE:
                return  # moved already, by us before we died or by another
            raise
        stored: dict[str, Any] = answer["message"]
        payload = base64.b64decode(stored.get("data", ""))
        is_task = advisory.stream == topology.TASKS
        envelope = _read(payload) if is_task else None
        since = datetime.fromisoformat(stored["time"])
        if envelope is None or not await self._has_ended(envelope, since):
            await self._dead_letter(advisory, stored["subject"], payload, envelope)
        if is_task:
            path = f"STREAM.MSG.DELETE.{advisory.stream}"
            await management.request(self._client, path, {"seq": advisory.stream_seq})

    async def _has_ended(self, envelope: Envelope, since: datetime) -> bool:
        spec = task_named(envelope.task_name)
        if spec is None:
            return False
        run = run_of(envelope.labels)
        past = await self._histories.of(spec, envelope.task_id, run, since)
        return past.ended

    async def _dead_letter(
        self,
        advisory: _Advisory,
        subject: str,
        payload: bytes,
        envelope: Envelope | None,
    ) -> None:
        await publish_dead_letter(
            self._client,
            DeadLetter(
                reason="max_deliveries",
                error="delivered too often without ever being settled",
                traceback=None,
                stream=advisory.stream,
                sequence=advisory.stream_seq,
                subject=subject,
                consumer=advisory.consumer,
                deliveries=advisory.deliveries,
                task_id=envelope.task_id if envelope else None,
                payload=base64.b64encode(payload).decode(),
            ),
        )
        if envelope is not None:
            await self._end(envelope)
        logger.error(
            "Dead letter (max_deliveries) from {} {}",
            advisory.stream,
            advisory.stream_seq,
        )

    async def _end(self, envelope: Envelope) -> None:
        task_id, run = envelope.task_id, run_of(envelope.labels)
        workspace_id = str(envelope.labels.get("workspace_id", ""))
        name = envelope.task_name
        await self._events.publish_failed(name, task_id, workspace_id, run, CRASHED)


def _read(payload: bytes) -> Envelope | None:
    try:
        return msgspec.json.decode(payload, type=Envelope)
    except (msgspec.DecodeError, ValueError):
        return None
