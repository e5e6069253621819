"""What the gateway does about events."""

import msgspec

from onemanage.contracts.base import TERMINAL, Command, Event, RequestedEvent, Status
from onemanage.contracts.registry import subject_of, task_name_of
from onemanage.gateway.images.addresses.planning import Planner
from onemanage.gateway.tasks import queues
from onemanage.gateway.tasks.command_checks import own_fields
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.held import STEPS
from onemanage.gateway.tasks.projections import project
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.webhooks.recording import Recorder
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers


class Deps(msgspec.Struct, frozen=True):
    """What the handlers work with."""

    tasks: TaskStore
    relay: Relay
    dispatcher: Dispatcher
    webhooks: Recorder
    planner: Planner | None = None
    """For answers about pictures."""


async def on_task_event_project_task(event: Event, deps: Deps) -> None:
    """Keep the task's row as its events say, and let the next in line go."""
    row = await project(event, deps.tasks)
    if row is None:
        if event.status is Status.STARTED:
            await _stop_if_cancelled(event, deps)
        return
    if row.subject and event.status in TERMINAL | {Status.STARTED}:
        deps.dispatcher.wake(row.subject, row.workspace_id)
    if (
        row.parent_id is not None
        and event.status in TERMINAL
        and (row.name.endswith(queues.DELETION) or row.name in STEPS)
    ):
        await deps.dispatcher.finish_held()  # somebody waits for the whole
    if row.cancel_requested_at and event.status in (Status.STARTED, Status.PROGRESS):
        # Whoever runs it may have begun after it was asked to stop.
        await deps.relay.ask_to_stop(row.id)


async def _stop_if_cancelled(event: Event, deps: Deps) -> None:
    """A worker was given what had been taken back, at that moment or from a stream that
    was put back."""
    row = await deps.tasks.get(event.workspace_id, event.task_id)
    if row is not None and (row.state, row.run) == ("cancelled", event.run):
        await deps.relay.ask_to_stop(row.id)


async def on_task_requested_accept_task(
    event: RequestedEvent[Command], deps: Deps
) -> None:
    """What a service asks for is accepted as what a user orders is: by a row."""
    name = task_name_of(subject_of(event))
    queue = queues.automatic(name)
    await deps.tasks.request(
        task_id=event.task_id,
        workspace_id=event.workspace_id,
        name=name,
        subject=queue,
        command=own_fields(msgspec.to_builtins(event)["command"]),
        traceparent=trace_headers().get(TRACEPARENT),
    )
    deps.dispatcher.wake(queue, event.workspace_id)


async def on_event_record_webhook_deliveries(event: Event, deps: Deps) -> None:
    """A row for each webhook that asks for it, once."""
    await deps.webhooks.record(event)


HANDLERS = (
    on_task_event_project_task,
    on_task_requested_accept_task,
    on_event_record_webhook_deliveries,
)
