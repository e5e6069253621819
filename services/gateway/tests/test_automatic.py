"""What nobody has asked for waits its turn too, and yields to what somebody did."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import Status, derived_id
from onemanage.contracts.imaging.images import ANALYZE, AnalyzeImage
from onemanage.contracts.registry import task_named
from onemanage.gateway.handlers import (
    Deps,
    on_task_event_project_task,
    on_task_requested_accept_task,
)
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks import dispatcher as dispatching
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.tasks.window import Windows
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import make_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import EVENTS, TASKS
from onemanage.testing.fixtures import eventually, stored

from .conftest import Accept
from .webhook_samples import recorder

AUTOMATIC, LOW = "tasks.imaging.automatic", "tasks.imaging.low"
ASKED: dict[str, Any] = {
    "name": "imaging.transform",
    "subject": LOW,
    "command": {
        "transformation_id": "tsf_1",
        "recipe": {},
        "watermarks": [],
        "file_id": "fil_1",
        "file_key": "files/1",
        "file_name": "a.jpg",
    },
}


def _analysis(number: int, workspace_id: str = OWNER_WORKSPACE) -> AnalyzeImage:
    return AnalyzeImage(
        task_id=derived_id("tsk", workspace_id, str(number)),
        workspace_id=workspace_id,
        file_id=f"fil_{number}",
        file_key=f"files/{number}",
        file_name="a.jpg",
    )


@pytest.fixture
async def deps(nats: Client, pool: Pool) -> AsyncIterator[Deps]:
    """Its relay and dispatcher run. No worker says anything: the window is one."""
    outbox = Outbox(pool)
    relay = Relay(nats, outbox)
    dispatcher = Dispatcher(outbox, relay, Windows())
    running = [asyncio.create_task(part.run()) for part in (relay, dispatcher)]
    yield Deps(TaskStore(pool), relay, dispatcher, recorder(pool))
    for task in running:
        task.cancel()
    await asyncio.wait(running)


async def _uploaded(tasks: TaskStore, count: int, workspace: str) -> list[str]:
    """As many rows of analyses as of images that were uploaded."""
    ids = []
    for number in range(count):
        command = _analysis(number, workspace)
        ids.append(command.task_id)
        await tasks.request(
            task_id=command.task_id,
            workspace_id=workspace,
            name="imaging.analyze",
            subject=AUTOMATIC,
            command={"file_id": "f", "file_key": "k", "file_name": "n"},
        )
    return ids


async def _turns(outbox: Outbox, window: int) -> list[str]:
    rows = await outbox.release_automatic(AUTOMATIC, LOW, window)
    return [row.id for row in rows]


async def test_what_a_service_asks_for_gets_a_row_and_is_sent_once_with_its_trace(
    nats: Client, deps: Deps
) -> None:
    command = _analysis(1)
    for _ in range(2):
        await TaskRequests(nats).request(command)
    ((subject, request),) = await stored(nats, EVENTS)
    assert subject == "events.imaging.analyze.requested"
    event = msgspec.convert(request, ANALYZE.Requested)

    for _ in range(2):
        await on_task_requested_accept_task(event, deps)
        await on_task_event_project_task(event, deps)
    await eventually(lambda: _has(nats, TASKS, 1))

    ((subject, envelope),) = await stored(nats, TASKS)
    assert (subject, envelope["task_id"]) == (LOW, command.task_id)
    assert envelope["args"][0]["file_key"] == command.file_key
    told = [subject.rpartition(".")[2] for subject, _ in await stored(nats, EVENTS)]
    assert told == ["requested", "accepted"]


async def _has(nats: Client, stream: str, count: int) -> bool:
    return len(await stored(nats, stream)) == count


async def test_uploads_of_one_workspace_lie_before_the_worker_by_the_window_alone(
    nats: Client, deps: Deps
) -> None:
    """However many there are, as with what users have asked for."""
    await _uploaded(deps.tasks, 20, OWNER_WORKSPACE)
    spec = task_named("imaging.analyze")
    assert spec is not None
    for sent in range(1, 4):
        deps.dispatcher.wake(AUTOMATIC, OWNER_WORKSPACE)
        await eventually(lambda: _has(nats, TASKS, sent))
        await deps.relay.drained()
        *_, (_, envelope) = await stored(nats, TASKS)
        assert len(await stored(nats, TASKS)) == sent
        ids = envelope["task_id"], OWNER_WORKSPACE
        await on_task_event_project_task(make_event(spec, Status.STARTED, *ids), deps)


async def test_what_somebody_asked_for_goes_before_700_uploads(
    accept: Accept, outbox: Outbox, tasks: TaskStore
) -> None:
    uploads = await _uploaded(tasks, 700, OWNER_WORKSPACE)
    first = (await accept(**ASKED, window=4)).task
    waiting = (await accept(**ASKED, window=0)).task
    assert first is not None and first.released_at  # no upload stands before it

    assert await _turns(outbox, 4) == []
    assert waiting is not None
    (given,) = await outbox.release(LOW, OWNER_WORKSPACE, 4)
    assert given.id == waiting.id
    assert await _turns(outbox, 4) == uploads[:4]


async def test_of_many_who_upload_each_has_its_part_of_one_window(
    outbox: Outbox, tasks: TaskStore
) -> None:
    first = await _uploaded(tasks, 50, "wsp_1")
    late = [await _uploaded(tasks, 5, f"wsp_{n}") for n in (2, 3)]

    given = await _turns(outbox, 6)

    assert set(given) == {*first[:2], *late[0][:2], *late[1][:2]}
    assert await _turns(outbox, 6) == []


async def test_while_others_wait_for_their_turn_uploads_have_a_share_of_the_window(
    accept: Accept, stranger: bytes, outbox: Outbox, tasks: TaskStore
) -> None:
    uploads = await _uploaded(tasks, 9, OWNER_WORKSPACE)
    await accept(stranger, **ASKED, window=0)

    assert await _turns(outbox, 8) == uploads[:2]
    assert await _turns(outbox, 8) == []


async def test_two_who_give_automatic_turns_at_once_give_each_once(
    outbox: Outbox, tasks: TaskStore, pool: Pool
) -> None:
    uploads = await _uploaded(tasks, 30, "wsp_1")
    other = Outbox(pool)

    rounds = await asyncio.gather(
        *(_turns(each, 10 * turn) for turn in range(1, 4) for each in (outbox, other))
    )
    rounds.append(await _turns(outbox, 64))

    assert sorted(sum(rounds, [])) == sorted(uploads)


async def test_uploads_are_looked_at_in_the_end_whoever_goes_on_asking(
    nats: Client,
    accept: Accept,
    tasks: TaskStore,
    pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatching, "_EVERY_SECONDS", 0.05)
    (upload,) = await _uploaded(tasks, 1, OWNER_WORKSPACE)
    for _ in range(3):
        await accept(**ASKED, window=0)

    outbox = Outbox(pool)
    relay = Relay(nats, outbox)
    dispatcher = Dispatcher(outbox, relay, Windows())
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(part.run()) for part in (relay, dispatcher)]
        await eventually(lambda: _has(nats, TASKS, 2))
        for task in running:
            task.cancel()

    sent = [envelope["task_id"] for _, envelope in await stored(nats, TASKS)]
    assert sent[1] == upload
