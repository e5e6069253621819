"""One workspace floods; another sends a single task now and then."""

import asyncio
import statistics
import time
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from unittest.mock import patch

from onemanage.contracts.base import new_id
from onemanage.gateway.tasks.window import Windows

from .world import OTHER, World, open_world, until

FLOOD = 5_000
SECONDS = 0.05
"""What one task takes."""
SLOTS = 16
SUBJECT = "tasks.psd.low"
ASKED = 15
"""Single tasks of the other workspace, one after another."""


async def _send(world: World, key: bytes) -> str:
    accepted = await world.tasks.accept(
        key,
        task_id=new_id("tsk"),
        name="psd.parse_export",
        subject=SUBJECT,
        window=world.live.windows.of(SUBJECT),
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


async def _flood(world: World) -> None:
    slots = asyncio.Semaphore(8)

    async def one() -> None:
        async with slots:
            await _send(world, world.owner)

    await asyncio.gather(*(one() for _ in range(FLOOD)))


async def _waits(world: World) -> list[float]:
    """Seconds from each acceptance to its start, by the worker's clock."""
    ids = []
    for _ in range(ASKED):
        ids.append(await _send(world, OTHER))
        while await _started_after(world, ids[-1]) is None:
            await asyncio.sleep(0.02)
    found = [await _started_after(world, task_id) for task_id in ids]
    return [seconds for seconds in found if seconds is not None]


async def _started_after(world: World, task_id: str) -> float | None:
    found: float | None = await world.pool.fetchval(
        "SELECT extract(epoch FROM started_at - created_at)::float8 "
        "FROM tasks WHERE id = $1",
        task_id,
    )
    return found


async def _rate(
    world: World, *, fair: bool, consumers: int = 1
) -> tuple[float, list[float]]:
    """Tasks per second once all are accepted; waits of the other workspace."""
    await world.pool.execute("TRUNCATE tasks")
    everything = patch.object(Windows, "of", lambda _, __: FLOOD)
    with nullcontext() if fair else everything:
        async with AsyncExitStack() as processes:
            for _ in range(consumers):
                await processes.enter_async_context(world.consumer())
            await _flood(world)
            before, begun = await _completed(world), time.perf_counter()
            waits = await _waits(world) if fair else []
            await until(world.pool, "completed", FLOOD)
            return (FLOOD - before) / (time.perf_counter() - begun), waits


async def _completed(world: World) -> int:
    statement = "SELECT count(*) FROM tasks WHERE state = 'completed'"
    found: int = await world.pool.fetchval(statement)
    return found


async def measure(folder: Path) -> dict[str, float]:
    async with open_world(folder) as world:
        await world.worker(SLOTS)
        unfair, _ = await _rate(world, fair=False)
        fair, waits = await _rate(world, fair=True)
        shared, others = await _rate(world, fair=True, consumers=2)
    median, longest = statistics.median(waits), max(*waits, *others)
    print(f"flood      unfair {unfair:6.0f}/s   fair {fair:6.0f}/s")
    print(f"two gateways hand out           {shared:6.0f}/s")
    print(
        f"wait       median {1000 * median:6.0f} ms  longest {1000 * longest:6.0f} ms"
    )
    return {
        "fair_rate": fair / unfair,
        "fair_rate_of_two_gateways": shared / unfair,
        "wait_in_task_times": median / SECONDS,
        "longest_wait_in_task_times": longest / SECONDS,
    }
