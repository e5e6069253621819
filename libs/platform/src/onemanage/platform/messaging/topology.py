"""Streams and consumers: declared by one idempotent command, everywhere else only bound.

    onemanage-topology        declare what the subject registry asks for

What may change by itself (ages, sizes, windows, replicas, wider subjects, waits) is
changed; anything else that differs is drift, and the command fails and names it. A
consumer that is ahead of the queue it serves, as when an older store was put back, begins
again at the first message. One of an earlier release goes when nobody pulls from it.
"""

import argparse
import asyncio
from typing import Any, NamedTuple

import msgspec
from loguru import logger

from onemanage.contracts import registry
from onemanage.contracts.registry import CONSUMERS, HANDLER_PREFIX, LANES, ConsumerSpec
from onemanage.platform.messaging.management import (
    NO_MESSAGE,
    STREAM_NOT_FOUND,
    JetStreamRefused,
    request,
)
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import ProcessSettings, load

_SECOND = 10**9
_SEEN_AGAIN_AFTER = 1.0
_PATIENT = 6
"""A cluster that has just begun may be silent, and looking and making are repeatable."""
_DAY = 86_400 * _SECOND
_CONSUMER_NOT_FOUND = 10014
_NOT_FOUND = {STREAM_NOT_FOUND, _CONSUMER_NOT_FOUND}
_ALREADY_THERE = {10058, 10148}

TASKS, EVENTS, DLQ, ADVISORIES = "TASKS", "EVENTS", "DLQ", "ADVISORIES"
MOVER = "dead_letter_mover"
MAX_MESSAGE = 1 << 20
"""Bytes. What is larger travels through object storage, by its key."""
TASK_MAX_DELIVER = 20
"""Far more than a task is tried: a delivery that is not begun, or that was handed over, is
no attempt."""
HANDLER_MAX_DELIVER = 20
"""More than a handler may fail: a delivery to a process that stops is no failure."""

# What the server fills in where a declaration is silent; compared on both sides.
_DEFAULTS: dict[str, Any] = {
    "max_consumers": -1,
    "max_msgs": -1,
    "max_bytes": -1,
    "max_age": 0,
    "max_msgs_per_subject": -1,
    "max_msg_size": -1,
    "discard": "old",
    "storage": "file",
    "retention": "limits",
    "duplicate_window": 120 * _SECOND,
    "compression": "none",
    "consumer_limits": {},
    "deliver_policy": "all",
    "replay_policy": "instant",
    "max_waiting": 512,
    "num_replicas": 0,
}
_UPDATED_BY_ITSELF = {
    "max_age",
    "max_bytes",
    "max_msgs",
    "max_msg_size",
    "duplicate_window",
    "num_replicas",
    "ack_wait",
    "max_deliver",
    "max_ack_pending",
    "filter_subjects",
}


class TopologyDrift(Exception):
    """A stream or consumer on the server is not the one this release works with."""

    def __init__(self, name: str, differences: dict[str, tuple[Any, Any]]) -> None:
        told = "; ".join(
            f"{field} is {actual!r}, declared {declared!r}"
            for field, (actual, declared) in sorted(differences.items())
        )
        super().__init__(f"{name}: {told}")
        self.name, self.differences = name, differences


class TopologyMissing(Exception):
    """Something to bind to is not there; `onemanage-topology` declares it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} does not exist: run onemanage-topology first")
        self.name = name


class Consumer(msgspec.Struct, frozen=True):
    """A durable pull consumer: who waits on which stream for which subjects."""

    stream: str
    durable: str
    subjects: tuple[str, ...]
    max_deliver: int
    ack_wait: float
    """Seconds."""

    @property
    def create(self) -> str:
        """The management request that makes it; the server wants a lone subject in it."""
        path = f"CONSUMER.CREATE.{self.stream}.{self.durable}"
        return f"{path}.{self.subjects[0]}" if len(self.subjects) == 1 else path

    @property
    def config(self) -> dict[str, Any]:
        """As the server's API takes it; times are nanoseconds there."""
        one, *more = self.subjects
        wanted = {"filter_subjects": [one, *more]} if more else {"filter_subject": one}
        return {
            **wanted,
            "name": self.durable,
            "durable_name": self.durable,
            "ack_policy": "explicit",
            "ack_wait": int(self.ack_wait * _SECOND),
            "max_deliver": self.max_deliver,
            "max_ack_pending": 1000,
        }


