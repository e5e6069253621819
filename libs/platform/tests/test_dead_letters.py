"""Dead letters, and the mover that makes them of what kills its worker each time."""

import asyncio
import base64

import pytest

from onemanage.contracts.base import Event, Status
from onemanage.contracts.registry import task_named
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import CommandPublisher, envelope_of
from onemanage.platform.messaging.delivery import DeadLetter, publish_dead_letter
from onemanage.platform.messaging.events import EventPublisher, decode_event, make_event
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.tasks.mover import DeadLetterMover
from onemanage.testing.fixtures import ACK_WAIT, eventually, settled, stored
from onemanage.testing.samples import parse_command

LOW = "tasks.psd.low"


async def use_up(client: Client, durable: str, stream: str, times: int) -> None:
    """All deliveries, as by a worker that dies before it begins, only quicker."""
    subscription = await client.jetstream().pull_subscribe_bind(durable, stream)
    for _ in range(times):
        [message] = await subscription.fetch(1, timeout=10)
        await message.nak()
    with pytest.raises(TimeoutError):  # the pull that finds no delivery left
        await subscription.fetch(1, timeout=0.3)
    await subscription.unsubscribe()


async def use_up_task(client: Client) -> None:
    await use_up(
        client, "worker_psd_low", topology.TASKS, times=topology.TASK_MAX_DELIVER
    )


class Moving:
    """A mover at work in this process."""

    def __init__(self, client: Client) -> None:
        self._mover = DeadLetterMover(client, ACK_WAIT)

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._mover.run())

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._task


async def acked_advisories(client: Client) -> int:
    path = f"CONSUMER.INFO.{topology.ADVISORIES}.{topology.MOVER}"
    info = await management.request(client, path)
    floor: int = info["ack_floor"]["stream_seq"]
    return floor


async def test_a_task_that_is_never_settled_is_dead_and_failed(
    nats: Client,
) -> None:
    sent = parse_command()
    await CommandPublisher(nats).send(sent)
    async with Moving(nats):
        await use_up_task(nats)
        await settled(nats)
    [(subject, letter)] = await stored(nats, topology.DLQ)
    assert subject == f"dlq.{LOW}"
    assert letter["reason"] == "max_deliveries"
    assert letter["deliveries"] == topology.TASK_MAX_DELIVER
    assert letter["task_id"] == sent.task_id
    assert base64.b64decode(letter["payload"]) == envelope_of(sent)
    *_, (last, event) = await stored(nats, topology.EVENTS)
    assert last == "events.psd.parse_export.failed"
    assert event["task_id"] == sent.task_id
    assert event["workspace_id"] == "wsp_1"
    assert event["error"]["code"] == "task.crashed"


async def test_a_mover_that_started_late_still_finds_the_advisory(
    nats: Client,
) -> None:
    await CommandPublisher(nats).send(parse_command())
    await use_up_task(nats)
    async with Moving(nats):
        await settled(nats)
    assert len(await stored(nats, topology.DLQ)) == 1


async def test_a_mover_that_died_before_deleting_repeats_itself_without_a_trace(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = parse_command()
    await CommandPublisher(nats).send(sent)
    await use_up_task(nats)
    request, deaths = management.request, 0

    async def dying(client: Client, subject: str, body: object = None) -> object:
        nonlocal deaths
        if subject.startswith("STREAM.MSG.DELETE") and deaths < 1:
            deaths += 1
            raise asyncio.CancelledError
        return await request(client, subject, body)

    monkeypatch.setattr(management, "request", dying)
    first = asyncio.create_task(DeadLetterMover(nats, ACK_WAIT).run())
    with pytest.raises(asyncio.CancelledError):
        await first
    assert deaths == 1
    assert len(await stored(nats, topology.TASKS)) == 1
    async with Moving(nats):
        await settled(nats)
    assert len(await stored(nats, topology.DLQ)) == 1
    subjects = [subject for subject, _ in await stored(nats, topology.EVENTS)]
    assert subjects.count("events.psd.parse_export.failed") == 1


async def test_garbage_that_kills_its_worker_is_a_dead_letter_without_an_event(
    nats: Client,
) -> None:
    await publish(nats, LOW, b"garbage", msg_id="1")
    async with Moving(nats):
        await use_up_task(nats)
        await settled(nats)
    [(_, letter)] = await stored(nats, topology.DLQ)
    assert letter["task_id"] is None
    assert await stored(nats, topology.EVENTS) == []


async def test_an_advisory_about_a_message_that_is_gone_is_done_with(
    nats: Client,
) -> None:
    await CommandPublisher(nats).send(parse_command())
    await use_up_task(nats)
    await management.request(nats, f"STREAM.MSG.DELETE.{topology.TASKS}", {"seq": 1})

    async def acked() -> bool:
        return await acked_advisories(nats) == 1

    async with Moving(nats):
        await eventually(acked)
    assert await stored(nats, topology.DLQ) == []


async def test_an_event_delivered_too_often_is_copied_and_stays_for_the_others(
    nats: Client,
) -> None:
    spec = task_named("psd.parse_export")
    assert spec is not None
    event: Event = make_event(spec, Status.ACCEPTED, "tsk_1", "wsp_1")
    await EventPublisher(nats).publish(event)
    durable = "consumer_on_task_event_project_task"
    times = topology.HANDLER_MAX_DELIVER
    await use_up(nats, durable, topology.EVENTS, times)

    async def moved() -> bool:
        return bool(await stored(nats, topology.DLQ))

    async with Moving(nats):
        await eventually(moved)
    [(subject, letter)] = await stored(nats, topology.DLQ)
    assert subject == "dlq.events.psd.parse_export.accepted"
    payload = base64.b64decode(letter["payload"])
    assert decode_event(letter["subject"], payload) == event
    assert len(await stored(nats, topology.EVENTS)) == 1


async def test_a_dead_letter_published_twice_is_stored_once(nats: Client) -> None:
    letter = DeadLetter(
        reason="raised",
        error="x",
        traceback=None,
        stream=topology.TASKS,
        sequence=7,
        subject=LOW,
        consumer="worker_psd_low",
        deliveries=3,
        task_id="tsk_1",
        payload="",
    )
    await publish_dead_letter(nats, letter)
    await publish_dead_letter(nats, letter)
    assert len(await stored(nats, topology.DLQ)) == 1
