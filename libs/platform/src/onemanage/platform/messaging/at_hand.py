"""Questions that one process has at hand: taken from NATS, taken back, and finished."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.registry import withdraw_subject
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QUESTION

type Answering = Callable[[Msg], Coroutine[Any, Any, None]]
"""Answers one question. Cancelled where nobody waits for it any more."""

_REMEMBERED = 1000


async def take_questions(
    client: Client, kinds: Sequence[tuple[str, str, Answering]], stop: asyncio.Event
) -> None:
    """Until ``stop`` is set; what has been asked by then still is answered.

    A kind is its subject, the owner whose processes share it, and what answers.
    """
    at_hand = _AtHand()
    withdrawn = [
        await client.subscribe(withdraw_subject(owner), cb=at_hand.withdraw)
        for owner in sorted({owner for _, owner, _ in kinds})
    ]
    questions = [
        await client.subscribe(subject, queue=owner, cb=at_hand.taking(answering))
        for subject, owner, answering in kinds
    ]
    await stop.wait()
    for subscription in questions:
        with suppress(NatsError, TimeoutError):  # it ends with the connection
            await subscription.drain()  # type: ignore[no-untyped-call]  # nats-py gives it no types
    await at_hand.done()
    for subscription in withdrawn:
        with suppress(NatsError):
            await subscription.unsubscribe()


class _AtHand:
    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}
        """By the question's id, or by its reply subject where it has none."""
        self._withdrawn: deque[str] = deque(maxlen=_REMEMBERED)
        """Some before we have seen the question, and most at another replica."""

    def taking(self, answering: Answering) -> Callable[[Msg], Awaitable[None]]:
        async def on_message(message: Msg) -> None:
            # nats-py runs callbacks of a subscription one by one; questions need not
            # wait.
            question = (message.headers or {}).get(QUESTION, message.reply)
            if question in self._withdrawn:
                return
            task = asyncio.create_task(answering(message))
            self._running[question] = task
            task.add_done_callback(lambda _: self._running.pop(question, None))

        return on_message

    async def withdraw(self, message: Msg) -> None:
        question = message.data.decode()
        self._withdrawn.append(question)
        if (task := self._running.get(question)) is not None:
            task.cancel()

    async def done(self) -> None:
        if self._running:
            await asyncio.wait(list(self._running.values()))
