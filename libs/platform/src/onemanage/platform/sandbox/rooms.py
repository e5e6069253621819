"""Rooms: a folder, and a child that stays in it for several calls of one owner.

A child that has read one input may know of it while it reads the next, so a room serves
one owner alone, and whoever gives it inputs decides which may know of each other (ADR
55). The child ends with the first call that does not return a value, after so many
calls, when it has grown, when nobody needed it for some seconds, and after its first
where a part of the confinement is missing. Between two calls its folder is emptied.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onemanage.platform.sandbox.children import Children
from onemanage.platform.sandbox.process import Child

IDLE_SECONDS = 10.0
_MOST_IDLE = 4
"""Of one sandbox: what each holds of the machine's memory is its own."""


class Room:
    """``folder``, a path without links, is for what the calls read and make."""

    def __init__(self, owner: str, most_calls: int) -> None:
        self.owner, self.most_calls = owner, most_calls
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name).resolve()
        self.child: Child | None = None
        """Who carried out the last call; it may have been the first of several."""
        self._calls = 0

    @property
    def is_open(self) -> bool:
        """For one more call."""
        child = self.child
        stays = child is not None and child.stays and child.is_waiting()
        return stays and self._calls < self.most_calls

    def begin(self, child: Child) -> None:
        """A call in it."""
        if child is not self.child:
            self.child, self._calls = child, 0
        child.stays = child.has_answered = False
        self._calls += 1

    def empty(self) -> bool:
        """Whether nothing is left in the folder."""
        try:
            for left in self.folder.iterdir():
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()
        except OSError:  # its child still makes some
            return False
        return True

    def remove(self) -> None:
        """The folder. Its child is somebody else's to end."""
        self._folder.cleanup()


class Rooms:
    """Of one sandbox."""

    def __init__(self, children: Children, idle_seconds: float = IDLE_SECONDS) -> None:
        self._children, self._idle_seconds = children, idle_seconds
        self._idle: dict[Room, asyncio.TimerHandle] = {}
        """Until each is closed, the one that was used last at the end."""

    @contextmanager
    def room(self, owner: str, most_calls: int) -> Iterator[Room]:
        """For one call; a later one may find the same child, if it is this owner's."""
        room = self._found(owner) or Room(owner, most_calls)
        try:
            yield room
        finally:
            if room.is_open and room.empty():
                self._keep(room)
            else:
                self._close(room)

    def close(self) -> None:
        """Those that nobody is in."""
        for room in list(self._idle):
            self._close_idle(room)

    def _found(self, owner: str) -> Room | None:
        for room in reversed(self._idle):
            if room.owner == owner and room.is_open:
                self._idle.pop(room).cancel()
                return room
        return None

    def _keep(self, room: Room) -> None:
        loop = asyncio.get_running_loop()
        self._idle[room] = loop.call_later(self._idle_seconds, self._close_idle, room)
        if len(self._idle) > _MOST_IDLE:
            self._close_idle(next(iter(self._idle)))

    def _close_idle(self, room: Room) -> None:
        self._idle.pop(room).cancel()
        self._close(room)

    def _close(self, room: Room) -> None:
        if room.child is not None and room.child.stays:
            self._children.end(room.child)
        room.remove()