def streams(replicas: int) -> tuple[dict[str, Any], ...]:
    """The four streams, in the server's own words."""
    return (
        {
            "name": TASKS,
            "subjects": ["tasks.>", "sched.>"],
            "retention": "workqueue",
            "duplicate_window": 600 * _SECOND,
            "max_msg_size": MAX_MESSAGE,
            "allow_msg_ttl": True,
            "allow_msg_schedules": True,
            # The server sets this by itself where schedules are allowed.
            "allow_rollup_hdrs": True,
            "num_replicas": replicas,
        },
        {
            "name": EVENTS,
            "subjects": ["events.>"],
            "max_age": 7 * _DAY,
            "max_msg_size": MAX_MESSAGE,
            "duplicate_window": 600 * _SECOND,
            "num_replicas": replicas,
        },
        {
            "name": DLQ,
            "subjects": ["dlq.>"],
            "max_age": 30 * _DAY,
            "duplicate_window": 3600 * _SECOND,
            "num_replicas": replicas,
        },
        {
            "name": ADVISORIES,
            "subjects": [
                "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",
                "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
            ],
            "max_age": 7 * _DAY,
            "num_replicas": replicas,
        },
    )


def worker_consumer(domain: str, lane: str, ack_wait: float) -> Consumer:
    """What the workers of a domain share on one lane; ``ack_wait`` is in seconds."""
    return Consumer(
        TASKS,
        f"worker_{domain}_{lane}",
        (f"tasks.{domain}.{lane}",),
        TASK_MAX_DELIVER,
        ack_wait,
    )


def handler_consumer(spec: ConsumerSpec, ack_wait: float) -> Consumer:
    """What the handlers of a service share; ``ack_wait`` is in seconds."""
    return Consumer(EVENTS, spec.durable, spec.subjects, HANDLER_MAX_DELIVER, ack_wait)


def mover_consumer(ack_wait: float) -> Consumer:
    """Sees what was delivered too often, so that it can become a dead letter."""
    subject = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>"
    return Consumer(ADVISORIES, MOVER, (subject,), -1, ack_wait)


def consumers(ack_wait: float) -> tuple[Consumer, ...]:
    """Every consumer that the registry's commands and handlers need."""
    domains = sorted({task.worker for task in registry.TASKS})
    workers = [worker_consumer(d, lane, ack_wait) for d in domains for lane in LANES]
    handlers = [handler_consumer(spec, ack_wait) for spec in CONSUMERS]
    return (*workers, *handlers, mover_consumer(ack_wait))


