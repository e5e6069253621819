"""The worker's side of quick questions: who is worked for, and who is told to come back.

Slots are apart from those of tasks, and workspaces take turns at them. A question that
would not be done in its time is refused at once, so that whoever asks can say so while
somebody still listens. Work that nobody waits for any more is cancelled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, get_type_hints

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import QuickQuestion
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.registry import QuickSpec, quick_spec
from onemanage.platform.messaging.at_hand import take_questions
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.messaging.queries import seconds_of
from onemanage.platform.messaging.quick import (
    DEADLINE,
    REFUSED,
    QuickFailed,
    away,
    busy,
    encode,
)
from onemanage.platform.messaging.turns import NoTurn, Turns
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
) -> None:
    """Answer until ``stop`` is set; what was taken by then still is answered.

    ``slots`` are worked at, at a time.
    """
    desk = _Desk(client, slots)
    specs = [(answerer, quick_spec_of(answerer)) for answerer in answerers]
    kinds = [
        (spec.subject, spec.owner, partial(desk.answer, answerer, spec))
        for answerer, spec in specs
    ]
    await take_questions(client, kinds, stop)


class _Desk:
    """The questions that one process has at hand."""

    def __init__(self, client: Client, slots: int) -> None:
        self._client, self._slots = client, slots
        self._turns = Turns(slots, slots, _MOST_WAITING)
        self._takes = _FIRST_GUESS

    async def answer(self, answerer: Answerer, spec: QuickSpec, message: Msg) -> None:
        with traced(message.headers):
            try:
                body, headers = encode(await self._made(message, answerer, spec)), None
            except QuickFailed as error:
                body, headers = encode(error.refusal()), {REFUSED: "1"}
            try:
                await self._client.publish(message.reply, body, headers=headers)
            except NatsError as error:  # whoever asked has given up by now
                logger.warning(
                    "An answer to {} was not sent: {!r}", spec.subject, error
                )

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
