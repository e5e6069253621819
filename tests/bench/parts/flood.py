"""A million tasks that wait: does it cost those who come, or the processes, anything?"""

import asyncio
import statistics
import time
from pathlib import Path

from onemanage.contracts.base import new_id
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.nats import publish
from onemanage.testing.samples import parse_command

from .receiver import HIGH, LOW, fill
from .world import OTHER, World, open_world, resident, until

MANY = 1_000_000
WORKED = 2_000
"""Tasks that are carried out before a process is weighed."""
CALLS = 300

# Ids are new each time: JetStream would drop commands that it knows from before.
_WAITING = """
INSERT INTO tasks (id, workspace_id, name, subject, command, fingerprint)
SELECT 'tsk_' || gen_random_uuid(), $1, 'psd.parse_export', 'tasks.psd.low',
       '{"document_id": "doc_1", "file_id": "fil_1", "file_key": "files/1",
         "file_name": "sleep 0"}', ''
FROM generate_series(1, $2::int)
"""


async def _kick(world: World) -> float:
    """Seconds of one confirmed publish, median; the lane has no other messages."""
    took = []
    for _ in range(CALLS):
        made = parse_command()
        begun = time.perf_counter()
        await publish(world.client, HIGH, envelope_of(made), msg_id=made.task_id)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


async def _accept(world: World, key: bytes) -> float:
    """Seconds of one acceptance, median."""
    took = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        await world.tasks.accept(
            key,
            task_id=new_id("tsk"),
            name="psd.parse_export",
            subject=LOW,
            window=4,
            command={"document_id": "doc_1"},
        )
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


async def _worker_memory(world: World) -> int:
    """Bytes of a worker that has carried out WORKED tasks of what lies there."""
    worker = await world.worker(64)
    before = len(world.actors.said("ended"))
    while len(world.actors.said("ended")) < before + WORKED:
        await asyncio.sleep(0.2)
    size = resident(worker.pid)
    await worker.kill()
    return size


async def _consumer_memory(world: World) -> int:
    """Bytes of the gateway's consumer that has handed out WORKED tasks."""
    await world.pool.execute(
        "UPDATE tasks SET state = 'cancelled' WHERE state = 'running'"
    )
    worker = await world.worker(64)
    done = await world.pool.fetchval(
        "SELECT count(*) FROM tasks WHERE state = 'completed'"
    )
    async with world.consumer() as pid:
        await until(world.pool, "completed", done + WORKED)
        size = resident(pid)
    await worker.kill()
    return size


async def _api_memory(world: World) -> int:
    """Bytes of the gateway's HTTP process that has answered CALLS times."""
    async with world.api() as (pid, client):
        for _ in range(CALLS):
            (await client.get("/v1/tasks?limit=50")).raise_for_status()
        return resident(pid)


async def _in_stream(world: World) -> dict[str, float]:
    await fill(world.client, LOW, 2 * WORKED)
    few_memory, few = await _worker_memory(world), await _kick(world)
    await _purge(world)
    rate = await fill(world.client, LOW, MANY)
    print(f"a million stored at  {rate:7.0f}/s")
    many = await _kick(world)
    many_memory = await _worker_memory(world)
    await _purge(world)
    return {
        "kick_behind_a_million": many / few,
        "worker_memory_behind_a_million": many_memory / few_memory,
    }


async def _in_postgresql(world: World) -> dict[str, float]:
    await world.pool.execute(_WAITING, OWNER_WORKSPACE, 2 * WORKED, timeout=60)
    few_memory, few_api = await _consumer_memory(world), await _api_memory(world)
    await world.pool.execute("TRUNCATE tasks")
    await _purge(world)
    await world.pool.execute(_WAITING, OWNER_WORKSPACE, WORKED, timeout=60)
    await world.pool.execute("ANALYZE tasks", timeout=60)
    few = await _accept(world, world.owner)
    await world.pool.execute("TRUNCATE tasks")
    await world.pool.execute(_WAITING, OWNER_WORKSPACE, MANY, timeout=600)
    await world.pool.execute("ANALYZE tasks", timeout=60)
    many = await _accept(world, world.owner)
    other = await _accept(world, OTHER)
    many_memory, many_api = await _consumer_memory(world), await _api_memory(world)
    return {
        "accept_behind_a_million": many / few,
        "accept_behind_a_million_of_another": other / few,
        "gateway_memory_behind_a_million": many_memory / few_memory,
        "api_memory_behind_a_million": many_api / few_api,
    }


async def _purge(world: World) -> None:
    for stream in (topology.TASKS, topology.EVENTS):
        await management.request(world.client, f"STREAM.PURGE.{stream}")


async def measure(folder: Path) -> dict[str, float]:
    async with open_world(folder) as world:
        return await _in_postgresql(world) | await _in_stream(world)
