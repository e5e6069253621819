"""What the relay and the dispatcher publish, on real PostgreSQL and NATS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from onemanage.contracts.base import ErrorInfo, Status, event_id, new_id
from onemanage.contracts.registry import cancel_subject, task_named
from onemanage.gateway.handlers import Deps, on_task_event_project_task
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks import dispatcher as dispatching
from onemanage.gateway.tasks import relay as relaying
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskRow, TaskStore
from onemanage.gateway.tasks.window import Windows
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.events import make_event
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually, stored

from .conftest import Accept
from .webhook_samples import recorder

COMMAND = {
    "document_id": "doc_1",
    "file_id": "fil_1",
    "file_key": "files/1",
    "file_name": "a.psd",
}
EARLIER = "UPDATE tasks SET {0} = {0} - interval '{1}'"


@asynccontextmanager
async def _dispatching(nats: Client, pool: Pool) -> AsyncIterator[Deps]:
    """Nothing counts the starts here, so the window is one."""
    outbox = Outbox(pool)
    relay = Relay(nats, outbox)
    dispatcher = Dispatcher(outbox, relay, Windows())
    running = [asyncio.create_task(part.run()) for part in (relay, dispatcher)]
    try:
        yield Deps(TaskStore(pool), relay, dispatcher, recorder(pool))
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweeper that does not let a test wait."""
    monkeypatch.setattr(dispatching, "_EVERY_SECONDS", 0.05)


async def _accepted(accept: Accept, **changes: Any) -> TaskRow:
    row = (await accept(**{"command": COMMAND} | changes)).task
    assert row is not None
    return row


async def _told(nats: Client) -> list[tuple[str, str]]:
    """Task and status of all that EVENTS holds, in its order."""
    events = [event for _, event in await stored(nats, topology.EVENTS)]
    return [(event["task_id"], event["status"]) for event in events]


async def _sent(nats: Client) -> list[dict[str, Any]]:
    return [envelope for _, envelope in await stored(nats, topology.TASKS)]


def _event(row: TaskRow, status: Status, **facts: Any) -> Any:
    spec = task_named(row.name)
    assert spec is not None
    return make_event(spec, status, row.id, row.workspace_id, run=row.run, **facts)


async def test_a_row_cancelled_while_it_waited_is_told_as_accepted_then_cancelled(
    nats: Client, pool: Pool, accept: Accept
) -> None:
    row = await _accepted(accept, window=0)
    async with _dispatching(nats, pool) as deps:
        cancelled = await deps.tasks.cancel(OWNER_WORKSPACE, row.id)
        assert cancelled is not None

        deps.dispatcher.submit(cancelled)
        await deps.relay.drained()

    assert await _told(nats) == [(row.id, "accepted"), (row.id, "cancelled")]
    assert await _sent(nats) == []
    told = await TaskStore(pool).get(OWNER_WORKSPACE, row.id)
    assert told is not None and told.published_at is not None


async def test_a_command_confirmed_after_its_task_was_cancelled_does_not_stay(
    nats: Client, pool: Pool, accept: Accept
) -> None:
    row = await _accepted(accept)
    async with _dispatching(nats, pool) as deps:
        assert await deps.tasks.cancel(OWNER_WORKSPACE, row.id) is not None
        ended = await deps.relay.withdraw(row)
        assert ended is not None
        await on_task_event_project_task(ended, deps)

        deps.relay.submit(row)
        await deps.relay.drained()
        now = await deps.tasks.get(OWNER_WORKSPACE, row.id)

    assert now is not None and now.state == "cancelled"
    assert now.sequence is not None, "it was sent"
    assert await _sent(nats) == []


async def test_a_command_carries_the_run_and_a_later_run_is_no_repetition(
    nats: Client, pool: Pool, accept: Accept
) -> None:
    row = await _accepted(accept)
    async with _dispatching(nats, pool) as deps:
        deps.dispatcher.submit(row)
        await deps.relay.drained()
        await on_task_event_project_task(
            _event(row, Status.FAILED, error=ErrorInfo(code="x", message="y")), deps
        )
        again = await deps.tasks.requeue(row.id)
        assert again is not None
        deps.dispatcher.submit(again)
        await eventually(lambda: _has(nats, topology.TASKS, 2))

    assert [each["args"][0]["run"] for each in await _sent(nats)] == [1, 2]
    assert [each["task_id"] for each in await _sent(nats)] == [row.id, row.id]
    assert await _told(nats) == [(row.id, "accepted")] * 2


async def _has(nats: Client, stream: str, count: int) -> bool:
    return len(await stored(nats, stream)) == count


async def test_each_start_gives_the_next_of_that_workspace_their_turn(
    nats: Client, pool: Pool, accept: Accept
) -> None:
    rows = [await _accepted(accept, window=1) for _ in range(3)]
    async with _dispatching(nats, pool) as deps:
        for row in rows:
            deps.dispatcher.submit(row)
        for number, row in enumerate(rows, 1):
            await eventually(lambda: _has(nats, topology.TASKS, number))
            await on_task_event_project_task(_event(row, Status.STARTED), deps)

    assert [each["task_id"] for each in await _sent(nats)] == [row.id for row in rows]


