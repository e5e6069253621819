"""The receiver beside its peers: no-op tasks drained, and one command's way and back."""

import asyncio
import gc
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch

import msgspec
from nats.aio.msg import Msg
from nats.js.api import RetentionPolicy, StreamConfig
from taskiq.receiver import Receiver
from taskiq_nats import PullBasedJetStreamBroker

from onemanage.contracts.base import ErrorInfo
from onemanage.contracts.psd.documents import Document, ParseExport
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging import delivery, management, topology
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.process.memory import keep_what_is_loaded
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import settlement
from onemanage.platform.tasks.lifecycle import Lifecycle
from onemanage.testing.fixtures import working
from onemanage.testing.samples import document, parse_command

LOW, HIGH = "tasks.psd.low", "tasks.psd.high"
SLOTS = 100
BATCH = 100
"""Messages of one pull of the stock broker."""
RESULT = document(parse_command())
_PENDING = 4000
_AS_PYTHON_COMES = 700, 10, 10


async def fill(
    client: Client, subject: str, count: int, *, dedupe: bool = True
) -> float:
    """Store so many commands; messages per second."""
    stream = client.jetstream(publish_async_max_pending=_PENDING)
    begun = time.perf_counter()
    for _ in range(count):
        made = parse_command()
        headers = {"Nats-Msg-Id": made.task_id} if dedupe else None
        await stream.publish_async(subject, envelope_of(made), headers=headers)
    await stream.publish_async_completed()
    return count / (time.perf_counter() - begun)


class Silent:
    """A lifecycle that tells nobody: the drain without its events."""

    def __init__(self, spec: AnyTask, envelope: Any, _: Any) -> None:
        self.spec, self.task_id, self.run = spec, envelope.task_id, 1
        self.workspace_id = ""

    async def started(self, attempt: int) -> bool:
        return True

    async def completed(self, result: Any) -> None:
        return None

    async def failed(self, error: ErrorInfo) -> None:
        return None


class Countdown:
    def __init__(self, count: int) -> None:
        self._left = count
        self.over = asyncio.Event()

    def tick(self) -> None:
        self._left -= 1
        if not self._left:
            self.over.set()


