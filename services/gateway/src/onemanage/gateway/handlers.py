"""What the gateway does about events."""

from onemanage.contracts.base import Event
from onemanage.gateway.projections import project
from onemanage.gateway.store import Store


async def on_task_event_project_task(event: Event, store: Store) -> None:
    await project(event, store)


HANDLERS = (on_task_event_project_task,)
