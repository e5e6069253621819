"""Images that are made at once, by a real worker's child, asked over a real NATS."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.quick import (
    MadeImage,
    MakeImage,
    QuickSource,
    images_prefix,
)
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.quick import Most, QuickImages
from onemanage.imaging.source_cache import SourceCache
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.messaging.quick_answering import answer_quickly
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage

from .conftest import WORKSPACE
from .samples import photo, saved

SMALL: dict[str, Any] = {
    "operations": [{"op": "resize", "width": 24}],
    "variants": [{"output": {"format": "png"}}],
}

type Ask = Callable[..., Awaitable[MadeImage]]


@pytest.fixture
async def worker(
    nats: Client, storage: Storage, sandbox: Sandbox, tmp_path: Path
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    quick = QuickImages(
        storage,
        sandbox,
        Fetcher(max_bytes=1 << 20, seconds=5),
        SourceCache(tmp_path / "sources", 1 << 30),
        Most(2.0, 10),
    )
    running = asyncio.create_task(answer_quickly(nats, [quick.make], stop, slots=2))
    await asyncio.sleep(0)
    await nats.flush()
    yield
    stop.set()
    await running


@pytest.fixture
async def ask(nats: Client, storage: Storage, tmp_path: Path) -> Ask:
    """Of a photo, or of other ``content``."""

    async def asked(recipe: dict[str, Any], content: bytes | None = None) -> MadeImage:
        if content is None:
            content = saved(tmp_path / "photo.jpg", photo(), "JPEG").read_bytes()
        file_id = new_id("fil")
        key = f"files/{WORKSPACE}/{file_id}/source"
        await storage.put_bytes(key, content, "image/jpeg")
        question = MakeImage(
            workspace_id=WORKSPACE,
            source=QuickSource(
                name="photo.jpg",
                object_key=key,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
            ),
            recipe=check_recipe(recipe),
            store_key=images_prefix(WORKSPACE, file_id) + "small",
        )
        return await ask_quickly(nats, question, MadeImage)

    return asked


@pytest.mark.usefixtures("worker")
async def test_an_image_comes_with_its_answer(ask: Ask) -> None:
    made = await ask(SMALL)

    assert (made.media_type, made.width, made.height) == ("image/png", 24, 16)
    assert made.data is not None and made.object_key is None
    assert (made.size, made.sha256) == (
        len(made.data),
        hashlib.sha256(made.data).hexdigest(),
    )
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.size == (24, 16)


@pytest.mark.usefixtures("worker")
async def test_a_source_that_is_no_image_is_refused_in_the_reader_s_words(
    ask: Ask,
) -> None:
    with pytest.raises(QuickFailed) as refused:
        await ask(SMALL, content=b"no image")

    assert (refused.value.kind, refused.value.code, refused.value.where) == (
        "invalid",
        "imaging.unsupported",
        "byte 0",
    )


async def test_without_a_worker_who_asks_is_told_to_come_back(ask: Ask) -> None:
    with pytest.raises(QuickFailed) as refused:
        await ask(SMALL)

    assert (refused.value.kind, refused.value.retry_after) == ("unavailable", 2)
