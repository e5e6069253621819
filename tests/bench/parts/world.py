"""Servers, and what hands tasks out and carries them out.

The gateway's event consumer and the workers of tests/faults are processes; what its API
process does with an accepted row is done here.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
from anyio import to_thread

from onemanage.contracts.base import new_id
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.store import Pool, Store, open_pool
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.servers import start_servers
from onemanage.platform.database.migrations import migrate
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.event_feed import EventFeed
from onemanage.platform.messaging.nats import Client, connect
from tests.faults.processes import Actor, Stage, stage

OTHER = b"other"
"""The key hash of another workspace."""
_ACK_WAIT = "30"


class World:
    def __init__(
        self, client: Client, pool: Pool, owner: bytes, actors: Stage, folder: Path
    ) -> None:
        self.client, self.pool, self.owner, self.actors = client, pool, owner, actors
        self.tasks = TaskStore(pool)
        self.live = LiveEvents()
        outbox = Outbox(pool)
        self.relay = Relay(client, outbox)
        self.dispatcher = Dispatcher(outbox, self.relay, self.live.windows)
        self.folder = folder
        self.environment: dict[str, str] = {}

    async def worker(self, slots: int) -> Actor:
        return await self.actors.worker(
            SLOTS=str(slots), TASK_ACK_WAIT=_ACK_WAIT, LOG_LEVEL="ERROR"
        )

    @asynccontextmanager
    async def consumer(self) -> AsyncIterator[int]:
        """The process that projects events and hands tasks out; its id."""
        health = self.folder / f"{new_id('consumer')}.healthy"
        async with self._process("onemanage.gateway.consumer", health) as pid:
            while not health.exists():
                await asyncio.sleep(0.05)
            yield pid

    @asynccontextmanager
    async def api(self) -> AsyncIterator[tuple[int, httpx.AsyncClient]]:
        """The gateway's HTTP process: its id, and a client with the owner's key."""
        (port,) = free_ports(1)
        url, health = f"http://127.0.0.1:{port}", self.folder / "api.healthy"
        headers = {"Authorization": f"Bearer {self.environment['OWNER_API_KEY']}"}
        options = "--port", str(port)
        async with (
            self._process("onemanage.gateway.app", health, *options) as pid,
            httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client,
        ):
            while not await _answers(client):
                await asyncio.sleep(0.05)
            yield pid, client

    @asynccontextmanager
    async def _process(
        self, module: str, health: Path, *options: str
    ) -> AsyncIterator[int]:
        with (self.folder / f"{module}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, *options),
                env={**os.environ, **self.environment, "HEALTH_FILE": str(health)},
                stdout=log,
                stderr=log,
            )
        try:
            yield process.pid
        finally:
            process.terminate()
            await process.wait()


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@asynccontextmanager
async def open_world(folder: Path) -> AsyncIterator[World]:
    (folder / "servers").mkdir()
    output = log_file(folder / "servers.log")
    async with start_servers(folder / "servers", output, throwaway=True) as servers:
        url = servers.database_url("gateway")
        await to_thread.run_sync(migrate, "gateway", url, servers.database_admin_url)
        client = await connect(servers.nats_url, "bench")
        await topology.declare(client, ack_wait=float(_ACK_WAIT))
        pool = await open_pool(url)
        key = new_api_key()
        owner = await _tenants(Store(pool), pool, key)
        async with stage(folder, servers.nats_url) as actors:
            world = World(client, pool, owner, actors, folder)
            world.environment = servers.environment() | {
                "S3_BUCKET": "bench",
                "PUBLIC_URL": "http://127.0.0.1",
                "PREVIEW_SIGNING_KEY": "only for measurements, never shown",
                "OWNER_API_KEY": key,
                "NATS_URL": servers.nats_url,
                "DATABASE_URL": url,
                "LOG_LEVEL": "WARNING",
                "TASK_ACK_WAIT": _ACK_WAIT,
            }
            await world.live.open(client)
            feed = EventFeed(client, world.live.hear)
            await feed.open()
            async with anyio.create_task_group() as group:
                group.start_soon(feed.run)
                group.start_soon(world.relay.run)
                group.start_soon(world.dispatcher.run)
                yield world
                group.cancel_scope.cancel()
        await pool.close()
        await client.close()


async def _tenants(store: Store, pool: Pool, key: str) -> bytes:
    owner = hash_api_key(key)
    assert owner is not None  # it was made just now
    await store.ensure_owner(owner)
    await pool.execute("INSERT INTO workspaces (id, name) VALUES ('wsp_2', 'Other')")
    await pool.execute(
        "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
        "VALUES ('key_2', 'wsp_2', $1, 'other')",
        OTHER,
    )
    return owner


def resident(pid: int) -> int:
    """Bytes."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


async def until(pool: Pool, state: str, count: int) -> None:
    """Returns when so many tasks are at ``state``."""
    statement = "SELECT count(*) FROM tasks WHERE state = $1"
    while await pool.fetchval(statement, state) < count:
        await asyncio.sleep(0.05)
