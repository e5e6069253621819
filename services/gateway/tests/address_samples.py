"""A worker that makes images at once, played; and addresses as a shop would sign them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import httpx
import msgspec

from onemanage.contracts.imaging.addresses.signing import free_path, signed_path
from onemanage.contracts.imaging.quick import INLINE_BYTES, MadeImage, MakeImage
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick_answering import answer_quickly

from .psd_samples import World

KEYS = "/v1/images/signing-keys"
ENDINGS = {"jpeg": "jpeg", "webp": "webp", "avif": "avif", "auto": "png"}
WARNING = "The profile is damaged — sRGB it is."


class Maker:
    """What it was asked for, and what it answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked: list[MakeImage] = []
        self.size = 100
        self.refuses: Exception | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.stores = True

    async def make(self, question: MakeImage) -> MadeImage:
        self.asked.append(question)
        await self.goes_on.wait()
        if self.refuses is not None:
            raise self.refuses
        (variant,) = question.recipe.variants
        kind = str(variant.output.__struct_config__.tag)
        media_type = f"image/{ENDINGS.get(kind, kind)}"
        text = (
            msgspec.json.encode(question.recipe.operations)
            + question.source.name.encode()
        )
        data = sha256(text).digest() * (self.size // 32 + 1)
        data = data[: self.size]
        if self.stores:
            told = {"sha256": sha256(data).hexdigest()}
            await self._world.storage.put_bytes(
                question.store_key, data, media_type, told
            )
        is_large = len(data) > INLINE_BYTES
        return MadeImage(
            media_type=media_type,
            width=20,
            height=10,
            size=len(data),
            sha256=sha256(data).hexdigest(),
            warnings=[WARNING],
            data=None if is_large else data,
            object_key=question.store_key if is_large else None,
        )


@asynccontextmanager
async def making(nats: Client, world: World) -> AsyncIterator[Maker]:
    maker, stop = Maker(world), asyncio.Event()

    async def make(question: MakeImage) -> MadeImage:
        return await maker.make(question)

    running = asyncio.create_task(answer_quickly(nats, (make,), stop, slots=4))
    await asyncio.sleep(0)
    try:
        yield maker
    finally:
        maker.goes_on.set()
        stop.set()
        await running


async def file_named(world: World, file_id: str, name: str = "Schuh ü.png") -> str:
    """An image that the owner has uploaded; its id."""
    data = f"pixels of {file_id}".encode()
    row = FileRow(
        id=file_id,
        workspace_id=OWNER_WORKSPACE,
        name=name,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        media_type="image/png",
        object_key=f"files/{OWNER_WORKSPACE}/{file_id}/source",
    )
    await world.storage.put_bytes(row.object_key, data, row.media_type)
    await world.gateway.store.begin_upload(row.object_key, OWNER_WORKSPACE)
    assert await world.gateway.store.add_file(row, None) is not None
    return file_id


async def signing_key(world: World, **asked: Any) -> dict[str, Any]:
    """A new key, with its secret."""
    async with world.client() as client:
        made = await client.post(KEYS, json={"name": "shop"} | asked)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def address(key: dict[str, Any], rest: str) -> str:
    """``rest`` is what is signed: expiry, recipe, source and format."""
    return signed_path(key["signs_as"], key["secret"], rest)


def free(key: dict[str, Any], recipe: str, source: str, ending: str = "") -> str:
    """Of a key that covers the source alone."""
    begins = free_path(key["signs_as"], key["secret"], 0, source)
    return f"{begins}/{recipe}/{source}{ending}"


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]
