"""What one delivered message needs until it is settled, for tasks and events alike."""

import asyncio
import base64
import contextlib
import math
import random
import time
import traceback
from typing import Literal, get_args

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.process.figures import DEAD_LETTERS
from onemanage.platform.process.telemetry import trace_headers

BACKOFF = (1.0, 3.0, 10.0)
_ACK_TRIES, _ACK_PAUSE = 5, 0.25
_WITHOUT_DOMAIN = 9


type Reason = Literal[
    "raised", "timeout", "crashed", "invalid", "newer", "unknown", "max_deliveries"
]


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that nobody will be given again, and why."""

    reason: str
    """A Reason; of older ones whatever it was."""
    error: str
    traceback: str | None
    stream: str
    sequence: int
    subject: str
    consumer: str
    deliveries: int
    task_id: str | None
    payload: str
    """Base64."""


def delivery_of(message: Msg) -> tuple[str, int]:
    """The consumer that ``message`` came by, and for the how manieth time.

    nats-py's metadata has more, and takes a tenth of a short task's time to be made.
    """
    # $JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.… (ADR-15 of NATS)
    tokens = message.reply.split(".")
    at = 3 if len(tokens) == _WITHOUT_DOMAIN else 5
    return tokens[at], int(tokens[at + 1])


def waited(message: Msg) -> float:
    """Seconds since it was stored, by the server's clock and ours."""
    # After both sequences, in nanoseconds; see above.
    tokens = message.reply.split(".")
    at = 7 if len(tokens) == _WITHOUT_DOMAIN else 9
    return max(0.0, time.time() - int(tokens[at]) / 1e9)


class Heartbeats:
    """Tells JetStream that messages are still worked on: one timer for all of them."""

    def __init__(self, ack_wait: float) -> None:
        self._ack_wait = ack_wait
        self._beating: dict[int, tuple[Msg, float]] = {}  # a Msg has no hash
        self._lapsed: set[int] = set()
        self._last_beat = math.inf

    def start(self, message: Msg, at_most: float = math.inf) -> None:
        """Keep ``message`` ours for no more than ``at_most`` seconds from now."""
        self._beating[id(message)] = message, time.monotonic() + at_most

    def stop(self, message: Msg) -> None:
        """The message is settled: no more beats, and it counts no longer as lapsed."""
        self._beating.pop(id(message), None)
        self._lapsed.discard(id(message))

    def lapsed(self, message: Msg) -> bool:
        """Whether this process stood still so long that another has the message now."""
        self._notice()
        return id(message) in self._lapsed

    def _notice(self) -> None:
        """Called before the timer is due as well: whoever wakes up may ask first."""
        still = time.monotonic() - self._last_beat
        if still > self._ack_wait:
            logger.warning("This process stood still for {:.1f} s", still)
            self._lapsed.update(self._beating)
            self._last_beat = time.monotonic()

    async def run(self) -> None:
        """Until it is cancelled: tells the server three times in each ack wait that what was
        given to ``start`` is still worked at.
        """
        self._last_beat = time.monotonic()
        while True:
            await asyncio.sleep(self._ack_wait / 3)
            self._notice()
            now = self._last_beat = time.monotonic()
            for message, until in list(self._beating.values()):
                if now < until:
                    with contextlib.suppress(NatsError):  # reconnecting: beat next time
                        await message.in_progress()


async def confirm(client: Client, message: Msg) -> bool:
    """Acknowledge and wait until the server has it; False if it never said so.

    An unconfirmed acknowledgement means another delivery, which the receiver of the
    message must be able to bear.
    """
    for _ in range(_ACK_TRIES):
        try:
            await client.ask(message.reply, b"+ACK")
            return True
        except (NatsError, TimeoutError) as error:
            logger.debug("Acknowledgement unconfirmed: {!r}", error)
            await asyncio.sleep(_ACK_PAUSE)
    logger.warning("No confirmation of an acknowledgement; it may be delivered again")
    return False


class Acknowledgements:
    """Confirmed acknowledgements, many for one answer.

    The server works off the acknowledgements of a consumer in the order they came in
    on a connection. So of those that are due at the same moment only the last one asks
    for an answer, which goes for all of them. An answer to each would cost as much
    time as the rest of a short task.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._due: dict[str, list[tuple[Msg, asyncio.Future[bool]]]] = {}
        self._sending: set[asyncio.Task[None]] = set()

    async def confirm(self, message: Msg) -> bool:
        """As the function of this name, see there."""
        loop = asyncio.get_running_loop()
        if not self._due:
            loop.call_soon(self._send)
        confirmed: asyncio.Future[bool] = loop.create_future()
        consumer, _ = delivery_of(message)
        due = self._due.setdefault(consumer, [])
        due.append((message, confirmed))
        return await confirmed

    def _send(self) -> None:
        due, self._due = self._due, {}
        for together in due.values():
            task = asyncio.create_task(self._confirm_all(together))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _confirm_all(
        self, together: list[tuple[Msg, asyncio.Future[bool]]]
    ) -> None:
        reconnects = self._client.stats["reconnects"]
        *others, (last, _) = together
        try:
            for message, _ in others:
                await self._client.publish(message.reply, b"+ACK")
            answered = await confirm(self._client, last)
        except NatsError as error:
            logger.debug("Acknowledgements not sent: {!r}", error)
            answered = False
        sure = answered and self._client.stats["reconnects"] == reconnects
        for message, confirmed in together:
            done = sure or await confirm(self._client, message)
            if not confirmed.done():
                confirmed.set_result(done)


async def retry_later(message: Msg, attempt: int) -> None:
    """Give the message back, to come again after the backoff of this attempt."""
    delay = BACKOFF[min(attempt, len(BACKOFF)) - 1] * random.uniform(0.9, 1.2)
    await message.nak(delay=delay)


def expect_dead_letters(consumer: str, *reasons: Reason) -> None:
    """That there were none yet, for what may come: Prometheus sees no increase in a
    first one that appears as 1."""
    for reason in reasons or get_args(Reason.__value__):
        DEAD_LETTERS.add(consumer, reason, by=0)


async def write_dead_letter(
    client: Client,
    message: Msg,
    reason: str,
    error: BaseException | str,
    task_id: str | None = None,
) -> None:
    """Copy the message to the DLQ, confirmed. Terminating it is the caller's next step."""
    meta = message.metadata
    letter = DeadLetter(
        reason=reason,
        error=str(error) or type(error).__name__,
        traceback=_traceback(error),
        stream=meta.stream,
        sequence=meta.sequence.stream,
        subject=message.subject,
        consumer=meta.consumer,
        deliveries=meta.num_delivered,
        task_id=task_id,
        payload=base64.b64encode(message.data).decode(),
    )
    await publish_dead_letter(client, letter)
    logger.bind(task_id=task_id).error(
        "Dead letter ({}) from {}: {}", reason, message.subject, letter.error
    )


async def publish_dead_letter(client: Client, letter: DeadLetter) -> None:
    """Once per stream, sequence and consumer, however often it is tried."""
    receipt = await publish(
        client,
        f"dlq.{letter.subject}",
        msgspec.json.encode(letter),
        msg_id=f"{letter.stream}:{letter.sequence}:{letter.consumer}",
        headers=trace_headers(),
    )
    if not receipt.duplicate:
        DEAD_LETTERS.add(letter.consumer, letter.reason)


def _traceback(error: BaseException | str) -> str | None:
    if isinstance(error, str):
        return None
    return "".join(traceback.format_exception(error))
