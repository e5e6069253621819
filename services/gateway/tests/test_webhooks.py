"""Events on their way to receivers: signed, once, and in the order of their task."""

import asyncio

import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from onemanage.contracts.base import Status, new_id
from onemanage.contracts.files import FileUploadCompleted
from onemanage.gateway.handlers import Deps, on_event_record_webhook_deliveries
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.gateway.webhooks.posting import Outcome
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.handlers import consume
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import ACK_WAIT, eventually

from .psd_samples import World
from .webhook_samples import (
    attempted,
    deliveries_of,
    ended,
    event_of,
    made,
    make_due,
    put_off,
    receiving,
    recorder,
    says,
    sending,
)


async def test_an_event_is_sent_as_the_api_shows_it_and_signed(
    world: World, nats: Client
) -> None:
    stop = asyncio.Event()
    async with receiving() as receiver, sending(world) as sender:
        webhook = await made(world, f"{receiver.url}?token=s3cret", "preview.*")
        gateway = world.gateway
        deps = Deps(gateway.tasks, gateway.relay, gateway.dispatcher, sender)
        handlers = [on_event_record_webhook_deliveries]
        consuming = asyncio.create_task(consume(nats, handlers, deps, ACK_WAIT, stop))
        event = event_of()
        await EventPublisher(nats).publish(event)
        await eventually(lambda: ended(world, webhook))
        stop.set()
        await consuming

    (sent,) = receiver.sent
    body = Webhook(webhook["secret"]).verify(sent.body, sent.headers)
    assert sent.target == "/hook?token=s3cret"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["webhook-id"] == str(event.event_id)
    assert body["type"] == body["data"]["type"] == "preview.publish.completed"
    assert body["timestamp"] == body["data"]["timestamp"]
    told = {"event_id", "task_id", "status", "run", "timestamp", "event_version"}
    assert body["data"].keys() == {"type", *told, "result"}
    assert body["data"]["result"]["preview_count"] == 3
    (delivery,) = await deliveries_of(world, webhook)
    assert (delivery["state"], delivery["status"]) == ("delivered", 204)
    assert (delivery["attempts"], delivery["error"]) == (1, None)


async def test_an_uploaded_file_is_told_without_where_it_lies(world: World) -> None:
    file_id = new_id("fil")
    event = FileUploadCompleted(
        event_id=event_of().event_id,
        task_id=file_id,
        workspace_id=OWNER_WORKSPACE,
        status=Status.COMPLETED,
        file_id=file_id,
        name="poster.psd",
        size=1,
        sha256="",
        media_type="image/png",
        object_key="files/secret/place",
    )
    async with receiving() as receiver, sending(world) as sender:
        await made(world, receiver.url, "file.*")
        await sender.record(event)
        await eventually(lambda: receiver.sent)

    body = msgspec.json.decode(receiver.sent[0].body)
    assert body["type"] == "file.upload.completed"
    assert (body["data"]["file_id"], body["data"]["name"]) == (file_id, "poster.psd")
    assert b"secret/place" not in receiver.sent[0].body
    assert OWNER_WORKSPACE.encode() not in receiver.sent[0].body


async def test_what_was_changed_or_is_old_is_not_verified(world: World) -> None:
    async with receiving() as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await sender.record(event_of())
        await eventually(lambda: receiver.sent)
    sent, key = receiver.sent[0], Webhook(webhook["secret"])
    earlier = str(int(sent.headers["webhook-timestamp"]) - 600)

    key.verify(sent.body, sent.headers)
    for body, changed in (
        (sent.body.replace(b"3", b"4"), {}),
        (sent.body, {"webhook-id": "another"}),
        (sent.body, {"webhook-timestamp": earlier}),
    ):
        with pytest.raises(WebhookVerificationError):
            key.verify(body, sent.headers | changed)


async def test_a_fact_that_is_told_again_is_sent_once(world: World) -> None:
    event = event_of()
    async with receiving() as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await asyncio.gather(*(sender.record(event) for _ in range(5)))
        await eventually(lambda: ended(world, webhook))
        await sender.record(event)
        assert len(await deliveries_of(world, webhook)) == 1

    assert receiver.ids() == [str(event.event_id)]


