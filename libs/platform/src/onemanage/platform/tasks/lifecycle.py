"""The facts that a task leaves behind, each said once however often it runs."""

from typing import Any

from taskiq import TaskiqMessage

from onemanage.contracts.base import ErrorInfo, Event, Status, event_id
from onemanage.contracts.registry import CommandSpec, event_spec
from onemanage.platform.events import EventPublisher


class Lifecycle:
    """Publishes started, completed and failed of one task, by its registry names."""

    def __init__(
        self, spec: CommandSpec, envelope: TaskiqMessage, events: EventPublisher
    ) -> None:
        self.spec = spec
        self.task_id = envelope.task_id
        self._workspace_id = str(envelope.labels.get("workspace_id", ""))
        self._events = events

    async def started(self, attempt: int) -> None:
        step = str(attempt) if attempt > 1 else ""
        await self._publish(Status.STARTED, step, attempt=attempt)

    async def completed(self, result: Any) -> None:
        await self._publish(Status.COMPLETED, result=result)

    async def failed(self, error: ErrorInfo) -> None:
        await self._publish(Status.FAILED, error=error)

    async def _publish(self, status: Status, step: str = "", **facts: Any) -> None:
        await self._events.publish(
            make_event(
                self.spec, status, self.task_id, self._workspace_id, step, **facts
            )
        )


def make_event(
    spec: CommandSpec,
    status: Status,
    task_id: str,
    workspace_id: str,
    step: str = "",
    **facts: Any,
) -> Event:
    """The registered event of this task and status, under its deterministic id."""
    found = event_spec(spec.event_subject(status))
    if found is None:
        raise LookupError(f"{spec.event_subject(status)} is not in the registry")
    return found.type(
        event_id=event_id(task_id, status, step),
        task_id=task_id,
        workspace_id=workspace_id,
        status=status,
        **facts,
    )
