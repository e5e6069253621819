"""Images that are made at once, by a real worker's child, asked over a real NATS."""

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.quick import (
    INLINE_BYTES,
    MadeImage,
    MakeImage,
    QuickSource,
    images_prefix,
)
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging import quick as quick_module
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.quick import Most, QuickImages
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed, ask_quickly
from onemanage.platform.messaging.quick_answering import answer_quickly
from onemanage.platform.process.outbound import parse_networks
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage

from .conftest import WORKSPACE, serving
from .samples import animation, photo, saved


class Says(ChildFunction[VariantResult]):
    """In a child: ``content``, an expression, as an image of this type."""

    def __init__(self, media_type: str, content: str = "'<script>'") -> None:
        super().__init__("builtins:eval", VariantResult)
        self._media_type, self._content = media_type, content

    def __reduce__(self) -> tuple[Any, ...]:
        text = (
            "lambda path, recipe, folder, *_:"
            f" folder.joinpath('x').write_text({self._content})"
            f" and {{'name': 'x', 'path': 'x', 'media_type': {self._media_type!r},"
            " 'width': 1, 'height': 1, 'frames': 1, 'size': 1, 'sha256': '',"
            " 'crc32': 0, 'warnings': []}"
        )
        return eval, (text,)


TELLS_ITS_ID = Says("image/png", "str(__import__('os').getpid())")


class Computes:
    """In a child, for ever."""

    def __call__(self, *_: object) -> VariantResult:
        raise AssertionError("a child has another function in its place")

    def __reduce__(self) -> tuple[Any, ...]:
        return eval, ("lambda *_: any(iter(int, 1))",)


SMALL: dict[str, Any] = {
    "operations": [{"op": "resize", "width": 24}],
    "variants": [{"output": {"format": "png"}}],
}

type Ask = Callable[..., Awaitable[MadeImage]]


@pytest.fixture
async def quick(
    storage: Storage, sandbox: Sandbox, tmp_path: Path
) -> AsyncIterator[QuickImages]:
    made = QuickImages(
        storage,
        sandbox,
        Fetcher(max_bytes=1 << 20, seconds=5, allowed=parse_networks("127.0.0.0/8")),
        SourceCache(tmp_path / "sources", 1 << 30),
        Most(1.0, 0, images_per_child=8),  # a busy machine starves what is nice
    )
    yield made
    await made.stored()


@pytest.fixture
async def worker(nats: Client, quick: QuickImages) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(answer_quickly(nats, [quick.make], stop, slots=2))
    await asyncio.sleep(0)
    await nats.flush()
    yield
    stop.set()
    await running


@pytest.fixture
def ask(nats: Client) -> Ask:
    """Of a source that is stored."""

    async def asked(
        source: QuickSource, recipe: dict[str, Any], **more: Any
    ) -> MadeImage:
        given: dict[str, Any] = {
            "workspace_id": WORKSPACE,
            "source": source,
            "recipe": check_recipe(recipe),
            "store_key": images_prefix(WORKSPACE, "fil_1") + new_id("img"),
        }
        question = MakeImage(**given | more)
        return await ask_quickly(nats, question, MadeImage, deadline=30)

    return asked


type Stored = Callable[..., Awaitable[QuickSource]]


@pytest.fixture
def stored(storage: Storage, tmp_path: Path) -> Stored:
    """A photo as an object, or other ``content``."""

    async def store(content: bytes | None = None) -> QuickSource:
        if content is None:
            content = saved(tmp_path / "photo.jpg", photo(), "JPEG").read_bytes()
        key = f"files/{WORKSPACE}/fil_1/source"
        await storage.put_bytes(key, content, "image/jpeg")
        return QuickSource(
            name="photo.jpg",
            object_key=key,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )

    return store


