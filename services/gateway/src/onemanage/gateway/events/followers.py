"""A client of /v1/events, and what waits to be sent to it."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from onemanage.gateway.events.entries import Entry, Wanted
from onemanage.gateway.http.event_stream import HEARTBEAT_SECONDS, frame

MOST_WAITING = 1 << 20
"""Bytes. They are shared with whoever else is sent them."""


def _closing(code: str, detail: str) -> bytes:
    return frame(msgspec.json.encode({"code": code, "detail": detail}), event="closing")


TOO_SLOW = _closing(
    "too_slow",
    "Events come faster than they are read here. Come again with the last id that was "
    "read, and nothing is missed; ask for fewer types.",
)
NOT_ALLOWED = _closing(
    "not_allowed", "The API key or session is no longer good in this workspace."
)
STOPPING = _closing("stopping", "This process ends. Come again with the last id.")
_MISSED = "Read again what you show; what follows is new."


def put_back(place: int) -> bytes:
    """A frame: events may have been missed, since places count anew from this one."""
    return _reset("put_back", "The store of events was put back. " + _MISSED, place)


def too_old(place: int) -> bytes:
    """A frame: what came after the client's last id is held no more."""
    detail = "What came after your last id is no longer kept. " + _MISSED
    return _reset("too_old", detail, place)


def not_known(place: int) -> bytes:
    """A frame: the client's last id is of no event yet."""
    detail = "Your last id is none that was given out here. " + _MISSED
    return _reset("not_known", detail, place)


def _reset(code: str, detail: str, place: int) -> bytes:
    data = msgspec.json.encode({"code": code, "detail": detail})
    return frame(data, id=place, event="reset")


class Follower:
    """Given events by the hub, and emptied by whoever answers the client."""

    def __init__(self, wanted: Wanted, key_hash: bytes) -> None:
        self.wanted, self.key_hash = wanted, key_hash
        self.place = 0
        """What it was given ends there; the hub gives nothing twice."""
        self._frames: deque[bytes] = deque()
        self._waiting = 0
        """Bytes."""
        self._last: bytes | None = None
        self._is_due = False
        self._wake: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_ended(self) -> bool:
        """Nothing more is given."""
        return self._last is not None

    def give(self, entry: Entry) -> None:
        """Tell it, where it wants it and has not had it.

        Who reads too slowly is let go.
        """
        if self.is_ended or entry.sequence <= self.place:
            return
        self.place = entry.sequence
        if self.wanted.has(entry):
            if self._frames and self._waiting + len(entry.frame) > MOST_WAITING:
                self.end(TOO_SLOW, at_once=True)
                return
            self.say(entry.frame)
        if self.wanted.ends_with(entry):
            self.end()

    def say(self, data: bytes) -> None:
        """Put these bytes behind what waits for it."""
        self._frames.append(data)
        self._waiting += len(data)
        self._wake_up()

    def end(self, last: bytes = b"", *, at_once: bool = False) -> None:
        """With these words; before them, unless ``at_once``, what waits is sent."""
        if self.is_ended:
            return
        if at_once:
            self._frames.clear()
        self._last = last
        self._wake_up()

    async def next(self) -> bytes | None:
        """What is to be sent, or nothing where that was all; None: a heartbeat is due,
        and nothing waits."""
        while not (self._frames or self.is_ended or self._is_due):
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        if self._frames:
            data = b"".join(self._frames)
            self._frames.clear()
            self._waiting = 0
            return data
        if self._last is not None:
            last, self._last = self._last, b""
            return last
        self._is_due = False
        return None

    def takes_heartbeat(self) -> bool:
        """Whether one is due; it is to be sent then."""
        is_due, self._is_due = self._is_due, False
        return is_due

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Inside, a heartbeat is due every so often."""
        self._set_timer()
        try:
            yield
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def _set_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(HEARTBEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        self._is_due = True
        self._wake_up()
        self._set_timer()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
