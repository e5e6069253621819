"""The events of workspaces, as this process tells them to whoever follows."""

import asyncio

from loguru import logger

from onemanage.gateway.events.entries import Wanted
from onemanage.gateway.events.followers import Follower
from onemanage.gateway.events.following import (
    Followed,
    Following,
    Past,
    has_seen_the_end,
)
from onemanage.gateway.events.hub import RECENT, Hub
from onemanage.gateway.events.store import good_keys
from onemanage.gateway.http.event_stream import EventStream
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.platform.messaging.event_feed import EventFeed
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.messaging.stored_events import EventAt
from onemanage.platform.messaging.turns import Turns

_LOOKING = 4
"""Clients for whom the stream is looked through at once; and of one workspace:"""
_SHARE = 2
_LOOK_SECONDS = 2.0
"""So often the keys of those who follow are looked at."""


class EventStreams:
    """Of one process; its feed is heard by those who wait for a task, too."""

    def __init__(self, client: Client, pool: Pool, live: LiveEvents, most: int) -> None:
        """``most`` streams of one workspace are open at once."""
        self._pool, self._live, self._most = pool, live, most
        self._hub = Hub()
        self.feed = EventFeed(
            client,
            self._hear,
            past=RECENT,
            recall=self._hub.recall,
            begin=self._hub.begin,
        )
        turns = Turns(_LOOKING, _SHARE, waiting=most)
        self._shared = Followed(client, self.feed, self._hub, turns)

    async def follow(
        self, wanted: Wanted, key_hash: bytes, past: Past
    ) -> EventStream | None:
        """None where a task has ended, and the client has seen its end.

        Raises a 429 Problem where the workspace has as many streams as it may.
        """
        if self._hub.count(wanted.workspace_id) >= self._most:
            detail = (
                f"This workspace follows {self._most} streams of events here already. "
                "Close some, or let one serve several pages."
            )
            again = {"Retry-After": "10"}
            raise Problem(429, "too_many_streams", detail, headers=again)
        if past.is_over and past.place is not None:
            if await has_seen_the_end(self._shared, wanted, past.place):
                return None
        following = Following(self._shared, Follower(wanted, key_hash), past)
        return EventStream(following.frames())

    def close(self) -> None:
        """Let go of all who follow, so that they come again elsewhere."""
        self._hub.close()

    async def look_at_keys(self) -> None:
        """For as long as the process lives: whose key is good no more is let go.

        While PostgreSQL is away nothing can be revoked, and all stay.
        """
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            hashes = self._hub.keys()
            if not hashes:
                continue
            try:
                good = await good_keys(self._pool, hashes)
            except Exception as error:
                if not is_outage(error):
                    raise
                logger.info("Keys cannot be looked at now: {!r}", error)
                continue
            # Whoever came meanwhile was looked at when they came.
            self._hub.keep_only(good, hashes)

    def _hear(self, event: EventAt) -> None:
        self._live.hear(event)
        self._hub.hear(event)
