"""The one NATS connection of a process, and publishing that is confirmed or raises."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from loguru import logger
from nats.aio.client import Client as NatsClient
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError, NoRespondersError

from onemanage.platform.process.figures import NATS_CONNECTED, NATS_RECONNECTIONS

__all__ = [
    "Client",
    "MessageTooLarge",
    "PublishRefused",
    "PublishUnconfirmed",
    "Receipt",
    "connect",
    "publish",
]

MSG_ID = "Nats-Msg-Id"
ALIVE = "OneManage-Alive"
"""Of a reply that is no answer: it says that one is being made."""
_NO_RESPONDERS = "503"
_ATTEMPT_TIMEOUT = 1.5
_FIRST_ATTEMPT = 0.75
_LONGEST_ATTEMPT = 3.0
_ATTEMPT_PAUSE = 0.25


class PublishUnconfirmed(Exception):
    """JetStream did not confirm a message in time. Retryable, with the same id."""

    def __init__(self, subject: str, msg_id: str, seconds: float) -> None:
        super().__init__(f"{subject} {msg_id}: no confirmation within {seconds} s")
        self.subject, self.msg_id, self.seconds = subject, msg_id, seconds


class PublishRefused(Exception):
    """JetStream will not store this message, now or later: it is too large, say."""

    def __init__(self, subject: str, msg_id: str, reason: str) -> None:
        super().__init__(f"{subject} {msg_id}: {reason}")
        self.subject, self.msg_id, self.reason = subject, msg_id, reason


class MessageTooLarge(PublishRefused):
    """No server will ever store this message, whoever sends it."""


class Receipt(NamedTuple):
    """What JetStream confirms of a message."""

    sequence: int
    """Its own, or that of the message that came before it under the same id."""
    duplicate: bool


class Client(NatsClient):
    """A connection with requests that cost little.

    nats-py arms a timer of asyncio and makes two random tokens for each request, which
    for a short task is most of its time. Here one inbox serves them all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._answers = ""
        self._asked: dict[str, _Asked] = {}
        self._tokens = itertools.count()
        self.scans: Counter[str] = Counter()
        """Open questions that read much, by workspace (queries.py)."""
        self.refusal = ""
        """Why JetStream took nothing the last time that it was asked: no room, say."""

    async def check(self) -> None:
        """Raises ConnectionError where it is not connected now."""
        if not self.is_connected:
            raise ConnectionError("not connected")

    async def ask(
        self,
        subject: str,
        payload: bytes,
        headers: dict[str, str] | None = None,
        *,
        timeout: float = _ATTEMPT_TIMEOUT,
        silence: float | None = None,
    ) -> Msg:
        """The answer. Raises TimeoutError, NoRespondersError or another NatsError.

        With ``silence`` in seconds, also after so long without a sign of life.
        """
        if not self._answers:
            self._answers = self.new_inbox()
            await self.subscribe(f"{self._answers}.*", cb=self._answered)
        token = str(next(self._tokens))
        asked = self._asked[token] = _Asked(timeout, silence)
        try:
            reply = f"{self._answers}.{token}"
            await self.publish(subject, payload, reply=reply, headers=headers)
            message = await asked.answer
        finally:
            asked.end()
            del self._asked[token]
        if message is None:
            raise TimeoutError
        if message.headers and message.headers.get("Status") == _NO_RESPONDERS:
            raise NoRespondersError
        return message

    async def _answered(self, message: Msg) -> None:
        asked = self._asked.get(message.subject.rpartition(".")[2])
        if asked is not None:
            asked.hear(message)