def differences(
    actual: dict[str, Any], declared: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """Field -> (on the server, declared), silence on either side meaning the default."""
    found = {}
    for field in (actual.keys() | declared.keys()) - {"metadata"}:
        default = _DEFAULTS.get(field, False)
        pair = actual.get(field, default), declared.get(field, default)
        if pair[0] != pair[1]:
            found[field] = pair
    return found


async def declare(client: Client, *, ack_wait: float = 30.0, replicas: int = 1) -> None:
    """Bring the server to what the registry asks for. Safe to repeat and to race."""
    made = {stream["name"]: stream for stream in streams(replicas)}
    await asyncio.gather(
        *(
            _declare(
                client, name, made[name], f"STREAM.{{}}.{name}", f"STREAM.CREATE.{name}"
            )
            for name in made
        )
    )
    await asyncio.gather(*(_consumer(client, each) for each in consumers(ack_wait)))
    await _set_right(client)
    await _retire(client, {consumer.durable for consumer in consumers(ack_wait)})


async def _consumer(client: Client, made: Consumer) -> None:
    path = f"CONSUMER.{{}}.{made.stream}.{made.durable}"
    await _declare(client, made.durable, made.config, path, made.create, made.stream)


async def _retire(client: Client, declared: set[str]) -> None:
    """Delete the handlers' consumers of earlier releases, once those have stopped."""
    offset = 0
    while True:
        page = await request(client, f"CONSUMER.LIST.{EVENTS}", {"offset": offset})
        for info in page["consumers"] or []:
            name = info["name"]
            is_ours = name.startswith(HANDLER_PREFIX) and name not in declared
            if is_ours and not info["num_waiting"]:
                await request(client, f"CONSUMER.DELETE.{EVENTS}.{name}")
                logger.info("{} is of an earlier release, and deleted", name)
        offset += page["limit"]
        if offset >= page["total"]:
            return


class Stranded(NamedTuple):
    """A message of a work queue that its consumer takes for one that is done."""

    consumer: str
    sequence: int


async def stranded(client: Client) -> frozenset[Stranded]:
    """The first such message of each worker's consumer.

    A stream that was put back is behind its consumers, which then count on from its
    end. What lies before that is never given out. A message that is acknowledged at
    this moment looks the same: what is seen twice is stranded.
    """
    found = set()
    for consumer in consumers(0):
        if consumer.stream != TASKS:
            continue
        info = await request(client, f"CONSUMER.INFO.{TASKS}.{consumer.durable}")
        try:
            body = {"seq": 1, "next_by_subj": consumer.subjects[0]}
            first = await request(client, f"STREAM.MSG.GET.{TASKS}", body)
        except JetStreamRefused as refusal:
            if refusal.code != NO_MESSAGE:
                raise
            continue
        sequence = first["message"]["seq"]
        if sequence <= info["ack_floor"]["stream_seq"]:
            found.add(Stranded(consumer.durable, sequence))
    return frozenset(found)


async def _set_right(client: Client) -> None:
    """Consumers that are ahead of TASKS begin again at its first message.

    What a worker has in hand is given out a second time; who gets it finds that it was
    begun, and leaves it alone.
    """
    seen = await stranded(client)
    if not seen:
        return
    await asyncio.sleep(_SEEN_AGAIN_AFTER)
    for consumer, sequence in sorted(seen & await stranded(client)):
        await request(client, f"CONSUMER.RESET.{TASKS}.{consumer}", {"seq": 1})
        logger.warning("{} was ahead of TASKS, now at {}", consumer, sequence)


async def _declare(
    client: Client,
    name: str,
    declared: dict[str, Any],
    path: str,
    create: str,
    stream: str | None = None,
) -> None:
    def body(config: dict[str, Any], action: str) -> dict[str, Any]:
        if stream is None:
            return config
        return {"stream_name": stream, "config": config, "action": action}

    try:
        actual = (await request(client, path.format("INFO"), tries=_PATIENT))["config"]
    except JetStreamRefused as refusal:
        if refusal.code not in _NOT_FOUND:
            raise
        try:
            await request(client, create, body(declared, "create"), tries=_PATIENT)
        except JetStreamRefused as race:  # another replica was quicker
            if race.code not in _ALREADY_THERE:
                raise
            await _declare(client, name, declared, path, create, stream)
        return
    changed = differences(actual, declared)
    if not changed:
        return
    if drift := {f: pair for f, pair in changed.items() if not _may_update(f, pair)}:
        raise TopologyDrift(name, drift)
    update = create if stream else path.format("UPDATE")
    await request(client, update, body({**actual, **declared}, "update"))
    logger.info("{} updated: {}", name, sorted(changed))


def _may_update(field: str, pair: tuple[Any, Any]) -> bool:
    if field == "subjects":
        return set(pair[0]) <= set(pair[1])
    return field in _UPDATED_BY_ITSELF


async def bind(client: Client, consumer: Consumer) -> None:
    """Check that the consumer is there as declared. Raises TopologyMissing or -Drift."""
    try:
        path = f"CONSUMER.INFO.{consumer.stream}.{consumer.durable}"
        actual = (await request(client, path))["config"]
    except JetStreamRefused as refusal:
        if refusal.code in _NOT_FOUND:
            raise TopologyMissing(consumer.durable) from None
        raise
    found = differences(actual, consumer.config)
    heard, needed = found.get("filter_subjects", ((), ()))
    if set(heard or ()) >= set(needed or ()):  # a newer release hears more
        found.pop("filter_subjects", None)
    if found:
        raise TopologyDrift(consumer.durable, found)


async def declare_once(settings: ProcessSettings) -> None:
    """Connect, declare every stream and consumer, and leave. Raises TopologyDrift and
    JetStreamRefused.
    """
    client = await connect(settings.nats_url, "onemanage-topology")
    try:
        await declare(
            client, ack_wait=settings.task_ack_wait, replicas=settings.stream_replicas
        )
    finally:
        await client.close()
    logger.info("Topology is as declared")


def main() -> None:
    """The command: declare the streams and consumers, once, and end."""
    argparse.ArgumentParser(description=__doc__.split("\n\n")[0]).parse_args()
    settings = load(ProcessSettings)
    configure_logging("topology", settings.log_format, settings.log_level)
    asyncio.run(declare_once(settings))


if __name__ == "__main__":
    main()
