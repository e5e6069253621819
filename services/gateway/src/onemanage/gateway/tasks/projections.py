"""Events -> task rows. Idempotent, and right in any order: see TaskStore.project."""

from typing import Any

import msgspec

from onemanage.contracts.base import (
    TERMINAL,
    Event,
    FailedEvent,
    HandedOverEvent,
    ProgressEvent,
    RequestedEvent,
    StartedEvent,
    Status,
)
from onemanage.contracts.registry import subject_of, task_name_of, task_named
from onemanage.gateway.limits.metering import used_by
from onemanage.gateway.tasks.store import TaskRow, TaskStore

_STATES = {
    Status.ACCEPTED: "queued",
    Status.STARTED: "running",
    Status.PROGRESS: "running",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


async def project(event: Event, tasks: TaskStore) -> TaskRow | None:
    """The row as it stands then; None where the event is no news to it."""
    name = task_name_of(subject_of(event))
    inner = isinstance(event, (RequestedEvent, HandedOverEvent))
    if task_named(name) is None or inner:
        return None  # a fact of its own, not a step of a task
    progress = event.progress if isinstance(event, ProgressEvent) else None
    return await tasks.project(
        task_id=event.task_id,
        workspace_id=event.workspace_id,
        name=name,
        state=_STATES[event.status],
        run=event.run,
        attempt=_attempt(event),
        progress=msgspec.to_builtins(progress),
        result=_result(event),
        error=(
            msgspec.to_builtins(event.error) if isinstance(event, FailedEvent) else None
        ),
        started_at=event.timestamp if event.status is Status.STARTED else None,
        finished_at=event.timestamp if event.status in TERMINAL else None,
        used=used_by(event),
    )


def _attempt(event: Event) -> int:
    """The last one that the event tells of; who waits may hear the end before a start."""
    if isinstance(event, StartedEvent):
        return event.attempt
    return 1 if event.status is Status.COMPLETED else 0


def _result(event: Event) -> Any:
    return msgspec.to_builtins(getattr(event, "result", None))
