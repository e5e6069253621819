"""On NATS a service may do what it must, and nothing that is another's."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import nats as nats_py
import pytest
from nats.aio.client import Client as NatsClient
from nats.aio.msg import Msg

from onemanage.contracts.base import new_id
from onemanage.contracts.registry import (
    CONSUMERS,
    EVENTS,
    QUERIES,
    QUICK,
    TASKS,
    cancel_subject,
)
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import ALIVE, Client, connect, publish
from onemanage.platform.messaging.permissions import GATEWAY, SERVICES, permissions_of
from onemanage.platform.messaging.stored_events import events_since
from onemanage.testing.fixtures import ACK_WAIT, Servers, stored
from onemanage.testing.samples import parse_command

WORKERS = sorted({spec.worker for spec in TASKS})
STREAMS = [stream["name"] for stream in topology.streams(1)]


class User:
    """A connection as one service that keeps what it was refused."""

    def __init__(self, client: NatsClient, refusals: list[str]) -> None:
        self.client, self._refusals = client, refusals

    async def may_publish(self, subject: str, body: bytes = b"") -> bool:
        await self.client.publish(subject, body)
        return await self._allowed(subject)

    async def may_subscribe(self, subject: str) -> bool:
        await self.client.subscribe(subject)
        return await self._allowed(subject)

    async def _allowed(self, subject: str) -> bool:
        # The refusal comes before the answer to a ping. The first ping may overtake what
        # still waits to be written; when it is answered, that has been written.
        for _ in range(2):
            await self.client.flush()
        refused = any(f'"{subject.lower()}"' in each for each in self._refusals)
        self._refusals.clear()
        return not refused


type Enter = Callable[[str], Awaitable[User]]


@pytest.fixture
async def enter(nats: Client, servers: Servers) -> AsyncIterator[Enter]:
    entered: list[NatsClient] = []

    async def as_service(service: str) -> User:
        refusals: list[str] = []

        async def refused(error: Exception) -> None:
            refusals.append(str(error).lower())

        client = await nats_py.connect(
            servers.nats_url_of(service), error_cb=refused, inbox_prefix="_INBOX.own"
        )
        entered.append(client)
        return User(client, refusals)

    yield as_service
    for client in entered:
        await client.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_says_and_hears_all_that_the_registry_gives_it(
    enter: Enter, service: str
) -> None:
    user = await enter(service)
    said = [spec.subject for spec in EVENTS if spec.producer == service]
    said += [
        spec.subject(lane)
        for spec in TASKS
        if service == GATEWAY
        for lane in ("high", "low")
    ]
    said += [spec.subject for spec in QUERIES if spec.asker == service]
    if service == GATEWAY:
        said += [
            subject for spec in QUICK for subject in (spec.subject, spec.free_subject)
        ]
    heard = [spec.subject for spec in (*QUERIES, *QUICK) if spec.owner == service]
    heard += [spec.free_subject for spec in QUICK if spec.owner == service]

    for subject in said:
        assert await user.may_publish(subject), subject
    for subject in [*heard, f"_INBOX.{service}.1"]:
        assert await user.may_subscribe(subject), subject


async def test_a_worker_may_give_signs_of_life_before_its_answer(
    servers: Servers,
) -> None:
    spec = QUICK[0]
    worker = await connect(servers.nats_url_of(spec.owner), "worker")
    gateway = await connect(servers.nats_url_of(GATEWAY), "gateway")

    async def answer(message: Msg) -> None:
        for _ in range(20):
            await worker.publish(message.reply, headers={ALIVE: "1"})
        await worker.publish(message.reply, b"made")

    await worker.subscribe(spec.free_subject, queue=spec.owner, cb=answer)
    await worker.flush()
    try:
        reply = await gateway.ask(spec.free_subject, b"", timeout=5)
        assert reply.data == b"made"
    finally:
        await worker.close()
        await gateway.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_binds_to_its_consumers_and_pulls_from_them(
    nats: Client, servers: Servers, service: str
) -> None:
    client = await connect(servers.nats_url_of(service), "test")
    own = [c.durable for c in CONSUMERS if c.service == service]
    own += [f"worker_{service}_high", f"worker_{service}_low"]

    for consumer in topology.consumers(ACK_WAIT):
        if consumer.durable in own:
            await topology.bind(client, consumer)
            pull = f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}"
            answer = await client.ask(pull, json.dumps({"no_wait": True}).encode())
            assert (answer.headers or {})["Status"] == "404"  # nothing waits
    await client.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_empties_deletes_or_changes_a_stream(
    nats: Client, enter: Enter, service: str
) -> None:
    await CommandPublisher(nats).send(parse_command())
    user = await enter(service)

    for stream in STREAMS:
        for verb in ("DELETE", "UPDATE", "CREATE", "PURGE", "SNAPSHOT"):
            if (service, verb, stream) != (GATEWAY, "PURGE", topology.DLQ):
                assert not await user.may_publish(f"$JS.API.STREAM.{verb}.{stream}")
    assert len(await stored(nats, topology.EVENTS)) == 1
    assert len(await stored(nats, topology.TASKS)) == 1


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_says_what_is_anothers(enter: Enter, service: str) -> None:
    user = await enter(service)

    for spec in EVENTS:
        if spec.producer != service and spec.subject.endswith(
            (".started", ".completed")
        ):
            assert not await user.may_publish(spec.subject), spec.subject
    if service != GATEWAY:
        lanes = {task.subject(lane) for task in TASKS for lane in ("high", "low")}
        questions = {query.subject for query in QUERIES if query.asker != service}
        for subject in lanes | questions:
            assert not await user.may_publish(subject), subject
        assert not await user.may_publish(cancel_subject(new_id("tsk")))


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_reads_anothers_tasks_questions_or_answers(
    nats: Client, enter: Enter, service: str
) -> None:
    user = await enter(service)

    for consumer in topology.consumers(ACK_WAIT):
        path = f"{consumer.stream}.{consumer.durable}"
        handled = {c.durable: c.service for c in CONSUMERS}
        owner = handled.get(consumer.durable, consumer.durable.split("_", 1)[0])
        if consumer.stream == topology.TASKS:
            owner = consumer.durable.removeprefix("worker_").rpartition("_")[0]
        if owner not in (service, "dead"):
            next_one = f"$JS.API.CONSUMER.MSG.NEXT.{path}"
            assert not await user.may_publish(next_one), path
            assert not await user.may_publish(f"$JS.ACK.{path}.1.1.1.1.0", b"+TERM")
        assert not await user.may_publish(f"$JS.API.{consumer.create}"), path
        assert not await user.may_publish(f"$JS.API.CONSUMER.DELETE.{path}"), path
    others = [spec.subject for spec in QUERIES if spec.owner != service]
    for subject in [">", "tasks.>", "dlq.>", "_INBOX.>", "_INBOX.other.>", *others]:
        assert not await user.may_subscribe(subject), subject
    if service != GATEWAY:
        assert not await user.may_publish("$JS.API.STREAM.MSG.GET.TASKS")
        assert not await user.may_publish("$JS.API.STREAM.MSG.GET.EVENTS")


async def test_what_events_holds_is_looked_up_for_ones_own_tasks_alone(
    nats: Client, servers: Servers, enter: Enter
) -> None:
    sent = parse_command()
    await CommandPublisher(nats).send(sent)
    await publish(nats, "events.preview.expired", b"{}", msg_id="1")
    event, _ = [m async for m in _messages(nats)]
    psd = await connect(servers.nats_url_of("psd"), "test")
    imaging = await enter("imaging")

    found = await events_since(psd, "events.psd.parse_export.*", event)

    assert [m.subject for m in found] == ["events.psd.parse_export.accepted"]
    await psd.close()
    create = "$JS.API.CONSUMER.CREATE.EVENTS.mine"
    for subject in ("events.psd.parse_export.*", "events.>"):
        assert not await imaging.may_publish(f"{create}.{subject}")
    assert not await imaging.may_publish(create)


async def _messages(client: Client) -> AsyncIterator[Any]:
    for sequence in (1, 2):
        message = await client.jetstream().get_msg(topology.EVENTS, sequence)
        yield message.time


def test_a_service_that_does_not_exist_may_do_nothing_of_the_registry() -> None:
    nobody = permissions_of("nobody")

    assert nobody.publish == ()
    assert nobody.subscribe == ("_INBOX.nobody.>",)
