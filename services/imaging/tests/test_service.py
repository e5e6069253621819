"""Transformations on real PostgreSQL and S3, with the real child."""

import asyncio
import dataclasses
import hashlib
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from onemanage.contracts.base import ListPlace, artifacts_prefix
from onemanage.contracts.imaging.images import Artifact, NamedFile
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.process.sealing import seal
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput

from .conftest import SEALING_KEY, WORKSPACE, Order, silent
from .samples import quarters, saved

TWO: dict[str, Any] = {
    "variants": [
        {"name": "whole", "output": {"format": "png"}},
        {
            "name": "thumb",
            "operations": [{"op": "resize", "width": 24}],
            "output": {"format": "webp"},
        },
    ]
}


async def test_every_variant_is_stored_as_it_is_told(
    service: ImagingService, store: Store, storage: Storage, order: Order
) -> None:
    command = await order(TWO)
    told: list[tuple[int, int]] = []

    async def report(_step: str, done: int, total: int) -> None:
        told.append((done, total))

    made = await service.transform(command, report)

    assert [(one.name, one.width, one.height) for one in made.variants] == [
        ("whole", 96, 64),
        ("thumb", 24, 16),
    ]
    prefix = artifacts_prefix(WORKSPACE, command.task_id, 1)
    for variant in made.variants:
        data = await storage.get_bytes(variant.object_key)
        assert variant.object_key.startswith(prefix)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (
            variant.size,
            variant.sha256,
        )
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (variant.width, variant.height)
            assert Image.MIME[str(image.format)] == variant.media_type
    assert told == [(1, 2), (2, 2)]
    assert made.reused_from is None
    assert await store.transformation(WORKSPACE, command.transformation_id) == made


