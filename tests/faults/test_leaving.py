"""Workers that leave: for want of work, or because their machine is taken away."""

import asyncio
import json
import random
import signal
from functools import partial
from typing import Any

import pytest
from nats.aio.msg import Msg

from onemanage.contracts.psd.documents import ParseExport
from onemanage.contracts.registry import cancel_subject, capacity_subject
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import (
    ACK_WAIT,
    eventually,
    settled,
    stored,
    told,
    working,
)

from .processes import Actor, Stage, send

LONG = 60.0
"""Seconds of ack_wait within which nothing is delivered again by itself."""
SHORT = 0.25
"""So that a pull ends soon, and with it the leaving of a worker."""


HANDED_OVER = ("started", "handed_over")


async def history(client: Client) -> list[str]:
    events = await stored(client, topology.EVENTS)
    return [subject.rpartition(".")[2] for subject, _ in events]


async def started(client: Client) -> list[dict[str, Any]]:
    events = await stored(client, topology.EVENTS)
    return [event for subject, event in events if subject.endswith(".started")]


@pytest.mark.parametrize("kind", ["worker", "handlers"])
async def test_what_is_told_to_end_before_nats_is_there_ends(
    kind: str, actors: Stage
) -> None:
    process = await actors.without_nats(kind)
    assert await process.stop() == 0


async def test_a_worker_without_work_ends_by_itself_and_with_status_0(
    nats: Client, actors: Stage
) -> None:
    task_id = await send(nats, "sleep 1.5")
    worker = await actors.worker("--exit-when-idle", "0.5")
    assert await worker.ended() == 0
    assert await told(nats, task_id) == ["accepted", "started", "completed"]


async def test_a_worker_that_works_for_longer_than_it_may_idle_stays(
    nats: Client, process_settings: ProcessSettings
) -> None:
    may_end = asyncio.Event()

    async def task(_: ParseExport) -> None:
        await may_end.wait()

    async with working(process_settings, task, exit_when_idle=0.2) as stop:
        await send(nats, "one")
        await asyncio.sleep(2)
        assert not stop.is_set()
        may_end.set()
        await stop.wait()
    await settled(nats)


async def test_a_worker_that_is_old_enough_finishes_what_it_has_and_leaves_the_rest(
    nats: Client, actors: Stage
) -> None:
    first = await send(nats, "sleep 4")
    old = await actors.worker("--exit-after", "0.5", SLOTS="2")
    await eventually(lambda: actors.began(first))
    await asyncio.sleep(0.5 + 1.5 * ACK_WAIT)  # what it has asked for has ended by now
    second = await send(nats, "sleep 0")
    assert await old.ended() == 0
    assert await told(nats, first) == ["accepted", "started", "completed"]
    assert actors.began(second) == []
    await actors.worker()
    await settled(nats)
    assert await told(nats, second) == ["accepted", "started", "completed"]


async def test_what_comes_just_as_a_worker_leaves_is_begun_once_and_at_once(
    nats: Client, process_settings: ProcessSettings
) -> None:
    """Nothing is stranded until its ack_wait ends, and no attempt is used up."""
    await topology.declare(nats, ack_wait=SHORT)
    settings = process_settings.model_copy(update={"task_ack_wait": SHORT})
    begun: list[str] = []
    all_sent = asyncio.Event()
    left = 0

    async def task(command: ParseExport) -> None:
        begun.append(command.file_name)

    async def leave_again_and_again() -> None:
        nonlocal left
        while not all_sent.is_set():
            async with working(settings, task, exit_when_idle=0.01) as stop:
                await stop.wait()
            left += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(leave_again_and_again())
        names: list[str] = []
        while len(names) < 150 or left < 10:  # a slow machine leaves less often
            names.append(str(len(names)))
            await send(nats, names[-1], random.choice(("high", "low")))
            await asyncio.sleep(random.uniform(0.0, 0.06))
        await settled(nats)
        all_sent.set()
    assert sorted(begun) == sorted(names)
    assert {event["attempt"] for event in await started(nats)} == {1}


