"""Dead letters on real NATS and PostgreSQL: what is shown, replayed and discarded."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.previews.previews import PublishPreviews
from onemanage.gateway.dead_letters.letters import DeadLetters, NotReplayed, Outcome
from onemanage.gateway.dead_letters.stream import Filter, NoSuchLetter
from onemanage.gateway.handlers import HANDLERS, Deps
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskRow, TaskStore
from onemanage.gateway.tasks.window import Windows
from onemanage.platform.messaging import delivery, topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import eventually, stored, working

from .conftest import Accept
from .dead_letter_samples import (
    LOW,
    ORDER,
    command,
    dead,
    dead_event,
    dead_task,
    handling,
    ids_of,
    refused,
)
from .webhook_samples import recorder

RESULT = {"preview_count": 1, "expires_at": datetime(2027, 1, 1, tzinfo=UTC)}
ALL = Filter()
type Fail = Callable[[], Awaitable[TaskRow]]


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))


@pytest.fixture
def letters(nats: Client, tasks: TaskStore) -> DeadLetters:
    return DeadLetters(nats, tasks)


@pytest.fixture
def fail(tasks: TaskStore, accept: Accept) -> Fail:
    """Makes a task that has failed, and whose message is dead; gives its row."""

    async def fail() -> TaskRow:
        accepted = await accept(name="preview.publish", subject=LOW, command=ORDER)
        assert accepted.task is not None
        return await _failed(tasks, accepted.task.id)

    return fail


async def _failed(tasks: TaskStore, task_id: str) -> TaskRow:
    row = await _told(tasks, task_id, "failed")
    assert row is not None
    return row


async def _told(tasks: TaskStore, task_id: str, state: str) -> TaskRow | None:
    return await tasks.project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name="preview.publish",
        state=state,
    )


@asynccontextmanager
async def _gateway(nats: Client, pool: Pool) -> AsyncIterator[Deps]:
    """What publishes the rows and keeps them."""
    outbox = Outbox(pool)
    relay = Relay(nats, outbox)
    dispatcher = Dispatcher(outbox, relay, Windows())
    deps = Deps(TaskStore(pool), relay, dispatcher, recorder(pool))
    running = [asyncio.create_task(part.run()) for part in (relay, dispatcher)]
    try:
        async with handling(nats, HANDLERS, deps):
            yield deps
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)


async def _ordered(accept: Accept, dispatcher: Dispatcher) -> str:
    accepted = await accept(name="preview.publish", subject=LOW, command=ORDER)
    assert accepted.task is not None
    dispatcher.submit(accepted.task)
    return accepted.task.id


async def _is(tasks: TaskStore, task_id: str, state: str) -> bool:
    row = await tasks.get(OWNER_WORKSPACE, task_id)
    return row is not None and row.state == state


async def test_a_letter_tells_why_and_how_often_and_is_replayed_as_the_next_run(
    nats: Client,
    pool: Pool,
    tasks: TaskStore,
    accept: Accept,
    process_settings: ProcessSettings,
) -> None:
    runs: list[int] = []
    repaired = False

    async def publish(command: PublishPreviews) -> dict[str, Any]:
        runs.append(command.run)
        if not repaired:
            raise OSError("the disk is full")
        return RESULT | {"document_id": command.document_id}

    async with (
        _gateway(nats, pool) as deps,
        working(process_settings, publish, task_name="preview.publish"),
    ):
        task_id = await _ordered(accept, deps.dispatcher)
        await eventually(lambda: _is(tasks, task_id, "failed"))
        letters = DeadLetters(nats, tasks, deps.dispatcher.submit)
        [shown] = (await letters.page(50, 0, ALL)).items
        opened = await letters.get(shown.id)
        repaired = True
        await letters.replay(shown.id)
        await eventually(lambda: _is(tasks, task_id, "completed"))

    assert (shown.reason, shown.error) == ("raised", "the disk is full")
    assert (shown.deliveries, shown.subject) == (3, LOW)
    assert (shown.task_id, shown.workspace_id) == (task_id, OWNER_WORKSPACE)
    assert (shown.run, shown.task_run, shown.task_state) == (1, 1, "failed")
    assert opened.traceback is not None and "in publish" in opened.traceback
    assert opened.payload["args"][0]["document_id"] == "doc_1"
    assert runs == [1, 1, 1, 2]
    assert await ids_of(letters) == []
    row = await tasks.get(OWNER_WORKSPACE, task_id)
    assert row is not None and (row.run, row.error) == (2, None)


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("running", "once it is"),
        ("completed", "Discard"),
        ("cancelled", "Discard"),
    ],
)
async def test_a_task_that_has_not_failed_is_not_replayed(
    letters: DeadLetters,
    nats: Client,
    tasks: TaskStore,
    accept: Accept,
    state: str,
    advice: str,
) -> None:
    accepted = await accept(name="preview.publish", subject=LOW, command=ORDER)
    assert accepted.task is not None
    task_id = accepted.task.id
    await _told(tasks, task_id, state)

    refusal = await refused(letters, await dead_task(nats, task_id))

    assert refusal.code == "task_not_failed"
    assert state in refusal.message and advice in refusal.message
    row = await tasks.get(OWNER_WORKSPACE, task_id)
    assert row is not None and (row.state, row.run) == (state, 1)


async def test_a_letter_replayed_twice_at_once_runs_its_task_once(
    nats: Client, tasks: TaskStore, fail: Fail
) -> None:
    row = await fail()
    letter_id = await dead_task(nats, row.id)
    requeued: list[TaskRow] = []
    letters = DeadLetters(nats, tasks, requeued.append)

    outcomes = await asyncio.gather(
        *(letters.replay(letter_id) for _ in range(8)), return_exceptions=True
    )

    assert outcomes.count(None) == 1
    others = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(each, NotReplayed | NoSuchLetter) for each in others)
    assert [(each.id, each.run) for each in requeued] == [(row.id, 2)]
    assert await ids_of(letters) == []


async def test_a_letter_of_a_run_before_this_one_is_not_replayed(
    letters: DeadLetters, nats: Client, tasks: TaskStore, fail: Fail
) -> None:
    row = await fail()
    letter_id = await dead_task(nats, row.id)
    await tasks.requeue(row.id)
    again = await tasks.project(
        task_id=row.id,
        workspace_id=OWNER_WORKSPACE,
        name="preview.publish",
        state="failed",
        run=2,
    )

    refusal = await refused(letters, letter_id)

    assert again is not None
    assert refusal.code == "task_not_failed"
    assert "run 2 is failed, the letter is of run 1" in refusal.message


async def test_who_dies_before_the_letter_is_deleted_runs_the_task_once_all_the_same(
    letters: DeadLetters, nats: Client, tasks: TaskStore, fail: Fail
) -> None:
    row = await fail()
    letter_id = await dead_task(nats, row.id)

    def die(_: TaskRow) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await DeadLetters(nats, tasks, die).replay(letter_id)
    refusal = await refused(letters, letter_id)

    assert "run 2 is queued" in refusal.message
    again = await tasks.get(OWNER_WORKSPACE, row.id)
    assert again is not None and (again.state, again.run) == ("queued", 2)


async def test_a_task_that_a_service_ordered_gets_its_order_from_the_letter(
    letters: DeadLetters, nats: Client, pool: Pool, tasks: TaskStore, owner: bytes
) -> None:
    row = await _failed(tasks, new_id("tsk"))
    assert row.command is None and row.subject is None
    letter_id = await dead_task(nats, row.id)

    await letters.replay(letter_id)

    again = await tasks.get(OWNER_WORKSPACE, row.id)
    assert again is not None
    async with _gateway(nats, pool) as deps:
        deps.dispatcher.submit(again)

        async def is_sent() -> bool:
            return bool(await stored(nats, topology.TASKS))

        await eventually(is_sent)
    [(subject, envelope)] = await stored(nats, topology.TASKS)
    assert subject == LOW
    sent = msgspec.convert(envelope["args"][0], PublishPreviews)
    assert sent == command(row.id, run=2)


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff garbage",
        b'{"task_id": "tsk_1", "task_name": "no.such.task", "args": [{}]}',
        b'{"task_id": "tsk_1", "task_name": "preview.publish", "args": []}',
        b'{"task_id": "tsk_1", "task_name": "preview.publish", "args": [{"run": 1}]}',
    ],
)
async def test_what_cannot_be_carried_out_is_not_replayed_but_shown_and_discarded(
    letters: DeadLetters, nats: Client, tasks: TaskStore, payload: bytes
) -> None:
    await _failed(tasks, "tsk_1")
    letter_id = await dead(nats, payload, reason="invalid")

    refusal = await refused(letters, letter_id)
    opened = await letters.get(letter_id)
    await letters.discard(letter_id)

    assert refusal.code == "letter_unreadable"
    assert "Discard" in refusal.message
    if payload.startswith(b"{"):
        assert opened.payload == msgspec.json.decode(payload)
        assert opened.task_id == "tsk_1"
    else:
        assert base64.b64decode(opened.payload) == payload
    assert await ids_of(letters) == []


async def test_a_letter_whose_task_has_no_row_says_so(
    letters: DeadLetters, nats: Client
) -> None:
    refusal = await refused(letters, await dead_task(nats, "tsk_1"))

    assert refusal.code == "task_missing"
    assert "tsk_1" in refusal.message


async def test_all_that_fit_are_replayed_and_the_others_counted(
    letters: DeadLetters, nats: Client, tasks: TaskStore, fail: Fail
) -> None:
    rows = [await fail() for _ in range(3)]
    for row in rows:
        await dead_task(nats, row.id)
    kept = [
        await dead_task(nats, "tsk_1"),
        await dead(nats, b"garbage"),
        await dead_event(nats, "on_task_event_project_task"),
        await dead_event(nats, "on_task_event_project_task"),
    ]
    late = await dead_task(nats, rows[0].id, reason="timeout")

    outcome = await letters.replay_all(Filter(reason="raised"))

    skipped = {"task_missing": 1, "letter_unreadable": 1}
    assert outcome == Outcome(replayed=3, skipped=skipped, failed=2)
    assert await ids_of(letters) == [*kept, late]
    states = await tasks.of_any_workspace([row.id for row in rows])
    assert {(row.state, row.run) for row in states.values()} == {("queued", 2)}
