"""A gateway that tells what waits, and reconcilers on real NATS and PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.compute import GetWaiting, ServiceWaiting, Waiting
from onemanage.elastic.domain.groups import Bounds
from onemanage.elastic.observing import Observer
from onemanage.elastic.reconciler import Reconciler
from onemanage.elastic.store import Store
from onemanage.platform.database.sessions import Sessions, open_sessions
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.testing.fixtures import MakeDatabase, Servers, answering

from .kept_driver import KeptDriver
from .samples import policy

EVERY = 5.0
"""Seconds; another leads after three of them, or where the lease is said to be over."""
LAPSED = "UPDATE leader SET until = now() - interval '1 s'"
"""So that another leads."""


class Told:
    """What the gateway is going to say."""

    def __init__(self) -> None:
        self.services: dict[str, ServiceWaiting] = {}
        self.is_away = False

    def waits(self, service: str = "psd", **facts: Any) -> None:
        given: dict[str, Any] = {"service": service, "kinds": {}}
        self.services[service] = ServiceWaiting(**given | facts)


async def get_waiting(_: GetWaiting, told: Told) -> Waiting:
    if told.is_away:
        raise QueryFailed("unavailable", "PostgreSQL is away")
    return Waiting(services=list(told.services.values()))


@pytest.fixture
async def told(nats: Client, servers: Servers) -> AsyncIterator[Told]:
    """Answered from here, as the gateway's consumer does from its table."""
    told = Told()
    client = await connect(servers.nats_url_of("gateway"), "test")
    async with answering(client, [get_waiting], told):
        yield told
    await client.close()


@pytest.fixture
async def address(database: MakeDatabase) -> str:
    return await database("elastic")


@pytest.fixture
async def sessions(address: str) -> AsyncIterator[Sessions]:
    async with open_sessions(address) as made:
        yield made


type Rows = Callable[[str], Awaitable[list[dict[str, Any]]]]


@pytest.fixture
async def rows(address: str) -> AsyncIterator[Rows]:
    """What a statement gives, or does, in the service's schema."""
    connection = await asyncpg.connect(address)

    async def ask(statement: str) -> list[dict[str, Any]]:
        return [dict(record) for record in await connection.fetch(statement)]

    yield ask
    await connection.close()


@pytest.fixture
def cloud() -> KeptDriver:
    return KeptDriver()


type Begin = Callable[..., Awaitable[Reconciler]]


@pytest.fixture
async def begin(
    told: Told, sessions: Sessions, cloud: KeptDriver, servers: Servers
) -> AsyncIterator[Begin]:
    """A process of the service, as its own user of NATS: another one each time."""
    clients: list[Client] = []

    async def begin(driver: Any = cloud, **changes: Any) -> Reconciler:
        client = await connect(servers.nats_url_of("elastic"), "test")
        clients.append(client)
        given: dict[str, Any] = {
            "cool_down": 0.0,
            "idle": 0.2,
            "bounds": {"psd": Bounds(most=10, most_heavy=2)},
        }
        observer = Observer(client)
        await observer.open()
        await client.flush()
        store = Store(sessions, new_id("prc"))
        return Reconciler(
            client, store, driver, observer, policy(**given | changes), EVERY
        )

    yield begin
    for client in clients:
        await client.close()
