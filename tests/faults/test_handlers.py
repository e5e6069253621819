"""Event handlers that fail, were away, or are two; as real processes."""

import asyncio
from itertools import pairwise

import msgspec
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

from onemanage.contracts.base import ErrorInfo, Event, Status
from onemanage.contracts.registry import handle_subject, subject_of, task_named
from onemanage.platform.messaging import management
from onemanage.platform.messaging.delivery import BACKOFF
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.handlers import ATTEMPTS, Replay, Replayed
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually, letters

from .processes import Stage

BROKEN = "on_psd_run_ended_discard_artifacts"
DURABLES = ("consumer_on_task_event_project_task", f"consumer_{BROKEN}")


def facts(task_id: str) -> list[Event]:
    """What a task with one attempt says, and that it has failed."""
    spec = task_named("psd.parse_export")
    assert spec is not None
    error = ErrorInfo(code="task.failed", message="no")
    return [
        make_event(spec, Status.ACCEPTED, task_id, "wsp_1"),
        make_event(spec, Status.STARTED, task_id, "wsp_1", attempt=1),
        make_event(spec, Status.FAILED, task_id, "wsp_1", error=error),
    ]


async def handled_all(client: Client, durable: str) -> None:
    async def nothing_left() -> bool:
        info = await management.request(client, f"CONSUMER.INFO.EVENTS.{durable}")
        return bool(info["num_pending"] + info["num_ack_pending"] == 0)

    await eventually(nothing_left)


async def asked(client: Client, subject: str, payload: bytes) -> Msg:
    """The answer of a process that is healthy, but may not have subscribed yet."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await client.ask(subject, payload, timeout=10)
            except NoRespondersError:
                await asyncio.sleep(0.05)


async def test_a_handler_that_fails_each_time_blocks_no_other_and_is_given_it_alone(
    nats: Client, actors: Stage
) -> None:
    """Statement 24: with backoff, and in the end as a dead letter."""
    await actors.handlers()
    events = facts("tsk_1")
    for event in events:
        await EventPublisher(nats).publish(event)
    await eventually(lambda: len(actors.said("handled")) == 3)
    assert len(actors.said("failing")) < ATTEMPTS

    async def is_dead() -> bool:
        return bool(await letters(nats))

    async with asyncio.timeout(60):
        while not await is_dead():
            await asyncio.sleep(0.1)
    tries = [line["at"] for line in actors.said("failing")]
    assert len(tries) == ATTEMPTS
    waits = [*BACKOFF, *[BACKOFF[-1]] * len(tries)]
    for (before, after), backoff in zip(pairwise(tries), waits, strict=False):
        assert after - before >= 0.9 * backoff
    [letter] = await letters(nats)
    assert letter["consumer"] == f"consumer_{BROKEN}"
    assert "this handler is broken" in letter["traceback"]
    assert len(actors.said("handled")) == 3


async def test_a_dead_letter_is_replayed_to_its_handler_alone(
    nats: Client, actors: Stage
) -> None:
    await actors.handlers()
    *_, failed = facts("tsk_1")
    question = Replay(subject_of(failed), msgspec.json.encode(failed))
    reply = await asked(nats, handle_subject(BROKEN), msgspec.json.encode(question))
    answer = msgspec.json.decode(reply.data, type=Replayed)
    assert answer.error == "RuntimeError: this handler is broken"
    assert len(actors.said("failing")) == 1
    assert actors.said("handled") == []


async def test_a_handler_that_was_away_catches_up_in_order_of_each_task(
    nats: Client, actors: Stage
) -> None:
    publisher = EventPublisher(nats)
    ids = [f"tsk_{number}" for number in range(100)]
    for events in zip(*(facts(task_id) for task_id in ids), strict=True):
        await asyncio.gather(*(publisher.publish(event) for event in events))
    await actors.handlers()
    await handled_all(nats, DURABLES[0])
    for task_id in ids:
        said = [line["status"] for line in actors.said("handled", task_id=task_id)]
        assert said == ["accepted", "started", "failed"]


async def test_two_replicas_share_the_work_and_do_nothing_twice(
    nats: Client, actors: Stage
) -> None:
    first, second = await actors.handlers(HANDLING="0.02"), await actors.handlers(
        HANDLING="0.02"
    )
    publisher = EventPublisher(nats)
    for number in range(100):
        for event in facts(f"tsk_{number}"):
            await publisher.publish(event)
    await handled_all(nats, DURABLES[0])
    said = actors.said("handled")
    keys = [(line["task_id"], line["status"]) for line in said]
    assert len(keys) == len(set(keys)) == 300
    assert {line["pid"] for line in said} == {first.pid, second.pid}


async def test_a_killed_replica_s_events_are_handled_by_the_other(
    nats: Client, actors: Stage
) -> None:
    doomed = await actors.handlers(HANDLING="0.05")
    await actors.handlers(HANDLING="0.05")
    publisher = EventPublisher(nats)
    for number in range(60):
        await publisher.publish(facts(f"tsk_{number}")[0])
    await eventually(lambda: actors.said("handled", pid=doomed.pid))
    await doomed.kill()
    await handled_all(nats, DURABLES[0])
    handled = {line["task_id"] for line in actors.said("handled")}
    assert handled == {f"tsk_{number}" for number in range(60)}
