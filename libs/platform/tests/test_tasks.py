"""The receiver against a real JetStream: what becomes of one task."""

import asyncio
import copy
from datetime import datetime
from typing import Any

import pytest
from taskiq import TaskiqDepends

from onemanage.contracts.psd.documents import ParseExport
from onemanage.contracts.registry import task_named
from onemanage.platform.messaging import delivery, management, topology
from onemanage.platform.messaging.commands import CommandPublisher, envelope_of
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.process.attempts import is_first_attempt
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.process.telemetry import current_trace_id, traced
from onemanage.platform.tasks import (
    Broker,
    InvalidInput,
    Progress,
    current_progress,
    settlement,
)
from onemanage.testing.fixtures import (
    ACK_WAIT,
    eventually,
    letters,
    settled,
    stored,
    told,
    working,
)
from onemanage.testing.samples import parse_command

LOW = "tasks.psd.low"


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))
    monkeypatch.setattr(settlement, "_UNKNOWN_TASK_DELAY", 0.05)


async def last_event(client: Client, task_id: str) -> dict[str, Any]:
    events = await stored(client, topology.EVENTS)
    found: dict[str, Any] = [e for _, e in events if e["task_id"] == task_id][-1]
    return found


async def test_a_task_says_each_of_its_facts_once_and_leaves_the_stream(
    nats: Client, process_settings: ProcessSettings
) -> None:
    seen: list[ParseExport] = []

    async def parse(command: ParseExport) -> None:
        seen.append(command)

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await eventually(lambda: seen)
        await settled(nats)
    assert seen == [sent]
    assert await told(nats, sent.task_id) == ["accepted", "started", "completed"]
    event = await last_event(nats, sent.task_id)
    assert event["result"]["document_id"] == sent.document_id
    assert event["workspace_id"] == "wsp_1"
    assert await letters(nats) == []


