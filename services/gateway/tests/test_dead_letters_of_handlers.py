"""Dead letters of event handlers, replayed to the one that failed."""

from typing import Any

import msgspec
import pytest
from nats.aio.msg import Msg

from onemanage.contracts.base import Event
from onemanage.contracts.registry import handle_subject
from onemanage.gateway.dead_letters import letters as dead_letters
from onemanage.gateway.dead_letters.letters import DeadLetters, NotReplayed, Outcome
from onemanage.gateway.dead_letters.stream import Filter
from onemanage.gateway.tasks.store import TaskStore
from onemanage.platform.messaging import delivery, topology
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually

from .dead_letter_samples import dead, dead_event, event, handling, ids_of, refused

ALL = Filter()


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))


@pytest.fixture
def letters(nats: Client, tasks: TaskStore) -> DeadLetters:
    return DeadLetters(nats, tasks)


async def test_a_handler_s_letter_is_replayed_to_that_handler_alone(
    letters: DeadLetters, nats: Client
) -> None:
    seen: list[str] = []
    repaired = False

    async def on_task_event_project_task(event: Event, deps: None) -> None:
        seen.append("project")

    async def on_psd_run_ended_discard_artifacts(event: Event, deps: None) -> None:
        if not repaired:
            raise OSError("no storage")
        seen.append(f"discard {event.task_id}")

    handlers = (
        on_task_event_project_task,
        on_psd_run_ended_discard_artifacts,
    )

    async def is_dead() -> bool:
        return bool(await ids_of(letters))

    async with handling(nats, handlers, None):
        await EventPublisher(nats).publish(event("tsk_1"))
        await eventually(is_dead)
        await eventually(lambda: seen == ["project"])
        [shown] = (await letters.page(50, 0, ALL)).items
        refusal = await refused(letters, shown.id)
        repaired = True
        await letters.replay(shown.id)

    assert (shown.reason, shown.deliveries) == ("raised", 5)
    assert shown.consumer == f"consumer_{handlers[1].__name__}"
    assert (shown.task_id, shown.run) == ("tsk_1", 1)
    assert refusal.code == "handler_failed"
    assert "OSError: no storage" in refusal.message
    assert seen == ["project", "discard tsk_1"]
    assert await ids_of(letters) == []


async def test_a_letter_whose_handler_does_not_run_stays(
    letters: DeadLetters, nats: Client
) -> None:
    letter_id = await dead_event(nats, "on_task_event_project_task")

    refusal = await refused(letters, letter_id)

    assert refusal.code == "handler_unreachable"
    assert "on_task_event_project_task" in refusal.message


async def test_a_handler_that_does_not_answer_is_asked_once_for_all_its_letters(
    letters: DeadLetters, nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "_HANDLER_PATIENCE_SECONDS", 0.5)
    asked: list[str] = []

    async def say_nothing(message: Msg) -> None:
        asked.append(message.subject)

    control = handle_subject("on_task_event_project_task")
    await nats.subscribe(control, cb=say_nothing)
    kept = [await dead_event(nats, "on_task_event_project_task") for _ in range(3)]

    outcome = await letters.replay_all(Filter())

    assert outcome == Outcome(replayed=0, skipped={}, failed=3)
    assert asked == [control]
    assert await ids_of(letters) == kept
    refusal = await refused(letters, kept[0])
    assert "may still be at work" in refusal.message


async def test_the_largest_message_can_be_looked_at_and_handled_again(
    letters: DeadLetters, nats: Client
) -> None:
    handled: list[int] = []

    async def on_task_event_project_task(event: Any, deps: None) -> None:
        handled.append(len(event.error.message))

    body = msgspec.to_builtins(event("tsk_1"))
    length = topology.MAX_MESSAGE - 1000
    body["error"]["message"] = "x" * length
    letter_id = await dead(
        nats,
        msgspec.json.encode(body),
        stream=topology.EVENTS,
        subject="events.psd.parse_export.failed",
        consumer="consumer_on_task_event_project_task",
    )
    opened = await letters.get(letter_id)

    async def is_replayed() -> bool:
        try:
            await letters.replay(letter_id)
        except NotReplayed:
            return False  # the handler has not begun to listen
        return True

    async with handling(nats, (on_task_event_project_task,), None):
        await eventually(is_replayed)

    assert opened.payload == body
    assert handled == [length]
