"""The worker's side of quick questions: who is worked for, and who is told to come back.

Slots are apart from those of tasks, and workspaces take turns at them. A question that
would not be done in its time is refused at once, so that whoever asks can say so while
somebody still listens. Work that nobody waits for any more is cancelled.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any, get_type_hints

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import QuickQuestion
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.registry import QuickSpec, quick_spec
from onemanage.platform.messaging.at_hand import Kind, take_questions
from onemanage.platform.messaging.nats import ALIVE, Client
from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.messaging.queries import seconds_of
from onemanage.platform.messaging.quick import (
    DEADLINE,
    REFUSED,
    SIGN_SECONDS,
    SIGNS,
    QuickFailed,
    away,
    busy,
    encode,
)
from onemanage.platform.messaging.turns import NoTurn, Turns
from onemanage.platform.process.figures import QUICK_QUESTIONS, QUICK_SECONDS
from onemanage.platform.process.telemetry import traced

type Answerer = Callable[[Any], Awaitable[msgspec.Struct]]

_MOST_WAITING = 64
"""Of one workspace."""
_FIRST_GUESS = 0.05
"""Seconds that one question takes, until some were answered."""
_NEW = 0.1
"""Of the last one, in what the next is thought to take."""

_FAULT = "The answer could not be made, which is no fault of the request; try again."
_AWAY = "A server that is needed for it is out of reach; try again shortly."
_LATE = "It could not be made in time; try again shortly."


def quick_spec_of(answerer: Answerer) -> QuickSpec:
    """The registry's line for an answerer, by the type of its first parameter."""
    return quick_spec(next(iter(get_type_hints(answerer).values())))


async def answer_quickly(
    client: Client,
    answerers: Sequence[Answerer],
    stop: asyncio.Event,
    *,
    slots: int,
    activity: AbstractContextManager[None] | None = None,
) -> None:
    """Answer until ``stop`` is set; what was taken by then still is answered.

    ``slots`` are worked at, at a time; ``activity`` is entered for each.
    """
    desk = _Desk(client, slots, activity or nullcontext())
    kinds: list[Kind] = []
    free: list[Kind] = []
    for answerer in answerers:
        spec = quick_spec_of(answerer)
        answering = partial(desk.answer, answerer, spec)
        kinds.append((spec.subject, spec.owner, answering))
        free.append((spec.free_subject, spec.owner, answering))
    await take_questions(client, kinds, stop, free, slots)


class _Desk:
    """The questions that one process has at hand."""

    def __init__(
        self, client: Client, slots: int, activity: AbstractContextManager[None]
    ) -> None:
        self._client, self._slots, self._activity = client, slots, activity
        self._turns = Turns(slots, slots, _MOST_WAITING)
        self._takes = _FIRST_GUESS

    async def answer(self, answerer: Answerer, spec: QuickSpec, message: Msg) -> None:
        end, begun = "ok", time.monotonic()
        spoken = traced(message.headers, f"answer {spec.subject}", "server")
        with self._activity, spoken, self._signs(message):
            try:
                body, headers = encode(await self._made(message, answerer, spec)), None
            except QuickFailed as error:
                end = error.kind
                body, headers = encode(error.refusal()), {REFUSED: "1"}
            QUICK_QUESTIONS.add(spec.subject, end)
            QUICK_SECONDS.observe(time.monotonic() - begun, spec.subject)
            try:
                await self._client.publish(message.reply, body, headers=headers)
            except NatsError as error:  # whoever asked has given up by now
                logger.warning(
                    "An answer to {} was not sent: {!r}", spec.subject, error
                )

    @contextmanager
    def _signs(self, message: Msg) -> Iterator[None]:
        """Inside, whoever asked is told now and then that somebody is at it."""
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle | None = None

        def wait() -> None:
            nonlocal timer
            timer = loop.call_later(SIGN_SECONDS, sign)

        def sign() -> None:
            self._signing = asyncio.create_task(self._sign(message.reply))
            wait()

        if SIGNS in (message.headers or {}):
            wait()
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()

    async def _sign(self, reply: str) -> None:
        with suppress(NatsError):  # it will be noticed
            await self._client.publish(reply, b"", headers={ALIVE: "1"})

    async def _made(
        self, message: Msg, answerer: Answerer, spec: QuickSpec
    ) -> msgspec.Struct:
        """Raises QuickFailed, and nothing else but for a question taken back."""
        left = seconds_of(message.headers, DEADLINE)
        try:
            question: QuickQuestion = msgspec.msgpack.decode(
                message.data, type=spec.question
            )
        except (msgspec.DecodeError, ValueError) as error:
            raise QuickFailed("invalid", "quick.invalid", str(error)) from None
        wait = self._wait(question.workspace_id)
        # Where a slot is free it is tried, or nobody would ever find that it goes again.
        if wait and wait + self._takes > left:
            raise busy(wait)
        limit = asyncio.timeout(left)
        try:
            async with limit, self._turns.turn(question.workspace_id, left):
                return await self._timed(answerer(question))
        except QuickFailed:
            raise
        except InvalidInput as error:
            raise QuickFailed(
                "invalid", error.code, error.message, error.where
            ) from None
        except NoTurn:
            raise busy(wait) from None
        except Exception as error:
            if limit.expired():
                raise away(_LATE) from None
            if is_outage(error):
                logger.warning("{} found a server away: {!r}", spec.subject, error)
                raise away(_AWAY) from None
            logger.exception("{} failed", spec.subject)
            raise away(_FAULT) from None

    def _wait(self, workspace_id: str) -> float:
        """Seconds until it would be this workspace's turn, as far as one can know."""
        return self._turns.before(workspace_id) * self._takes / self._slots

    async def _timed[R](self, work: Awaitable[R]) -> R:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            return await work
        finally:
            self._takes += _NEW * (loop.time() - begun - self._takes)
