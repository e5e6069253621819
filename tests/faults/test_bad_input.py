"""What nobody should have sent lands where it should, with a reason, and loops nowhere."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import Status
from onemanage.contracts.registry import task_named
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.delivery import BACKOFF
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import Client, PublishRefused, publish
from onemanage.testing.fixtures import eventually, letters, settled, stored, told
from onemanage.testing.samples import parse_command

from .processes import Stage, send
from .test_handlers import DURABLES, handled_all

LOW = "tasks.psd.low"
ACCEPTED = "events.psd.parse_export.accepted"


def accepted() -> Any:
    spec = task_named("psd.parse_export")
    assert spec is not None
    return make_event(spec, Status.ACCEPTED, "tsk_1", "wsp_1")


def event(**changes: Any) -> bytes:
    fields = msgspec.json.decode(msgspec.json.encode(accepted())) | changes
    return json.dumps({k: v for k, v in fields.items() if v != "missing"}).encode()


def order(**changes: Any) -> bytes:
    envelope = json.loads(envelope_of(parse_command("sleep 0")))
    fields = envelope["args"][0] | changes
    envelope["args"] = [{k: v for k, v in fields.items() if v != "missing"}]
    return json.dumps(envelope).encode()


TASKS: dict[str, bytes] = {
    "garbage": b"\xff\x00garbage",
    "empty": b"",
    "not an envelope": b"[1, 2, 3]",
    "deeply nested": b"[" * 100_000,
    "a field missing": order(file_key="missing"),
    "a field of another type": order(file_key=17),
    "another command": order(type="preview.publish"),
    "no argument": json.dumps(
        json.loads(envelope_of(parse_command("sleep 0"))) | {"args": []}
    ).encode(),
}


@pytest.mark.parametrize("what", TASKS)
async def test_a_bad_task_is_one_dead_letter_and_the_next_good_one_is_carried_out(
    nats: Client, actors: Stage, what: str
) -> None:
    """Statement 12: it never enters the function."""
    await actors.worker()
    await publish(nats, LOW, TASKS[what], msg_id=what)
    good = await send(nats, "sleep 0")
    await settled(nats)
    [letter] = await letters(nats)
    assert (letter["reason"], letter["subject"]) == ("invalid", LOW)
    assert letter["error"] and letter["deliveries"] == 1
    assert [line["task_id"] for line in actors.said("began")] == [good]
    if letter["task_id"]:
        assert await told(nats, letter["task_id"]) == ["failed"]


async def test_fields_of_a_newer_release_are_no_obstacle(
    nats: Client, actors: Stage
) -> None:
    await actors.worker()
    await publish(nats, LOW, order(invented_later={"a": 1}), msg_id="1")
    await settled(nats)
    assert len(actors.said("ended")) == 1
    assert await letters(nats) == []


EVENTS: dict[str, tuple[bytes, str]] = {
    "garbage": (b"\xff\x00garbage", "invalid"),
    "empty": (b"", "invalid"),
    "deeply nested": (b"[" * 100_000, "invalid"),
    "a field missing": (event(task_id="missing"), "invalid"),
    "a field of another type": (event(timestamp="yesterday"), "invalid"),
    "a newer version": (event(event_version="2.0"), "newer"),
    "a newer version of another shape": (
        event(event_version="3.1", task_id=["tsk_1"]),
        "newer",
    ),
}


@pytest.mark.parametrize("what", EVENTS)
async def test_a_bad_event_is_one_dead_letter_of_each_handler_and_the_next_is_handled(
    nats: Client, actors: Stage, what: str
) -> None:
    body, reason = EVENTS[what]
    await actors.handlers()
    await publish(nats, ACCEPTED, body, msg_id=what)
    await EventPublisher(nats).publish(accepted())
    await eventually(lambda: actors.said("handled", task_id="tsk_1"))
    await handled_all(nats, DURABLES[0])
    [letter] = await letters(nats)
    assert (letter["reason"], letter["consumer"]) == (reason, DURABLES[0])
    assert letter["deliveries"] == 1
    assert len(actors.said("handled")) == 1


async def test_a_newer_minor_version_with_fields_unknown_here_is_handled(
    nats: Client, actors: Stage
) -> None:
    await actors.handlers()
    body = event(event_version="1.7", invented_later=[1])
    await publish(nats, ACCEPTED, body, msg_id="1")
    await eventually(lambda: actors.said("handled", task_id="tsk_1"))
    assert await letters(nats) == []


async def test_an_event_of_an_unknown_subject_is_one_dead_letter_and_holds_up_nobody(
    nats: Client, actors: Stage
) -> None:
    await actors.handlers()
    await publish(nats, "events.nobody.knows.this", b"{}", msg_id="1")
    await EventPublisher(nats).publish(accepted())
    await eventually(lambda: actors.said("handled", task_id="tsk_1"))

    async def buried() -> bool:
        return bool(await letters(nats))

    async with asyncio.timeout(sum(BACKOFF) + 2 * BACKOFF[-1] + 10):
        while not await buried():
            await asyncio.sleep(0.1)
    (letter,) = await letters(nats)
    assert letter["reason"] == "unknown"
    assert letter["consumer"] == DURABLES[0]
    assert "events.nobody.knows.this" in letter["error"]
    assert len(await stored(nats, topology.EVENTS)) == 2


async def test_a_task_for_a_service_that_nobody_runs_stays_until_somebody_does(
    nats: Client, actors: Stage
) -> None:
    """Statement 10, too: what is another's never reaches psd."""
    await actors.worker()
    await publish(nats, "tasks.imaging.low", order(), msg_id="1")
    good = await send(nats, "sleep 0")
    await eventually(lambda: actors.said("ended", task_id=good))

    async def is_left_alone() -> bool:  # once the other has been acknowledged
        left = await stored(nats, topology.TASKS)
        return [subject for subject, _ in left] == ["tasks.imaging.low"]

    await eventually(is_left_alone)
    assert len(actors.said("began")) == 1


@pytest.mark.parametrize("subject", [LOW, ACCEPTED])
@pytest.mark.parametrize("size", [2 << 20, 9 << 20], ids=["2 MB", "9 MB"])
async def test_a_message_that_is_too_large_is_refused_at_once_with_the_reason(
    nats: Client, subject: str, size: int
) -> None:
    with pytest.raises(PublishRefused, match="size|bytes"):
        await publish(nats, subject, b" " * size, msg_id="1", patience=60)
    assert await stored(nats, topology.TASKS) == []


async def test_a_flood_of_garbage_is_worked_off_and_logged_in_a_few_lines(
    nats: Client, actors: Stage
) -> None:
    await actors.worker()
    for number in range(300):
        await publish(nats, LOW, b"garbage", msg_id=str(number))
    await settled(nats)
    assert len(await letters(nats)) == 300
    assert actors.logs().count("\n") < 120
