"""Images by address with an API key: what is made of what, and how it is told."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.quick import INLINE_BYTES
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.gateway.access.secrets import hash_api_key
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed, busy

from .address_samples import WARNING, Maker, code_of, file_named, making
from .psd_samples import KEY, World

FILE = "fil_" + "5" * 32
AT = f"/v1/images/{FILE}"
ALL = {"Accept": "image/avif,image/webp,*/*"}


@pytest.fixture
async def maker(nats: Client, world: World) -> AsyncIterator[Maker]:
    await file_named(world, FILE)
    async with making(nats, world) as found:
        yield found


async def test_a_recipe_in_the_address_is_carried_out(
    world: World, maker: Maker
) -> None:
    async with world.client() as client:
        answer = await client.get(f"{AT}/w_400,h_300,fit_cover,g_face/q_70,f_jpg")

    assert answer.status_code == 200, answer.text
    (asked,) = maker.asked
    assert asked.recipe == check_recipe(
        {
            "operations": [
                {
                    "op": "resize",
                    "width": 400,
                    "height": 300,
                    "mode": "fill",
                    "gravity": "face",
                }
            ],
            "variants": [{"output": {"format": "jpeg", "quality": 70}}],
        }
    )
    assert asked.source.sha256 == sha256(f"pixels of {FILE}".encode()).hexdigest()
    assert asked.store_key.startswith(f"images/{OWNER_WORKSPACE}/{FILE}/")
    told = answer.headers
    assert told["Content-Type"] == "image/jpeg"
    assert told["ETag"] == f'"{sha256(answer.content).hexdigest()}"'
    assert told["Cache-Control"] == "private, max-age=300"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "filename*=UTF-8''Schuh%20%C3%BC.jpg" in told["Content-Disposition"]
    assert msgspec.json.decode(told["X-Image-Warnings"]) == [WARNING]
    assert "Vary" not in told


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/avif,image/webp,*/*;q=0.8", "image/avif"),
        ("image/avif;q=0.4,image/webp;q=0.9", "image/webp"),
        ("image/avif;q=0,image/webp", "image/webp"),
        ("image/avif;q=0,image/webp;q=0,*/*", "image/png"),
        ("image/*", "image/png"),
        ("*/*", "image/png"),
    ],
)
async def test_the_format_follows_accept_where_the_address_says_none(
    world: World, maker: Maker, accept: str, kind: str
) -> None:
    async with world.client() as client:
        answer = await client.get(f"{AT}/w_9", headers={"Accept": accept})
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Vary"] == "Accept"


async def test_what_was_made_is_shown_from_memory_without_worker_or_storage(
    world: World, maker: Maker
) -> None:
    async with world.client() as client:
        first = await client.get(f"{AT}/w_9,h_8", headers=ALL)
        await world.storage.delete_prefix("images/")
        again = await client.get(f"{AT}/h_8,w_9", headers=ALL)
        same = await client.get(
            f"{AT}/w_9,h_8", headers=ALL | {"If-None-Match": first.headers["ETag"]}
        )
    assert len(maker.asked) == 1
    assert (again.status_code, again.content) == (200, first.content)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]


async def test_what_another_process_made_is_found_in_storage(
    world: World, maker: Maker
) -> None:
    async with world.client() as client:
        first = await client.get(f"{AT}/w_9,f_webp")
        world.gateway.images.results.forget("images/")
        again = await client.get(f"{AT}/w_9,f_webp")
    assert len(maker.asked) == 1
    assert again.content == first.content
    for name in ("ETag", "Content-Type", "Content-Disposition"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("size", [100, INLINE_BYTES + 7])
async def test_a_part_is_sent_where_a_part_is_asked_for(
    world: World, maker: Maker, size: int
) -> None:
    maker.size = size
    async with world.client() as client:
        whole = await client.get(f"{AT}/w_9,f_webp")
        parts = [
            await client.get(f"{AT}/w_9,f_webp", headers={"Range": given})
            for given in ("bytes=10-19", "bytes=90-", "bytes=-5", "bytes=10-9999999")
        ]
        outside = await client.get(
            f"{AT}/w_9,f_webp", headers={"Range": f"bytes={size}-"}
        )
        stale = await client.get(
            f"{AT}/w_9,f_webp", headers={"Range": "bytes=0-1", "If-Range": '"other"'}
        )
        head = await client.head(f"{AT}/w_9,f_webp")
    assert len(whole.content) == size
    slices = [slice(10, 20), slice(90, None), slice(-5, None), slice(10, None)]
    assert [one.content for one in parts] == [whole.content[each] for each in slices]
    assert {one.status_code for one in parts} == {206}
    assert parts[0].headers["Content-Range"] == f"bytes 10-19/{size}"
    assert (outside.status_code, code_of(outside)) == (416, "range_outside")
    assert (stale.status_code, stale.content) == (200, whole.content)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(size)
    assert head.headers["ETag"] == whole.headers["ETag"]


async def test_a_large_image_that_the_store_has_forgotten_is_made_anew(
    world: World, maker: Maker
) -> None:
    maker.size = INLINE_BYTES + 7
    async with world.client() as client:
        first = await client.get(f"{AT}/w_9,f_webp")
        await world.storage.delete_prefix("images/")
        again = await client.get(f"{AT}/w_9,f_webp")
    assert (again.status_code, again.content) == (200, first.content)
    assert len(maker.asked) == 2


async def test_many_who_ask_at_once_have_it_made_once(
    world: World, maker: Maker
) -> None:
    maker.goes_on.clear()
    async with world.client() as client:
        asking = [asyncio.create_task(client.get(f"{AT}/w_7,f_webp")) for _ in range(9)]
        while not maker.asked:
            await asyncio.sleep(0.01)
        asking.pop().cancel()
        maker.goes_on.set()
        answers = await asyncio.gather(*asking)
    assert {one.status_code for one in answers} == {200}
    assert len(maker.asked) == 1


async def test_everything_that_is_wrong_with_an_address_is_pointed_at(
    world: World, maker: Maker
) -> None:
    async with world.client() as client:
        wrong = await client.get(f"{AT}/w_0/melt_3/q_101")
        steps = await client.get(f"{AT}/{'/'.join(['blur_2'] * 500)}")
        long = await client.get(f"{AT}/text_{'a' * 10_000}")
        empty = await client.get(f"{AT}/")
        nothing = await client.get(f"/v1/images/{FILE}x/w_4")
        elsewhere = await client.get("/v1/images/elsewhere/w_4")
    assert (wrong.status_code, code_of(wrong)) == (422, "image.bad_address")
    pointers = [one["pointer"] for one in wrong.json()["errors"]]
    assert pointers == ["/recipe/1/melt"]
    assert (steps.status_code, code_of(steps)) == (422, "image.bad_address")
    assert (long.status_code, code_of(long)) == (414, "image.address_too_long")
    assert (empty.status_code, nothing.status_code) == (200, 422)
    assert (elsewhere.status_code, code_of(elsewhere)) == (404, "no_such_route")
    assert len(maker.asked) == 1


REFUSALS: list[tuple[Exception, int, str]] = [
    (busy(3), 503, "quick.busy"),
    (
        QuickFailed("unavailable", "quick.unavailable", "Away."),
        503,
        "quick.unavailable",
    ),
    (QuickFailed("heavy", "imaging.heavy", "Too much."), 422, "imaging.heavy"),
    (
        QuickFailed("invalid", "imaging.unsupported", "No image."),
        415,
        "imaging.unsupported",
    ),
    (
        QuickFailed("invalid", "imaging.impossible", "No.", "/operations/0"),
        422,
        "imaging.impossible",
    ),
]


@pytest.mark.parametrize(("refusal", "status", "code"), REFUSALS)
async def test_what_is_not_made_is_said_and_asked_again_is_tried_again(
    world: World, maker: Maker, refusal: Exception, status: int, code: str
) -> None:
    maker.refuses = refusal
    async with world.client() as client:
        answer = await client.get(f"{AT}/w_6,f_webp")
        maker.refuses = None
        again = await client.get(f"{AT}/w_6,f_webp")
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)
    if code == "imaging.heavy":
        assert answer.json()["order_at"] == "/v1/images/transformations"
    assert again.status_code == 200


async def test_a_worker_that_is_gone_is_a_clear_answer(world: World) -> None:
    await file_named(world, FILE)
    async with world.client() as client:
        answer = await client.get(f"{AT}/w_6,f_webp")
    assert (answer.status_code, code_of(answer)) == (503, "quick.unavailable")
    assert "Retry-After" in answer.headers


async def test_another_file_is_shown_where_the_source_cannot_be(
    world: World, maker: Maker
) -> None:
    gone = new_id("fil")
    async with world.client() as client:
        shown = await client.get(f"/v1/images/{gone}/w_6,f_webp,fallback_{FILE}")
        both = await client.get(
            f"/v1/images/{gone}/w_6,f_webp,fallback_{new_id('fil')}"
        )
        own = await client.get(f"{AT}/w_6,f_webp,fallback_{FILE}")
        maker.refuses = QuickFailed("invalid", "imaging.damaged", "Damaged.")
        neither = await client.get(f"{AT}/w_7,f_webp,fallback_{FILE}")
    assert (shown.status_code, shown.headers["X-Image-Fallback"]) == (200, "1")
    assert shown.headers["Cache-Control"] == "private, max-age=60"
    assert both.status_code == 404
    assert "X-Image-Fallback" not in own.headers and own.content == shown.content
    assert (neither.status_code, code_of(neither)) == (422, "imaging.damaged")


async def test_what_is_wrong_is_told_by_a_picture_where_asked(
    world: World, maker: Maker
) -> None:
    asked = {"errors": "image"}
    async with world.client() as client:
        gone = await client.get(f"/v1/images/{new_id('fil')}/w_6", params=asked)
        bad = await client.get(f"{AT}/w_0", params=asked)
        maker.refuses = QuickFailed("invalid", "imaging.unsupported", "No image.")
        no_image = await client.get(f"{AT}/w_6", params=asked)
        maker.refuses = busy(1)
        full = await client.get(f"{AT}/w_6", params=asked)
        saved = await client.get(f"{AT}/w_6", params={"download": "2"})
    pictures = (gone, bad, no_image)
    assert [one.status_code for one in pictures] == [404, 422, 415]
    for one in pictures:
        assert one.headers["Content-Type"] == "image/svg+xml"
        assert one.headers["Cache-Control"] == "no-store"
        assert str(one.status_code) in one.text
    assert (full.status_code, code_of(full)) == (503, "quick.busy")
    assert saved.status_code == 422


async def test_an_image_is_saved_where_that_is_asked_for(
    world: World, maker: Maker
) -> None:
    async with world.client() as client:
        answer = await client.get(f"{AT}/w_6,f_webp?download=1")
    assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_new_images_are_held_to_so_many_a_second_and_count_as_pixels(
    world: World, maker: Maker
) -> None:
    limits = f"/v1/workspaces/{OWNER_WORKSPACE}/limits"
    async with world.client() as client:
        await client.put(limits, json={"images_per_second": 0.2})
        world.gateway.callers.forget(hash_api_key(KEY) or b"")
        answers = [await client.get(f"{AT}/w_{width},f_webp") for width in range(2, 7)]
        again = await client.get(f"{AT}/w_2,f_webp")
        usage = (await client.get("/v1/usage")).json()
        await client.put(limits, json={"pixels_per_day": 1})
        world.gateway.callers.forget(hash_api_key(KEY) or b"")
        full = await client.get(f"{AT}/w_9,f_webp")
    codes = [one.status_code for one in answers]
    assert codes[:2] == [200, 200] and codes[2:] == [429, 429, 429]
    assert (answers[3].json()["policy"], code_of(answers[3])) == (
        "images",
        "rate_limited",
    )
    assert again.status_code == 200  # it is there
    assert usage["used"]["pixels_day"] == 2 * 20 * 10
    assert (full.status_code, code_of(full)) == (429, "quota.pixels")
