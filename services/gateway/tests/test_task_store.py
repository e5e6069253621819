"""Accepting, projecting, cancelling and running again, on a real PostgreSQL."""

import asyncio
import re
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.store import _ACCEPT, TaskRow, TaskStore

from .conftest import SUBJECT, Accept


async def _row(tasks: TaskStore, task_id: str) -> TaskRow:
    row = await tasks.get(OWNER_WORKSPACE, task_id)
    assert row is not None
    return row


async def test_an_unknown_key_writes_nothing(accept: Accept, tasks: TaskStore) -> None:
    found = await accept(b"unknown")

    assert found.workspace_id is None and found.task is None
    assert await tasks.page(OWNER_WORKSPACE, 10, None) == []


async def test_accepting_looks_each_row_up_by_the_whole_of_its_index(
    pool: Pool,
) -> None:
    """As planned while there are no rows: connections keep such a plan, and by a half of
    the index every row of a workspace that has thousands would be looked at."""
    places = max(int(found) for found in re.findall(r"\$(\d+)", _ACCEPT))
    nulls = ", ".join(["NULL"] * places)
    async with pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE accepting AS {_ACCEPT}")
        found = await connection.fetch(f"EXPLAIN EXECUTE accepting ({nulls})")
    plan = [line for (line,) in found]

    assert not [line for line in plan if "Seq Scan on tasks" in line]
    at = [n for n, line in enumerate(plan) if "tasks_by_idempotency_key" in line]
    assert at
    for number in at:
        assert "workspace_id" in plan[number + 1], plan[number : number + 2]


async def test_the_row_carries_what_the_command_needs_of_its_file(
    file: FileRow, accept: Accept
) -> None:
    found = await accept(file_id=file.id)

    assert found.task is not None and found.is_new
    assert found.task.command == {
        "document_id": "doc_1",
        "file_id": file.id,
        "file_key": file.object_key,
        "file_name": "poster.psd",
        "file_size": file.size,
        "file_sha256": file.sha256,
    }


async def test_a_file_that_is_not_there_writes_nothing(accept: Accept) -> None:
    found = await accept(file_id="fil_none")

    assert found.workspace_id == OWNER_WORKSPACE
    assert not found.has_source and found.task is None


async def test_the_same_idempotency_key_finds_the_first_row(accept: Accept) -> None:
    first = await accept(idempotency_key="once")
    second = await accept(idempotency_key="once")

    assert first.task is not None and second.task is not None
    assert (first.is_new, second.is_new) == (True, False)
    assert first.task.id == second.task.id


async def test_the_same_idempotency_key_twice_at_once_makes_one_row(
    accept: Accept, tasks: TaskStore
) -> None:
    await asyncio.gather(*(accept(idempotency_key="once") for _ in range(20)))

    assert len(await tasks.page(OWNER_WORKSPACE, 50, None)) == 1


async def test_no_more_than_the_window_is_released_and_not_started(
    accept: Accept,
) -> None:
    rows = [(await accept(window=3)).task for _ in range(5)]

    assert [bool(row and row.released_at) for row in rows] == [True] * 3 + [False] * 2


async def test_a_start_makes_room_but_nobody_overtakes_those_that_wait(
    accept: Accept, tasks: TaskStore, outbox: Outbox
) -> None:
    first, second = [(await accept(window=1)).task for _ in range(2)]
    assert first is not None and second is not None
    await _apply(tasks, first.id, [{"state": "running"}])

    third = (await accept(window=1)).task

    assert third is not None and third.released_at is None
    released = await outbox.release(SUBJECT, OWNER_WORKSPACE, 1)
    assert [row.id for row in released] == [second.id]


async def test_windows_are_of_one_workspace_and_one_subject(
    accept: Accept, stranger: bytes
) -> None:
    await accept(window=1)

    elsewhere = await accept(window=1, subject="tasks.psd.high")
    others = await accept(stranger, window=1)

    for found in (elsewhere, others):
        assert found.task is not None and found.task.released_at is not None


