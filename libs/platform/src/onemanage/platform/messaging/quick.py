"""Quick questions: work of at most seconds, for whoever waits for it.

On core NATS and in msgpack, to a worker of the owner. Nothing is promised: a question
that is lost, refused or late may be put again, and is made anew. The worker's side is
in quick_answering.py.
"""

import asyncio
import math
import secrets

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError, NoRespondersError

from onemanage.contracts.base import QuickQuestion, QuickRefusal, RefusalKind
from onemanage.contracts.registry import quick_spec
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import (
    QUESTION,
    SECONDS_LEFT,
    take_back,
)
from onemanage.platform.process.telemetry import trace_headers

DEADLINE = 5.0
"""Seconds that whoever asks waits: for its turn, what it takes to be fetched, and work."""
REFUSED = "OneManage-Refused"
_PAUSES = (0.1, 0.2, 0.4, 0.8)
"""Seconds, where no worker is there, until it is looked for again."""
_AWAY_SECONDS = 2
"""After which a worker may be there again."""

encode = msgspec.msgpack.encode


class QuickFailed(Exception):
    """There is no answer. ``kind`` and the rest are those of QuickRefusal."""

    def __init__(
        self,
        kind: RefusalKind,
        code: str,
        message: str,
        where: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(kind, code, message, where, retry_after)
        self.kind, self.code, self.message = kind, code, message
        self.where, self.retry_after = where, retry_after

    def refusal(self) -> QuickRefusal:
        """As it travels."""
        return QuickRefusal(
            kind=self.kind,
            code=self.code,
            message=self.message,
            where=self.where,
            retry_after=self.retry_after,
        )


async def ask_quickly[A: msgspec.Struct](
    client: Client, question: QuickQuestion, answer: type[A], deadline: float = DEADLINE
) -> A:
    """Put ``question`` to one worker. Raises QuickFailed, and nothing else.

    Cancelled, or after ``deadline`` seconds, it takes the question back: the child that
    works for it is killed.
    """
    spec = quick_spec(type(question))
    token = secrets.token_hex(8)
    headers = {QUESTION: token, SECONDS_LEFT: f"{deadline:.3f}", **trace_headers()}
    body = encode(question)
    try:
        async with asyncio.timeout(deadline):
            reply = await _asked(client, spec.subject, body, headers, deadline)
    except MaxPayloadError:
        text = f"The question is {len(body)} bytes long. Ask for less at once."
        raise QuickFailed("invalid", "quick.too_large", text) from None
    except NoRespondersError:
        text = "No worker is there for it at the moment; try again shortly."
        raise away(text) from None
    except (TimeoutError, NatsError):
        await take_back(client, spec.owner, token)
        text = f"There was no answer within {deadline:g} s; try again shortly."
        raise away(text) from None
    except asyncio.CancelledError:
        await take_back(client, spec.owner, token)
        raise
    if reply.headers and REFUSED in reply.headers:
        told = msgspec.msgpack.decode(reply.data, type=QuickRefusal)
        raise QuickFailed(
            told.kind, told.code, told.message, told.where, told.retry_after
        )
    return msgspec.msgpack.decode(reply.data, type=answer)


async def _asked(
    client: Client,
    subject: str,
    body: bytes,
    headers: dict[str, str],
    deadline: float,
) -> Msg:
    """Looks for a worker more than once: the only one may just be started again."""
    for pause in _PAUSES:
        try:
            return await client.ask(subject, body, headers, timeout=deadline)
        except NoRespondersError:
            await asyncio.sleep(pause)
    return await client.ask(subject, body, headers, timeout=deadline)


def away(text: str) -> QuickFailed:
    """A server or worker that may be there again soon."""
    return QuickFailed(
        "unavailable", "quick.unavailable", text, retry_after=_AWAY_SECONDS
    )


def busy(seconds: float) -> QuickFailed:
    """There are so many before it that it would take ``seconds`` until its turn."""
    text = "More is asked for at the moment than can be made; try again shortly."
    wait = max(1, math.ceil(seconds))
    return QuickFailed("busy", "quick.busy", text, retry_after=wait)
