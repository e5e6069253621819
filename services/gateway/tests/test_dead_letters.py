"""Dead letters on real streams and rows: look, replay, discard; by class and command."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import Event, Status, event_id, new_id
from onemanage.contracts.psd import ParseExport, ParseExportAccepted
from onemanage.gateway import dead_letters
from onemanage.gateway.dead_letters import (
    DeadLetters,
    Filter,
    NoSuchLetter,
    NotReplayed,
)
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.gateway.task_store import TaskRow, TaskStore
from onemanage.platform import topology
from onemanage.platform.commands import envelope_of
from onemanage.platform.delivery import DeadLetter, publish_dead_letter
from onemanage.platform.events import EventPublisher
from onemanage.platform.handlers import consume
from onemanage.platform.nats import Client
from onemanage.platform.testing import (
    ACK_WAIT,
    MakeDatabase,
    Servers,
    eventually,
    stored,
)

from .conftest import Accept

ERROR = {"code": "task.failed", "message": "no", "retryable": True}
PROJECT = "on_task_event_project_task"


@pytest.fixture
def letters(nats: Client, tasks: TaskStore) -> DeadLetters:
    return DeadLetters(nats, tasks)


class Deaths:
    """Makes letters as the platform does."""

    def __init__(self, client: Client, accept: Accept, tasks: TaskStore) -> None:
        self._client, self._accept, self._tasks = client, accept, tasks
        self._sequence = 0

    async def of_task(self, state: str = "failed", reason: str = "raised") -> str:
        """A task that stands at ``state`` and has a letter; its id."""
        accepted = await self._accept()
        assert accepted.task is not None
        task_id = accepted.task.id
        await self._tasks.project(
            task_id=task_id,
            workspace_id=OWNER_WORKSPACE,
            name="psd.parse_export",
            state=state,
            error=ERROR if state == "failed" else None,
        )
        await self.letter_of(task_id, reason)
        return task_id

    async def letter_of(self, task_id: str, reason: str = "raised") -> None:
        command = ParseExport(
            task_id=task_id,
            workspace_id=OWNER_WORKSPACE,
            document_id="doc_1",
            file_id="fil_1",
            file_key="files/1",
            file_name="a.psd",
        )
        await self.letter(envelope_of(command), task_id, reason)

    async def letter(
        self, payload: bytes, task_id: str | None = None, reason: str = "invalid"
    ) -> None:
        await self._write("tasks.psd.low", "worker_psd_low", payload, task_id, reason)

    async def of_handler(self, event: Event) -> None:
        subject, payload = "events.psd.parse_export.accepted", _json(event)
        await self._write(subject, f"consumer_{PROJECT}", payload, None, "raised")

    async def _write(
        self,
        subject: str,
        consumer: str,
        payload: bytes,
        task_id: str | None,
        reason: str,
    ) -> None:
        self._sequence += 1
        stream = topology.TASKS if subject.startswith("tasks.") else topology.EVENTS
        letter = DeadLetter(
            reason=reason,
            error="out of luck",
            traceback="Traceback: out of luck",
            stream=stream,
            sequence=self._sequence,
            subject=subject,
            consumer=consumer,
            deliveries=3,
            task_id=task_id,
            payload=_base64(payload),
        )
        await publish_dead_letter(self._client, letter)


def _json(event: Event) -> bytes:
    return msgspec.json.encode(event)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture
def deaths(nats: Client, accept: Accept, tasks: TaskStore) -> Deaths:
    return Deaths(nats, accept, tasks)


async def _row(tasks: TaskStore, task_id: str) -> TaskRow:
    row = await tasks.get(OWNER_WORKSPACE, task_id)
    assert row is not None
    return row


async def test_letters_are_shown_oldest_first_with_reason_and_the_state_of_their_task(
    deaths: Deaths, letters: DeadLetters
) -> None:
    first = await deaths.of_task()
    second = await deaths.of_task(state="completed", reason="timeout")
    await deaths.letter(b"garbage")

    page = await letters.page(2, 0, Filter())
    rest = await letters.page(2, page.next_after or 0, Filter())

    assert [letter.task_id for letter in page.items] == [first, second]
    assert [letter.reason for letter in page.items] == ["raised", "timeout"]
    assert [letter.task_state for letter in page.items] == ["failed", "completed"]
    assert page.items[0].deliveries == 3 and page.items[0].run == 1
    assert [letter.task_id for letter in rest.items] == [None]
    assert rest.next_after is None


async def test_an_opened_letter_has_the_traceback_and_the_message(
    deaths: Deaths, letters: DeadLetters
) -> None:
    task_id = await deaths.of_task()
    await deaths.letter(b"\xff\x00")

    opened, garbage = await letters.get(1), await letters.get(2)

    assert opened.traceback == "Traceback: out of luck"
    assert opened.payload["args"][0]["task_id"] == task_id
    assert garbage.payload == _base64(b"\xff\x00")


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Filter(), 2),
        (Filter(reason="timeout"), 1),
        (Filter(subject="tasks.preview.>"), 0),
        (Filter(subject="tasks.psd.>"), 2),
        (Filter(task_id="tsk_none"), 0),
    ],
    ids=["all", "reason", "other subject", "subject", "task"],
)
async def test_a_filter_takes_what_fits(
    deaths: Deaths, letters: DeadLetters, wanted: Filter, count: int
) -> None:
    await deaths.of_task()
    await deaths.of_task(reason="timeout")
    assert len((await letters.page(10, 0, wanted)).items) == count


async def test_a_replay_keeps_the_task_id_and_makes_the_next_run(
    deaths: Deaths, letters: DeadLetters, tasks: TaskStore, nats: Client
) -> None:
    task_id = await deaths.of_task()

    row = await letters.replay(1)

    assert row is not None and row.id == task_id
    assert (row.state, row.run, row.error) == ("queued", 2, None)
    assert row.command == {"document_id": "doc_1"}
    assert await stored(nats, topology.DLQ) == []
    with pytest.raises(NoSuchLetter):
        await letters.replay(1)


async def test_the_letter_has_the_command_of_a_task_that_a_service_sent(
    deaths: Deaths, letters: DeadLetters, tasks: TaskStore
) -> None:
    task_id = new_id("tsk")
    await tasks.project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name="psd.parse_export",
        state="failed",
        error=ERROR,
    )
    await deaths.letter_of(task_id)

    await letters.replay(1)

    row = await _row(tasks, task_id)
    assert (row.run, row.subject) == (2, "tasks.psd.low")
    assert row.command["file_key"] == "files/1"
    assert not {"task_id", "workspace_id", "type", "run"} & set(row.command)


@pytest.mark.parametrize("state", ["completed", "cancelled", "running"])
async def test_a_task_that_has_not_failed_is_not_replayed(
    deaths: Deaths, letters: DeadLetters, tasks: TaskStore, state: str
) -> None:
    task_id = await deaths.of_task(state=state)

    with pytest.raises(NotReplayed, match=f"is {state}.*Discard") as refused:
        await letters.replay(1)

    assert refused.value.code == "not_failed"
    assert (await _row(tasks, task_id)).run == 1
    assert len((await letters.page(10, 0, Filter())).items) == 1


async def test_two_replays_at_once_make_one_run(
    deaths: Deaths, letters: DeadLetters, tasks: TaskStore
) -> None:
    task_id = await deaths.of_task()

    ended = await asyncio.gather(
        *(letters.replay(1) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(each, TaskRow) for each in ended) == 1
    assert all(isinstance(e, TaskRow | NotReplayed | NoSuchLetter) for e in ended)
    assert (await _row(tasks, task_id)).run == 2


async def test_a_replay_that_died_before_it_deleted_the_letter_is_not_made_twice(
    deaths: Deaths,
    letters: DeadLetters,
    tasks: TaskStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task_id = await deaths.of_task()

    async def dies(_: DeadLetters, letter_id: int) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(dead_letters.DeadLetters, "discard", dies)
        with pytest.raises(asyncio.CancelledError):
            await letters.replay(1)

    with pytest.raises(NotReplayed, match="queued, at run 2"):
        await letters.replay(1)
    assert (await _row(tasks, task_id)).run == 2


async def test_what_nobody_can_read_is_discarded_and_not_replayed(
    deaths: Deaths, letters: DeadLetters
) -> None:
    await deaths.letter(b"garbage")
    await deaths.letter_of("tsk_without_row")

    with pytest.raises(NotReplayed, match="Discard") as unreadable:
        await letters.replay(1)
    with pytest.raises(NotReplayed, match="no row") as without:
        await letters.replay(2)

    assert (unreadable.value.code, without.value.code) == ("unreadable", "no_task")
    await letters.discard(1)
    with pytest.raises(NoSuchLetter):
        await letters.discard(1)


async def test_all_that_fit_are_replayed_or_counted_by_the_reason(
    deaths: Deaths, letters: DeadLetters
) -> None:
    for state in ("failed", "completed", "failed"):
        await deaths.of_task(state=state)

    rows, told = await letters.replay_all(Filter(reason="raised"))

    assert len(rows) == 2
    assert told == {"replayed": 2, "not_failed": 1}
    assert await letters.discard_all(Filter()) == 1


@asynccontextmanager
async def _handling(
    client: Client, handler: Callable[..., Any]
) -> AsyncIterator[list[Event]]:
    seen: list[Event] = []
    stop = asyncio.Event()
    handler.__name__ = PROJECT
    running = asyncio.create_task(consume(client, [handler], seen, ACK_WAIT, stop))
    try:
        yield seen
    finally:
        stop.set()
        await running


def _accepted() -> ParseExportAccepted:
    return ParseExportAccepted(
        event_id=event_id("tsk_1", Status.ACCEPTED),
        task_id="tsk_1",
        workspace_id="wsp_1",
        status=Status.ACCEPTED,
    )


async def test_a_handler_s_letter_reaches_that_handler_alone_and_is_gone(
    deaths: Deaths, letters: DeadLetters, nats: Client
) -> None:
    async def handler(event: Event, seen: list[Event]) -> None:
        seen.append(event)

    event = _accepted()
    async with _handling(nats, handler) as seen:
        await EventPublisher(nats).publish(event)
        await eventually(lambda: seen)
        await deaths.of_handler(event)
        assert await letters.replay(1) is None
        assert seen == [event, event]
    assert len(await stored(nats, topology.EVENTS)) == 1
    assert await stored(nats, topology.DLQ) == []


async def test_a_handler_that_fails_again_says_so_and_the_letter_stays(
    deaths: Deaths, letters: DeadLetters, nats: Client
) -> None:
    async def handler(event: Event, seen: list[Event]) -> None:
        seen.append(event)
        raise ValueError("still broken")

    await deaths.of_handler(_accepted())
    with pytest.raises(NotReplayed, match="start one") as nobody:
        await letters.replay(1)
    async with _handling(nats, handler) as seen:
        await eventually(lambda: _listening(letters, seen))
        with pytest.raises(NotReplayed, match="still broken") as again:
            await letters.replay(1)

    assert (nobody.value.code, again.value.code) == ("unanswered", "failed_again")
    assert len(await stored(nats, topology.DLQ)) == 1


async def _listening(letters: DeadLetters, seen: list[Event]) -> bool:
    try:
        await letters.replay(1)
    except NotReplayed as error:
        return error.code == "failed_again"
    return False


async def test_the_command_lists_shows_replays_and_discards(
    deaths: Deaths, tasks: TaskStore, nats: Client, servers: Servers, pool: Any
) -> None:
    task_id = await deaths.of_task()
    await deaths.letter(b"garbage")
    name = await pool.fetchval("SELECT current_database()")
    url = f"{servers.database_url('gateway').rpartition('/')[0]}/{name}"
    environment = {**os.environ, "NATS_URL": servers.nats_url, "DATABASE_URL": url}

    async def command(*arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "onemanage.gateway.dead_letters_command"),
            *arguments,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    code, out, _ = await command("list")
    assert code == 0 and task_id in out and "raised" in out
    code, out, _ = await command("list", "--json", "--reason", "invalid")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [2]
    code, out, _ = await command("show", "1")
    assert code == 0 and "Traceback: out of luck" in out
    code, out, _ = await command("replay", "1")
    assert (code, out) == (0, "replayed\n")
    assert (await _row(tasks, task_id)).run == 2
    code, out, err = await command("replay", "2")
    assert code == 1 and "Discard it" in err
    code, out, _ = await command("discard", "--all")
    assert (code, out) == (0, "1 discarded\n")
    code, _, err = await command("show", "2")
    assert code == 1 and "no dead letter 2" in err