async def drain_ours(
    client: Client,
    url: str,
    count: int,
    *,
    events: bool,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Tasks per second, of this clock, with every guarantee; with or without the
    lifecycle's events."""
    await fill(client, LOW, count)
    left = Countdown(count)

    async def task(command: ParseExport) -> Document:
        left.tick()
        return RESULT

    settings = ProcessSettings(nats_url=url, task_ack_wait=30)
    lifecycle = Lifecycle if events else Silent
    keep_what_is_loaded()  # as run_worker does
    begun = clock()
    with patch.object(settlement, "Lifecycle", lifecycle):
        async with working(settings, task, slots=SLOTS, reserved=0):
            await left.over.wait()
            await _confirmed(client, topology.TASKS, "worker_psd_low")
            return count / (clock() - begun)


async def _confirmed(client: Client, stream: str, consumer: str) -> None:
    """Return when the consumer has nothing that waits or is not acknowledged."""
    while True:
        info = await management.request(client, f"CONSUMER.INFO.{stream}.{consumer}")
        if not info["num_pending"] and not info["num_ack_pending"]:
            return
        await asyncio.sleep(0.005)


async def drain_stock(
    client: Client,
    url: str,
    count: int,
    retention: RetentionPolicy = RetentionPolicy.LIMITS,
) -> float:
    """Tasks per second of taskiq-nats' pull broker and TaskIQ's receiver as they come.

    With LIMITS, their default, what is acknowledged stays in the stream.
    """
    left = Countdown(count)
    broker = PullBasedJetStreamBroker(
        [url],
        stream_name="STOCK",
        durable="stock",
        subject="stock.tasks",
        pull_consume_batch=BATCH,
        pull_consume_timeout=1.0,
        stream_config=StreamConfig(retention=retention),
    )
    gc.unfreeze()
    gc.set_threshold(*_AS_PYTHON_COMES)

    async def task(command: dict[str, Any]) -> None:
        left.tick()

    broker.register_task(task, "psd.parse_export")
    broker.is_worker_process = True
    await broker.startup()
    await fill(client, "stock.tasks", count)
    receiver = Receiver(broker, max_async_tasks=SLOTS, run_startup=False)
    begun = time.perf_counter()
    listening = asyncio.create_task(receiver.listen(asyncio.Event()))
    await left.over.wait()
    await _confirmed(client, "STOCK", "stock")
    rate = count / (time.perf_counter() - begun)
    listening.cancel()
    await asyncio.wait({listening})
    await broker.shutdown()
    await management.request(client, "STREAM.DELETE.STOCK")
    return rate


async def _unconfirmed(self: delivery.Acknowledgements, message: Msg) -> bool:
    await message.ack()
    return True


def _no_heartbeat(self: delivery.Heartbeats, message: Msg, at_most: float = 0) -> None:
    return None


async def costs(client: Client, url: str, count: int) -> dict[str, float]:
    """What each guarantee takes of the rate of the drain (or of publishing), as a share."""
    whole, plain, still = [], [], []
    for _ in range(3):
        whole.append(await drain_ours(client, url, count, events=False))
        with patch.object(delivery.Acknowledgements, "confirm", _unconfirmed):
            plain.append(await drain_ours(client, url, count, events=False))
        with patch.object(delivery.Heartbeats, "start", _no_heartbeat):
            still.append(await drain_ours(client, url, count, events=False))
    await management.request(
        client, "STREAM.CREATE.STOCK", {"name": "STOCK", "subjects": ["stock.tasks"]}
    )
    known = await fill(client, "stock.tasks", count)
    unknown = await fill(client, "stock.tasks", count, dedupe=False)
    full = statistics.median(whole)
    return {
        "ack_sync": 1 - full / statistics.median(plain),
        "heartbeat": 1 - full / statistics.median(still),
        "dedupe": 1 - known / unknown,
    }


async def latencies(
    client: Client, other: Client, url: str, count: int
) -> dict[str, float]:
    """Seconds from a command to its completion event, and of a raw request and reply."""
    ours: list[float] = []
    raw: list[float] = []
    async with _answering(other), _completing(client, url) as complete:
        for number in range(count + 20):
            took = await _timed(complete)
            plain = await _timed(lambda: client.ask("bench.echo", b"?"))
            if number >= 20:  # the first ones warm up
                ours.append(took)
                raw.append(plain)
    return {
        "p50": statistics.median(ours),
        "p99": statistics.quantiles(ours, n=100)[98],
        "raw_p50": statistics.median(raw),
        "raw_p99": statistics.quantiles(raw, n=100)[98],
    }


async def _timed(call: Callable[[], Awaitable[Any]]) -> float:
    begun = time.perf_counter()
    await call()
    return time.perf_counter() - begun


@asynccontextmanager
async def _answering(client: Client) -> AsyncIterator[None]:
    async def answer(message: Msg) -> None:
        await message.respond(b"!")

    subscription = await client.subscribe("bench.echo", cb=answer)
    yield
    await subscription.unsubscribe()


@asynccontextmanager
async def _completing(
    client: Client, url: str
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Gives what sends a command and returns with its completion event."""
    waiting: dict[str, asyncio.Event] = {}

    async def hear(message: Msg) -> None:
        waiting[msgspec.json.decode(message.data)["task_id"]].set()

    async def task(command: ParseExport) -> Document:
        return RESULT

    async def complete() -> None:
        made = parse_command()
        done = waiting[made.task_id] = asyncio.Event()
        await publish(client, HIGH, envelope_of(made), msg_id=made.task_id)
        await done.wait()

    heard = await client.subscribe("events.psd.parse_export.completed", cb=hear)
    async with working(ProcessSettings(nats_url=url, task_ack_wait=30), task):
        yield complete
    await heard.unsubscribe()


@contextmanager
def quiet() -> Any:
    """No logs: both sides would mostly measure them."""
    import logging

    from loguru import logger

    logger.remove()
    logging.disable(logging.CRITICAL)
    yield
