"""The gateway's handlers, fed with every payload that the gateway relies on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onemanage.contracts.registry import command_spec, task_name_of
from onemanage.gateway.handlers import HANDLERS
from onemanage.gateway.store import Store, open_pool
from onemanage.platform.events import decode_event
from onemanage.platform.testing import MakeDatabase

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*/*.json"))


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    pool = await open_pool(await database("gateway"))
    yield Store(pool)
    await pool.close()


async def test_every_example_becomes_a_task_row_or_is_no_step_of_a_task(
    store: Store,
) -> None:
    assert EXAMPLES
    for example in EXAMPLES:
        subject = example.parent.name
        event = decode_event(subject, example.read_bytes())
        # Examples of one task end it in several ways; each is told on a row of its own.
        alone = type(event)(
            **{name: getattr(event, name) for name in event.__struct_fields__}
            | {"task_id": f"tsk_{example.parent.name}_{example.stem}"}
        )
        for handler in HANDLERS:
            await handler(alone, store)

        row = await store.task(alone.workspace_id, alone.task_id)
        assert (row is not None) == (command_spec(task_name_of(subject)) is not None)
        if row is not None and subject.endswith("completed"):
            assert row.state == "completed" and row.result
