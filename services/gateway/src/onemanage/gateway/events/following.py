"""What one client of /v1/events is sent: what it has missed, then what happens.

What it has missed is read from EVENTS as far back as the hub does not reach, then from
the hub's recent events; from there to the live ones there is no step in between at
which one could be lost, or told twice.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from loguru import logger
from nats.errors import Error as NatsError

from onemanage.gateway.events import followers
from onemanage.gateway.events.entries import Entry, Wanted
from onemanage.gateway.events.followers import Follower
from onemanage.gateway.events.hub import Hub
from onemanage.gateway.http.event_stream import (
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    RETRY_MILLISECONDS,
    frame,
)
from onemanage.platform.messaging.event_feed import EventFeed
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.stored_events import EventAt, bounds, scan
from onemanage.platform.messaging.turns import NoTurn, Turns

_SLICE = 5000
"""Events that are looked through for one client before it is another's turn."""
_PIECE = 256
_PIECE_BYTES = 1 << 20
_AGAIN_SECONDS = 1.0
_CLOCKS_APART = timedelta(minutes=1)
_ONLY_BLANK = HEARTBEAT + frame()


class Past(msgspec.Struct):
    """Where a client begins."""

    place: int | None
    """After this one; None: with what happens from now on, or with its task."""
    since: datetime | None = None
    """When its task was made."""
    is_over: bool = False
    """Its task has ended: nothing follows what is there."""


class Followed(msgspec.Struct, frozen=True):
    """What all who follow share."""

    client: Client
    feed: EventFeed
    hub: Hub
    turns: Turns


class Following:
    """One client."""

    def __init__(self, shared: Followed, follower: Follower, past: Past) -> None:
        self._shared, self._hub = shared, shared.hub
        self._follower, self._past = follower, past
        self._start: datetime | None = None
        self._known = 0
        """A place of which the stream says that it holds it."""

    @property
    def _wanted(self) -> Wanted:
        return self._follower.wanted

    async def frames(self) -> AsyncGenerator[bytes]:
        """Until the client has gone, or there is a reason to end."""
        with self._hub.held(self._follower):
            while not await self._is_open():
                yield _ONLY_BLANK
            yield self._first()
            async for data in self._missed():
                yield data
            if self._past.is_over:
                self._follower.end(frame(id=self._place()))
            with self._hub.live(self._follower):
                while data := await self._next():
                    yield data

    async def _is_open(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._shared.feed.opened()
                return True
        return False

    async def _next(self) -> bytes:
        data = await self._follower.next()
        return HEARTBEAT + frame(id=self._place()) if data is None else data

    def _place(self) -> int:
        """From where to go on, when all that was given is sent."""
        return max(self._hub.last, self._follower.place)

    def _first(self) -> bytes:
        """How long to wait before coming again, and from where."""
        follower = self._follower
        if self._past.place is not None:
            follower.place = self._past.place
        elif self._past.since is None:
            follower.place = self._hub.last
        else:
            self._start = self._past.since - _CLOCKS_APART
            return frame(retry=RETRY_MILLISECONDS)
        return frame(id=follower.place, retry=RETRY_MILLISECONDS)

    async def _missed(self) -> AsyncGenerator[bytes]:
        """When it ends, the follower is to be live at once, without any wait."""
        follower, hub = self._follower, self._hub
        while not follower.is_ended:
            if not self._is_here():
                if data := await self._looked_up():
                    yield data
                elif follower.takes_heartbeat():
                    yield HEARTBEAT + frame(id=follower.place)
                continue
            entries = hub.after(follower.place, self._wanted, _PIECE)
            if not entries:
                return
            yield self._taken(entries)

    def _is_here(self) -> bool:
        """Whether the hub has all that follows the client's place."""
        place = self._follower.place
        if self._start is not None or not self._hub.reaches_back_to(place):
            return False
        # Another process, which gave that id, may have heard of it a moment sooner.
        return place <= self._hub.last or place == self._known

    async def _looked_up(self) -> bytes:
        """The next piece of what the stream holds; a heartbeat, where that is not to be
        had at the moment; nothing, where none of it is wanted.
        """
        try:
            async with (
                asyncio.timeout(HEARTBEAT_SECONDS),
                self._shared.turns.turn(self._wanted.workspace_id, HEARTBEAT_SECONDS),
            ):
                data = await self._checked()
                return data if data or self._is_here() else await self._scanned()
        except NoTurn:
            return _ONLY_BLANK
        except (NatsError, TimeoutError) as error:
            logger.info("Events cannot be looked up now: {!r}", error)
            await asyncio.sleep(_AGAIN_SECONDS)
            return _ONLY_BLANK

    async def _checked(self) -> bytes:
        """A word to whoever comes with a place that the stream does not hold."""
        if self._start is not None:
            return b""
        follower = self._follower
        first, last = await bounds(self._shared.client)
        if first - 1 <= follower.place <= last:
            self._known = follower.place
            return b""
        tell = followers.too_old if follower.place <= last else followers.not_known
        follower.place = self._hub.last
        return tell(follower.place)

    async def _scanned(self) -> bytes:
        follower = self._follower
        found: list[Entry] = []
        size = 0

        def take(event: EventAt) -> bool:
            nonlocal size
            entry = Entry(event)
            ends = self._wanted.ends_with(entry)
            if ends or self._wanted.has(entry):
                found.append(entry)
                size += len(entry.frame)
            return not ends and len(found) < _PIECE and size < _PIECE_BYTES

        mark = self._hub.last  # what was told before the look is in it
        start = self._start or follower.place + 1
        subject = self._wanted.subject
        looked = await scan(self._shared.client, subject, start, take, _SLICE)
        self._start = None if looked.last or looked.is_all else self._start
        data = self._taken(found)
        follower.place = max(follower.place, looked.last, mark if looked.is_all else 0)
        return data

    def _taken(self, entries: list[Entry]) -> bytes:
        for entry in entries:
            self._follower.place = entry.sequence
            if self._wanted.ends_with(entry):
                self._follower.end()
        return b"".join(each.frame for each in entries if self._wanted.has(each))


async def has_seen_the_end(shared: Followed, wanted: Wanted, place: int) -> bool:
    """Whether nothing of a task that has ended was stored after this place.

    False where that cannot be said at the moment.
    """
    try:
        async with (
            asyncio.timeout(HEARTBEAT_SECONDS),
            shared.turns.turn(wanted.workspace_id, HEARTBEAT_SECONDS),
        ):
            return await _has_seen_the_end(shared.client, wanted, place)
    except (NoTurn, NatsError, TimeoutError) as error:
        logger.info("The end of {} cannot be looked up: {!r}", wanted.task_id, error)
        return False


async def _has_seen_the_end(client: Client, wanted: Wanted, place: int) -> bool:
    is_seen = has_more = False

    def take(event: EventAt) -> bool:
        nonlocal is_seen, has_more
        entry = Entry(event)
        is_end = wanted.ends_with(entry)
        is_seen = is_end and event.sequence == place
        has_more = event.sequence > place and (is_end or wanted.has(entry))
        return not (is_seen or has_more)

    first, last = await bounds(client)
    if not first - 1 <= place <= last:
        return False
    start = max(place, 1)
    while True:  # an EventSource comes with the end itself: it is the first one read
        looked = await scan(client, wanted.subject, start, take, _SLICE)
        if has_more or is_seen or looked.is_all:
            return not has_more
        start = looked.last + 1
