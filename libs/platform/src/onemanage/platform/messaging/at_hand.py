"""Questions that one process has at hand: taken from NATS, taken back, and finished."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from onemanage.contracts.registry import withdraw_subject
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QUESTION

type Answering = Callable[[Msg], Coroutine[Any, Any, None]]
"""Answers one question. Cancelled where nobody waits for it any more."""

_REMEMBERED = 1000


type Kind = tuple[str, str, Answering]
"""Of questions: their subject, the owner whose processes share it, and what answers."""


async def take_questions(
    client: Client,
    kinds: Sequence[Kind],
    stop: asyncio.Event,
    free: Sequence[Kind] = (),
    slots: int = 0,
) -> None:
    """Until ``stop`` is set; what has been asked by then still is answered.

    Those of ``free`` come while fewer than ``slots`` questions of any kind are at hand.
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
    offers = [_Offer(client, at_hand, slots, kind) for kind in free]

    def renew() -> None:
        for offer in offers:
            offer.renew()

    at_hand.changed = renew
    renew()
    await stop.wait()
    for offer in offers:
        questions += await offer.end()
    for subscription in questions:
        with suppress(NatsError, TimeoutError):  # it ends with the connection
            await subscription.drain()  # type: ignore[no-untyped-call]  # nats-py gives it no types
    await at_hand.done()
    for subscription in withdrawn:
        with suppress(NatsError):
            await subscription.unsubscribe()


class _Offer:
    """To begin at once with so many questions of a kind.

    NATS counts them, and sends no further one: none is on its way to a process that has
    no slot for it any more.
    """

    def __init__(
        self, client: Client, at_hand: "_AtHand", slots: int, kind: Kind
    ) -> None:
        self._client, self._at_hand, self._slots = client, at_hand, slots
        self._subject, self._owner, self._answering = kind
        self._open: Subscription | None = None
        self._most = 0
        self._renewing: asyncio.Task[None] | None = None
        self._ended = False

    def renew(self) -> None:
        """Where the last one is used up, and there are slots again."""
        is_used_up = self._open is None or self._open.delivered >= self._most
        is_at_it = self._renewing is not None and not self._renewing.done()
        is_free = len(self._at_hand) < self._slots and not self._ended
        if is_used_up and is_free and not is_at_it:
            self._renewing = asyncio.create_task(self._renew())

    async def end(self) -> list[Subscription]:
        """What is still open of it."""
        self._ended = True
        if self._renewing is not None:
            await asyncio.wait({self._renewing})
        return [] if self._open is None else [self._open]

    async def _renew(self) -> None:
        self._most = self._slots - len(self._at_hand)
        with suppress(NatsError):  # the connection is closed
            self._open = await self._client.subscribe(
                self._subject,
                queue=self._owner,
                cb=self._at_hand.taking(self._answering),
            )
            await self._open.unsubscribe(limit=self._most)


class _AtHand:
    def __init__(self) -> None:
        self.changed: Callable[[], None] = lambda: None
        """Told when a question has come, or is no longer at hand."""
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
                self.changed()
                return
            task = asyncio.create_task(answering(message))
            self._running[question] = task
            task.add_done_callback(lambda _: self._end(question))

        return on_message

    def __len__(self) -> int:
        return len(self._running)

    def _end(self, question: str) -> None:
        self._running.pop(question, None)
        self.changed()

    async def withdraw(self, message: Msg) -> None:
        question = message.data.decode()
        self._withdrawn.append(question)
        if (task := self._running.get(question)) is not None:
            task.cancel()

    async def done(self) -> None:
        if self._running:
            await asyncio.wait(list(self._running.values()))
