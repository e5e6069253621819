"""The facts that a run of a task leaves behind, each said once however often it runs."""

from typing import Any

from taskiq import TaskiqMessage

from onemanage.contracts.base import ErrorInfo, Status, event_id
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging.events import (
    PATIENCE,
    EventPublisher,
    StoredEvent,
    make_event,
)
from onemanage.platform.messaging.history import handed_over_step, started_step

OUTAGE = 600.0
"""Seconds that a task waits for a server; what it has to say is said as long."""
_LEAVING = 3.0
"""Seconds that a worker that must go waits until it is stored what it hands over."""
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
        self.workspace_id = str(envelope.labels.get("workspace_id", ""))
        self._events = events

    async def started(self, start: int, attempt: int, group: str) -> bool:
        """By a worker in this group, if any. False if that was told before."""
        step = started_step(start)
        # One that may or may not be stored would count as an attempt all the same.
        patience = OUTAGE if start > 1 else PATIENCE
        facts = {"attempt": attempt, "group": group}
        said = await self._publish(Status.STARTED, step, patience, **facts)
        return said is None

    async def handed_over(self, start: int, attempt: int, group: str) -> None:
        """So that this start is no attempt. Raises PublishUnconfirmed or NatsError."""
        event = self.spec.HandedOver(
            event_id=event_id(
                self.task_id, Status.STARTED, handed_over_step(start), self.run
            ),
            task_id=self.task_id,
            workspace_id=self.workspace_id,
            status=Status.STARTED,
            run=self.run,
            attempt=attempt,
            group=group,
        )
        await self._events.publish(event, _LEAVING)

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
            self.workspace_id,
            step,
            run=self.run,
            **facts,
        )
        return await self._events.publish_first(event, patience)


def run_of(labels: dict[str, Any]) -> int:
    """The run that an envelope's labels name; 1 where they name none."""
    run = labels.get("run", 1)
    return run if isinstance(run, int) and run > 0 else 1
