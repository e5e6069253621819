"""NATS that dies and comes back, declarations, schedules, and the order of two lanes."""

import asyncio
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.messaging.schedules import declare_schedule, run_id
from onemanage.testing.fixtures import (
    ACK_WAIT,
    Servers,
    eventually,
    settled,
    stored,
    told,
)
from onemanage.testing.samples import parse_command

from .nodes import nats_node
from .processes import Stage, send, stage

SCHEDULED = "tasks.reports.low"


async def test_a_worker_resumes_by_itself_when_its_nats_server_was_killed(
    tmp_path: Path,
) -> None:
    """Statement 4: in the same process, within five seconds."""
    async with nats_node(tmp_path) as node, stage(tmp_path, node.url) as actors:
        client = await connect(node.url, "test")
        await topology.declare(client, ack_wait=ACK_WAIT)
        worker = await actors.worker()
        before = await send(client, "sleep 0")
        await eventually(partial(actors.said, "ended", task_id=before))
        await node.kill()
        await asyncio.sleep(1)
        await node.start()
        await node.ready()
        back = time.time()
        after = await send(client, "sleep 0")
        await eventually(partial(actors.said, "ended", task_id=after))
        [began] = actors.began(after)
        assert began["pid"] == worker.pid
        assert began["at"] - back < 5
        await client.close()


async def test_a_command_sent_across_an_outage_is_carried_out_once(
    tmp_path: Path,
) -> None:
    """Statement 5."""
    async with nats_node(tmp_path) as node, stage(tmp_path, node.url) as actors:
        client = await connect(node.url, "test")
        await topology.declare(client, ack_wait=ACK_WAIT)
        await actors.worker()
        publisher = CommandPublisher(client)
        orders = [parse_command("sleep 0.01") for _ in range(40)]

        async def send_all() -> None:
            for each in orders:
                await publisher.send(each)

        sending = asyncio.create_task(send_all())
        await eventually(lambda: actors.said("ended"))
        await node.kill()
        await asyncio.sleep(2)
        await node.start()
        await sending
        await settled(client)
        counts = [len(actors.said("ended", task_id=each.task_id)) for each in orders]
        assert counts == [1] * len(orders)
        for each in orders:
            assert (await told(client, each.task_id)).count("completed") == 1
        await client.close()


async def test_drift_stops_the_start_and_names_the_difference(
    nats: Client, actors: Stage
) -> None:
    """Statement 11."""
    worker = await actors.doomed_worker(TASK_ACK_WAIT="7")
    assert await worker.ended() != 0
    said = actors.logs()
    assert "worker_psd_high" in said and "ack_wait is 1000000000" in said
    assert "declared 7000000000" in said


async def test_declaring_twice_or_from_two_replicas_at_once_changes_nothing(
    nats: Client, servers: Servers
) -> None:
    """Statement 26."""
    for stream in topology.streams(1):
        await management.request(nats, f"STREAM.DELETE.{stream['name']}")
    command = [sys.executable, "-m", "onemanage.platform.messaging.topology"]
    environment = {
        **os.environ,
        "NATS_URL": servers.nats_url,
        "TASK_ACK_WAIT": str(ACK_WAIT),
    }
    at_once = [subprocess.Popen(command, env=environment) for _ in range(3)]
    codes = [await asyncio.to_thread(process.wait) for process in at_once]
    first = await _configurations(nats)
    again = subprocess.Popen(command, env=environment)
    codes.append(await asyncio.to_thread(again.wait))
    assert codes == [0] * 4
    assert await _configurations(nats) == first


async def _configurations(client: Client) -> dict[str, Any]:
    found = {}
    for stream in topology.streams(1):
        name = stream["name"]
        info = await management.request(client, f"STREAM.INFO.{name}")
        listed = await management.request(client, f"CONSUMER.LIST.{name}")
        found[name] = info["config"], info["created"]
        for consumer in listed["consumers"]:
            found[consumer["name"]] = consumer["config"], consumer["created"]
    return found


async def test_replicas_that_declare_a_schedule_give_one_run_a_slot_each_with_its_id(
    nats: Client,
) -> None:
    """Statement 20."""
    for _ in range(3):
        await asyncio.gather(
            *(
                declare_schedule(nats, "report", "@every 1s", SCHEDULED, b"{}")
                for _ in range(3)
            )
        )
    begun = time.monotonic()

    async def four_runs() -> bool:
        return len(await _runs(nats)) >= 4

    await eventually(four_runs)
    took = time.monotonic() - begun
    assert len(await _runs(nats)) <= took + 2
    subscription = await nats.jetstream().pull_subscribe(
        SCHEDULED, durable="reports", stream=topology.TASKS
    )
    messages = await subscription.fetch(4, timeout=5)
    assert len({run_id("report", message) for message in messages}) == 4
    await subscription.unsubscribe()


async def _runs(client: Client) -> list[str]:
    found = await stored(client, topology.TASKS)
    return [subject for subject, _ in found if subject == SCHEDULED]


async def test_an_interactive_task_behind_5000_others_starts_within_one_task_time(
    nats: Client, actors: Stage
) -> None:
    """Statement 27."""
    await actors.worker(SLOTS="2")
    publisher = CommandPublisher(nats)
    for _ in range(100):
        await asyncio.gather(
            *(publisher.send(parse_command("sleep 1")) for _ in range(50))
        )
    await eventually(lambda: actors.said("began"))
    sent = time.time()
    interactive = await send(nats, "sleep 0", "high")
    await eventually(partial(actors.began, interactive))
    [began] = actors.began(interactive)
    assert began["at"] - sent < 1
