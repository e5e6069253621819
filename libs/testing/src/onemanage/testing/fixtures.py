"""Real servers for tests, each test on its own: streams, database and bucket.

A pytest plugin. The session's ``servers`` come from the root conftest.py.
"""

import asyncio
import inspect
import json
import math
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol

import anyio.to_thread
import asyncpg
import pytest
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError, ServiceUnavailableError

from onemanage.contracts.psd.documents import ParseExport
from onemanage.contracts.registry import task_named
from onemanage.platform.database.migrations import let_make_schemas, migrate
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.answering import Answerer, answer_queries
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.settings import ProcessSettings, StorageSettings
from onemanage.platform.storage.storage import Storage, ensure_bucket
from onemanage.platform.tasks import Broker, Receiver
from onemanage.testing.samples import document

ACK_WAIT = 1.0
"""Seconds: short, so that a redelivery is not long in coming."""
PATIENCE = 20.0
"""Seconds until what does not come about is given up."""


async def eventually(condition: Callable[[], object]) -> None:
    """Returns as soon as ``condition()``, awaited if need be, is true.

    Raises TimeoutError where that does not come about.
    """
    async with asyncio.timeout(PATIENCE):
        while True:
            met = condition()
            if await met if inspect.isawaitable(met) else met:
                return
            await asyncio.sleep(0.02)


async def stored(client: Client, stream: str) -> list[tuple[str, Any]]:
    """Subject and decoded JSON of everything in the stream, in its order."""
    found: list[tuple[str, Any]] = []
    sequence = 1
    while True:
        try:
            message = await _next(client, stream, sequence)
        except NotFoundError:
            return found
        assert message.seq is not None  # the server numbers every message
        found.append((message.subject or "", json.loads(message.data or b"null")))
        sequence = message.seq + 1


async def _next(client: Client, stream: str, sequence: int) -> RawStreamMsg:
    """The next message from there on; a stream that elects its leader is waited for."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await client.jetstream().get_msg(
                    stream, sequence, next=True, subject=">"
                )
            except (NatsTimeoutError, NoRespondersError, ServiceUnavailableError):
                await asyncio.sleep(0.1)


async def settled(client: Client, stream: str = topology.TASKS) -> None:
    """Returns when nothing waits in the stream any more: each task has had its end."""

    async def is_empty() -> bool:
        info = await management.request(client, f"STREAM.INFO.{stream}")
        return bool(info["state"]["messages"] == 0)

    await eventually(is_empty)


async def told(client: Client, task_id: str) -> list[str]:
    """The statuses of the task's events, in the order of the stream."""
    events = await stored(client, topology.EVENTS)
    return [event["status"] for _, event in events if event["task_id"] == task_id]


async def letters(client: Client) -> list[dict[str, Any]]:
    """What lies in the DLQ."""
    return [letter for _, letter in await stored(client, topology.DLQ)]


@asynccontextmanager
async def working(
    settings: ProcessSettings,
    function: Callable[..., Any] | None = None,
    *,
    task_name: str = "psd.parse_export",
    slots: int = 4,
    reserved: int = 1,
    exit_when_idle: float = math.inf,
    wait_tasks_timeout: float | None = None,
    also: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
) -> AsyncIterator[asyncio.Event]:
    """A worker in this process whose task is ``function``; gives what stops it, and is
    set when it stops by itself.

    It enters NATS as the service that it works for.

    ``also`` are other tasks of the same service, by name. Leaving the block stops it too, and waits for it.
    """
    spec = task_named(task_name)
    service = spec.worker if spec else task_name.partition(".")[0]
    broker = Broker(_as_service(settings, service), service, reserved=reserved)
    if function is not None:
        broker.register_task(_with_a_result(function), task_name)
    for name, other in also.items():
        broker.register_task(_with_a_result(other), name)
    stop = asyncio.Event()
    receiver = Receiver(
        broker,
        max_async_tasks=slots,
        exit_when_idle=exit_when_idle,
        wait_tasks_timeout=wait_tasks_timeout,
    )
    running = asyncio.create_task(receiver.listen(stop))
    try:
        yield stop
    finally:
        stop.set()
        await running
        await broker.shutdown()


