"""Deep zoom over HTTP, with the preview service played beside it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.imaging.addresses.signing import free_path, signed_path
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.previews.pyramids import packed, tile_count
from onemanage.contracts.previews.tiles import GetPyramid, TileImage, TilePyramid
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import answering, working

from .address_samples import code_of, file_named, signing_key
from .psd_samples import DOCUMENT, World

FILE = "fil_" + "7" * 32
WAIT = {"Prefer": "wait=20"}
AT = f"/v1/tiles/{FILE}"
WIDTH, HEIGHT = 8000, 6000


class Cutter:
    """What it was given to cut, and what it keeps of it."""

    def __init__(self, world: World, settings: ProcessSettings) -> None:
        self._world, self._settings = world, settings
        self.seen: list[TileImage] = []
        self.kept: dict[tuple[str, str], TilePyramid] = {}
        self.media_type = "image/jpeg"
        self.refuses: InvalidInput | None = None

    def working(self) -> AbstractAsyncContextManager[Any]:
        return working(self._settings, self.tile, task_name="preview.tile")

    async def tile(self, command: TileImage) -> TilePyramid:
        self.seen.append(command)
        if self.refuses is not None:
            raise self.refuses
        tiles = [f"tile {n}".encode() for n in range(tile_count(WIDTH, HEIGHT))]
        body = b"".join(tiles)
        key = f"previews/{command.workspace_id}/{command.task_id}.1.tiles"
        index = packed(map(len, tiles))
        await self._world.storage.put_bytes(key, body + index, "application/x")
        made = TilePyramid(
            pyramid_id=command.pyramid_id,
            source=command.source,
            owner_id=command.owner_id,
            name=command.name,
            width=WIDTH,
            height=HEIGHT,
            media_type=self.media_type,
            tiles=len(tiles),
            size=len(body),
            object_key=key,
            created_at=utc_now(),
        )
        self.kept[command.workspace_id, command.pyramid_id] = made
        return made


async def get_pyramid(query: GetPyramid, cutter: Cutter) -> TilePyramid:
    found = cutter.kept.get((query.workspace_id, query.pyramid_id))
    if found is None:
        raise QueryFailed("not_found", "There are no tiles of this picture yet.")
    return found


@pytest.fixture
async def cutter(
    world: World, nats: Client, process_settings: ProcessSettings
) -> AsyncIterator[Cutter]:
    await file_named(world, FILE)
    cutter = Cutter(world, process_settings)
    async with answering(nats, [get_pyramid], cutter):
        yield cutter


@asynccontextmanager
async def tiled(world: World, cutter: Cutter) -> AsyncIterator[httpx.AsyncClient]:
    """A client, once the tiles are made."""
    async with world.client() as client, cutter.working():
        assert (await client.get(f"{AT}/info.json", headers=WAIT)).status_code == 200
        yield client


async def test_whoever_asks_first_has_the_tiles_made_once_for_all(
    world: World, cutter: Cutter
) -> None:
    async with world.client() as client, cutter.working():
        asked = (client.get(f"{AT}/info.json", headers=WAIT) for _ in range(3))
        answers = await asyncio.gather(*asked)
        again = await client.get(
            f"{AT}/info.json", headers={"If-None-Match": answers[0].headers["ETag"]}
        )
        base = await client.get(AT)
        (task,) = (await client.get("/v1/tasks")).json()["items"]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(cutter.seen) == 1
    info = answers[0].json()
    assert info == {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": f"http://test{AT}",
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level0",
        "width": WIDTH,
        "height": HEIGHT,
        "maxWidth": 512,
        "maxHeight": 512,
        "sizes": [{"width": 500, "height": 375}],
        "tiles": [{"width": 512, "scaleFactors": [1, 2, 4, 8, 16]}],
    }
    assert (again.status_code, again.content) == (304, b"")
    assert (base.status_code, base.headers["Location"]) == (303, f"{AT}/info.json")
    assert task["resource"] == f"{AT}/info.json"
    assert task["result"]["tiles"] == tile_count(WIDTH, HEIGHT)
    assert "object_key" not in task["result"]


async def test_who_does_not_wait_is_told_the_task(world: World, cutter: Cutter) -> None:
    async with world.client() as client:
        answers = [
            await client.get(f"{AT}/info.json", headers={"Prefer": "respond-async"})
            for _ in range(2)
        ]
        unmade = await client.get(f"{AT}/full/max/0/default.jpg")

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].headers["Location"] == f"/v1/tasks/{answers[0].json()['id']}"
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert (unmade.status_code, code_of(unmade)) == (404, "tiles_not_made")


async def test_a_tile_is_read_out_of_the_one_object_and_never_changes(
    world: World, cutter: Cutter
) -> None:
    async with tiled(world, cutter) as client:
        first = await client.get(f"{AT}/0,0,512,512/512,512/0/default.jpg")
        inner = await client.get(f"{AT}/1024,512,512,512/512,512/0/default.jpg")
        corner = await client.get(f"{AT}/7680,5632,320,368/320,368/0/default.jpg")
        whole = await client.get(f"{AT}/full/max/0/default.jpg")
        etag = {"If-None-Match": inner.headers["ETag"]}
        kept = await client.get(inner.request.url, headers=etag)
        head = await client.head(inner.request.url)

    shown = [answer.content for answer in (first, inner, corner, whole)]
    assert shown == [b"tile 0", b"tile 18", b"tile 191", b"tile 257"]
    assert inner.headers["Content-Type"] == "image/jpeg"
    assert inner.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert inner.headers["X-Content-Type-Options"] == "nosniff"
    assert len({answer.headers["ETag"] for answer in (first, inner, corner)}) == 3
    assert (kept.status_code, kept.content, head.content) == (304, b"", b"")


async def test_what_is_no_tile_is_not_found(world: World, cutter: Cutter) -> None:
    asked = (
        "0,0,500,500/500,500/0/default.jpg",
        "0,0,512,512/512,512/0/default.webp",
        "full/8000,6000/0/default.jpg",
        "99999999999,0,512,512/512,512/0/default.jpg",
        "full/max/90/default.jpg",
        "full/max/0/gray.jpg",
    )
    async with tiled(world, cutter) as client:
        answers = [await client.get(f"{AT}/{one}") for one in asked]

    codes = [*["no_tile"] * 4, "no_such_route", "no_tile"]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert [code_of(answer) for answer in answers] == codes


async def test_of_a_picture_with_alpha_viewers_are_told_to_ask_for_webp(
    world: World, cutter: Cutter
) -> None:
    cutter.media_type = "image/webp"
    async with tiled(world, cutter) as client:
        info = (await client.get(f"{AT}/info.json")).json()
        tile = await client.get(f"{AT}/full/max/0/default.webp")

    assert info["preferredFormats"] == info["extraFormats"] == ["webp"]
    assert tile.headers["Content-Type"] == "image/webp"


async def test_a_picture_that_was_refused_is_not_cut_each_time(
    world: World, cutter: Cutter
) -> None:
    cutter.refuses = InvalidInput("preview.unsupported", "This is no picture.")
    async with world.client() as client, cutter.working():
        answers = [await client.get(f"{AT}/info.json", headers=WAIT) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert code_of(answers[1]) == "preview.unsupported"
    assert len(cutter.seen) == 1


async def test_tiles_that_are_lost_are_made_again_and_their_viewers_told(
    world: World, cutter: Cutter
) -> None:
    async with tiled(world, cutter) as client:
        (lost,) = cutter.kept.values()
        await world.storage.delete([lost.object_key])
        tile = await client.get(f"{AT}/full/max/0/default.jpg")
        cutter.kept.clear()
        info = await client.get(f"{AT}/info.json", headers=WAIT)
        again = await client.get(f"{AT}/full/max/0/default.jpg")

    assert (tile.status_code, code_of(tile)) == (404, "tiles_not_made")
    assert (info.status_code, again.status_code) == (200, 200)
    assert len(cutter.seen) == 2


async def test_what_is_not_one_s_own_or_has_no_pixels_has_no_tiles(
    world: World, cutter: Cutter
) -> None:
    async with tiled(world, cutter) as client, world.stranger() as stranger:
        foreign = [
            await stranger.get(f"{AT}{rest}")
            for rest in ("", "/info.json", "/full/max/0/default.jpg")
        ]
        unknown = await client.get(f"/v1/tiles/{new_id('fil')}/info.json")
        empty = await client.get(f"/v1/tiles/{DOCUMENT}/info.json")
        nothing = await client.get("/v1/tiles/url_aHR0cDovL2E/info.json")

    assert [answer.status_code for answer in foreign] == [404] * 3
    assert unknown.status_code == 404
    assert (empty.status_code, code_of(empty)) == (422, "no_image")
    assert nothing.status_code == 422


async def test_a_signature_over_a_picture_opens_its_tiles_to_everybody(
    world: World, cutter: Cutter
) -> None:
    key = await signing_key(world)
    soon = int(time.time()) + 100
    at = signed_path(key["signs_as"], key["secret"], f"{soon}/tiles/{FILE}")
    async with _anybody(world) as client:
        early = await client.get(f"{at}/info.json")
        async with tiled(world, cutter):
            info = await client.get(f"{at}/info.json")
            tile = await client.get(f"{at}/full/max/0/default.jpg")
            none = await client.get(f"{at}/full/9,9/0/default.jpg")

    assert (early.status_code, code_of(early)) == (404, "tiles_not_made")
    assert info.json()["id"] == f"http://test{at}"
    assert tile.content == b"tile 257"
    assert tile.headers["Access-Control-Allow-Origin"] == "*"
    kept, forever = tile.headers["Cache-Control"].removeprefix("public, ").split(", ")
    assert 0 < int(kept.removeprefix("max-age=")) <= 100 and forever == "immutable"
    assert (none.status_code, none.headers["Cache-Control"]) == (404, "no-store")
    assert early.headers["Cache-Control"] == "no-store"


async def test_a_signature_over_anything_else_opens_no_tiles(
    world: World, cutter: Cutter
) -> None:
    key = await signing_key(world)
    secret = key["signs_as"], key["secret"]
    good = signed_path(*secret, f"0/tiles/{FILE}")
    other = signed_path(*secret, f"0/w_40/{FILE}").replace("w_40", "tiles")
    late = signed_path(*secret, f"1/tiles/{FILE}")
    async with _anybody(world) as client:
        answers = [
            await client.get(f"{at}/full/max/0/default.jpg")
            for at in (good.replace(FILE, new_id("fil")), other, late)
        ]

    assert [answer.status_code for answer in answers] == [403, 403, 410]


async def test_a_key_that_bounds_its_addresses_signs_for_no_tiles(
    world: World, cutter: Cutter
) -> None:
    """Tiles show the whole of a picture, whatever widths a page was to have of it."""
    answers = []
    for covers in ("source", "address"):
        key = await signing_key(world, widths=[400], covers=covers)
        secret = key["signs_as"], key["secret"]
        whole = signed_path(*secret, f"0/tiles/{FILE}")
        free = f"{free_path(*secret, 0, FILE)}/tiles/{FILE}"
        async with _anybody(world) as client:
            for at in (whole, free):
                answers.append(await client.get(f"{at}/full/max/0/default.jpg"))

    assert [answer.status_code for answer in answers] == [403] * 4


def _anybody(world: World) -> httpx.AsyncClient:
    """Without a key."""
    transport = httpx.ASGITransport(world.app)
    return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30)
