"""Sources that are asked for again and again, on the disk of one worker.

A source is fetched once, however many ask for it at the same time. What nobody uses goes
when there is no more room, the one that was used longest ago first, and after an hour in
any case. A child is let read its file and no other, and can write none of them; a file
that has changed all the same is fetched again.
"""

import asyncio
import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from onemanage.platform.process.figures import CACHE_LOOKUPS

KEPT_SECONDS = 3600.0
"""Without being used; so long, at most, is something on the disk that was deleted."""

type Fetch = Callable[[Path], Awaitable[object]]
"""Writes the source to the path. What it raises is raised to all who wait for it."""


class SourceChanged(Exception):
    """What was fetched has other bytes than it should have."""


@dataclass(slots=True)
class _Entry:
    path: Path
    size: int
    seen: tuple[int, int, int]
    """What changes with its content: see ``_look``."""
    until: float
    renews: float = 0.0
    """Seconds that it stays from each use on."""
    users: int = 1
    """Whoever waits for it while it is fetched is one together."""
    is_gone: bool = False
    """Nobody finds it any more; its file goes with the last who uses it."""


@dataclass(slots=True)
class _Fetching:
    task: asyncio.Task[_Entry]
    waiting: int = 0


class SourceCache:
    """``most_bytes`` together, besides what is in use at the moment."""

    def __init__(
        self,
        folder: Path,
        most_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        folder.mkdir()
        self._folder, self._most, self._clock = folder.resolve(), most_bytes, clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        """The one that was used last at the end."""
        self._fetching: dict[str, _Fetching] = {}
        self._count = self._bytes = 0

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        return self._bytes

    @asynccontextmanager
    async def source(
        self,
        key: str,
        fetch: Fetch,
        sha256: str | None = None,
        seconds: float = KEPT_SECONDS,
    ) -> AsyncIterator[Path]:
        """The file that is kept under ``key``, for as long as the block runs.

        Its bytes have this ``sha256``, and it goes so many ``seconds`` after its last
        use; without one it is fetched anew after them. Raises SourceChanged, and what ``fetch`` raises.
        """
        entry = self._found(key)
        CACHE_LOOKUPS.add("sources", "miss" if entry is None else "hit")
        if entry is None:
            entry = await self._fetched(key, fetch, sha256, seconds)
        else:
            entry.users += 1
        try:
            yield entry.path
        finally:
            _release(entry)

    def _found(self, key: str) -> _Entry | None:
        self._drop_old()
        entry = self._entries.get(key)
        if entry is None:
            return None
        if self._clock() > entry.until or _look(entry.path) != entry.seen:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        entry.until = max(entry.until, self._clock() + entry.renews)
        return entry

    async def _fetched(
        self, key: str, fetch: Fetch, sha256: str | None, seconds: float
    ) -> _Entry:
        """Who goes away leaves the fetching to the others; with the last it ends."""
        fetching = self._fetching.get(key)
        if fetching is None:
            task = asyncio.create_task(self._fetch(key, fetch, sha256, seconds))
            fetching = self._fetching[key] = _Fetching(task)
        fetching.waiting += 1
        try:
            entry = await asyncio.shield(fetching.task)
            entry.users += 1
            return entry
        finally:
            fetching.waiting -= 1
            if not fetching.waiting:
                self._end(key, fetching)

    def _end(self, key: str, fetching: _Fetching) -> None:
        if self._fetching.get(key) is fetching:
            del self._fetching[key]
        task = fetching.task
        if not task.done():
            task.cancel()
        elif not task.cancelled() and task.exception() is None:
            _release(task.result())

    async def _fetch(
        self, key: str, fetch: Fetch, sha256: str | None, seconds: float
    ) -> _Entry:
        self._count += 1
        path = self._folder / str(self._count)
        try:
            await fetch(path)
            if sha256 is not None and await to_thread.run_sync(_sha256, path) != sha256:
                raise SourceChanged
            path.chmod(0o444)
            seen = _look(path)
            assert seen is not None  # it has just been written
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        renews = 0.0 if sha256 is None else seconds
        entry = _Entry(path, seen[1], seen, self._clock() + seconds, renews)
        self._drop(key)
        self._entries[key] = entry
        self._bytes += entry.size
        self._make_room()
        return entry

    def _make_room(self) -> None:
        """The new one is the last to go; it is in use, so that its file stays."""
        for key in list(self._entries):
            if self._bytes <= self._most:
                return
            self._drop(key)

    def _drop_old(self) -> None:
        now = self._clock()
        for key in [key for key, entry in self._entries.items() if entry.until < now]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        entry.is_gone = True
        if not entry.users:
            entry.path.unlink(missing_ok=True)


def _release(entry: _Entry) -> None:
    entry.users -= 1
    if entry.is_gone and not entry.users:
        entry.path.unlink(missing_ok=True)


def _look(path: Path) -> tuple[int, int, int] | None:
    """Inode, bytes and time of the last change, which nobody can set; None where it is
    gone."""
    with suppress(FileNotFoundError):
        found = os.stat(path)
        return found.st_ino, found.st_size, found.st_ctime_ns
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