@pytest.mark.usefixtures("worker")
async def test_an_image_comes_with_its_answer_and_is_stored_behind(
    ask: Ask, stored: Stored, storage: Storage, quick: QuickImages
) -> None:
    key = images_prefix(WORKSPACE, "fil_1") + "small"
    made = await ask(await stored(), SMALL, store_key=key)

    assert (made.media_type, made.width, made.height) == ("image/png", 24, 16)
    assert made.data is not None and made.object_key is None
    assert (made.size, made.sha256) == (
        len(made.data),
        hashlib.sha256(made.data).hexdigest(),
    )
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.size == (24, 16)
    await quick.stored()
    found = await storage.open(key)
    assert b"".join([chunk async for chunk in found.chunks]) == made.data
    assert found.media_type == "image/png"
    assert found.metadata == {
        "sha256": made.sha256,
        "width": "24",
        "height": "16",
        "frames": "1",
    }


@pytest.mark.usefixtures("worker")
async def test_a_large_image_is_stored_before_the_answer_that_has_its_key(
    ask: Ask, stored: Stored, storage: Storage
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), np.uint8)
    content = io.BytesIO()
    Image.fromarray(noise).save(content, "PNG")
    key = images_prefix(WORKSPACE, "fil_1") + "large"
    made = await ask(
        await stored(content.getvalue()),
        {"variants": [{"output": {"format": "png"}}]},
        store_key=key,
    )

    assert (made.data, made.object_key) == (None, key)
    assert made.size > INLINE_BYTES
    data = await storage.get_bytes(key)
    assert hashlib.sha256(data).hexdigest() == made.sha256


@pytest.mark.usefixtures("worker")
async def test_warnings_come_with_what_is_stored(
    ask: Ask, stored: Stored, storage: Storage, quick: QuickImages, tmp_path: Path
) -> None:
    animated = animation(
        tmp_path / "moving.gif", "GIF", [(255, 0, 0), (0, 255, 0)]
    ).read_bytes()
    key = images_prefix(WORKSPACE, "fil_1") + "still"
    made = await ask(
        await stored(animated),
        {"variants": [{"output": {"format": "jpeg"}}]},
        store_key=key,
    )
    await quick.stored()
    found = await storage.open(key)
    await found.chunks.aclose()  # type: ignore[attr-defined]  # it is a generator

    assert made.warnings
    assert json.loads(found.metadata["warnings"]) == made.warnings


@pytest.mark.usefixtures("worker")
async def test_a_source_that_is_no_image_is_refused_in_the_reader_s_words(
    ask: Ask, stored: Stored
) -> None:
    with pytest.raises(QuickFailed) as refused:
        await ask(await stored(b"no image"), SMALL)

    assert (refused.value.kind, refused.value.code, refused.value.where) == (
        "invalid",
        "imaging.unsupported",
        "byte 0",
    )


