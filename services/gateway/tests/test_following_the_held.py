"""How far a task has come that waits for others: told each second to who follows it."""

import asyncio
from typing import Any

from onemanage.contracts.base import new_id
from onemanage.gateway.tasks.looks import Looks
from onemanage.gateway.tasks.rows import TaskRow

from .edge_samples import listening, settings
from .event_samples import follow
from .psd_samples import World

RECIPE: dict[str, Any] = {"operations": [{"op": "resize", "width": 20}]}


async def test_who_follows_a_batch_hears_how_far_it_is_and_how_long_it_takes(
    world: World, source: str
) -> None:
    body = {"file_ids": [source] * 4, "recipe": RECIPE}
    async with world.client() as client:
        made = (await client.post("/v1/images/batches", json=body)).json()
    async with listening(world.app, settings()) as edge:
        at = f"/v1/tasks/{made['id']}/events"
        async with follow(edge.port, path=at) as stream:
            first = await stream.told()
            await world.gateway.tasks._pool.execute(
                "UPDATE tasks SET state = 'completed', finished_at = now() WHERE id = "
                "(SELECT id FROM tasks WHERE parent_id = $1 LIMIT 1)",
                made["id"],
            )
            second = await stream.told()

    assert [one.event for one in (first, second)] == ["task", "task"]
    begun, later = first.data["progress"], second.data["progress"]
    assert begun == {"step": "images", "done": 0, "total": 4}
    assert (later["done"], later["total"]) == (1, 4)
    assert later["per_second"] > 0 and later["seconds_left"] > 0


async def test_all_who_follow_a_task_share_one_look() -> None:
    looks, seen = Looks(), 0
    task_id = new_id("tsk")
    found: TaskRow = object()  # type: ignore[assignment]  # it is only passed on

    async def look() -> TaskRow:
        nonlocal seen
        seen += 1
        await asyncio.sleep(0)
        return found

    rows = await asyncio.gather(*(looks.row(task_id, look) for _ in range(50)))
    assert all(row is found for row in rows) and seen == 1
    await looks.row(new_id("tsk"), look)
    assert seen == 2
