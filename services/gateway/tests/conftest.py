"""The gateway's stores on a real PostgreSQL, with the owner's workspace in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest
import uvloop
from pwdlib.hashers.argon2 import Argon2Hasher

from onemanage.contracts.base import new_id
from onemanage.gateway.access import passwords
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool, Store, open_pool
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.store import Acceptance, TaskStore
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase, Servers

from .imaging_samples import Imaging, imaging_of
from .psd_samples import DOCUMENT, KEY, SEALING_KEY, World, running

type Accept = Callable[..., Awaitable[Acceptance]]
SUBJECT = "tasks.psd.low"


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """As argon2id allows at least: what it costs is no matter of these tests."""
    cheap = partial(Argon2Hasher, time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "Argon2Hasher", cheap)


@pytest.fixture
async def pool(database: MakeDatabase) -> AsyncIterator[Pool]:
    opened = await open_pool(await database("gateway"))
    yield opened
    await opened.close()


@pytest.fixture
def store(pool: Pool) -> Store:
    return Store(pool)


@pytest.fixture
def tasks(pool: Pool) -> TaskStore:
    return TaskStore(pool)


@pytest.fixture
def outbox(pool: Pool) -> Outbox:
    return Outbox(pool)


@pytest.fixture
async def owner(store: Store) -> bytes:
    """The hash of the owner's key."""
    hashed = hash_api_key(new_api_key())
    assert hashed is not None
    assert await store.ensure_owner(hashed)
    return hashed


@pytest.fixture
def accept(tasks: TaskStore, owner: bytes) -> Accept:
    """Accepts a command, the owner's where no other ``key_hash`` is given."""

    async def accept(key_hash: bytes = owner, **changes: Any) -> Acceptance:
        order: dict[str, Any] = {
            "task_id": new_id("tsk"),
            "name": "psd.parse_export",
            "subject": SUBJECT,
            "window": 64,
            "command": {"document_id": "doc_1"},
            "fingerprint": b"asked",
        }
        return await tasks.accept(key_hash, **order | changes)

    return accept


@pytest.fixture
async def file(store: Store, owner: bytes) -> FileRow:
    """A document that the owner has uploaded."""
    row = FileRow(
        id=new_id("fil"),
        workspace_id=OWNER_WORKSPACE,
        name="poster.psd",
        size=1,
        sha256="",
        media_type="image/vnd.adobe.photoshop",
        object_key=f"files/{OWNER_WORKSPACE}/x/source",
    )
    await store.begin_upload(row.object_key, OWNER_WORKSPACE)
    added = await store.add_file(row, None)
    assert added is not None  # nobody sweeps here
    return added


@pytest.fixture
async def stranger(pool: Pool) -> bytes:
    """The key hash of another workspace, ``wsp_2``."""
    await pool.execute("INSERT INTO workspaces (id, name) VALUES ('wsp_2', 'Other')")
    await pool.execute(
        "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
        "VALUES ('key_2', 'wsp_2', $1, 'other')",
        b"other",
    )
    return b"other"


@pytest.fixture
async def world(
    servers: Servers, database: MakeDatabase, nats: Client, storage: Storage
) -> AsyncIterator[World]:
    """A gateway beside a psd that is played."""
    given = servers.environment()
    settings = GatewaySettings(
        nats_url=servers.nats_url_of("gateway"),
        database_url=await database("gateway"),
        s3_endpoint=given["S3_ENDPOINT"],
        s3_bucket="none",
        s3_access_key_id=given["S3_ACCESS_KEY_ID"],
        s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        public_url="http://test",
        preview_signing_key="k" * 32,
        owner_api_key=KEY,
        imaging_sealing_key=SEALING_KEY,
        webhook_sealing_key=SEALING_KEY,
        webhook_allowed_networks="127.0.0.0/8",
    )
    opened: asyncio.Future[World] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def live() -> None:
        """In one task, as anyio's groups have to be entered and left."""
        async with running(settings, nats, storage) as found:
            opened.set_result(found)
            await stop.wait()

    living = asyncio.create_task(live())
    waiting: set[asyncio.Future[Any]] = {living, opened}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if living.done():
        living.result()  # raises what kept it from opening
    yield opened.result()
    stop.set()
    await living


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The edge is tried on the loop that uvicorn takes where the gateway runs."""
    if item.path.name.startswith("test_edge"):
        return {"uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture
async def imaging(nats: Client, world: World) -> AsyncIterator[Imaging]:
    async with imaging_of(nats, world) as found:
        yield found


@pytest.fixture
def source(world: World) -> str:
    """The file that the world has."""
    return world.psd.documents[DOCUMENT].file_id
