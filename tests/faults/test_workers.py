"""What becomes of tasks whose worker is killed, stopped, paused or out of luck."""

import asyncio
import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import Status
from onemanage.contracts.registry import cancel_subject, task_named
from onemanage.platform.messaging import management
from onemanage.platform.messaging.commands import (
    CommandPublisher,
    envelope_of,
    message_id,
)
from onemanage.platform.messaging.delivery import BACKOFF
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import Client, publish
from onemanage.testing.fixtures import ACK_WAIT, eventually, letters, settled, told
from onemanage.testing.samples import parse_command

from .processes import Stage, send


def _is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def _count(actors: Stage, wanted: int) -> bool:
    return len(actors.said("hangs")) == wanted


async def test_a_task_lasting_three_times_the_ack_wait_executes_once(
    nats: Client, actors: Stage
) -> None:
    """Statement 1."""
    await actors.worker()
    task_id = await send(nats, f"sleep {3 * ACK_WAIT}")
    await eventually(lambda: actors.said("ended", task_id=task_id))
    await settled(nats)
    assert len(actors.began(task_id)) == 1
    assert await told(nats, task_id) == ["accepted", "started", "completed"]


async def test_a_killed_worker_s_task_is_delivered_again_within_the_ack_wait(
    nats: Client, actors: Stage
) -> None:
    """Statement 2."""
    first = await actors.worker()
    task_id = await send(nats, "sleep 12")
    await eventually(lambda: actors.began(task_id))
    await actors.worker()
    killed = time.time()
    await first.kill()
    await eventually(lambda: actors.said("ended", task_id=task_id))
    await settled(nats)
    began = actors.began(task_id)
    assert len(began) == 2
    assert began[1]["at"] - killed < 2 * ACK_WAIT
    statuses = await told(nats, task_id)
    assert statuses == ["accepted", "started", "started", "completed"]


async def test_a_poison_task_dies_three_times_and_is_one_letter_and_one_failed_event(
    nats: Client, actors: Stage
) -> None:
    """Statements 2 and 3: executions never exceed three, and the others go on."""
    poison = await send(nats, "die")
    healthy = [await send(nats, "sleep 0.01") for _ in range(3)]
    for _ in range(3):
        worker = await actors.doomed_worker()
        assert await worker.ended() == -signal.SIGKILL
    await actors.worker()
    await settled(nats)
    assert len(actors.began(poison)) == 3
    [letter] = await letters(nats)
    assert (letter["reason"], letter["task_id"]) == ("crashed", poison)
    statuses = await told(nats, poison)
    assert statuses[-1] == "failed" and statuses.count("failed") == 1
    for task_id in healthy:
        assert (await told(nats, task_id))[-1] == "completed"


async def test_a_raising_task_is_tried_at_the_backoff_times_then_a_letter_has_the_traceback(
    nats: Client, actors: Stage
) -> None:
    """Statement 14."""
    await actors.worker()
    task_id = await send(nats, "raise")
    await settled(nats)
    moments = [line["at"] for line in actors.began(task_id)]
    assert len(moments) == 3
    for backoff, before, after in zip(BACKOFF, moments, moments[1:], strict=False):
        assert after - before >= 0.9 * backoff
    [letter] = await letters(nats)
    assert letter["reason"] == "raised" and letter["deliveries"] == 3
    assert "RuntimeError: out of luck" in letter["traceback"]
    assert (await told(nats, task_id))[-1] == "failed"


async def test_an_idle_worker_exits_within_two_seconds_of_sigterm(
    actors: Stage,
) -> None:
    """Statement 7."""
    worker = await actors.worker()
    before = time.monotonic()
    assert await worker.stop() == 0
    assert time.monotonic() - before < 2


async def test_a_message_sent_during_a_drain_starts_elsewhere_within_a_second(
    nats: Client, actors: Stage
) -> None:
    """Statement 8."""
    draining = await actors.worker()
    running = await send(nats, "sleep 4")
    await eventually(lambda: actors.began(running))
    await actors.worker()
    draining.send(signal.SIGTERM)
    await asyncio.sleep(0.3)
    for _ in range(10):
        sent = time.time()
        task_id = await send(nats, "sleep 0")
        await eventually(partial(actors.began, task_id))
        [began] = actors.began(task_id)
        assert began["pid"] != draining.pid
        assert began["at"] - sent < 1
    assert await draining.ended() == 0
    assert len(actors.said("ended", task_id=running)) == 1


