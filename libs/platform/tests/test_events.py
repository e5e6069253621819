"""Events and their handlers, against a real JetStream."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from onemanage.contracts.base import (
    CompletedEvent,
    Event,
    Progress,
    ProgressEvent,
    Status,
    event_id,
)
from onemanage.contracts.previews.previews import PreviewExpired
from onemanage.contracts.psd.documents import PARSE_EXPORT, Document
from onemanage.platform.messaging import delivery, handlers, management, topology
from onemanage.platform.messaging.events import (
    EventPublisher,
    UnknownEvent,
    decode_event,
)
from onemanage.platform.messaging.handlers import Handler, consume, spec_of
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.process.telemetry import current_trace_id, traced
from onemanage.testing import samples
from onemanage.testing.fixtures import ACK_WAIT, eventually, stored

from .handling import PROJECT, accepted, consuming, handled

PUBLISH = "consumer_on_psd_parse_export_completed_publish_preview"


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))


def progress(task_id: str, done: int) -> ProgressEvent:
    return PARSE_EXPORT.Progress(
        event_id=event_id(task_id, Status.PROGRESS, str(done)),
        task_id=task_id,
        workspace_id="wsp_1",
        status=Status.PROGRESS,
        progress=Progress(step="layers", done=done, total=9),
    )


def completed(task_id: str) -> Event:
    command = msgspec.structs.replace(samples.parse_command(), task_id=task_id)
    return PARSE_EXPORT.Completed(
        event_id=event_id(task_id, Status.COMPLETED),
        task_id=task_id,
        workspace_id="wsp_1",
        status=Status.COMPLETED,
        result=samples.document(command),
    )


def named(handler: Callable[..., Any], name: str) -> Handler[list[Any]]:
    handler.__name__ = name
    return handler


async def on_task_event_project_task(event: Event, deps: list[Any]) -> None:
    deps.append(event)


async def test_a_handler_is_given_its_event_once_and_settles_it(nats: Client) -> None:
    seen: list[Event] = []
    event = completed("tsk_1")
    async with consuming(nats, on_task_event_project_task, deps=seen):
        await EventPublisher(nats).publish(event)
        await handled(nats, PROJECT, 1)
        await asyncio.sleep(1.5 * ACK_WAIT)
    assert seen == [event]
    assert await stored(nats, topology.DLQ) == []


async def test_the_same_event_published_twice_is_stored_once(nats: Client) -> None:
    publisher = EventPublisher(nats)
    first, again = accepted("tsk_1"), accepted("tsk_1")
    assert await publisher.publish_first(first) is None
    said = await publisher.publish_first(again)
    assert said is not None
    assert decode_event(*said) == first
    assert len(await stored(nats, topology.EVENTS)) == 1


async def test_a_failing_handler_is_given_its_event_again_alone(nats: Client) -> None:
    tries: list[Event] = []
    seen: list[Any] = []

    async def on_psd_parse_export_completed_publish_preview(
        event: CompletedEvent[Document], deps: list[Any]
    ) -> None:
        tries.append(event)
        if len(tries) < 3:
            raise OSError("away")

    async with consuming(
        nats,
        on_task_event_project_task,
        on_psd_parse_export_completed_publish_preview,
        deps=seen,
    ):
        await EventPublisher(nats).publish(completed("tsk_1"))
        await handled(nats, PUBLISH, 1)
        await handled(nats, PROJECT, 1)
    assert len(tries) == 3
    assert len(seen) == 1
    assert await stored(nats, topology.DLQ) == []


async def test_a_handler_that_always_fails_leaves_a_dead_letter_and_blocks_nobody(
    nats: Client,
) -> None:
    tries = 0
    seen: list[Any] = []

    async def fail(event: Event, deps: list[Any]) -> None:
        nonlocal tries
        if event.task_id == "tsk_poison":
            tries += 1
            raise RuntimeError("cannot bear it")
        seen.append(event.task_id)

    async with consuming(nats, named(fail, "on_task_event_project_task")):
        for task_id in ("tsk_poison", "tsk_1", "tsk_2"):
            await EventPublisher(nats).publish(accepted(task_id))
        await handled(nats, PROJECT, 3)
    assert tries == handlers.ATTEMPTS
    assert seen == ["tsk_1", "tsk_2"]
    [(subject, letter)] = await stored(nats, topology.DLQ)
    assert subject == "dlq.events.psd.parse_export.accepted"
    assert letter["reason"] == "raised"
    assert letter["consumer"] == PROJECT
    assert "cannot bear it" in letter["traceback"]
    assert len(await stored(nats, topology.EVENTS)) == 3


async def test_an_event_that_this_release_does_not_know_is_kept_for_one_that_does(
    nats: Client,
) -> None:
    seen: list[Any] = []
    async with consuming(nats, on_task_event_project_task, deps=seen):
        await publish(nats, "events.imaging.render.completed", b"{}", msg_id="1")
        await handled(nats, PROJECT, 1)
    assert seen == []
    [(subject, letter)] = await stored(nats, topology.DLQ)
    assert subject == "dlq.events.imaging.render.completed"
    assert letter["reason"] == "unknown"
    assert letter["deliveries"] == handlers.ATTEMPTS


@pytest.mark.parametrize(
    "body", [b"garbage \xff", b"{}", b'{"type": "psd.parse_export.failed"}']
)
async def test_an_invalid_payload_is_buried_before_the_handler_sees_it(
    nats: Client, body: bytes
) -> None:
    seen: list[Any] = []
    async with consuming(nats, on_task_event_project_task, deps=seen):
        await publish(nats, "events.psd.parse_export.accepted", body, msg_id="1")
        await handled(nats, PROJECT, 1)
    assert seen == []
    [(_, letter)] = await stored(nats, topology.DLQ)
    assert letter["reason"] == "invalid"


async def test_events_of_one_task_are_handled_in_their_order(nats: Client) -> None:
    seen: list[tuple[str, int]] = []

    async def slow(event: ProgressEvent, deps: list[Any]) -> None:
        await asyncio.sleep(0.005 * (9 - event.progress.done))
        seen.append((event.task_id, event.progress.done))

    tasks = [f"tsk_{number}" for number in range(4)]
    async with consuming(nats, named(slow, "on_task_event_project_task")):
        for done in range(9):
            for task_id in tasks:
                await EventPublisher(nats).publish(progress(task_id, done))
        await handled(nats, PROJECT, 36)
    for task_id in tasks:
        assert [d for each, d in seen if each == task_id] == list(range(9))


async def test_a_slow_task_does_not_hold_up_the_events_of_another(
    nats: Client,
) -> None:
    gate = asyncio.Event()
    seen: list[str] = []

    async def handler(event: Event, deps: list[Any]) -> None:
        if event.task_id == "tsk_slow":
            await gate.wait()
        seen.append(event.task_id)

    async with consuming(nats, named(handler, "on_task_event_project_task")):
        for task_id in ("tsk_slow", "tsk_1", "tsk_2", "tsk_3"):
            await EventPublisher(nats).publish(accepted(task_id))
        await eventually(lambda: len(seen) >= 2)
        gate.set()
        await handled(nats, PROJECT, 4)
    assert sorted(seen) == ["tsk_1", "tsk_2", "tsk_3", "tsk_slow"]


async def test_a_handler_that_outlasts_the_ack_wait_runs_once(nats: Client) -> None:
    runs = 0

    async def handler(event: Event, deps: list[Any]) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(2 * ACK_WAIT)

    async with consuming(nats, named(handler, "on_task_event_project_task")):
        await EventPublisher(nats).publish(accepted("tsk_1"))
        await handled(nats, PROJECT, 1)
    assert runs == 1


async def test_two_replicas_share_the_work(nats: Client) -> None:
    gate = asyncio.Event()
    seen: tuple[list[str], list[str]] = [], []

    def replica(number: int) -> Handler[list[Any]]:
        async def handler(event: Event, deps: list[Any]) -> None:
            seen[number].append(event.task_id)
            await gate.wait()

        return named(handler, "on_task_event_project_task")

    async with consuming(nats, replica(0)), consuming(nats, replica(1)):
        for number in range(40):
            await EventPublisher(nats).publish(accepted(f"tsk_{number}"))
        await eventually(lambda: seen[0] and seen[1])
        gate.set()
        await handled(nats, PROJECT, 40)
    assert sorted(seen[0] + seen[1]) == sorted(f"tsk_{n}" for n in range(40))


async def test_what_a_stopping_handler_has_not_begun_is_handled_by_another(
    nats: Client,
) -> None:
    gate = asyncio.Event()
    left: list[str] = []
    seen: list[Any] = []

    async def leaving(event: Event, deps: list[Any]) -> None:
        left.append(str(event.event_id))
        await gate.wait()

    async with consuming(nats, named(leaving, "on_task_event_project_task")) as stop:
        for done in range(4):
            await EventPublisher(nats).publish(progress("tsk_1", done))
        await eventually(lambda: left)
        stop.set()
        gate.set()
    async with consuming(nats, on_task_event_project_task, deps=seen):
        await handled(nats, PROJECT, 4)
    ids = [*left, *(str(event.event_id) for event in seen)]
    assert len(ids) == len(set(ids)) == 4


async def test_the_trace_of_the_publisher_goes_on_in_the_handler(
    nats: Client,
) -> None:
    seen: list[str | None] = []

    async def handler(event: Event, deps: list[Any]) -> None:
        seen.append(current_trace_id())

    async with consuming(nats, named(handler, "on_task_event_project_task")):
        with traced(None) as trace_id:
            await EventPublisher(nats).publish(accepted("tsk_1"))
        await handled(nats, PROJECT, 1)
    assert seen == [trace_id]


async def test_a_handler_without_its_consumer_does_not_start(nats: Client) -> None:
    path = f"CONSUMER.DELETE.{topology.EVENTS}.{PROJECT}"
    await management.request(nats, path)
    with pytest.raises(ExceptionGroup) as caught:
        await consume(nats, [on_task_event_project_task], [], ACK_WAIT, asyncio.Event())
    assert caught.group_contains(topology.TopologyMissing, match="onemanage-topology")


def test_a_handler_that_is_not_in_the_registry_is_refused() -> None:
    async def on_something_else(event: Event, deps: None) -> None: ...

    with pytest.raises(LookupError, match="on_something_else"):
        spec_of(on_something_else)


def test_an_event_decodes_to_what_was_encoded() -> None:
    event = PreviewExpired(
        event_id=uuid4(),
        task_id="prv_1",
        workspace_id="wsp_1",
        status=Status.COMPLETED,
        preview_id="prv_1",
        document_id="doc_1",
    )
    body = msgspec.json.encode(event)
    assert decode_event("events.preview.expired", body) == event
    with pytest.raises(UnknownEvent):
        decode_event("events.preview.renewed", body)
    with pytest.raises(msgspec.ValidationError, match="preview_id"):
        decode_event("events.preview.expired", body.replace(b"preview_id", b"x"))
