"""``client.tasks``: what is being done, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, TypeVar, overload

from onemanage.client import types
from onemanage.client._async import operations
from onemanage.client.answers import task_failed
from onemanage.client.errors import (
    ConnectionFailed,
    RateLimited,
    ServerFault,
    Timeout,
    UnexpectedAnswer,
)
from onemanage.client.events import ENDED
from onemanage.client.threads import async_sleep

ResultT = TypeVar("ResultT", bound=types.TaskResult)
OnProgress = Callable[[types.Progress], object]
_FIRST_LOOK_SECONDS, _LONGEST_LOOK_SECONDS = 0.25, 5.0
"""Between two looks at a task, where events cannot be had; each is half as long again
as the one before."""
_NO_EVENTS = (ConnectionFailed, RateLimited, ServerFault, Timeout, UnexpectedAnswer)


class AsyncTasks(operations.AsyncTasks):
    """What each operation does, and waiting for a task to end."""

    @overload
    async def wait(
        self,
        task: types.TaskOut[ResultT],
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> types.TaskOut[ResultT]: ...

    @overload
    async def wait(
        self,
        task: str,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> types.TaskOut[types.TaskResult]: ...

    async def wait(
        self,
        task: types.TaskOut[Any] | str,
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> types.TaskOut[Any]:
        """The task once it is completed, by the events that the server sends of it.

        ``on_progress`` is called with each step that is told. Where events do not get
        through, the task is looked at again and again. Raises TaskFailed where it has
        failed or was cancelled; Timeout after ``timeout`` seconds, and the task goes on.
        """
        found = task if isinstance(task, types.TaskOut) else await self.get(task)
        if found.state not in ENDED:
            deadline = None if timeout is None else time.monotonic() + timeout
            found = await self._ended(found.id, deadline, on_progress)
        if found.state != "completed":
            raise task_failed(found)
        return found

    async def result(
        self,
        task: types.TaskOut[ResultT],
        *,
        timeout: float | None = None,
        on_progress: OnProgress | None = None,
    ) -> ResultT:
        """What the task has made, once it is completed. Raises as ``wait`` does."""
        ended = await self.wait(task, timeout=timeout, on_progress=on_progress)
        if ended.result is None:
            raise UnexpectedAnswer(
                f"The task {ended.id} is completed, and its result is not told.",
                hint="After a while results are pruned; what was made is at "
                f"{ended.resource}.",
            )
        return ended.result

    async def _ended(
        self, task_id: str, deadline: float | None, on_progress: OnProgress | None
    ) -> types.TaskOut[Any]:
        stream = self.watch(task_id)
        stream.deadline, stream.most_in_vain = deadline, 0
        try:
            async with aclosing(stream.__aiter__()) as events:
                async for event in events:
                    if event.name == "task" and event.is_end:
                        return types.TaskOut(event.data)
                    if event.is_end:
                        return await self.get(task_id)
                    if event.progress is not None and on_progress is not None:
                        on_progress(types.Progress(event.progress))
        except _NO_EVENTS:
            _check(task_id, deadline)
        async for task in self._looks(task_id, deadline):
            if task.state in ENDED:
                return task
            if task.progress is not None and on_progress is not None:
                on_progress(task.progress)
        raise AssertionError("looking ends by a return or a Timeout")

    async def _looks(
        self, task_id: str, deadline: float | None
    ) -> AsyncIterator[types.TaskOut[Any]]:
        """At the task, from now on."""
        pause = _FIRST_LOOK_SECONDS
        while True:
            yield await self.get(task_id)
            _check(task_id, deadline)
            left = pause if deadline is None else deadline - time.monotonic()
            await async_sleep(max(min(pause, left), 0))
            pause = min(pause * 1.5, _LONGEST_LOOK_SECONDS)


def _check(task_id: str, deadline: float | None) -> None:
    if deadline is not None and time.monotonic() >= deadline:
        raise Timeout(
            f"The task {task_id} has not ended in time. It goes on.",
            hint=f"client.tasks.wait({task_id!r}) waits on, client.tasks.cancel stops it.",
            task_id=task_id,
        )
