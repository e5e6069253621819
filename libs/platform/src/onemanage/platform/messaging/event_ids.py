"""Which events of one subject EVENTS holds, by their ids: read once, then added to.

Where a thousand tasks are delivered again at once, each asks what has been said of it.
What one of them has read is there for the next, which reads only what came since.
"""

import asyncio
import itertools
import time
from collections.abc import Set
from datetime import datetime
from typing import NamedTuple

from nats.aio.msg import Msg

from onemanage.platform.messaging.nats import MSG_ID, Client
from onemanage.platform.messaging.stored_events import events_since, place_of

_KEPT_SECONDS = 60.0
_MOST = 200_000
"""Ids; some 20 MB."""


class _Seen(NamedTuple):
    sequence: int
    message_id: str | None


class EventIds:
    """Of one subject. Any number may ask at once; they share what is being read."""

    def __init__(self, client: Client, subject: str) -> None:
        self._client, self._subject = client, subject
        self._ids: set[str | None] = set()
        self._covered: datetime | None = None
        self._last: _Seen | None = None
        self._reading = asyncio.Lock()
        self._moments = itertools.count(1)
        self._read_at = 0
        self._used = 0.0

    async def since(self, moment: datetime) -> Set[str | None]:
        """At least those stored between ``moment`` and now. Not to be kept: it grows.

        Raises nats.errors.Error or TimeoutError where JetStream cannot say.
        """
        asked = next(self._moments)
        async with self._reading:
            if not (self._covers(moment) and self._read_at > asked):
                await self._read(moment)
            self._used = time.monotonic()
        return self._ids

    def forget(self) -> None:
        """Gives the memory back where nobody has asked for a while."""
        is_idle = time.monotonic() - self._used > _KEPT_SECONDS
        if self._reading.locked() or not (is_idle or len(self._ids) > _MOST):
            return
        self._ids, self._covered, self._last = set(), None, None

    def _covers(self, moment: datetime) -> bool:
        return self._covered is not None and self._covered <= moment

    async def _read(self, moment: datetime) -> None:
        begun = next(self._moments)
        if not (self._covers(moment) and await self._go_on()):
            found = await self._events(moment)
            self._ids, self._covered, self._last = set(), moment, None
            self._add(found)
        self._read_at = begun

    async def _go_on(self) -> bool:
        """From the last one that was seen on, which shows that the stream is the same:
        one that an older store was put back for holds others, or none, in its place."""
        if self._last is None:
            return False
        found = await self._events(self._last.sequence)
        if not found or _seen(found[0]) != self._last:
            return False
        self._add(found)
        return True

    async def _events(self, start: datetime | int) -> list[Msg]:
        return await events_since(self._client, self._subject, start, headers_only=True)

    def _add(self, found: list[Msg]) -> None:
        if found:
            self._last = _seen(found[-1])
            self._ids.update(_seen(message).message_id for message in found)


def _seen(message: Msg) -> _Seen:
    return _Seen(place_of(message).sequence, (message.headers or {}).get(MSG_ID))