async def test_the_same_again_is_answered_with_the_images_that_are_there(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    first = await service.transform(await order(TWO), silent)
    keys = await storage.keys("artifacts/")

    second = await service.transform(await order(TWO), silent)
    third = await service.transform(await order(TWO), silent)

    assert second.reused_from == third.reused_from == first.transformation_id
    assert second.variants == first.variants
    assert second.transformation_id != first.transformation_id
    assert await storage.keys("artifacts/") == keys


async def test_what_was_made_before_of_a_known_file_is_shown_without_reading_it(
    service: ImagingService, storage: Storage, order: Order, jpeg: bytes
) -> None:
    known = hashlib.sha256(jpeg).hexdigest()
    first = await service.transform(await order(TWO), silent)
    command = await order(TWO, b"no image at all", file_sha256=known)

    second = await service.transform(command, silent)

    assert second.reused_from == first.transformation_id
    assert second.variants == first.variants


async def test_nothing_is_shown_of_a_file_that_was_deleted(
    service: ImagingService, store: Store, storage: Storage, order: Order, jpeg: bytes
) -> None:
    known = hashlib.sha256(jpeg).hexdigest()
    await service.transform(await order(TWO), silent)
    command = await order(TWO, file_sha256=known)
    await storage.delete([command.file_key or ""])

    error = await _refusal(service, command)

    assert (error.code, error.where) == ("file.missing", "photo.jpg")
    assert await store.transformation(WORKSPACE, command.transformation_id) is None


async def test_layers_of_one_document_are_told_apart(
    service: ImagingService, storage: Storage, order: Order, tmp_path: Path
) -> None:
    shown = []
    for side in (40, 56):
        layer = saved(tmp_path / "layer", quarters(side), "PNG").read_bytes()
        for known in (None, hashlib.sha256(layer).hexdigest()):
            await storage.put_bytes(f"artifacts/x/{side}.png", layer, "image/png")
            artifact = Artifact(
                object_key=f"artifacts/x/{side}.png", name="Button", sha256=known
            )
            command = await order(TWO, artifact=artifact, file_sha256="0" * 64)
            made = await service.transform(command, silent)
            shown.append((made.variants[0].width, made.reused_from is None))

    assert shown == [(40, True), (40, False), (56, True), (56, False)]


async def test_of_one_image_the_end_tells_all(
    service: ImagingService, order: Order
) -> None:
    told: list[int] = []

    async def report(_step: str, done: int, _total: int) -> None:
        told.append(done)

    await service.transform(await order({}), report)

    assert told == []


async def test_another_workspace_s_images_are_not_reused(
    service: ImagingService, order: Order
) -> None:
    await service.transform(await order(TWO), silent)
    other = await service.transform(await order(TWO, workspace_id="wsp_2"), silent)

    assert other.reused_from is None


async def test_two_at_once_are_made_once(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    commands = [await order(TWO) for _ in range(2)]

    one, other = await asyncio.gather(
        *(service.transform(command, silent) for command in commands)
    )

    assert {one.reused_from, other.reused_from} - {None} <= {
        one.transformation_id,
        other.transformation_id,
    }
    assert [one.reused_from, other.reused_from].count(None) == 1
    assert one.variants == other.variants
    assert len(await storage.keys("artifacts/")) == 2


async def test_a_task_that_runs_again_rewrites_its_own(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    command = await order(TWO)
    first = await service.transform(command, silent)
    keys = await storage.keys("artifacts/")

    second = await service.transform(command, silent)

    assert second == msgspec.structs.replace(first, created_at=second.created_at)
    assert await storage.keys("artifacts/") == keys


async def test_what_another_service_made_is_read_instead_of_the_file(
    service: ImagingService, storage: Storage, order: Order, tmp_path: Path
) -> None:
    layer = saved(tmp_path / "layer", quarters(40), "PNG").read_bytes()
    await storage.put_bytes("artifacts/x/layers/0001.png", layer, "image/png")
    artifact = Artifact(object_key="artifacts/x/layers/0001.png", name="Button")

    made = await service.transform(await order(TWO, artifact=artifact), silent)

    assert (made.name, made.variants[0].width) == ("Button", 40)


async def test_a_watermark_is_fetched_and_laid_over_the_image(
    service: ImagingService, storage: Storage, order: Order, tmp_path: Path
) -> None:
    mark = saved(tmp_path / "mark", quarters(40), "PNG").read_bytes()
    await storage.put_bytes("files/mark", mark, "image/png")
    operation = {
        "op": "image_watermark",
        "file_id": "fil_mark",
        "scale": 1.0,
        "opacity": 1.0,
        "margin": 0,
        "position": "north_west",
    }
    recipe = {
        "operations": [operation],
        "variants": [{"output": {"format": "png"}}],
    }
    marks = [NamedFile(file_id="fil_mark", file_key="files/mark")]

    made = await service.transform(await order(recipe, watermarks=marks), silent)

    data = await storage.get_bytes(made.variants[0].object_key)
    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


async def test_a_table_of_colours_is_fetched_with_the_source(
    service: ImagingService, order: Order, storage: Storage
) -> None:
    table = b"LUT_1D_SIZE 2\n1 0 0\n1 0 0\n"
    await storage.put_bytes("files/grade", table, "text/plain")
    recipe = {
        "operations": [{"op": "lut", "file_id": "fil_grade"}],
        "variants": [{"output": {"format": "png"}}],
    }
    files = [NamedFile(file_id="fil_grade", file_key="files/grade")]

    made = await service.transform(await order(recipe, watermarks=files), silent)

    data = await storage.get_bytes(made.variants[0].object_key)
    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("RGB").getcolors() == [(96 * 64, (255, 0, 0))]


async def _refusal(service: ImagingService, command: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        await service.transform(command, silent)
    return refused.value


async def test_a_watermark_that_is_gone_is_named(
    service: ImagingService, order: Order
) -> None:
    recipe = {"operations": [{"op": "image_watermark", "file_id": "fil_gone"}]}
    marks = [NamedFile(file_id="fil_gone", file_key="files/gone")]

    error = await _refusal(service, await order(recipe, watermarks=marks))

    assert (error.code, error.where) == ("file.missing", "fil_gone")


async def test_a_file_that_is_gone_is_named(
    service: ImagingService, order: Order
) -> None:
    error = await _refusal(service, await order(TWO, file_key="files/nothing"))

    assert (error.code, error.where) == ("file.missing", "photo.jpg")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a and no more", "imaging.damaged"),
        (b"no image at all", "imaging.unsupported"),
        (b"8BPS" + bytes(40), "imaging.unsupported"),
    ],
)
async def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    service: ImagingService, storage: Storage, order: Order, content: bytes, code: str
) -> None:
    error = await _refusal(service, await order(TWO, content))

    assert error.code in (code, "imaging.truncated")
    assert error.where
    assert await storage.keys("artifacts/") == []


async def test_a_truncated_jpeg_is_refused(
    service: ImagingService, order: Order, jpeg: bytes
) -> None:
    error = await _refusal(service, await order(TWO, jpeg[: len(jpeg) // 2]))

    assert error.code in ("imaging.truncated", "imaging.damaged")


async def test_an_output_that_cannot_be_so_small_is_pointed_at(
    service: ImagingService, order: Order
) -> None:
    recipe = {"variants": [{"output": {"format": "jpeg", "max_bytes": 256}}]}

    error = await _refusal(service, await order(recipe))

    assert (error.code, error.where) == (
        "imaging.cannot_fit",
        "/variants/0/output/max_bytes",
    )


async def test_a_private_address_is_not_fetched(
    service: ImagingService, order: Order
) -> None:
    url = "http://10.0.0.9/shoe.jpg"
    command = await order(TWO, url=url, file_id=None, file_key=None)

    error = await _refusal(service, command)

    assert (error.code, error.where) == ("url.not_allowed", url)


async def test_a_sealed_address_is_fetched_and_shown_without_its_query(
    service: ImagingService, order: Order, jpeg: bytes
) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
        writer.write(head + jpeg if len(asked) == 1 else b"HTTP/1.1 403 No\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/shoe.jpg"
    sealed = seal(SEALING_KEY, f"{url}?sig=5ecret", WORKSPACE)
    given = {"url": url, "sealed_url": sealed, "file_id": None, "file_key": None}
    async with server:
        made = await service.transform(await order(TWO, **given), silent)
        error = await _refusal(service, await order(TWO, **given))

    assert made.name == "shoe.jpg"
    assert asked == [b"/shoe.jpg?sig=5ecret"] * 2
    assert (error.code, error.where) == ("url.no_image", url)
    assert "5ecret" not in repr(made)


async def test_an_address_that_was_sealed_for_another_workspace_is_not_fetched(
    service: ImagingService, order: Order
) -> None:
    url = "http://127.0.0.1:9/shoe.jpg"
    sealed = seal(SEALING_KEY, url, "wsp_2")
    command = await order(TWO, url=url, sealed_url=sealed, file_id=None, file_key=None)
    assert (await _refusal(service, command)).code == "url.invalid"


async def test_work_that_takes_too_long_is_refused_by_its_limit(
    service: ImagingService, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = dataclasses.replace(service._jobs, seconds=0.001)
    monkeypatch.setattr(service, "_jobs", hasty)

    error = await _refusal(service, await order(TWO))

    assert error.code == "imaging.too_slow"
    assert "0.001 s" in error.message


async def test_the_pages_of_a_list_hold_everything_once(
    service: ImagingService, store: Store, order: Order
) -> None:
    commands = [await order(TWO) for _ in range(3)]
    for command in commands:
        await service.transform(command, silent)

    of_one = await store.transformations(WORKSPACE, commands[1].file_id, 9, None)
    first = await store.transformations(WORKSPACE, None, 2, None)
    last = first.items[-1]
    await store.discard(last.task_id, 1)  # a page goes on without its last row
    place = ListPlace(created_at=last.created_at, id=last.transformation_id)
    rest = await store.transformations(WORKSPACE, None, 2, place)

    assert [first.has_more, rest.has_more] == [True, False]
    assert [one.transformation_id for one in (*first.items, *rest.items)] == [
        command.transformation_id for command in reversed(commands)
    ]
    assert [one.file_id for one in of_one.items] == [commands[1].file_id]
    assert (await store.transformations("wsp_2", None, 9, None)).items == []