class _Asked:
    """Until there is an answer, or none for too long."""

    def __init__(self, timeout: float, silence: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[Msg | None] = self._loop.create_future()
        self._until, self._silence = self._loop.time() + timeout, silence
        self._wait()

    def hear(self, message: Msg) -> None:
        if message.headers and ALIVE in message.headers:
            self.end()
            self._wait()
        elif not self.answer.done():
            self.answer.set_result(message)

    def end(self) -> None:
        self._timer.cancel()

    def _wait(self) -> None:
        until = self._until
        if self._silence is not None:
            until = min(until, self._loop.time() + self._silence)
        self._timer = self._loop.call_at(until, _give_up, self.answer)


def _give_up(answer: asyncio.Future[Msg | None]) -> None:
    if not answer.done():
        answer.set_result(None)


async def connect(url: str, name: str) -> Client:
    """Connect, and from then on stay connected for as long as the process lives.

    Answers come to ``_INBOX.<user>``, which no other user may listen to.
    The ping and wait times are those measured to notice a dead leader soonest.
    """
    last_error = ""

    async def on_error(error: Exception) -> None:
        nonlocal last_error
        if str(error) != last_error:  # a server that is down says so many times
            last_error = str(error)
            logger.warning("NATS: {}", last_error or type(error).__name__)

    async def disconnected() -> None:
        if client.is_draining or client.is_closed:
            return
        NATS_CONNECTED.set(0)
        logger.warning("NATS connection lost, reconnecting")

    async def reconnected() -> None:
        nonlocal last_error
        last_error = ""
        NATS_CONNECTED.set(1)
        NATS_RECONNECTIONS.add()
        logger.info("NATS connection restored")

    client = Client()
    await client.connect(
        servers=url.split(","),
        name=name,
        inbox_prefix=f"_INBOX.{user}" if (user := urlsplit(url).username) else "_INBOX",
        error_cb=on_error,
        disconnected_cb=disconnected,
        reconnected_cb=reconnected,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.25,  # type: ignore[arg-type]  # it sleeps this long; only its type says int
        connect_timeout=2,
        ping_interval=3,
        max_outstanding_pings=2,
    )
    NATS_CONNECTED.set(1)
    return client


async def publish(
    client: Client,
    subject: str,
    payload: bytes,
    *,
    msg_id: str,
    headers: Mapping[str, str] | None = None,
    patience: float = 30.0,
) -> Receipt:
    """Publish to JetStream until it is confirmed; tells where it, or the first, stands.

    Every try carries the same ``Nats-Msg-Id``, so a try that arrived although its
    confirmation did not is stored once. Raises PublishUnconfirmed after ``patience``
    seconds; the message may still arrive then. Raises PublishRefused at
    once for what the server will never take.
    """
    sent = {MSG_ID: msg_id, **(headers or {})}
    # What is lost while a stream changes its leader is soon sent again; a server that is
    # only slow is not pressed with copies.
    wait = _FIRST_ATTEMPT
    try:
        async with asyncio.timeout(patience):
            while True:
                try:
                    reply = await client.ask(subject, payload, sent, timeout=wait)
                except MaxPayloadError:
                    reason = f"{len(payload)} bytes are more than the server takes"
                    raise MessageTooLarge(subject, msg_id, reason) from None
                except (TimeoutError, NatsError) as error:
                    logger.debug("Publish to {} unconfirmed: {!r}", subject, error)
                else:
                    answer = _answer.decode(reply.data)
                    client.refusal = _refusal_to_repeat(answer, subject, msg_id)
                    if not client.refusal:
                        return Receipt(answer.seq, answer.duplicate)
                    logger.debug("Publish to {} refused: {}", subject, client.refusal)
                await asyncio.sleep(_ATTEMPT_PAUSE)
                wait = min(2 * wait, _LONGEST_ATTEMPT)
    except TimeoutError:
        raise PublishUnconfirmed(subject, msg_id, patience) from None


class _Error(msgspec.Struct):
    code: int
    err_code: int = 0
    description: str = ""


class _Answer(msgspec.Struct):
    """What JetStream says to a publish."""

    error: _Error | None = None
    seq: int = 0
    duplicate: bool = False


_answer = msgspec.json.Decoder(_Answer)
_TRY_AGAIN = {409, *range(500, 600)}
"""409: an earlier try under this id is still on its way through a cluster."""
_TOO_LARGE = 10054


def _refusal_to_repeat(answer: _Answer, subject: str, msg_id: str) -> str:
    """Why the server does not take it now; empty where it has. Raises PublishRefused."""
    if answer.error is None:
        return ""
    if answer.error.code not in _TRY_AGAIN:
        too_large = answer.error.err_code == _TOO_LARGE
        kind = MessageTooLarge if too_large else PublishRefused
        raise kind(subject, msg_id, answer.error.description)
    return answer.error.description or str(answer.error.code)