FACTS: list[dict[str, Any]] = [
    {"state": "queued"},
    {"state": "running", "attempt": 1, "started_at": datetime(2026, 1, 1, tzinfo=UTC)},
    {"state": "running", "progress": {"step": "x", "done": 3, "total": 5}},
    {"state": "completed", "result": {"n": 1}, "finished_at": datetime.now(UTC)},
]
FAILED: dict[str, Any] = {
    "state": "failed",
    "error": {"code": "x"},
    "finished_at": datetime.now(UTC),
}


async def _apply(
    tasks: TaskStore, task_id: str, facts: list[dict[str, Any]], run: int = 1
) -> list[TaskRow | None]:
    return [
        await tasks.project(
            task_id=task_id,
            workspace_id=OWNER_WORKSPACE,
            name="psd.parse_export",
            run=run,
            **fact,
        )
        for fact in facts
    ]


async def test_a_task_that_has_ended_stays_as_it_ended_in_any_order_of_events(
    tasks: TaskStore,
) -> None:
    for order in permutations(FACTS):
        task_id = new_id("tsk")
        await _apply(tasks, task_id, [*order, *order])

        row = await _row(tasks, task_id)
        assert (row.state, row.result) == ("completed", {"n": 1})
        assert (row.attempt, row.started_at) == (1, FACTS[1]["started_at"])


async def test_progress_and_attempts_never_go_back(tasks: TaskStore) -> None:
    task_id = new_id("tsk")
    late = {"state": "running", "progress": {"step": "x", "done": 1, "total": 5}}

    await _apply(tasks, task_id, [*FACTS[:3], late, FACTS[1], FACTS[0]])

    row = await _row(tasks, task_id)
    assert (row.state, row.attempt) == ("running", 1)
    assert row.progress["done"] == 3


async def test_an_event_of_another_workspace_changes_nothing(tasks: TaskStore) -> None:
    task_id = new_id("tsk")
    await _apply(tasks, task_id, FACTS[:1])

    changed = await tasks.project(
        task_id=task_id, workspace_id="wsp_2", name="psd.parse_export", state="failed"
    )

    assert changed is None
    assert (await _row(tasks, task_id)).state == "queued"


async def test_an_event_of_another_run_changes_nothing(tasks: TaskStore) -> None:
    task_id = new_id("tsk")
    await _apply(tasks, task_id, FACTS[:2], run=2)

    before = await _apply(tasks, task_id, [FAILED], run=1)
    after = await _apply(tasks, task_id, [FAILED], run=3)

    assert before == after == [None]
    row = await _row(tasks, task_id)
    assert (row.run, row.state) == (2, "running")


async def test_a_task_that_a_service_sends_counts_as_released_and_published(
    tasks: TaskStore,
) -> None:
    (row,) = await _apply(tasks, new_id("tsk"), FACTS[:1])

    assert row is not None and row.subject is None
    assert row.released_at is not None and row.published_at is not None


async def test_accepted_does_not_touch_a_row_that_is_there(
    accept: Accept, tasks: TaskStore, pool: Pool
) -> None:
    row = (await accept()).task
    assert row is not None
    version = "SELECT (ctid, xmin, xmax)::text FROM tasks"
    before = await pool.fetchval(version)

    assert await _apply(tasks, row.id, FACTS[:1]) == [None]

    assert await pool.fetchval(version) == before


async def test_a_task_that_waits_is_cancelled_by_its_row_alone(
    accept: Accept, tasks: TaskStore, outbox: Outbox
) -> None:
    row = (await accept(window=0)).task
    assert row is not None

    cancelled = await tasks.cancel(OWNER_WORKSPACE, row.id)

    assert cancelled is not None
    assert (cancelled.state, cancelled.published_at) == ("cancelled", None)
    assert cancelled.finished_at is not None
    assert await outbox.release(SUBJECT, OWNER_WORKSPACE, 64) == []


