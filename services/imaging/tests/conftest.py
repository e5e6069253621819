"""The imaging service on a real PostgreSQL and S3, with the real child."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.images import TransformImage
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase
from onemanage.testing.sandboxes import shared_sandbox

from .samples import photo, saved

WORKSPACE = "wsp_1"
SEALING_KEY = base64.b64encode(bytes(32)).decode()

type Order = Callable[..., Awaitable[TransformImage]]


@pytest.fixture(autouse=True)
def _any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child has the limits of its calls to itself; here the next test would have
    those of the one before."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("imaging")) as sessions:
        yield Store(sessions)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with shared_sandbox(
        "onemanage.imaging.domain", memory_limit=3 << 30
    ) as opened:
        yield opened


@pytest.fixture
def service(storage: Storage, store: Store, sandbox: Sandbox) -> ImagingService:
    fetcher = Fetcher(
        max_bytes=1 << 20,
        seconds=20,
        allowed=parse_networks("127.0.0.0/8"),
        sealing_key=SEALING_KEY,
    )
    return ImagingService(
        storage, store, sandbox, fetcher, child_seconds=60, images_per_child=8
    )


@pytest.fixture
def jpeg(tmp_path: Path) -> bytes:
    return saved(tmp_path / "photo", photo(96, 64), "JPEG").read_bytes()


@pytest.fixture
def order(storage: Storage, jpeg: bytes) -> Order:
    """A command on an uploaded file; the sample photo where no other is given."""

    async def make(
        recipe: dict[str, Any], content: bytes | None = None, **changes: Any
    ) -> TransformImage:
        file_id = new_id("fil")
        key = f"files/{WORKSPACE}/{file_id}/source"
        await storage.put_bytes(key, content or jpeg, "image/jpeg")
        given: dict[str, Any] = {
            "task_id": new_id("tsk"),
            "workspace_id": WORKSPACE,
            "transformation_id": new_id("tsf"),
            "file_id": file_id,
            "file_key": key,
            "file_name": "photo.jpg",
            "recipe": check_recipe(recipe),
        }
        return TransformImage(**given | changes)

    return make


async def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody listens to the progress."""


@asynccontextmanager
async def serving(content: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """The address of an image, and a list of what was asked."""
    asked: list[bytes] = []

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/p.jpg", asked
