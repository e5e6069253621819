"""One task in hand, and the reasons to stop it."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class TaskCancelled(Exception):
    """The user has taken the order back."""


class TaskTaken(Exception):
    """Another worker has begun or ended what was given to this one too."""


class WorkerLeaves(Exception):
    """This worker must go, and another is to begin the task anew."""


class TaskTimeout(TimeoutError):
    """The task's own time is up."""


STOPS = (TaskCancelled, TaskTaken, TaskTimeout, WorkerLeaves)
"""Why a task that could go on does not."""


class Run:
    """One task in hand, and the way to stop it.

    What anyio's scopes would do, at a fraction of their time: every task has one.
    """

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._reason: Exception | None = None
        self._at_work = False

    def stop(self, reason: Exception) -> None:
        """The first reason counts."""
        if self._reason is None and self._task is not None:
            self._reason = reason
            if self._at_work:
                self._task.cancel()

    async def call(self, timeout: float, work: Coroutine[Any, Any, Any]) -> Any:
        """Await it. Raises TaskTimeout, or the reason for which it is stopped."""
        if self._reason is not None:
            work.close()
            raise self._reason
        late = TaskTimeout(f"not done after {timeout:g} s")
        timer = asyncio.get_running_loop().call_later(timeout, self.stop, late)
        self._at_work = True
        try:
            return await work
        except asyncio.CancelledError:
            if self._reason is not None and self._task is not None:
                self._task.uncancel()
                raise self._reason from None
            raise
        finally:
            self._at_work = False
            timer.cancel()
