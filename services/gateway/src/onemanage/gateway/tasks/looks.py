"""Rows that somebody looks at again and again: all who follow a task share the look."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from onemanage.gateway.tasks.rows import TaskRow

_FRESH_SECONDS = 0.9


class Looks:
    """Of one process: a task is looked at about once a second, and only while somebody
    asks."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, TaskRow]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def row(
        self, task_id: str, look: Callable[[], Awaitable[TaskRow]]
    ) -> TaskRow:
        """As ``look`` finds it, or has found it a moment ago."""
        now = asyncio.get_running_loop().time
        async with self._locks.setdefault(task_id, asyncio.Lock()):
            at, row = self._last.get(task_id, (-math.inf, None))
            if row is None or now() - at >= _FRESH_SECONDS:
                row = await look()
                self._forget(now() - _FRESH_SECONDS)
                self._last[task_id] = now(), row
            return row

    def _forget(self, before: float) -> None:
        self._last = {key: one for key, one in self._last.items() if one[0] > before}
