"""One asker for an image at a time, of all gateway processes.

Whoever is to have an image made writes so in a table first. Who comes second is told who
was first, and asks that process for the image: it has it, or will have it shortly. A
process that is gone answers nothing, at once, and its claim is taken over.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from loguru import logger
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from onemanage.contracts.base import QuickRefusal
from onemanage.contracts.imaging.quick import MadeImage
from onemanage.contracts.registry import asker_subject
from onemanage.gateway.pool import Pool
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.messaging.quick import DEADLINE, REFUSED, QuickFailed, encode

_HELD_SECONDS = 15.0
"""Longer than any image takes that is made at once, and is stored behind."""
# A claim that is over, or whose owner answered nothing, is the next one's.
_CLAIM = """
WITH claimed AS (
    INSERT INTO image_claims (key, owner, until)
    VALUES ($1, $2, now() + make_interval(secs => $4))
    ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until
    WHERE image_claims.until < now() OR image_claims.owner = $3
    RETURNING owner
)
SELECT owner FROM claimed
UNION ALL SELECT owner FROM image_claims WHERE key = $1 LIMIT 1
"""

type HandOut = Callable[[str], Awaitable[MadeImage | None]]
"""What this process has, or is having made, under a key. Raises QuickFailed."""


class Claims:
    """Of one process, which is called ``own`` among its like."""

    def __init__(self, client: Client, pool: Pool, own: str) -> None:
        self._client, self._pool, self.own = client, pool, own
        self._answering: set[asyncio.Task[None]] = set()

    async def open(self, hand_out: HandOut) -> None:
        """Answer the others from now on."""

        async def on_message(message: Msg) -> None:
            task = asyncio.create_task(self._answer(message, hand_out))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

        await self._client.subscribe(asker_subject(self.own), cb=on_message)

    async def claim(self, key: str, instead_of: str = "") -> str:
        """Who is to have it made: ``own``, or another process that is at it."""
        try:
            owner = await self._pool.fetchval(
                _CLAIM, key, self.own, instead_of, _HELD_SECONDS
            )
        except Exception as error:
            if not is_outage(error):
                raise
            return self.own  # made twice, at worst
        return owner or self.own

    async def give_up(self, key: str) -> None:
        """It came to nothing: the next one may try."""
        try:
            await self._pool.execute(
                "DELETE FROM image_claims WHERE key = $1 AND owner = $2", key, self.own
            )
        except Exception as error:
            if not is_outage(error):
                raise
            logger.warning("A claim stays until it ends: {!r}", error)

    async def ask(self, owner: str, key: str) -> MadeImage | None:
        """From whoever claimed it; None where that process does not have it, or is gone.
        Raises QuickFailed as it was told."""
        try:
            reply = await self._client.ask(
                asker_subject(owner), key.encode(), timeout=DEADLINE
            )
        except (TimeoutError, NatsError):
            return None
        if reply.headers and REFUSED in reply.headers:
            told = msgspec.msgpack.decode(reply.data, type=QuickRefusal)
            raise QuickFailed(
                told.kind, told.code, told.message, told.where, told.retry_after
            )
        return msgspec.msgpack.decode(reply.data, type=MadeImage | None)

    async def sweep(self) -> int:
        """Forget claims that are over; how many."""
        gone = await self._pool.fetch(
            "DELETE FROM image_claims WHERE until < now() RETURNING key"
        )
        return len(gone)

    async def _answer(self, message: Msg, hand_out: HandOut) -> None:
        try:
            body, headers = encode(await hand_out(message.data.decode())), None
        except QuickFailed as error:
            body, headers = encode(error.refusal()), {REFUSED: "1"}
        except Exception as error:  # the other one makes it itself
            logger.warning("What another gateway asks for failed here: {!r}", error)
            body, headers = encode(None), None
        try:
            await self._client.publish(message.reply, body, headers=headers)
        except NatsError as error:
            logger.warning("An image was not handed on: {!r}", error)