def _began_in(actors: Stage, task_id: str, worker: Actor) -> bool:
    return any(line["pid"] == worker.pid for line in actors.began(task_id))


async def _end_elsewhere(
    client: Client, actors: Stage, task_id: str, **environment: str
) -> None:
    worker = await actors.worker(**environment)
    await eventually(lambda: _began_in(actors, task_id, worker))
    await client.publish(cancel_subject(task_id))
    await settled(client)


async def test_a_worker_that_must_go_hands_over_what_it_cannot_finish_in_time(
    nats: Client, actors: Stage
) -> None:
    """Again and again: it begins elsewhere at once, and is still at its first attempt."""
    await topology.declare(nats, ack_wait=LONG)
    patient = {"TASK_ACK_WAIT": str(LONG)}
    task_id = await send(nats, "sleep 60")
    for _ in range(3):
        going = await actors.worker("--wait-tasks-timeout", "0.2", **patient)
        await eventually(partial(_began_in, actors, task_id, going))
        assert await going.stop() == 0
    await _end_elsewhere(nats, actors, task_id, **patient)
    assert await history(nats) == [
        *("accepted", *HANDED_OVER, *HANDED_OVER, *HANDED_OVER, "started", "cancelled")
    ]
    assert [event["attempt"] for event in await started(nats)] == [1] * 4


async def test_a_worker_that_dies_just_as_it_hands_over_costs_no_attempt(
    nats: Client, actors: Stage
) -> None:
    """It has said so, and is killed before the server has the task back."""
    going = await actors.worker(
        *("--wait-tasks-timeout", "0.2"), DIE_BEFORE_GIVING_BACK="1"
    )
    task_id = await send(nats, "sleep 60")
    await eventually(lambda: actors.began(task_id))
    assert await going.stop() == -signal.SIGKILL
    await _end_elsewhere(nats, actors, task_id)
    assert await history(nats) == ["accepted", *HANDED_OVER, "started", "cancelled"]
    assert [event["attempt"] for event in await started(nats)] == [1, 1]


async def test_a_worker_that_is_killed_before_it_can_say_so_costs_one(
    nats: Client, actors: Stage
) -> None:
    going = await actors.worker("--wait-tasks-timeout", "60")
    task_id = await send(nats, "sleep 60")
    await eventually(lambda: actors.began(task_id))
    going.send(signal.SIGTERM)
    await going.kill()
    await _end_elsewhere(nats, actors, task_id)
    assert await history(nats) == ["accepted", "started", "started", "cancelled"]
    assert [event["attempt"] for event in await started(nats)] == [1, 2]


async def test_a_worker_that_must_go_finishes_what_it_can(
    nats: Client, actors: Stage
) -> None:
    going = await actors.worker("--wait-tasks-timeout", "20")
    task_id = await send(nats, "sleep 1")
    await eventually(lambda: actors.began(task_id))
    going.send(signal.SIGTERM)
    assert await going.ended() == 0
    assert await told(nats, task_id) == ["accepted", "started", "completed"]


async def test_it_can_be_seen_in_which_group_a_task_has_run(
    nats: Client, actors: Stage
) -> None:
    capacities: list[dict[str, Any]] = []

    async def hear(message: Msg) -> None:
        capacities.append(json.loads(message.data))

    await nats.subscribe(capacity_subject("psd"), cb=hear)
    await actors.worker(COMPUTE_GROUP="grp_1", LOG_FORMAT="json")
    task_id = await send(nats, "sleep 0")
    await settled(nats)
    assert [event["group"] for event in await started(nats)] == ["grp_1"]
    await eventually(lambda: capacities)
    assert capacities[0]["group"] == "grp_1"
    lines = [json.loads(line)["record"] for line in actors.logs().splitlines()]
    about = [line["extra"] for line in lines if line["extra"].get("task_id") == task_id]
    assert about and all(extra["group"] == "grp_1" for extra in about)