def _with_a_result(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; a parse that returns nothing returns what its event needs."""

    @wraps(function)
    async def task(command: Any, **dependencies: Any) -> Any:
        result = await function(command, **dependencies)
        if result is None and isinstance(command, ParseExport):
            return document(command)
        return result

    return task


@asynccontextmanager
async def answering(
    client: Client, answerers: Sequence[Answerer[Any]], deps: Any = None
) -> AsyncIterator[None]:
    """Questions are answered from the block's first line to its end, which waits for
    those that are at hand."""
    stop = asyncio.Event()
    running = asyncio.create_task(answer_queries(client, answerers, deps, stop))
    await asyncio.sleep(0)  # it has subscribed
    await client.flush()
    try:
        yield
    finally:
        stop.set()
        await running


class Servers(Protocol):
    """What the session's servers tell of themselves."""

    nats_url: str
    database_admin_url: str

    def database_url(self, role: str) -> str:
        """For one service's role."""

    def nats_url_of(self, service: str) -> str:
        """With the service's own user."""

    def environment(self) -> dict[str, str]:
        """The settings that lead a process to these servers."""


@pytest.fixture
async def nats(servers: Servers) -> AsyncIterator[Client]:
    """A connection to a JetStream that holds what the topology declares, and is empty."""
    client = await connect(servers.nats_url, "test")
    for stream in topology.streams(1):
        try:
            await management.request(client, f"STREAM.DELETE.{stream['name']}")
        except management.JetStreamRefused as refusal:
            if refusal.code != management.STREAM_NOT_FOUND:
                raise
    await topology.declare(client, ack_wait=ACK_WAIT)
    yield client
    await client.close()


@pytest.fixture
def process_settings(servers: Servers) -> ProcessSettings:
    """The operator's; ``working`` turns them into those of a service."""
    _servers[servers.nats_url] = servers
    return ProcessSettings(nats_url=servers.nats_url, task_ack_wait=ACK_WAIT)


_servers: dict[str, Servers] = {}
"""By their operator's address."""


def _as_service(settings: ProcessSettings, service: str) -> ProcessSettings:
    """With what the service may do, and no more."""
    servers = _servers.get(settings.nats_url)
    if servers is None:
        return settings
    return settings.model_copy(update={"nats_url": servers.nats_url_of(service)})


@pytest.fixture
async def storage(servers: Servers) -> AsyncIterator[Storage]:
    """An empty bucket that no other test has at this time.

    It is emptied and used again: the first object of a new one costs a tenth of a
    second, and the server has room for some hundreds.
    """
    given = servers.environment()
    emptied = _buckets.setdefault(given["S3_ENDPOINT"], [])
    is_new = not emptied
    settings = StorageSettings(
        s3_endpoint=given["S3_ENDPOINT"],
        s3_bucket=f"test-{secrets.token_hex(6)}" if is_new else emptied.pop(),
        s3_access_key_id=given["S3_ACCESS_KEY_ID"],
        s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
    )
    if is_new:
        await ensure_bucket(settings)
    made = Storage(settings)
    yield made
    await made.delete_prefix("")
    emptied.append(settings.s3_bucket)


_buckets: dict[str, list[str]] = {}
"""Those that are empty, by the server's address."""


type MakeDatabase = Callable[[str], Awaitable[str]]


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[MakeDatabase]:
    """Gives the address of a fresh, migrated database for a service's role."""
    made: list[str] = []

    async def make(service: str) -> str:
        template = _templates.get(service)
        if template is None:
            template = _templates[service] = f"template_{service}_{os.getpid()}"
            await _make_template(servers, service, template)
        name = f"test_{secrets.token_hex(6)}"
        async with _admin(servers) as admin:
            await admin.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
            )
        made.append(name)
        url = _in_database(servers.database_url(service), name)
        await _grant(servers, service, url)
        return url

    yield make
    async with _admin(servers) as admin:
        for name in made:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


_templates: dict[str, str] = {}


async def _make_template(servers: Servers, service: str, name: str) -> None:
    async with _admin(servers) as admin:
        await admin.execute(f'CREATE DATABASE "{name}"')
    await anyio.to_thread.run_sync(
        migrate,
        service,
        _in_database(servers.database_url(service), name),
        _in_database(servers.database_admin_url, name),
    )


async def _grant(servers: Servers, service: str, url: str) -> None:
    """What a copy of a template does not have of it."""
    package = import_module(f"onemanage.{service}.migrations")
    if getattr(package, "MAKES_SCHEMAS", False):
        name = url.rpartition("/")[2]
        admin = await asyncpg.connect(_in_database(servers.database_admin_url, name))
        await let_make_schemas(admin, url)
        await admin.close()


@asynccontextmanager
async def _admin(
    servers: Servers,
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(servers.database_admin_url)
    try:
        yield connection
    finally:
        await connection.close()


def _in_database(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"
