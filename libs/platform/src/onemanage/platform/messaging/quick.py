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
from onemanage.contracts.registry import QuickSpec, quick_spec
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
SIGNS = "OneManage-Signs"
"""Whoever asks understands signs of life: replies with ``ALIVE`` that are no answer."""
SIGN_SECONDS = 0.5
"""From one to the next; most answers are there before the first."""
_SILENCE = 2.0
"""Seconds without one, after which another worker is asked."""
_TOO_LITTLE = 0.05
"""Seconds left, in which nobody else need be asked."""
_PAUSES = (0.1, 0.2, 0.4, 0.8)
"""Seconds, where no worker is there, until it is looked for again."""
_AWAY_SECONDS = 2
"""After which a worker may be there again."""

encode = msgspec.msgpack.encode


class _Silent(Exception):
    """Its worker gives no sign of life any more, and there is time left."""


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
    works for it is killed. So it does where its worker falls silent, and asks another,
    once.
    """
    spec = quick_spec(type(question))
    body = encode(question)
    until = asyncio.get_running_loop().time() + deadline
    try:
        try:
            reply = await _put(client, spec, body, until, _SILENCE)
        except _Silent:  # as where its worker was killed
            reply = await _put(client, spec, body, until, deadline)
    except MaxPayloadError:
        text = f"The question is {len(body)} bytes long. Ask for less at once."
        raise QuickFailed("invalid", "quick.too_large", text) from None
    except NoRespondersError:
        text = "No worker is there for it at the moment; try again shortly."
        raise away(text) from None
    except (TimeoutError, NatsError, _Silent):
        text = f"There was no answer within {deadline:g} s; try again shortly."
        raise away(text) from None
    if reply.headers and REFUSED in reply.headers:
        told = msgspec.msgpack.decode(reply.data, type=QuickRefusal)
        raise QuickFailed(
            told.kind, told.code, told.message, told.where, told.retry_after
        )
    return msgspec.msgpack.decode(reply.data, type=answer)


async def _put(
    client: Client, spec: QuickSpec, body: bytes, until: float, silence: float
) -> Msg:
    """To one worker, until that loop time. Raises _Silent where nothing more was heard
    for so many seconds. Without an answer it is taken back."""
    left = until - asyncio.get_running_loop().time()
    token = secrets.token_hex(8)
    headers = {
        QUESTION: token,
        SECONDS_LEFT: f"{left:.3f}",
        SIGNS: "1",
        **trace_headers(),
    }
    try:
        async with asyncio.timeout(left):
            return await _asked(client, spec, body, headers, left, silence)
    except (MaxPayloadError, NoRespondersError):
        raise
    except (TimeoutError, NatsError, asyncio.CancelledError) as error:
        await take_back(client, spec.owner, token)
        is_early = asyncio.get_running_loop().time() + _TOO_LITTLE < until
        if isinstance(error, TimeoutError) and is_early:
            raise _Silent from None
        raise


async def _asked(
    client: Client,
    spec: QuickSpec,
    body: bytes,
    headers: dict[str, str],
    deadline: float,
    silence: float,
) -> Msg:
    """Who is free goes first. Looks for a worker more than once: the only one may just
    be started again."""
    for pause in (*_PAUSES, None):
        for subject in (spec.free_subject, spec.subject):
            try:
                return await client.ask(
                    subject, body, headers, timeout=deadline, silence=silence
                )
            except NoRespondersError:
                if pause is None and subject == spec.subject:
                    raise
        await asyncio.sleep(pause or 0)
    raise AssertionError("the last look returns or raises")


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
