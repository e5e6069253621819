"""The children of one sandbox: forked ahead, at work, and on their way out.

A child takes milliseconds to be forked and to make itself ready, and as long to give
back its memory. Neither is waited for where it can be helped: a child that waits for a
call is taken, the next is forked once the call has its answer, and what has answered is
killed and reaped behind it. What dies slowly has its memory still, so that no more than
a few may: further calls wait for them.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from anyio import CancelScope, CapacityLimiter, to_thread
from loguru import logger

from onemanage.platform.sandbox.measuring import count_usage
from onemanage.platform.sandbox.process import Child, ForkServer

_MOST_ENDING = 2
"""Children that have answered and are not gone."""


class Children:
    """``ahead`` of them wait for a call, from the end of the first call on."""

    def __init__(self, server: ForkServer, ahead: int) -> None:
        self.server = server
        self._ahead = ahead
        self._waiting: deque[Child] = deque()
        self._running: set[Child] = set()
        self._behind: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._forking = 0
        self._closed = False
        # One thread a child waits for it; how many children there are is up to the
        # caller, and the process's other threads keep their own limit.
        self._threads = CapacityLimiter(math.inf)

    @property
    def waiting(self) -> int:
        """Those that were forked ahead and live."""
        return sum(child.is_waiting() for child in self._waiting)

    @property
    def running(self) -> int:
        """Those that have a call, or are on their way out."""
        return len(self._running)

    @asynccontextmanager
    async def one(self, staying: Child | None = None) -> AsyncIterator[Child]:
        """For one call: ``staying``, or a new one. Killed at the end, unless it stays;
        what has not answered is also waited for."""
        child = staying or await self._new()
        try:
            yield child
        finally:
            if not child.stays:
                ending = self.end(child)
                if not child.has_answered:
                    with CancelScope(shield=True):
                        await asyncio.wait({ending})
            self._fork_ahead()

    def end(self, child: Child) -> asyncio.Task[None]:
        """Kill it. The task returns when it is gone."""
        child.kill()
        ending = self._do_behind(self._end(child))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        return ending

    async def started(self, child: Child) -> None:
        """Returns once it waits for its call, or has failed to."""
        if not child.is_waiting():
            await self.in_thread(child.start)

    async def in_thread[T](self, function: Callable[[], T]) -> T:
        """Cancelled, it leaves the thread to itself."""
        return await to_thread.run_sync(
            function, abandon_on_cancel=True, limiter=self._threads
        )

    async def close(self) -> None:
        """Kill all, and stop the fork server."""
        self._closed = True
        for child in (*self._running, *self._waiting):
            child.kill()
        with CancelScope(shield=True):
            if self._behind:
                await asyncio.wait(self._behind)
            while self._waiting:
                await self.in_thread(self._waiting.popleft().close)
            await self.in_thread(self.server.stop)

    async def _new(self) -> Child:
        while len(self._ending) > _MOST_ENDING:
            await asyncio.wait(self._ending, return_when=asyncio.FIRST_COMPLETED)
        child = self._taken() or Child(self.server)
        self._running.add(child)
        return child

    def _taken(self) -> Child | None:
        while self._waiting:
            child = self._waiting.popleft()
            if child.is_waiting():
                return child
            self._do_behind(self._end(child))  # its server has died, say
        return None

    def _fork_ahead(self) -> None:
        lacking = self._ahead - len(self._waiting) - self._forking
        for _ in range(0 if self._closed else lacking):
            self._do_behind(self._fork())

    async def _fork(self) -> None:
        child = Child(self.server)
        self._forking += 1
        self._running.add(child)
        try:
            await self.in_thread(child.start)
        except OSError as error:  # the next call says so, if it has to
            logger.warning("No child could be forked ahead: {!r}", error)
        finally:
            self._forking -= 1
            self._running.discard(child)
        self._waiting.append(child)

    async def _end(self, child: Child) -> None:
        await self.in_thread(child.close)
        self._running.discard(child)
        count_usage(child.used)

    def _do_behind(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
        return task
