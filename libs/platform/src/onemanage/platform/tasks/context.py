"""What a task may use besides its command."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from loguru import logger
from nats.errors import Error as NatsError
from taskiq import Context, TaskiqDepends

from onemanage.contracts import base
from onemanage.contracts.base import Command, Status
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import PublishUnconfirmed

_AT_MOST_EVERY = 0.25
_PATIENCE = 2.0


class Progress:
    """Announces how far the task is, at most four times a second, never backwards.

    Whoever reports does not wait for that: of what comes while one is being told, the
    last is told next. ``may_tell`` is asked each time: has the start been told, and is
    the task still ours? ``told`` is how far an attempt before this one has said to be;
    -1 for the first.
    """

    def __init__(
        self,
        spec: AnyTask,
        command: Command,
        events: EventPublisher,
        may_tell: Callable[[], Awaitable[bool]],
        told: int = -1,
    ) -> None:
        self._spec, self._command, self._events = spec, command, events
        self._may_tell = may_tell
        self._next = 0.0
        self._done = told
        self._waiting: base.Progress | None = None
        self._news = asyncio.Event()
        self._over = False

    async def report(
        self,
        step: str,
        done: int,
        total: int,
        *,
        counts: dict[str, int] | None = None,
        per_second: float | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """``done`` of ``total``, in whatever unit ``step`` names.

        ``total`` is 0 where nobody knows. The others are told as they are given.
        """
        soon = time.monotonic() < self._next and (done < total or not total)
        if done <= self._done or soon:
            return
        self._next, self._done = time.monotonic() + _AT_MOST_EVERY, done
        self._waiting = base.Progress(
            step=step,
            done=done,
            total=total,
            counts=counts or {},
            per_second=per_second,
            seconds_left=seconds_left,
        )
        self._news.set()

    async def tell(self) -> None:
        """Tell what is reported, until it is ``over``."""
        while self._waiting is not None or not self._over:
            await self._news.wait()
            self._news.clear()
            if (progress := self._waiting) is not None:
                self._waiting = None
                await self._tell(progress)

    def over(self) -> None:
        """Nothing more will be reported; ``tell`` ends with what still waits."""
        self._over = True
        self._news.set()

    async def _tell(self, progress: base.Progress) -> None:
        if not await self._may_tell():
            return
        event = make_event(
            self._spec,
            Status.PROGRESS,
            self._command.task_id,
            self._command.workspace_id,
            f"{progress.step}:{progress.done}",
            run=self._command.run,
            progress=progress,
        )
        try:
            await self._events.publish(event, patience=_PATIENCE)
        except (PublishUnconfirmed, NatsError):
            logger.debug("Progress could not be told: {}", progress)


_current: ContextVar[Progress] = ContextVar("progress")


def current_progress() -> Progress:
    """TaskIQ dependency: the progress of the task that is running."""
    return _current.get()


def current_service(context: Context = TaskiqDepends()) -> Any:
    """TaskIQ dependency: the service that this worker has opened."""
    return context.state.service


@asynccontextmanager
async def reporting(progress: Progress) -> AsyncIterator[None]:
    """Inside, ``current_progress`` is this one, and it is told beside the work."""
    token = _current.set(progress)
    telling = asyncio.create_task(progress.tell())
    try:
        yield
        progress.over()
        await asyncio.wait({telling})
        if (error := telling.exception()) is not None:
            logger.opt(exception=error).error("Progress is no longer told")
    finally:
        telling.cancel()
        _current.reset(token)
