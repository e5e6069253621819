"""Between workspaces: one floods, another is served all the same."""

import asyncio
from pathlib import Path

from onemanage.contracts.base import new_id
from tests.bench.parts.world import OTHER, World, open_world, until

SECONDS = 1.0
FLOOD = 150


async def _send(world: World, key: bytes) -> str:
    accepted = await world.tasks.accept(
        key,
        task_id=new_id("tsk"),
        name="psd.parse_export",
        subject="tasks.psd.low",
        window=world.live.windows.of("tasks.psd.low"),
        command={
            "document_id": "doc_1",
            "file_id": "fil_1",
            "file_key": "files/1",
            "file_name": f"sleep {SECONDS}",
        },
    )
    assert accepted.task is not None
    world.dispatcher.submit(accepted.task)
    return accepted.task.id


async def _waited(world: World, task_id: str) -> float:
    """Seconds from its acceptance to its start."""
    statement = (
        "SELECT extract(epoch FROM started_at - created_at)::float8 "
        "FROM tasks WHERE id = $1"
    )
    while (seconds := await world.pool.fetchval(statement, task_id)) is None:
        await asyncio.sleep(0.05)
    return float(seconds)


async def test_with_one_workspace_flooding_another_waits_less_than_three_task_times(
    tmp_path: Path,
) -> None:
    """Statement 28."""
    async with open_world(tmp_path) as world, world.consumer():
        await world.worker(4)
        for _ in range(FLOOD):
            await _send(world, world.owner)
        await until(world.pool, "completed", 3)
        waits = [await _waited(world, await _send(world, OTHER)) for _ in range(4)]
        left = await world.pool.fetchval(
            "SELECT count(*) FROM tasks WHERE state = 'queued'"
        )
    assert left > FLOOD / 2  # the flood was there all the time
    assert max(waits) < 3 * SECONDS