async def test_a_task_lasting_three_times_the_ack_wait_runs_once(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs = 0

    async def parse(command: ParseExport) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(3 * ACK_WAIT)

    sent = parse_command()
    async with working(process_settings, parse):
        await CommandPublisher(nats).send(sent)
        await eventually(lambda: runs)
        await settled(nats)
    assert runs == 1
    assert await told(nats, sent.task_id) == ["accepted", "started", "completed"]


async def test_a_task_that_raises_twice_is_carried_out_at_the_third_attempt(
    nats: Client, process_settings: ProcessSettings
) -> None:
    firsts: list[bool] = []

    async def parse(command: ParseExport) -> None:
        firsts.append(is_first_attempt())
        if len(firsts) < 3:
            raise OSError("the disk was away")

    sent = parse_command()
    async with working(process_settings, parse):
        await CommandPublisher(nats).send(sent)
        await eventually(lambda: len(firsts) == 3)
        await settled(nats)
    assert firsts == [True, False, False]
    events = [e for _, e in await stored(nats, topology.EVENTS)]
    assert [e["attempt"] for e in events if e["status"] == "started"] == [1, 2, 3]
    assert events[-1]["status"] == "completed"
    assert await letters(nats) == []


async def test_a_task_that_always_raises_is_one_dead_letter_and_one_failed_event(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs: list[str] = []

    async def parse(command: ParseExport) -> None:
        runs.append(command.file_name)
        if command.file_name == "poison":
            raise RuntimeError("out of luck")

    poison = parse_command("poison")
    healthy = [parse_command(f"{n}.psd") for n in range(5)]
    async with working(process_settings, parse):
        for each in (poison, *healthy):
            await CommandPublisher(nats).send(each)
        await eventually(lambda: len(runs) == 8)
        await settled(nats)
    assert runs.count("poison") == 3
    [letter] = await letters(nats)
    assert letter["reason"] == "raised"
    assert letter["task_id"] == poison.task_id
    assert letter["deliveries"] == 3
    assert "RuntimeError: out of luck" in letter["traceback"]
    assert (await told(nats, poison.task_id)).count("failed") == 1
    error = (await last_event(nats, poison.task_id))["error"]
    assert error["code"] == "task.failed"
    assert error["retryable"] is True
    assert "out of luck" not in error["message"]
    for each in healthy:
        assert (await last_event(nats, each.task_id))["status"] == "completed"


class NoDocument(InvalidInput):
    """As services have them, of a class of their own."""


async def test_invalid_input_fails_at_once_and_names_the_place(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs = 0

    async def parse(command: ParseExport) -> None:
        nonlocal runs
        runs += 1
        raise NoDocument("psd.not_a_psd", "This is no PSD.", "byte 0")

    sent = parse_command()
    async with working(process_settings, parse):
        await CommandPublisher(nats).send(sent)
        await eventually(lambda: runs)
        await settled(nats)
    assert runs == 1
    assert (await last_event(nats, sent.task_id))["error"] == {
        "code": "psd.not_a_psd",
        "message": "This is no PSD.",
        "where": "byte 0",
        "retryable": False,
    }
    assert await letters(nats) == []


async def test_a_command_with_a_wrong_field_never_enters_the_function(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs = 0

    async def parse(command: ParseExport) -> None:
        nonlocal runs
        runs += 1

    sent = parse_command()
    body = envelope_of(sent).replace(b'"files/1"', b"17")
    async with working(process_settings, parse):
        await publish(nats, LOW, body, msg_id=sent.task_id)
        await settled(nats)
    assert runs == 0
    [letter] = await letters(nats)
    assert letter["reason"] == "invalid"
    assert "file_key" in letter["error"]
    error = (await last_event(nats, sent.task_id))["error"]
    assert error["code"] == "task.invalid_command"
    assert "file_key" in error["message"]


@pytest.mark.parametrize("body", [b"\xff\x00 garbage", b"", b"{}", b"[1, 2]"])
async def test_what_is_no_task_becomes_a_dead_letter(
    nats: Client, process_settings: ProcessSettings, body: bytes
) -> None:
    async with working(process_settings):
        await publish(nats, LOW, body, msg_id="1")
        await settled(nats)
    [letter] = await letters(nats)
    assert letter["reason"] == "invalid"
    assert letter["subject"] == LOW
    assert await stored(nats, topology.EVENTS) == []


async def test_a_task_that_no_worker_knows_is_given_back_before_it_is_dead(
    nats: Client, process_settings: ProcessSettings
) -> None:
    sent = parse_command()
    body = envelope_of(sent).replace(b'"psd.parse_export"', b'"psd.unheard_of"', 1)
    async with working(process_settings):
        await publish(nats, LOW, body, msg_id="1")
        await settled(nats)
    [letter] = await letters(nats)
    assert letter["reason"] == "unknown"
    assert letter["deliveries"] == settlement._UNKNOWN_TASK_TRIES
    assert "psd.unheard_of" in letter["error"]
    # Whoever has sent it is of a newer release, and can read how it ended.
    [(subject, event)] = await stored(nats, topology.EVENTS)
    assert subject == "events.psd.unheard_of.failed"
    assert event["type"] == "psd.unheard_of.failed"
    assert event["task_id"] == sent.task_id
    assert event["error"]["code"] == "task.unknown"


async def test_a_task_that_this_worker_lacks_waits_for_one_that_has_it(
    nats: Client,
    process_settings: ProcessSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settlement, "_UNKNOWN_TASK_DELAY", 0.5)
    sent = parse_command()

    async def parse(command: ParseExport) -> None:
        return None

    async def given_back() -> bool:
        path = "CONSUMER.INFO.TASKS.worker_psd_low"
        info = await management.request(nats, path)
        return bool(info["delivered"]["consumer_seq"] == 1)

    # The services under test may be imported in this very process.
    monkeypatch.setattr(Broker, "global_task_registry", {})
    async with working(process_settings):
        await CommandPublisher(nats).send(sent)
        await eventually(given_back)
    async with working(process_settings, parse):
        await settled(nats)
    assert (await last_event(nats, sent.task_id))["status"] == "completed"
    assert await letters(nats) == []


async def test_a_task_that_nobody_ever_has_is_said_to_have_failed(
    nats: Client,
    process_settings: ProcessSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Broker, "global_task_registry", {})
    sent = parse_command()
    async with working(process_settings):
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    assert (await last_event(nats, sent.task_id))["error"]["code"] == "task.unknown"
    assert len(await letters(nats)) == 1


async def test_a_command_sent_twice_runs_once(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs = 0

    async def parse(command: ParseExport) -> None:
        nonlocal runs
        runs += 1

    sent = parse_command()
    publisher = CommandPublisher(nats)
    async with working(process_settings, parse):
        await publisher.send(sent)
        await settled(nats)
        await publisher.send(sent, "high")
        await settled(nats)
    assert runs == 1
    assert await told(nats, sent.task_id) == ["accepted", "started", "completed"]


async def test_a_task_that_takes_too_long_is_stopped_and_retried(
    nats: Client,
    process_settings: ProcessSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = task_named("psd.parse_export")
    assert spec is not None
    hasty = copy.copy(spec)  # with the same types of events
    object.__setattr__(hasty, "timeout", 0.1)
    monkeypatch.setattr(settlement, "task_named", lambda name: hasty)
    runs, stopped = 0, 0

    async def parse(command: ParseExport) -> None:
        nonlocal runs, stopped
        runs += 1
        try:
            await asyncio.Event().wait()
        finally:
            stopped += 1

    sent = parse_command()
    async with working(process_settings, parse):
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    assert runs == stopped == 3
    error = (await last_event(nats, sent.task_id))["error"]
    assert error["code"] == "task.timeout"
    [letter] = await letters(nats)
    assert letter["reason"] == "timeout"


async def test_progress_is_told_four_times_a_second_and_never_goes_back(
    nats: Client, process_settings: ProcessSettings
) -> None:
    async def parse(
        command: ParseExport, progress: Progress = TaskiqDepends(current_progress)
    ) -> None:
        for done in range(101):
            await progress.report("layers", done, 100)
            await progress.report("layers", done // 2, 100)
            await asyncio.sleep(0.01)

    sent = parse_command()
    async with working(process_settings, parse):
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    events = [e for _, e in await stored(nats, topology.EVENTS)]
    [started] = [e for e in events if e["status"] == "started"]
    reports = [e for e in events if e["status"] == "progress"]
    done = [e["progress"]["done"] for e in reports]
    assert done == sorted(set(done))
    assert done[0] == 0 and done[-1] == 100
    took = _seconds(reports[-1]) - _seconds(started)
    assert len(reports) <= 4 * took + 2  # the first and the last are always told


def _seconds(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["timestamp"]).timestamp()


async def test_one_trace_runs_through_the_task_and_its_events(
    nats: Client, process_settings: ProcessSettings
) -> None:
    seen: list[str | None] = []

    async def parse(command: ParseExport) -> None:
        seen.append(current_trace_id())

    async with working(process_settings, parse):
        with traced(None) as trace_id:
            await CommandPublisher(nats).send(parse_command())
        await settled(nats)
    assert seen == [trace_id]
    completed = await nats.jetstream().get_last_msg(
        topology.EVENTS, "events.psd.parse_export.completed"
    )
    assert completed.headers is not None
    assert trace_id in completed.headers["traceparent"]
