"""Everything that the system holds at the end, fetched once for all checks."""

import asyncio
import base64
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from onemanage.contracts.base import TERMINAL, Event, StartedEvent, utc_now
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import Envelope
from onemanage.platform.messaging.delivery import DeadLetter
from onemanage.platform.messaging.events import decode_event
from onemanage.platform.messaging.nats import Client as Nats
from onemanage.platform.tasks.lifecycle import run_of
from tests.soak.system import ACK_WAIT, System

DRAINED_WITHIN = 180.0
_BATCH = 500
_LOOK_EVERY = 1.0
_QUIET_LOOKS = 3
_UNENDED = """
SELECT count(*) FROM tasks
WHERE state IN ('queued', 'running') OR (state = 'cancelled' AND published_at IS NULL)
"""

type Row = dict[str, Any]
type Run = tuple[str, int]
"""Task id and run."""


@dataclass(frozen=True)
class Told:
    """An event, where it lies in its stream."""

    sequence: int
    stored: datetime
    subject: str
    event: Event

    @property
    def is_end(self) -> bool:
        return self.event.status in TERMINAL


@dataclass(frozen=True, kw_only=True)
class Evidence:
    rows: dict[str, Row]
    """Of the gateway, by task id; JSON columns decoded."""
    files: dict[str, Row]
    previews: list[Row]
    garbage: dict[str, datetime]
    """Preview objects to be deleted, by key, and when."""
    at: datetime
    """When all this was looked at."""
    documents: dict[str, Row]
    runs: dict[Run, list[Told]]
    """What was told of each run, in the order of the stream."""
    letters: list[DeadLetter]
    consumers: dict[str, tuple[int, int]]
    """Pending, and delivered and not acknowledged, by name."""
    tasks_left: int
    objects: set[str]
    """The key of everything in the bucket."""
    unfinished: list[tuple[str, str]]

    def end(self, run: Run) -> Told | None:
        return next((told for told in self.runs.get(run, ()) if told.is_end), None)

    def attempts(self) -> list[int]:
        """The number of the last attempt of each run that was begun."""
        return [
            max(started)
            for run in self.runs.values()
            if (
                started := [
                    t.event.attempt for t in run if isinstance(t.event, StartedEvent)
                ]
            )
        ]


async def drained(system: System) -> str:
    """Wait until nothing is left to do; what was left where that took too long."""
    until = time.monotonic() + DRAINED_WITHIN
    quiet, left = 0, "nothing was looked at"
    while time.monotonic() < until:
        left = await _asked(lambda: _left(system))
        quiet = 0 if left else quiet + 1
        if quiet == _QUIET_LOOKS:
            return ""
        await asyncio.sleep(_LOOK_EVERY)
    return left


async def _asked(question: Callable[[], Awaitable[str]]) -> str:
    try:
        return await question()
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        return f"cannot be asked: {error!r}"


async def _left(system: System) -> str:
    connection = await asyncpg.connect(system.database_url("gateway"), timeout=5)
    try:
        unended = await connection.fetchval(_UNENDED)
        unannounced = await connection.fetchval(
            "SELECT count(*) FROM files WHERE announced_at IS NULL"
        )
        begun = await connection.fetchval("SELECT count(*) FROM uploads")
    finally:
        await connection.close()
    async with system.nats() as client:
        tasks = await _messages(client, topology.TASKS)
        consumers = await _consumers(client)
    waiting = {name: counts for name, counts in consumers.items() if any(counts)}
    if not (unended or unannounced or begun or tasks or waiting):
        return ""
    return (
        f"{unended} tasks without an end, {unannounced} files not announced, "
        f"{begun} uploads not swept, "
        f"{tasks} commands in TASKS, consumers (pending, unacknowledged): {waiting}"
    )


async def _messages(client: Nats, stream: str) -> int:
    info = await management.request(client, f"STREAM.INFO.{stream}")
    return int(info["state"]["messages"])


async def _consumers(client: Nats) -> dict[str, tuple[int, int]]:
    found = {}
    for consumer in topology.consumers(ACK_WAIT):
        path = f"CONSUMER.INFO.{consumer.stream}.{consumer.durable}"
        info = await management.request(client, path)
        found[consumer.durable] = int(info["num_pending"]), int(info["num_ack_pending"])
    return found


async def gather(system: System) -> Evidence:
    storage = system.storage()
    async with system.nats() as client:
        events = [
            Told(sequence, stored, subject, decode_event(subject, data))
            for sequence, stored, subject, data in await _stored(
                client, topology.EVENTS
            )
        ]
        letters = [
            msgspec.json.decode(data, type=DeadLetter)
            for *_, data in await _stored(client, topology.DLQ)
        ]
        consumers = await _consumers(client)
        tasks_left = await _messages(client, topology.TASKS)
    gateway = system.database_url("gateway")
    preview, psd = system.database_url("preview"), system.database_url("psd")
    return Evidence(
        rows=_by(await _table(gateway, "tasks"), "id"),
        files=_by(await _table(gateway, "files"), "id"),
        previews=await _table(preview, "previews"),
        garbage={
            row["object_key"]: row["delete_after"]
            for row in await _table(preview, "garbage")
        },
        at=utc_now(),
        documents=_by(await _table(psd, "documents"), "document_id"),
        runs=_by_run(events),
        letters=letters,
        consumers=consumers,
        tasks_left=tasks_left,
        objects=set(await storage.keys("")),
        unfinished=await storage.unfinished_uploads(""),
    )


async def _stored(client: Nats, stream: str) -> list[tuple[int, datetime, str, bytes]]:
    """Sequence, time, subject and data of all that the stream holds."""
    subscription = await client.jetstream().pull_subscribe(
        "",
        stream=stream,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.ALL,
            filter_subjects=[">"],
            ack_policy=AckPolicy.NONE,
            mem_storage=True,
            num_replicas=1,
            inactive_threshold=30,
        ),
    )
    found = []
    left = (await subscription.consumer_info()).num_pending or 0
    while left:
        messages = await subscription.fetch(min(left, _BATCH), 10)
        for message in messages:
            meta = message.metadata
            found.append(
                (meta.sequence.stream, meta.timestamp, message.subject, message.data)
            )
        left = messages[-1].metadata.num_pending
    await subscription.unsubscribe()
    return found


async def _table(url: str, name: str) -> list[Row]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
        )
        return [dict(row) for row in await connection.fetch(f"SELECT * FROM {name}")]
    finally:
        await connection.close()


def _by(rows: list[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def _by_run(events: list[Told]) -> dict[Run, list[Told]]:
    """Of tasks alone: a file's upload and a preview's expiry are facts of their own."""
    found: dict[Run, list[Told]] = defaultdict(list)
    for told in events:
        if told.event.task_id.startswith("tsk_"):
            found[told.event.task_id, told.event.run].append(told)
    return found


def run_of_letter(letter: DeadLetter) -> Run | None:
    """Which run of which task a command's dead letter is about."""
    try:
        envelope = msgspec.json.decode(base64.b64decode(letter.payload), type=Envelope)
    except (msgspec.DecodeError, ValueError):
        return None
    return envelope.task_id, run_of(envelope.labels)
