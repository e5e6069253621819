"""Receivers of webhooks on this machine, and the part of the gateway that sends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from onemanage.contracts.base import Event, Status, new_id
from onemanage.contracts.previews.previews import PublishedPreviews
from onemanage.contracts.registry import task_named
from onemanage.gateway.consumer import open_sender
from onemanage.gateway.handlers import Deps
from onemanage.gateway.settings import ConsumerSettings
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, open_pool
from onemanage.gateway.webhooks.delivery_store import DeliveryStore
from onemanage.gateway.webhooks.recording import Recorder
from onemanage.platform.messaging.events import make_event

from .psd_samples import SEALING_KEY, World

PATH = "/v1/webhooks"
LOOPBACK = "127.0.0.0/8"

type Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Sent(NamedTuple):
    """A request as a receiver got it."""

    target: str
    headers: dict[str, str]
    body: bytes


def says(head: str, body: bytes = b"") -> Answer:
    """The same to everybody."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        length = f"Content-Length: {len(body)}"
        writer.write(f"HTTP/1.1 {head}\r\n{length}\r\n\r\n".encode() + body)
        await writer.drain()

    return answer


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Takes the request, and says nothing until the other side has gone."""
    await writer.wait_closed()


class Receiver:
    """Keeps what it is sent, and answers as ``answer`` says at that moment."""

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[Sent] = []
        self.answer: Answer = says("204 No Content")

    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.sent]

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            self.sent.append(await _read(reader))
            await self.answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender has heard enough
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Sent:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers["content-length"]))
    return Sent(head[0].split(" ")[1], headers, body)


@asynccontextmanager
async def receiving(answer: Answer | None = None) -> AsyncIterator[Receiver]:
    """On the loopback interface."""
    receiver = Receiver()
    if answer is not None:
        receiver.answer = answer
    server = await asyncio.start_server(receiver.serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        server.close()


def recorder(pool: Pool) -> Recorder:
    """Where nobody sends."""
    return Recorder(DeliveryStore(pool), lambda: None)


def deps_of(world: World) -> Deps:
    """What the gateway's handlers work with, where nobody sends."""
    gateway = world.gateway
    webhooks = recorder(gateway.store._pool)
    return Deps(gateway.tasks, gateway.relay, gateway.dispatcher, webhooks)


@asynccontextmanager
async def sending(world: World, **changes: Any) -> AsyncIterator[Recorder]:
    """What the gateway's consumer does for webhooks, in a process of its own but for
    the process.
    """
    given: dict[str, Any] = {
        "nats_url": world.settings.nats_url,
        "database_url": world.settings.database_url,
        "webhook_sealing_key": SEALING_KEY,
        "webhook_allowed_networks": LOOPBACK,
    }
    settings = ConsumerSettings(**given | changes)
    pool = await open_pool(settings.database_url)
    deliveries = DeliveryStore(pool)
    try:
        async with open_sender(settings, deliveries) as sender:
            yield Recorder(deliveries, sender.wake)
    finally:
        await pool.close()


async def made(world: World, url: str, *events: str, **body: Any) -> dict[str, Any]:
    """A webhook of the owner's, its secret among it."""
    asked = {"url": url, "events": list(events) or ["*"]} | body
    async with world.client() as owner:
        answer = await owner.post(PATH, json=asked)
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.json()
    return webhook


async def deliveries_of(world: World, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    """What its log shows, the newest first."""
    async with world.client() as owner:
        answer = await owner.get(f"{PATH}/{webhook['id']}/deliveries")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def shown(world: World, webhook: dict[str, Any]) -> dict[str, Any]:
    async with world.client() as owner:
        answer = await owner.get(f"{PATH}/{webhook['id']}")
    found: dict[str, Any] = answer.json()
    return found


async def ended(world: World, webhook: dict[str, Any]) -> bool:
    found = await deliveries_of(world, webhook)
    return bool(found) and all(one["state"] != "pending" for one in found)


async def attempted(world: World, webhook: dict[str, Any], count: int = 1) -> bool:
    found = await deliveries_of(world, webhook)
    return any(one["attempts"] >= count for one in found)


async def put_off(world: World) -> None:
    """As if the pause before every next attempt had only begun."""
    await world.gateway.store._pool.execute(
        "UPDATE webhook_deliveries SET next_attempt_at = now() + interval '1 hour' "
        "WHERE state = 'pending'"
    )


async def make_due(world: World) -> None:
    """As if the pause before every next attempt were over, and so were every lease."""
    await world.gateway.store._pool.execute(
        "UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'"
    )


def event_of(
    task_id: str | None = None,
    status: Status = Status.COMPLETED,
    workspace_id: str = OWNER_WORKSPACE,
    task_name: str = "preview.publish",
    **facts: Any,
) -> Event:
    """One of preview's, where nothing else is said."""
    task = task_named(task_name)
    assert task is not None
    if status is Status.COMPLETED and task_name == "preview.publish":
        facts = {"result": PUBLISHED} | facts
    return make_event(task, status, task_id or new_id("tsk"), workspace_id, **facts)


PUBLISHED = PublishedPreviews(
    document_id="doc_" + "1" * 32,
    preview_count=3,
    expires_at=datetime(2999, 1, 1, tzinfo=UTC),
)
