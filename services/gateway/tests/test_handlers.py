"""The gateway's handlers, fed with every payload that the gateway relies on."""

from pathlib import Path
from typing import Any

from onemanage.contracts.registry import consumers_of, task_name_of, task_named
from onemanage.gateway.handlers import HANDLERS, Deps
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.tasks.window import Windows
from onemanage.platform.messaging.events import decode_event
from onemanage.platform.messaging.nats import Client

from .webhook_samples import recorder

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*/*.json"))


async def test_every_example_becomes_a_task_row_or_is_no_step_of_a_task(
    tasks: TaskStore, outbox: Outbox, nats: Client, pool: Pool
) -> None:
    assert EXAMPLES
    relay = Relay(nats, outbox)
    dispatcher = Dispatcher(outbox, relay, Windows())
    deps = Deps(tasks, relay, dispatcher, recorder(pool))
    for example in EXAMPLES:
        subject = example.parent.name
        event = decode_event(subject, example.read_bytes())
        # Examples of one task end it in several ways; each is told on a row of its own.
        alone = type(event)(
            **{name: getattr(event, name) for name in event.__struct_fields__}
            | {"task_id": f"tsk_{example.parent.name}_{example.stem}"}
        )
        seen_by = {spec.handler for spec in consumers_of(subject)}
        handlers: tuple[Any, ...] = HANDLERS
        for handler in handlers:
            if handler.__name__ in seen_by:
                await handler(alone, deps)

        row = await tasks.get(alone.workspace_id, alone.task_id)
        of_a_task = task_named(task_name_of(subject)) is not None
        # A hand-over changes nothing that a row shows.
        assert (row is not None) == (of_a_task and not subject.endswith("handed_over"))
        if row is not None and subject.endswith("completed"):
            assert row.state == "completed" and row.result
