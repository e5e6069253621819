"""The facts that a run of a task leaves behind, each said once however often it runs."""

from typing import Any

from taskiq import TaskiqMessage

from onemanage.contracts.base import ErrorInfo, Status
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging.events import (
    PATIENCE,
    EventPublisher,
    StoredEvent,
    make_event,
)
from onemanage.platform.messaging.history import started_step

OUTAGE = 600.0
"""Seconds that a task waits for a server; what it has to say is said as long."""
CRASHED = ErrorInfo(
    code="task.crashed",
    message="the worker was lost each time it tried; hand the task id to your operator",
    retryable=True,
)


class Lifecycle:
    """Publishes started and the one ending of one run, by its registry names."""

    def __init__(
        self, spec: AnyTask, envelope: TaskiqMessage, events: EventPublisher
    ) -> None:
        self.spec = spec
        self.task_id = envelope.task_id
        self.run = run_of(envelope.labels)
        self._workspace_id = str(envelope.labels.get("workspace_id", ""))
        self._events = events

    async def started(self, attempt: int) -> bool:
        """False if that was told before."""
        step = started_step(attempt)
        # One that may or may not be stored would count as an attempt all the same.
        patience = OUTAGE if attempt > 1 else PATIENCE
        said = await self._publish(Status.STARTED, step, patience, attempt=attempt)
        return said is None

    async def completed(self, result: Any) -> StoredEvent | None:
        """None, or the end that somebody had said before."""
        return await self._publish(Status.COMPLETED, result=result)

    async def failed(self, error: ErrorInfo) -> StoredEvent | None:
        """As ``completed``."""
        return await self._publish(Status.FAILED, error=error)

    async def cancelled(self) -> StoredEvent | None:
        """As ``completed``."""
        return await self._publish(Status.CANCELLED)

    async def _publish(
        self, status: Status, step: str = "", patience: float = OUTAGE, **facts: Any
    ) -> StoredEvent | None:
        event = make_event(
            self.spec,
            status,
            self.task_id,
            self._workspace_id,
            step,
            run=self.run,
            **facts,
        )
        return await self._events.publish_first(event, patience)


def run_of(labels: dict[str, Any]) -> int:
    """The run that an envelope's labels name; 1 where they name none."""
    run = labels.get("run", 1)
    return run if isinstance(run, int) and run > 0 else 1