async def test_an_unknown_task_during_a_rolling_deploy_is_not_lost(
    nats: Client, actors: Stage
) -> None:
    """Statement 13: the old worker gives it back, the new one carries it out."""
    old = await actors.worker(TASKS="none")
    task_id = await send(nats, "sleep 0")

    async def given_back() -> bool:
        info = await management.request(nats, "CONSUMER.INFO.TASKS.worker_psd_low")
        return bool(info["delivered"]["consumer_seq"] >= 1)

    await eventually(given_back)
    await actors.worker()
    assert await old.stop() == 0
    await settled(nats)
    assert (await told(nats, task_id))[-1] == "completed"
    assert await letters(nats) == []


async def test_a_timed_out_child_is_gone_and_its_slot_is_free(
    nats: Client, actors: Stage
) -> None:
    """Statement 15."""
    await actors.worker(SLOTS="1")
    hanging = await send(nats, "hang 0.5")
    await eventually(lambda: actors.said("hangs"))
    other = await send(nats, "sleep 0")
    await eventually(lambda: actors.said("ended", task_id=other))
    for line in actors.said("hangs")[:1]:
        await eventually(partial(_is_gone, line["pid"]))
    assert actors.said("ended", task_id=hanging) == []


async def test_a_killed_child_loses_no_later_task(nats: Client, actors: Stage) -> None:
    """Statement 16."""
    await actors.worker()
    hanging = await send(nats, "hang 30")
    for attempt in range(1, 4):
        await eventually(partial(_count, actors, attempt))
        os.kill(actors.said("hangs")[-1]["pid"], signal.SIGKILL)
        other = await send(nats, "burn 0.05", "high")
        await eventually(partial(actors.said, "ended", task_id=other))
    await settled(nats)
    assert (await told(nats, hanging))[-1] == "failed"


async def test_a_killed_worker_leaves_no_process_behind_and_no_connection(
    nats: Client, actors: Stage
) -> None:
    """Statement 17."""
    worker = await actors.worker()
    task_id = await send(nats, "hang 30")
    await eventually(lambda: actors.said("hangs"))
    assert actors.began(task_id)
    descendants = _descendants(worker.pid)
    assert len(descendants) >= 2  # the fork server and the child that hangs
    await worker.kill()
    await eventually(
        lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in descendants)
    )


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found


async def test_a_backlog_far_longer_than_the_ack_wait_is_not_delivered_again(
    nats: Client, actors: Stage
) -> None:
    """Statement 18."""
    await actors.worker(SLOTS="2")
    ids = [await send(nats, "sleep 0.3") for _ in range(15)]
    await settled(nats)
    assert [len(actors.began(task_id)) for task_id in ids] == [1] * 15


async def test_heartbeats_come_in_time_while_every_core_is_busy(
    nats: Client, actors: Stage
) -> None:
    """Statement 22: a late heartbeat would show as a second delivery."""
    await actors.worker(SLOTS="5")
    ids = [
        await send(nats, f"burn {3 * ACK_WAIT}")
        for _ in range(2 * (os.cpu_count() or 1))
    ]
    beats: list[float] = []

    async def beat(message: Any) -> None:
        if message.data == b"+WPI":
            beats.append(time.monotonic())

    await nats.subscribe("$JS.ACK.TASKS.worker_psd_low.>", cb=beat)
    await eventually(lambda: all(actors.said("ended", task_id=each) for each in ids))
    await settled(nats)
    assert [len(actors.began(task_id)) for task_id in ids] == [1] * len(ids)
    gaps = [after - before for before, after in zip(beats, beats[1:], strict=False)]
    assert beats and max(gaps) < ACK_WAIT / 3 + ACK_WAIT / 2


async def test_a_worker_that_stood_still_and_one_that_took_over_end_the_task_once(
    nats: Client, actors: Stage
) -> None:
    paused = await actors.worker()
    task_id = await send(nats, f"sleep {ACK_WAIT}")
    await eventually(lambda: actors.began(task_id))
    paused.send(signal.SIGSTOP)
    await actors.worker()
    await eventually(lambda: actors.said("ended", task_id=task_id))
    paused.send(signal.SIGCONT)
    await eventually(lambda: len(actors.said("ended", task_id=task_id)) == 2)
    await settled(nats)
    assert await paused.stop() == 0
    statuses = await told(nats, task_id)
    assert statuses == ["accepted", "started", "started", "completed"]


