"""Layers by address, and fonts, on real PostgreSQL and S3, with the real child."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from onemanage.contracts.imaging.images import NamedAddress, NamedFile
from onemanage.imaging.service import ImagingService
from onemanage.platform.process.sealing import seal
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput

from . import lettering
from .conftest import SEALING_KEY, WORKSPACE, Order, silent
from .samples import quarters, saved


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that has these, one after the other, and what was asked of it."""
    asked: list[bytes] = []
    left: Iterator[bytes] = iter(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
        data = next(left)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data))
        writer.write(data)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.png", asked


def recipe(**layer: Any) -> dict[str, Any]:
    at = {"position": "north_west", "width": 40}
    return {
        "operations": [{"op": "composite", "layers": [at | layer]}],
        "variants": [{"output": {"format": "png"}}],
    }


async def pixel(storage: Storage, made: Any) -> tuple[int, ...]:
    data = await storage.get_bytes(made.variants[0].object_key)
    with Image.open(io.BytesIO(data)) as image:
        found = image.convert("RGB").getpixel((5, 5))
    assert isinstance(found, tuple)
    return found


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[bytes, bytes]:
    one = saved(tmp_path / "one", quarters(40), "PNG").read_bytes()
    other = saved(tmp_path / "other", quarters(40)[::-1].copy(), "PNG").read_bytes()
    return one, other


async def test_what_an_address_has_now_is_laid_over_the_image(
    service: ImagingService,
    storage: Storage,
    order: Order,
    pictures: tuple[bytes, bytes],
) -> None:
    async with serving(pictures[0], pictures[0], pictures[1]) as (url, asked):
        given = {"addresses": [NamedAddress(url=url)]}
        commands = [await order(recipe(url=url), **given) for _ in range(3)]
        made = [await service.transform(command, silent) for command in commands]

    assert await pixel(storage, made[0]) == (255, 0, 0)
    assert made[1].reused_from == made[0].transformation_id
    assert made[2].reused_from is None
    assert await pixel(storage, made[2]) == (0, 0, 255)
    assert len(asked) == 3


async def test_a_sealed_address_of_a_layer_is_fetched_whole(
    service: ImagingService,
    storage: Storage,
    order: Order,
    pictures: tuple[bytes, bytes],
) -> None:
    async with serving(pictures[0]) as (url, asked):
        sealed = seal(SEALING_KEY, f"{url}?sig=5ecret", WORKSPACE)
        named = NamedAddress(url=f"{url}#2", sealed_url=sealed)
        command = await order(recipe(url=f"{url}#2"), addresses=[named])
        made = await service.transform(command, silent)

    assert await pixel(storage, made) == (255, 0, 0)
    assert asked == [b"/a.png?sig=5ecret"]
    assert "5ecret" not in repr(made)


async def test_a_layer_at_a_private_address_is_not_fetched(
    service: ImagingService, order: Order
) -> None:
    url = "http://10.0.0.9/logo.png"
    command = await order(recipe(url=url), addresses=[NamedAddress(url=url)])
    with pytest.raises(InvalidInput) as refused:
        await service.transform(command, silent)
    assert (refused.value.code, refused.value.where) == ("url.not_allowed", url)


async def test_text_is_written_in_a_font_of_the_workspace(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    font = lettering.woff2(lettering.font("A"))
    await storage.put_bytes("files/font", font, "font/woff2")
    text = {
        "op": "text",
        "text": "A",
        "size": 60,
        "font": {"file_id": "fil_font"},
        "color": "#ff0000",
        "position": "north_west",
        "margin": 0,
        "line_height": 0.5,
    }
    files = [NamedFile(file_id="fil_font", file_key="files/font")]
    command = await order(
        {"operations": [text], "variants": [{"output": {"format": "png"}}]},
        watermarks=files,
    )
    made = await service.transform(command, silent)
    assert await pixel(storage, made) == (255, 0, 0)


async def test_a_hostile_font_is_refused_and_no_child_is_lost(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    await storage.put_bytes("files/font", b"\0\1\0\0" + bytes(5000), "font/ttf")
    text = {"op": "text", "text": "A", "font": {"file_id": "fil_font"}}
    files = [NamedFile(file_id="fil_font", file_key="files/font")]
    command = await order({"operations": [text]}, watermarks=files)
    with pytest.raises(InvalidInput) as refused:
        await service.transform(command, silent)
    assert refused.value.code == "imaging.bad_font"
    assert refused.value.where == "/operations/0/font/file_id"
