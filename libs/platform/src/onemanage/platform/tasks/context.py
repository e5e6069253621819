"""What a task may use besides its command, and the error it raises by name."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from taskiq import Context, TaskiqDepends

from onemanage.contracts import base
from onemanage.contracts.base import ProgressEvent, Status, event_id
from onemanage.contracts.registry import CommandSpec, event_spec
from onemanage.platform.events import EventPublisher

_AT_MOST_EVERY = 0.25


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
    """Announces how far the task is, at most four times a second, never backwards."""

    def __init__(
        self, spec: CommandSpec, task_id: str, workspace_id: str, events: EventPublisher
    ) -> None:
        found = event_spec(spec.event_subject(Status.PROGRESS))
        if found is None or not issubclass(found.type, ProgressEvent):
            raise LookupError(f"{spec.name} has no progress event in the registry")
        self._type: type[ProgressEvent] = found.type
        self._task_id, self._workspace_id = task_id, workspace_id
        self._events = events
        self._next = 0.0
        self._done = -1

    async def report(self, step: str, done: int, total: int) -> None:
        """``done`` of ``total``, in whatever unit ``step`` names."""
        if done <= self._done or (time.monotonic() < self._next and done < total):
            return
        self._next, self._done = time.monotonic() + _AT_MOST_EVERY, done
        await self._events.publish(
            self._type(
                event_id=event_id(self._task_id, Status.PROGRESS, f"{step}:{done}"),
                task_id=self._task_id,
                workspace_id=self._workspace_id,
                status=Status.PROGRESS,
                progress=base.Progress(step=step, done=done, total=total),
            )
        )


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