async def test_two_processes_send_each_event_once(world: World) -> None:
    events = [event_of() for _ in range(40)]
    async with receiving() as receiver, sending(world) as one, sending(world) as two:
        await made(world, receiver.url)
        await asyncio.gather(
            *(one.record(event) for event in events),
            *(two.record(event) for event in events),
        )
        await eventually(lambda: len(receiver.sent) >= len(events))

    assert sorted(receiver.ids()) == sorted(str(event.event_id) for event in events)


async def test_what_a_process_that_died_had_taken_is_sent_by_another(
    world: World,
) -> None:
    event = event_of()
    async with receiving() as receiver:
        webhook = await made(world, receiver.url)
        deliveries = world.gateway.webhooks.deliveries
        await recorder(world.gateway.store._pool).record(event)
        (lost,) = await deliveries.take(10, seconds=60)  # and then it is killed
        assert await deliveries.take(10, seconds=60) == []
        await make_due(world)
        async with sending(world):
            await eventually(lambda: ended(world, webhook))
        # It was only asleep, and has heard no answer.
        late = Outcome(error="There was no answer.")
        assert await deliveries.failed(lost, late, 5.0, False) is None

    (delivery,) = await deliveries_of(world, webhook)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)
    assert receiver.ids() == [str(event.event_id)]


async def test_what_is_under_way_when_a_process_ends_is_brought_to_its_end(
    world: World,
) -> None:
    stopping = asyncio.Event()

    async def answers_late(writer: asyncio.StreamWriter) -> None:
        await stopping.wait()
        await says("200 OK")(writer)

    async with receiving(answers_late) as receiver:
        webhook = await made(world, receiver.url)
        async with sending(world) as sender:
            await sender.record(event_of())
            await eventually(lambda: receiver.sent)
            asyncio.get_running_loop().call_soon(stopping.set)
        (delivery,) = await deliveries_of(world, webhook)

    assert (delivery["state"], len(receiver.sent)) == ("delivered", 1)


async def test_a_later_event_of_a_task_waits_for_the_earlier_one(world: World) -> None:
    task_id, other = new_id("tsk"), event_of()
    first = event_of(task_id, Status.ACCEPTED)
    last = event_of(task_id)
    async with receiving(says("500 Oops")) as receiver, sending(world) as sender:
        webhook = await made(world, receiver.url)
        await sender.record(first)
        await eventually(lambda: attempted(world, webhook))
        await put_off(world)
        receiver.answer = says("200 OK")
        await sender.record(last)
        await sender.record(other)
        await eventually(lambda: str(other.event_id) in receiver.ids())
        assert str(last.event_id) not in receiver.ids()
        await make_due(world)
        await eventually(lambda: ended(world, webhook))

    told = [one for one in receiver.ids() if one != str(other.event_id)]
    assert told == [str(one.event_id) for one in (first, first, last)]


async def test_events_that_come_in_the_wrong_order_are_sent_in_the_right_one(
    world: World,
) -> None:
    task_id = new_id("tsk")
    started, accepted, completed = (
        event_of(task_id, status)
        for status in (Status.STARTED, Status.ACCEPTED, Status.COMPLETED)
    )
    again = event_of(task_id, Status.ACCEPTED, run=2)
    async with receiving() as receiver:
        webhook = await made(world, receiver.url)
        for event in (again, completed, started, accepted):
            await recorder(world.gateway.store._pool).record(event)
        async with sending(world):
            await eventually(lambda: ended(world, webhook))

    in_order = (accepted, started, completed, again)
    assert receiver.ids() == [str(one.event_id) for one in in_order]


async def test_an_event_that_is_given_up_lets_the_next_go(world: World) -> None:
    task_id = new_id("tsk")
    first, last = event_of(task_id, Status.ACCEPTED), event_of(task_id)
    pool = world.gateway.store._pool
    async with receiving(says("500 Oops")) as receiver:
        webhook = await made(world, receiver.url)
        await recorder(pool).record(first)
        await recorder(pool).record(last)
        await pool.execute(
            "UPDATE webhook_deliveries SET attempts = 9 WHERE event_id = $1",
            first.event_id,
        )
        async with sending(world):
            await eventually(lambda: str(last.event_id) in receiver.ids())

    states = {one["event_id"]: one for one in await deliveries_of(world, webhook)}
    given_up = states[str(first.event_id)]
    assert (given_up["state"], given_up["attempts"]) == ("failed", 10)
    assert given_up["ended_at"] and given_up["next_attempt_at"] is None
    assert states[str(last.event_id)]["state"] == "pending"
