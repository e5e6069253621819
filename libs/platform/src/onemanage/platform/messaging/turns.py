"""Who may be at work when not everybody can: so many in all, and fewer a workspace."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager


class NoTurn(Exception):
    """None came in time. ``own``: the workspace has its whole share at work already."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("no turn came in time")
        self.own = own


class Turns:
    """``slots`` in all, ``share`` of them for one workspace at most.

    Whoever finds none waits. A slot that falls free goes to the workspaces in turn, so
    that one with two hundred questions is before another only once a round. At most
    ``waiting`` of one workspace wait.
    """

    def __init__(self, slots: int, share: int, waiting: int) -> None:
        self._free, self._share, self._most_waiting = slots, share, waiting
        self._working: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        """By workspace, the one whose turn is next first."""

    @asynccontextmanager
    async def turn(self, workspace_id: str, patience: float) -> AsyncIterator[None]:
        """Raises NoTurn after ``patience`` seconds, or at once where too many wait."""
        await self._take(workspace_id, patience)
        try:
            yield
        finally:
            self._give_back(workspace_id)

    def before(self, workspace_id: str) -> int:
        """How many get a slot, or have one, before who would come now; 0 where one is
        free for it."""
        if self._free and not self._waiting:
            return 0
        own = len(self._waiting.get(workspace_id, ()))
        others = (
            min(len(queue), own + 1)
            for name, queue in self._waiting.items()
            if name != workspace_id
        )
        return own + sum(others) + self._working.total()

    async def _take(self, workspace_id: str, patience: float) -> None:
        queue = self._waiting.setdefault(workspace_id, deque())
        if len(queue) >= self._most_waiting:
            raise NoTurn(own=self._has_its_share(workspace_id))
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(granted)
        self._grant()
        try:
            async with asyncio.timeout(patience):
                await granted
        except TimeoutError:
            self._leave(workspace_id, granted)
            raise NoTurn(own=self._has_its_share(workspace_id)) from None
        except asyncio.CancelledError:
            self._leave(workspace_id, granted)
            raise

    def _leave(self, workspace_id: str, granted: asyncio.Future[None]) -> None:
        if not granted.cancelled():  # it came while we were told to stop
            self._give_back(workspace_id)
            return
        queue = self._waiting.get(workspace_id, deque())
        if granted in queue:
            queue.remove(granted)
            if not queue:
                del self._waiting[workspace_id]

    def _has_its_share(self, workspace_id: str) -> bool:
        return self._working[workspace_id] >= self._share

    def _give_back(self, workspace_id: str) -> None:
        self._free += 1
        self._working[workspace_id] -= 1
        if not self._working[workspace_id]:
            del self._working[workspace_id]
        self._grant()

    def _grant(self) -> None:
        for workspace_id in list(self._waiting):
            if not self._free:
                return
            if self._has_its_share(workspace_id):
                continue
            queue = self._waiting.pop(workspace_id)
            granted = next((one for one in _taken(queue) if not one.done()), None)
            if queue:
                self._waiting[workspace_id] = queue  # behind the others
            if granted is not None:
                self._free -= 1
                self._working[workspace_id] += 1
                granted.set_result(None)


def _taken(queue: deque[asyncio.Future[None]]) -> Iterator[asyncio.Future[None]]:
    while queue:
        yield queue.popleft()
