"""What the gateway does about events."""

import msgspec

from onemanage.contracts.base import TERMINAL, Event, Status
from onemanage.gateway.dispatcher import Dispatcher
from onemanage.gateway.projections import project
from onemanage.gateway.relay import Relay
from onemanage.gateway.task_store import TaskStore


class Deps(msgspec.Struct, frozen=True):
    """What the handlers work with."""

    tasks: TaskStore
    relay: Relay
    dispatcher: Dispatcher


async def on_task_event_project_task(event: Event, deps: Deps) -> None:
    row = await project(event, deps.tasks)
    if row is None:
        return
    if row.subject and event.status in TERMINAL | {Status.STARTED}:
        deps.dispatcher.wake(row.subject, row.workspace_id)
    if row.cancel_requested_at and event.status in (Status.STARTED, Status.PROGRESS):
        # Whoever runs it may have begun after it was asked to stop.
        await deps.relay.ask_to_stop(row.id)


HANDLERS = (on_task_event_project_task,)
