"""What a task returns, and what becomes of it where its event cannot carry it.

Or where somebody else has said an end before.
"""

import asyncio
from typing import Any

import msgspec
import pytest
from taskiq import TaskiqDepends

from onemanage.contracts.base import CancelledEvent, Status
from onemanage.contracts.psd.documents import Document, ParseExport
from onemanage.contracts.registry import cancel_subject, task_named
from onemanage.platform.messaging import delivery, topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.handlers import consume
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import InvalidInput, Progress, current_progress
from onemanage.platform.tasks.context import reporting
from onemanage.testing.fixtures import ACK_WAIT, letters, settled, stored, told, working
from onemanage.testing.samples import document, parse_command


async def test_a_result_that_no_reader_could_take_is_a_failure_and_a_dead_letter(
    nats: Client, process_settings: ProcessSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))

    async def parse(command: ParseExport) -> dict[str, Any]:
        return {"document_id": 7}

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    assert (await told(nats, sent.task_id))[-1] == "failed"
    (letter,) = await letters(nats)
    assert letter["reason"] == "raised"
    assert "$.document_id" in letter["error"]


async def test_a_result_too_large_for_its_event_is_a_failure_that_says_so(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs = 0

    async def parse(command: ParseExport) -> Any:
        nonlocal runs
        runs += 1
        warnings = ["w" * topology.MAX_MESSAGE]
        return msgspec.structs.replace(document(command), warnings=warnings)

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    assert runs == 1
    *_, (_, last) = await stored(nats, topology.EVENTS)
    assert last["error"]["code"] == "task.result_too_large"
    (letter,) = await letters(nats)
    assert letter["reason"] == "raised"
    assert letter["traceback"]


@pytest.mark.parametrize("ends", ("completed", "cancelled", "refused"))
async def test_what_a_late_worker_stored_is_taken_away_when_the_run_was_cancelled(
    nats: Client, process_settings: ProcessSettings, ends: str
) -> None:
    """As after a cut: somebody else has said the end, and this one comes to its own."""
    heard: list[str] = []
    here = asyncio.Event()

    async def on_psd_run_ended_discard_artifacts(
        event: CancelledEvent, deps: list[str]
    ) -> None:
        deps.append(event.task_id)
        here.set()

    async def parse(command: ParseExport) -> Document:
        spec = task_named("psd.parse_export")
        assert spec is not None
        ids = command.task_id, command.workspace_id
        await EventPublisher(nats).publish(make_event(spec, Status.CANCELLED, *ids))
        await here.wait()
        heard.append("stored")
        if ends == "refused":
            raise InvalidInput("psd.x", "y")
        if ends == "cancelled":
            await nats.publish(cancel_subject(command.task_id))
            await asyncio.Event().wait()
        return document(command)

    handler = on_psd_run_ended_discard_artifacts
    stop = asyncio.Event()
    consuming = asyncio.create_task(consume(nats, [handler], heard, ACK_WAIT, stop))
    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    stop.set()
    await consuming
    assert heard == [sent.task_id, "stored", sent.task_id]
    # The other worker's word may come before this one's that it has begun.
    said = await told(nats, sent.task_id)
    assert sorted(said) == ["accepted", "cancelled", "started"]


async def test_progress_of_a_second_attempt_does_not_go_back_behind_the_first(
    nats: Client, process_settings: ProcessSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))
    attempts = 0

    async def parse(
        command: ParseExport, progress: Progress = TaskiqDepends(current_progress)
    ) -> Document:
        nonlocal attempts
        attempts += 1
        for done in (3, 7) if attempts == 1 else (2, 5, 8, 10):
            await progress.report("images", done, 10)
            await asyncio.sleep(0.3)
        if attempts == 1:
            raise RuntimeError("once")
        return document(command)

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    events = [event for _, event in await stored(nats, topology.EVENTS)]
    done = [event["progress"]["done"] for event in events if "progress" in event]
    assert done == [3, 7, 8, 10]


async def test_a_result_of_plain_values_is_taken_where_it_fits(
    nats: Client, process_settings: ProcessSettings
) -> None:
    async def parse(command: ParseExport) -> Any:
        return msgspec.to_builtins(document(command))

    async with working(process_settings, parse):
        sent = parse_command()
        await CommandPublisher(nats).send(sent)
        await settled(nats)
    *_, (_, last) = await stored(nats, topology.EVENTS)
    assert last["status"] == "completed"
    assert last["result"]["document_id"] == sent.document_id


async def test_work_does_not_wait_for_its_progress_to_be_told(nats: Client) -> None:
    back = asyncio.Event()
    sent = parse_command()
    spec = task_named("psd.parse_export")
    assert spec is not None

    async def may_tell() -> bool:
        return await back.wait()

    progress = Progress(spec, sent, EventPublisher(nats), may_tell)
    async with reporting(progress):
        for done in (1, 4, 7, 10):
            await progress.report("images", done, 10)
            await asyncio.sleep(0.3)
        back.set()
    events = [event for _, event in await stored(nats, topology.EVENTS)]
    assert [event["progress"]["done"] for event in events] == [1, 10]