async def test_what_a_dead_process_left_is_published_and_released_by_the_sweeper(
    nats: Client, pool: Pool, accept: Accept, brisk: None
) -> None:
    left = await _accepted(accept)
    stalled = await _accepted(accept, window=0, subject="tasks.psd.high")
    withdrawn = await _accepted(accept, window=0)
    await TaskStore(pool).cancel(OWNER_WORKSPACE, withdrawn.id)
    for column in ("released_at", "finished_at"):
        await pool.execute(EARLIER.format(column, "3 s"))

    async with _dispatching(nats, pool), _dispatching(nats, pool):
        await eventually(lambda: _has(nats, topology.TASKS, 2))
        await eventually(lambda: _has(nats, topology.EVENTS, 4))

    sent = {each["task_id"]: each["labels"] for each in await _sent(nats)}
    assert sent.keys() == {left.id, stalled.id}
    assert not any("resent_since" in labels for labels in sent.values())


async def test_a_command_that_may_be_stored_long_since_says_since_when(
    nats: Client, pool: Pool, accept: Accept, brisk: None
) -> None:
    await _accepted(accept)
    await pool.execute(EARLIER.format("released_at", "6 min"))

    async with _dispatching(nats, pool):
        await eventually(lambda: _has(nats, topology.TASKS, 1))

    (envelope,) = await _sent(nats)
    assert "resent_since" in envelope["labels"]


async def test_a_worker_is_asked_to_stop_again_until_it_has_stopped(
    nats: Client, pool: Pool, accept: Accept, brisk: None
) -> None:
    row = await _accepted(accept)
    asked: list[str] = []

    async def hear(message: Any) -> None:
        asked.append(message.subject)

    await nats.subscribe(cancel_subject("*"), cb=hear)
    async with _dispatching(nats, pool) as deps:
        await deps.tasks.cancel(OWNER_WORKSPACE, row.id)
        await on_task_event_project_task(_event(row, Status.STARTED), deps)
        await eventually(lambda: len(asked) == 1)

        await pool.execute(EARLIER.format("cancel_requested_at", "3 s"))
        await eventually(lambda: len(asked) >= 3)

        await on_task_event_project_task(_event(row, Status.CANCELLED), deps)
        assert await deps.tasks.requeue(row.id) is None

    assert set(asked) == {cancel_subject(row.id)}


async def test_a_file_is_announced_once(
    nats: Client, pool: Pool, owner: bytes, brisk: None
) -> None:
    file_id = new_id("fil")
    await pool.execute(
        "INSERT INTO files (id, workspace_id, name, size, sha256, media_type, "
        "object_key, created_at) VALUES ($1, $2, 'a', 1, '', 'image/png', 'files/a', "
        "now() - interval '3 s')",
        file_id,
        OWNER_WORKSPACE,
    )
    async with _dispatching(nats, pool), _dispatching(nats, pool):
        await eventually(lambda: _has(nats, topology.EVENTS, 1))

    ((subject, event),) = await stored(nats, topology.EVENTS)
    assert subject == "events.file.upload.completed"
    assert event["event_id"] == str(event_id(file_id, Status.COMPLETED))


async def test_an_order_that_can_never_be_published_fails_and_makes_room_for_the_next(
    nats: Client, pool: Pool, accept: Accept, brisk: None
) -> None:
    """Rows of an older release, which took what no message can hold."""
    far_too_long = COMMAND | {"file_name": "a" * topology.MAX_MESSAGE}
    left = await _accepted(accept, command=far_too_long, window=1)
    waiting = await _accepted(accept, window=1)
    async with _dispatching(nats, pool) as deps:
        deps.dispatcher.submit(left)
        await eventually(lambda: _has(nats, topology.EVENTS, 2))
        failed = (await stored(nats, topology.EVENTS))[1][1]
        error = ErrorInfo(**failed["error"])
        await on_task_event_project_task(_event(left, Status.FAILED, error=error), deps)
        await eventually(lambda: _has(nats, topology.TASKS, 1))

    assert await _told(nats) == [
        (left.id, "accepted"),
        (left.id, "failed"),
        (waiting.id, "accepted"),
    ]
    assert (error.code, error.retryable) == ("task.too_large", False)
    assert [each["task_id"] for each in await _sent(nats)] == [waiting.id]


@pytest.mark.parametrize(
    "unreadable", ({"command": {"document_id": 1}}, {"name": "psd.of_tomorrow"})
)
async def test_an_order_that_only_another_release_can_read_is_left_to_it_for_a_while(
    nats: Client,
    pool: Pool,
    accept: Accept,
    brisk: None,
    monkeypatch: pytest.MonkeyPatch,
    unreadable: dict[str, Any],
) -> None:
    monkeypatch.setattr(relaying, "_LATER_SECONDS", 0.1)
    row = await _accepted(accept, **unreadable)
    tasks = TaskStore(pool)
    async with _dispatching(nats, pool) as deps:
        deps.dispatcher.submit(row)
        await deps.relay.drained()
        assert await _told(nats) == []

        await pool.execute(EARLIER.format("released_at", "11 min"))
        if row.name == "psd.parse_export":
            await eventually(lambda: _has(nats, topology.EVENTS, 2))
        else:
            await eventually(lambda: _is(tasks, row, "failed"))

    assert await _sent(nats) == []


async def _is(tasks: TaskStore, row: TaskRow, state: str) -> bool:
    found = await tasks.get(row.workspace_id, row.id)
    return found is not None and found.state == state