@pytest.mark.parametrize(
    ("width", "output"),
    [(4000, {"format": "avif"}), (900, {"format": "webp", "lossless": True})],
    ids=["by its header", "by its processor time"],
)
@pytest.mark.usefixtures("worker")
async def test_what_takes_too_long_is_to_be_ordered(
    ask: Ask,
    stored: Stored,
    quick: QuickImages,
    width: int,
    output: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if width == 900:  # the header says that it is light, which it is not
        monkeypatch.setattr(quick_module, "_MAKE_QUICKLY", Computes())
    recipe = {
        "operations": [{"op": "resize", "width": width, "enlarge": True}],
        "variants": [{"output": output}],
    }
    with pytest.raises(QuickFailed) as refused:
        await ask(await stored(), recipe)

    assert (refused.value.kind, refused.value.code) == ("heavy", "imaging.heavy")
    assert "Order it as a transformation" in refused.value.message
    assert refused.value.retry_after is None


@pytest.mark.usefixtures("worker")
async def test_a_child_that_was_taken_over_sends_no_page_to_a_browser(
    ask: Ask, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await stored()
    monkeypatch.setattr(quick_module, "_MAKE_QUICKLY", Says("image/png"))
    made = await ask(source, SMALL)
    assert made.data == b"<script>"
    assert made.sha256 == hashlib.sha256(made.data).hexdigest()

    monkeypatch.setattr(quick_module, "_MAKE_QUICKLY", Says("text/html"))
    with pytest.raises(QuickFailed) as refused:
        await ask(source, SMALL)

    assert (refused.value.kind, refused.value.code) == (
        "unavailable",
        "quick.unavailable",
    )


@pytest.mark.usefixtures("worker")
async def test_with_storage_away_an_image_of_a_known_source_still_comes(
    ask: Ask, stored: Stored, quick: QuickImages
) -> None:
    source = await stored()
    await ask(source, SMALL)
    settings = quick._storage.settings
    away = settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"})
    quick._storage = Storage(away)

    made = await ask(source, SMALL | {"operations": [{"op": "resize", "width": 12}]})

    assert made.width == 12 and made.data


@pytest.mark.usefixtures("worker")
async def test_what_is_stored_after_its_source_was_deleted_goes_again(
    ask: Ask, stored: Stored, storage: Storage, quick: QuickImages
) -> None:
    source = await stored()
    await ask(source, SMALL)
    await quick.stored()
    await storage.delete_prefix("")

    made = await ask(source, SMALL)  # of the worker's disk
    await quick.stored()

    assert made.data
    assert await storage.keys("") == []


@pytest.mark.usefixtures("worker")
async def test_a_source_with_other_bytes_than_it_should_have_is_not_used(
    ask: Ask, stored: Stored
) -> None:
    source = await stored()
    other = msgspec.structs.replace(source, sha256="0" * 64)
    with pytest.raises(QuickFailed) as refused:
        await ask(other, SMALL)

    assert (refused.value.kind, refused.value.code) == ("unavailable", "quick.changed")
    assert (await ask(source, SMALL)).data


@pytest.mark.usefixtures("worker")
async def test_a_source_that_is_gone_is_named(ask: Ask) -> None:
    gone = QuickSource(name="photo.jpg", object_key="files/wsp_1/gone", sha256="0" * 64)
    with pytest.raises(QuickFailed, match="no longer stored") as refused:
        await ask(gone, SMALL)

    assert (refused.value.kind, refused.value.code) == ("invalid", "file.missing")


@pytest.mark.usefixtures("worker")
async def test_files_of_one_workspace_share_a_child_and_of_two_do_not(
    ask: Ask, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_module, "_MAKE_QUICKLY", TELLS_ITS_ID)
    source = await stored()
    one, other = new_id("wsp"), new_id("wsp")
    asked = [one, one, other, one]
    children = [(await ask(source, SMALL, workspace_id=each)).data for each in asked]

    assert children[0] == children[1] == children[3] != children[2]


@pytest.mark.usefixtures("worker")
async def test_what_is_large_or_from_outside_has_a_child_of_its_own(
    ask: Ask, stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_module, "_MAKE_QUICKLY", TELLS_ITS_ID)
    own = await stored()
    content = saved(tmp_path / "photo.jpg", photo(), "JPEG").read_bytes()
    async with serving(content) as (url, _):
        outside = QuickSource(name="p.jpg", url=url)
        asked = [own, outside, outside, own]
        children = [(await ask(each, SMALL)).data for each in asked]
    monkeypatch.setattr(quick_module, "_SMALL", 10)
    children.append((await ask(own, SMALL)).data)

    assert children[0] == children[3]
    assert len(set(children)) == 4


@pytest.mark.usefixtures("worker")
async def test_one_address_is_fetched_once_for_all_sizes_of_a_page(
    ask: Ask, tmp_path: Path
) -> None:
    content = saved(tmp_path / "photo.jpg", photo(), "JPEG").read_bytes()
    async with serving(content) as (url, asked):
        source = QuickSource(name="p.jpg", url=url)
        made = await asyncio.gather(
            *(
                ask(source, SMALL | {"operations": [{"op": "resize", "width": width}]})
                for width in (10, 20, 30)
            )
        )

    assert [each.width for each in made] == [10, 20, 30]
    assert len(asked) == 1


async def test_without_a_worker_who_asks_is_told_to_come_back(ask: Ask) -> None:
    with pytest.raises(QuickFailed) as refused:
        await ask(QuickSource(name="photo.jpg", object_key="files/x"), SMALL)

    assert (refused.value.kind, refused.value.retry_after) == ("unavailable", 2)