async def test_a_task_that_was_released_is_asked_to_stop(
    accept: Accept, tasks: TaskStore
) -> None:
    row = (await accept()).task
    assert row is not None

    asked = await tasks.cancel(OWNER_WORKSPACE, row.id)
    again = await tasks.cancel(OWNER_WORKSPACE, row.id)

    assert asked is not None and again is not None
    assert (asked.state, asked.finished_at) == ("queued", None)
    assert asked.cancel_requested_at is not None
    assert again.cancel_requested_at == asked.cancel_requested_at
    assert await tasks.cancel("wsp_2", row.id) is None


async def test_what_has_ended_is_not_cancelled(tasks: TaskStore) -> None:
    task_id = new_id("tsk")
    await _apply(tasks, task_id, FACTS)

    row = await tasks.cancel(OWNER_WORKSPACE, task_id)

    assert row is not None
    assert (row.state, row.cancel_requested_at) == ("completed", None)


async def test_a_cancel_that_races_a_release_is_seen_by_it_or_sees_it(
    accept: Accept, tasks: TaskStore, outbox: Outbox
) -> None:
    for _ in range(30):
        row = (await accept(window=0)).task
        assert row is not None

        cancelled, released = await asyncio.gather(
            tasks.cancel(OWNER_WORKSPACE, row.id),
            outbox.release(SUBJECT, OWNER_WORKSPACE, 64),
        )

        assert cancelled is not None
        stopped_before = cancelled.state == "cancelled"
        assert stopped_before != bool(released)
        assert stopped_before == (cancelled.released_at is None)


@pytest.mark.parametrize("state", ["queued", "running", "completed", "cancelled"])
async def test_only_a_failed_task_runs_again(
    accept: Accept, tasks: TaskStore, state: str
) -> None:
    row = (await accept()).task
    assert row is not None
    await _apply(tasks, row.id, [{"state": state}])

    assert await tasks.requeue(row.id) is None
    assert (await _row(tasks, row.id)).run == 1


async def test_a_failed_task_runs_again_as_if_it_had_not_run(
    accept: Accept, tasks: TaskStore, outbox: Outbox
) -> None:
    first = (await accept()).task
    assert first is not None
    await outbox.mark_published(first.id, 1)
    await tasks.cancel(OWNER_WORKSPACE, first.id)
    await _apply(tasks, first.id, [*FACTS[:3], FAILED])

    again = await tasks.requeue(first.id, run=1)

    assert again is not None
    first.run, first.released_at = 2, None
    assert again == first
    (released,) = await outbox.release(SUBJECT, OWNER_WORKSPACE, 1)
    assert (released.id, released.run) == (first.id, 2)
    await outbox.mark_published(first.id, 1)  # a word from the run before, come late
    assert (await _row(tasks, first.id)).published_at is None


async def test_two_who_repeat_a_failed_task_at_once_make_one_run(
    accept: Accept, tasks: TaskStore
) -> None:
    row = (await accept()).task
    assert row is not None
    await _apply(tasks, row.id, [FAILED])

    made = await asyncio.gather(*(tasks.requeue(row.id, run=1) for _ in range(5)))

    assert sum(one is not None for one in made) == 1
    await _apply(tasks, row.id, [FAILED], run=2)
    assert await tasks.requeue(row.id, run=1) is None  # one who comes late


async def test_a_task_that_a_service_sent_runs_again_with_the_command_given(
    tasks: TaskStore, outbox: Outbox
) -> None:
    task_id = new_id("tsk")
    await _apply(tasks, task_id, [FAILED])

    assert await tasks.requeue(task_id) is None
    made = await tasks.requeue(task_id, {"document_id": "doc_9"}, "tasks.psd.high")

    assert made is not None
    assert (made.run, made.command) == (2, {"document_id": "doc_9"})
    assert await outbox.release("tasks.psd.high", OWNER_WORKSPACE, 1) != []