async def test_a_worker_that_stood_still_with_a_task_not_begun_says_nothing_afterwards(
    nats: Client, actors: Stage
) -> None:
    paused = await actors.worker()
    paused.send(signal.SIGSTOP)
    task_id = await send(nats, "sleep 0")  # given to the one that cannot look
    await actors.worker()
    await eventually(lambda: actors.said("ended", task_id=task_id))
    await settled(nats)
    before = await told(nats, task_id)
    paused.send(signal.SIGCONT)
    await eventually(lambda: len(actors.began(task_id)) == 2)
    assert await paused.stop() == 0
    assert await told(nats, task_id) == before
    assert before == ["accepted", "started", "started", "completed"]


async def test_a_task_whose_start_another_worker_has_told_is_left_to_that_one(
    nats: Client, actors: Stage
) -> None:
    # As after the death of a server that had not stored whom it had given the task to.
    command = parse_command("sleep 1")
    spec = task_named("psd.parse_export")
    assert spec is not None
    await CommandPublisher(nats).send(command, "low")
    task_id, workspace_id = command.task_id, command.workspace_id
    started = make_event(spec, Status.STARTED, task_id, workspace_id, attempt=1)
    await EventPublisher(nats).publish(started)
    await actors.worker()
    await settled(nats)
    assert await told(nats, task_id) == ["accepted", "started", "started", "completed"]
    assert len(actors.said("ended", task_id=task_id)) == 1


async def test_a_task_that_was_completed_but_not_acknowledged_is_not_started_again(
    nats: Client, actors: Stage
) -> None:
    dying = await actors.doomed_worker(DIE_BEFORE_ACK="1")
    task_id = await send(nats, "sleep 0")
    assert await dying.ended() == -signal.SIGKILL
    await actors.worker()
    await settled(nats)
    assert len(actors.began(task_id)) == 1
    assert await told(nats, task_id) == ["accepted", "started", "completed"]
    assert await letters(nats) == []


async def test_a_task_completed_by_workers_that_died_each_time_is_no_dead_letter(
    nats: Client, actors: Stage
) -> None:
    task_id = await send(nats, "sleep 0")
    for _ in range(3):
        dying = await actors.doomed_worker(DIE_BEFORE_ACK="1")
        assert await dying.ended() == -signal.SIGKILL
    await actors.worker()
    await settled(nats)
    assert len(actors.began(task_id)) == 1
    assert (await told(nats, task_id))[-1] == "completed"
    assert await letters(nats) == []


async def test_a_cancelled_task_stops_with_its_child_and_is_not_delivered_again(
    nats: Client, actors: Stage
) -> None:
    await actors.worker()
    task_id = await send(nats, "hang 60")
    await eventually(lambda: actors.said("hangs"))
    [hanging] = actors.said("hangs")
    await nats.publish(cancel_subject(task_id))
    await settled(nats)
    await eventually(lambda: not Path(f"/proc/{hanging['pid']}").exists())
    await asyncio.sleep(2 * ACK_WAIT)
    assert await told(nats, task_id) == ["accepted", "started", "cancelled"]
    assert len(actors.began(task_id)) == 1
    assert await letters(nats) == []


async def test_a_cancel_for_a_task_that_is_not_here_disturbs_nobody(
    nats: Client, actors: Stage
) -> None:
    await actors.worker()
    task_id = await send(nats, "sleep 0.5")
    await eventually(lambda: actors.began(task_id))
    await nats.publish(cancel_subject("tsk_of_somebody_else"))
    await settled(nats)
    assert (await told(nats, task_id))[-1] == "completed"


@pytest.mark.parametrize("lane", ["high", "low"])
async def test_a_retry_is_not_eaten_by_deduplication(
    nats: Client, actors: Stage, lane: str
) -> None:
    """Statement 6: the second run of a task has another message id."""
    await actors.worker()
    first = parse_command("sleep 0")
    for run in (1, 2, 2):
        again = msgspec.structs.replace(first, run=run)
        body, known = envelope_of(again), message_id(again.task_id, run)
        await publish(nats, f"tasks.psd.{lane}", body, msg_id=known)
        await settled(nats)
    assert len(actors.began(first.task_id)) == 2
    assert await told(nats, first.task_id) == ["started", "completed"] * 2
