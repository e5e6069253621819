"""Images from memory: what is served, to whom, and for how long."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.imaging.images import StoredImage, Transformation
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.gateway.http.served_images import (
    KEPT_SECONDS,
    MAX_IMAGE_BYTES,
    ServedImages,
)
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import ObjectMissing, ObjectStream, Storage

from .imaging_samples import Imaging, imaging_of
from .psd_samples import World, stored_image

ID = "tsf_" + "1" * 32
URL = f"/v1/images/transformations/{ID}/images/large"


@pytest.fixture
async def imaging(nats: Client, world: World) -> AsyncIterator[Imaging]:
    async with imaging_of(nats, world) as found:
        found.transformations[ID] = await _transformation(world, 1)
        yield found


async def _transformation(world: World, number: int) -> Transformation:
    key = f"images/{new_id('tsk')}/{number}/large.png"
    file = await stored_image(world, key, number)
    fields = msgspec.structs.asdict(file) | {"name": "large"}
    return Transformation(
        transformation_id=ID,
        workspace_id=OWNER_WORKSPACE,
        task_id=new_id("tsk"),
        file_id="fil_1",
        name="shoe.jpg",
        recipe=check_recipe({"variants": [{"name": "large"}]}),
        key="0" * 64,
        variants=[msgspec.convert(fields, StoredImage)],
        created_at=utc_now(),
    )


async def test_an_image_asked_for_again_needs_neither_imaging_nor_storage(
    world: World, imaging: Imaging
) -> None:
    (image,) = imaging.transformations[ID].variants
    async with world.client() as client:
        first = await client.get(URL)
        imaging.transformations.clear()
        await world.storage.delete([image.object_key])
        again = await client.get(URL)
        unchanged = await client.get(
            URL, headers={"If-None-Match": first.headers["ETag"]}
        )

    assert first.status_code == again.status_code == 200
    assert first.content == again.content == b"image 1" * 9
    own = ("X-Request-Id",)
    assert {n: v for n, v in again.headers.items() if n.title() not in own} == {
        n: v for n, v in first.headers.items() if n.title() not in own
    }
    assert unchanged.status_code == 304


async def test_what_is_in_memory_is_shown_to_its_workspace_alone(
    world: World, imaging: Imaging
) -> None:
    async with world.client() as client, world.stranger() as stranger:
        assert (await client.get(URL)).status_code == 200
        other = await stranger.get(URL)
        async with world.client("om_live_wrong") as nobody:
            unknown = await nobody.get(URL)

    assert other.status_code == 404
    assert unknown.status_code == 401


async def test_an_image_that_another_run_has_made_anew_is_found(
    world: World, imaging: Imaging
) -> None:
    served = world.gateway.served_images
    async with world.client() as client:
        (old,) = imaging.transformations[ID].variants

        async def before() -> list[StoredImage]:
            return [old]

        await served.of(OWNER_WORKSPACE, ID, before)
        imaging.transformations[ID] = await _transformation(world, 2)
        await world.storage.delete([old.object_key])
        answer = await client.get(URL)

    assert (answer.status_code, answer.content) == (200, b"image 2" * 9)


async def test_what_was_discarded_is_gone_after_a_minute(storage: Storage) -> None:
    now = 0.0
    served = ServedImages(storage, lambda: now)
    await storage.put_bytes("a", b"pixels", "image/png")
    asked = 0

    async def ask() -> list[StoredImage]:
        nonlocal asked
        asked += 1
        return []

    await served.content("a")
    await storage.delete(["a"])
    now = KEPT_SECONDS - 1
    assert not isinstance(kept := await served.content("a"), ObjectStream)
    assert kept.data == b"pixels"
    await served.of("wsp_1", ID, ask)
    now += KEPT_SECONDS
    with pytest.raises(ObjectMissing):
        await served.content("a")
    await served.of("wsp_1", ID, ask)
    assert asked == 2


async def test_large_images_are_streamed_and_not_kept(storage: Storage) -> None:
    served = ServedImages(storage)
    for key, size in (("small", MAX_IMAGE_BYTES), ("large", MAX_IMAGE_BYTES + 1)):
        await storage.put_bytes(key, bytes(size), "image/png")

    small, large = await served.content("small"), await served.content("large")

    assert not isinstance(small, ObjectStream) and len(small.data) == MAX_IMAGE_BYTES
    assert isinstance(large, ObjectStream)
    assert sum([len(chunk) async for chunk in large.chunks]) == MAX_IMAGE_BYTES + 1


async def test_the_longest_unused_image_makes_room(storage: Storage) -> None:
    served = ServedImages(storage)
    await storage.put_bytes("first", b"1", "image/png")
    await served.content("first")
    for number in range(64):
        await storage.put_bytes(f"{number}", bytes(MAX_IMAGE_BYTES), "image/png")
        await served.content(f"{number}")
    await storage.delete(["first", "63"])

    assert not isinstance(await served.content("63"), ObjectStream)
    with pytest.raises(ObjectMissing):
        await served.content("first")
