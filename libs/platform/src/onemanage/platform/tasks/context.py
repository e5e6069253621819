"""What a task may use besides its command, and the error it raises by name."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from loguru import logger
from nats.errors import Error as NatsError
from taskiq import Context, TaskiqDepends

from onemanage.contracts import base
from onemanage.contracts.base import Command, Status
from onemanage.contracts.registry import CommandSpec
from onemanage.platform.events import EventPublisher, make_event
from onemanage.platform.nats import PublishUnconfirmed

_AT_MOST_EVERY = 0.25
_PATIENCE = 2.0


class InvalidInput(Exception):
    """The request itself is at fault: the task fails at once and is not tried again.

    ``code`` is stable, ``message`` says what was wrong and what to do, ``where`` the
    place: a byte offset, a layer, a field.
    """

    def __init__(self, code: str, message: str, where: str | None = None) -> None:
        super().__init__(code, message, where)
        self.code, self.message, self.where = code, message, where

    def __str__(self) -> str:
        return f"{self.message} ({self.where})" if self.where else self.message


class Progress:
    """Announces how far the task is, at most four times a second, never backwards.

    ``may_tell`` is asked each time: has the start been told, and is the task still ours?
    ``told`` is how far an attempt before this one has said to be; -1 for the first.
    """

    def __init__(
        self,
        spec: CommandSpec,
        command: Command,
        events: EventPublisher,
        may_tell: Callable[[], Awaitable[bool]],
        told: int = -1,
    ) -> None:
        self._spec, self._command, self._events = spec, command, events
        self._may_tell = may_tell
        self._next = 0.0
        self._done = told

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
        if not await self._may_tell():
            return
        event = make_event(
            self._spec,
            Status.PROGRESS,
            self._command.task_id,
            self._command.workspace_id,
            f"{step}:{done}",
            run=self._command.run,
            progress=base.Progress(
                step=step,
                done=done,
                total=total,
                counts=counts or {},
                per_second=per_second,
                seconds_left=seconds_left,
            ),
        )
        try:
            await self._events.publish(event, patience=_PATIENCE)
        except (PublishUnconfirmed, NatsError):
            logger.debug("Progress could not be told: {} {}/{}", step, done, total)


_current: ContextVar[Progress] = ContextVar("progress")


def current_progress() -> Progress:
    """TaskIQ dependency: the progress of the task that is running."""
    return _current.get()


def current_service(context: Context = TaskiqDepends()) -> Any:
    """TaskIQ dependency: the service that this worker has opened."""
    return context.state.service


@contextmanager
def reporting(progress: Progress) -> Iterator[None]:
    """Inside, ``current_progress`` is this one."""
    token = _current.set(progress)
    try:
        yield
    finally:
        _current.reset(token)
