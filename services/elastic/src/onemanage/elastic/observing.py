"""What is seen of the tasks: how many wait, for how long, and what takes how long.

The gateway tells what waits in its table, and JetStream what lies before the workers.
What workers can do, and how long tasks take, is heard on plain NATS as they say it:
what is missed there makes a mean a little older, and nothing else.
"""

import time
from datetime import datetime

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import Capacity, Status
from onemanage.contracts.compute import (
    NO_WORKSPACE,
    GetWaiting,
    ServiceWaiting,
    Waiting,
)
from onemanage.contracts.registry import (
    LANES,
    Lane,
    capacity_subject,
    task_name_of,
    task_named,
)
from onemanage.elastic.domain.deciding import Load
from onemanage.elastic.domain.measuring import Stopwatch
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.permissions import steps_heard
from onemanage.platform.messaging.queries import QueryFailed, QueryUnanswered, ask
from onemanage.platform.process.gather import gather

_FORGOTTEN_AFTER = 10.0
"""Seconds since a worker has said what it can do; it says so every two."""
_STARTED = f".{Status.STARTED}"


class FiguresAway(Exception):
    """What waits cannot be known now, so nothing is decided."""


class _Step(msgspec.Struct):
    """Of an event as much as is needed here."""

    task_id: str
    timestamp: datetime


class _Lane(msgspec.Struct, frozen=True):
    """What lies in one lane before the workers of a service."""

    pending: int
    running: int


class Observer:
    """``open`` it; from then on it hears, and ``loads`` looks."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._workers: dict[tuple[str, str], tuple[float, Capacity]] = {}
        self.stopwatch = Stopwatch()

    async def open(self) -> None:
        """Hear what workers can do and have done, for as long as the process lives."""
        await self._client.subscribe(capacity_subject("*"), cb=self._hear_capacity)
        for subject in steps_heard():
            await self._client.subscribe(subject, cb=self._hear_step)

    async def loads(self, services: list[str]) -> list[Load]:
        """One of each service. Raises FiguresAway."""
        waiting = await self._waiting()
        asked = [(service, lane) for service in services for lane in LANES]
        try:
            found = await gather([self._lane(*each) for each in asked])
        except (NatsError, TimeoutError, management.JetStreamRefused) as error:
            why = f"JetStream does not say what waits: {error!r}"
            raise FiguresAway(why) from error
        lanes = dict(zip(asked, found, strict=True))
        return [
            _load(
                waiting.get(service, ServiceWaiting(service=service, kinds={})),
                [lanes[service, lane] for lane in LANES],
                self.slots_of_others(service),
            )
            for service in services
        ]

    def slots_of_others(self, service: str) -> int:
        """Of workers that are in no group of ours, and were heard just now."""
        now = time.monotonic()
        for key, (at, _) in list(self._workers.items()):
            if now - at > _FORGOTTEN_AFTER:
                del self._workers[key]
        return sum(
            max(capacity.low, 1)
            for (worker, _), (_, capacity) in self._workers.items()
            if worker == service and capacity.high and not capacity.group
        )

    async def _waiting(self) -> dict[str, ServiceWaiting]:
        question = GetWaiting(workspace_id=NO_WORKSPACE)
        try:
            answer = await ask(self._client, question, Waiting)
        except (QueryFailed, QueryUnanswered, NatsError) as error:
            raise FiguresAway(f"the gateway does not say what waits: {error}") from None
        return {each.service: each for each in answer.services}

    async def _lane(self, service: str, lane: Lane) -> _Lane:
        name = topology.worker_consumer(service, lane, 30).durable
        subject = f"CONSUMER.INFO.{topology.TASKS}.{name}"
        info = await management.request(self._client, subject)
        return _Lane(info["num_pending"], info["num_ack_pending"])

    async def _hear_capacity(self, message: Msg) -> None:
        try:
            capacity = msgspec.json.decode(message.data, type=Capacity)
        except (msgspec.DecodeError, ValueError):
            return  # of a release to come
        worker = message.subject.rpartition(".")[2]
        self._workers[worker, capacity.worker_id] = time.monotonic(), capacity

    async def _hear_step(self, message: Msg) -> None:
        kind = task_name_of(message.subject)
        if task_named(kind) is None:
            return
        try:
            step = msgspec.json.decode(message.data, type=_Step)
        except (msgspec.DecodeError, ValueError):
            return
        if message.subject.endswith(_STARTED):
            self.stopwatch.started(step.task_id, step.timestamp)
        else:
            self.stopwatch.ended(kind, step.task_id, step.timestamp)


def _load(waiting: ServiceWaiting, lanes: list[_Lane], slots: int) -> Load:
    return Load(
        service=waiting.service,
        kinds=waiting.kinds,
        pending=sum(lane.pending for lane in lanes),
        running=sum(lane.running for lane in lanes),
        oldest=waiting.oldest,
        heavy=waiting.heavy,
        slots=slots,
    )
