"""An upload in parts as a client sends it, and the worker that makes a file of it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import httpx
from taskiq import TaskiqDepends

from onemanage.contracts.uploads import CompleteUpload, UploadedFile
from onemanage.gateway.uploads.completion import Completion
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.storage.parts import MIN_PART
from onemanage.platform.tasks import Progress, current_progress
from onemanage.testing.fixtures import working

from .psd_samples import World

DATA = b"PAR1" + bytes(range(252)) * (2 * MIN_PART // 252 + 1) + b"and the rest"
"""Three parts of the smallest size."""
PARTS = [DATA[at : at + MIN_PART] for at in range(0, len(DATA), MIN_PART)]
SHA256 = sha256(DATA).hexdigest()
WAIT = {"Prefer": "wait=20"}


def completion(world: World) -> Completion:
    store = world.gateway.resumable.store
    return Completion(world.storage, world.gateway.store, store)


@asynccontextmanager
async def completing(
    world: World, settings: ProcessSettings
) -> AsyncIterator[asyncio.Event]:
    """With the gateway's worker; gives what stops it."""
    work = completion(world)

    async def complete(
        command: CompleteUpload, progress: Progress = TaskiqDepends(current_progress)
    ) -> UploadedFile:
        return await work.complete(command, progress.report)

    async with working(settings, complete, task_name="upload.complete") as stop:
        yield stop


async def begun(
    client: httpx.AsyncClient, headers: dict[str, str] | None = None, **changes: Any
) -> dict[str, Any]:
    body = {"name": "orders.parquet", "size": len(DATA), "part_size": MIN_PART}
    answer = await client.post("/v1/uploads", json=body | changes, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def put_parts(
    items: Iterable[dict[str, Any]], parts: list[bytes] = PARTS
) -> None:
    """Those that have an address."""
    async with httpx.AsyncClient() as storage:
        for item in items:
            if item["url"]:
                data = parts[item["number"] - 1]
                assert (await storage.put(item["url"], content=data)).status_code == 200


async def sent(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """An upload all of whose parts are there."""
    upload = await begun(client, **changes)
    await put_parts(upload["addresses"]["items"])
    return upload
