"""Images for everybody: who signed the address, until when, and what it may ask for."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.images.addresses.opening import image_addresses
from onemanage.gateway.images.addresses.signatures import seconds_left, split
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed

from .address_samples import (
    KEYS,
    Maker,
    address,
    code_of,
    file_named,
    free,
    making,
    signing_key,
)
from .psd_samples import World

FILE = "fil_" + "6" * 32


@pytest.fixture
async def maker(nats: Client, world: World) -> AsyncIterator[Maker]:
    await file_named(world, FILE)
    async with making(nats, world) as found:
        yield found


def anybody(world: World) -> httpx.AsyncClient:
    """Without a key."""
    transport = httpx.ASGITransport(world.app)
    return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30)


async def test_a_signed_address_needs_no_key_and_may_be_kept_for_ever(
    world: World, maker: Maker
) -> None:
    key = await signing_key(world)
    soon = int(time.time()) + 100
    async with anybody(world) as client:
        named = await client.get(address(key, f"0/w_40/{FILE}.webp"))
        open_ = await client.get(
            address(key, f"-/w_40/{FILE}"), headers={"Accept": "image/avif"}
        )
        ending = await client.get(address(key, f"{soon}/w_40/{FILE}.jpg"))
        plain = await client.get(address(key, f"0/{FILE}.png"))
        head = await client.head(address(key, f"0/w_40/{FILE}.webp"))
    assert [one.status_code for one in (named, open_, ending, plain, head)] == [200] * 5
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert named.headers["Content-Type"] == "image/webp" and "Vary" not in named.headers
    assert open_.headers["Content-Type"] == "image/avif"
    assert open_.headers["Vary"] == "Accept"
    left = int(ending.headers["Cache-Control"].split("=")[1].split(",")[0])
    assert 0 < left <= 100 and ending.headers["Content-Type"] == "image/jpeg"
    assert maker.asked[3].recipe.operations == []
    assert (head.content, head.headers["ETag"]) == (b"", named.headers["ETag"])


async def test_an_address_that_was_changed_is_refused(
    world: World, maker: Maker
) -> None:
    key, path = await signing_key(world), ""
    good = address(key, f"0/w_40/{FILE}.webp")
    mac = good.split("/")[2]
    changed = [
        good.replace("w_40", "w_41"),
        good.replace("/0/", "/1999999999/"),
        good.replace(".webp", ".avif"),
        good.replace(".webp", ""),
        good.replace(FILE, new_id("fil")),
        good.replace("w_40", "%77_40"),
        good.replace(mac, mac[:-1]),
        good.replace(mac, mac + "A"),
        good.replace(mac, mac.replace(".", "")),
        good.replace(mac, "00000000" + mac[8:]),
        good.replace(mac, key["signs_as"] + "."),
        f"/i/{mac}",
        f"/i/{mac}/0",
        f"/i/{mac}/0/",
        address(key, f"soon/w_40/{FILE}.webp"),
        address(key, f"{'9' * 40}/w_40/{FILE}.webp"),
    ]
    async with anybody(world) as client:
        assert (await client.get(good)).status_code == 200
        answers = {path: await client.get(path) for path in changed}
    for path, answer in answers.items():
        assert answer.status_code in (403, 404), path
        if answer.status_code == 403:
            assert code_of(answer) == "image.bad_signature"
    assert len(maker.asked) == 1


async def test_an_address_is_good_until_its_second(world: World, maker: Maker) -> None:
    key = await signing_key(world)
    path = address(key, f"{int(time.time()) - 1}/w_40/{FILE}.webp")
    async with anybody(world) as client:
        expired = await client.get(path)
        shown = await client.get(path, params={"errors": "image"})
    assert (expired.status_code, code_of(expired)) == (410, "image.expired")
    assert (shown.status_code, shown.headers["Content-Type"]) == (410, "image/svg+xml")
    with pytest.raises(Problem):
        seconds_left("1_0")
    with pytest.raises(Problem):
        split("a.b")


async def test_two_keys_sign_while_one_takes_the_place_of_the_other(
    world: World, maker: Maker
) -> None:
    old, new = await signing_key(world), await signing_key(world)
    paths = [address(key, f"0/w_40/{FILE}.webp") for key in (old, new)]
    async with anybody(world) as client, world.client() as owner:
        both = [await client.get(path) for path in paths]
        third = await owner.post(KEYS, json={"name": "third"})
        revoked = await owner.delete(f"{KEYS}/{old['id']}")
        after = [await client.get(path) for path in paths]
        fourth = await owner.post(KEYS, json={"name": "fourth"})
        listed = (await owner.get(KEYS)).json()["items"]
        one = (await owner.get(f"{KEYS}/{old['id']}")).json()
    assert [answer.status_code for answer in both] == [200, 200]
    assert (third.status_code, code_of(third)) == (409, "too_many_signing_keys")
    assert revoked.status_code == 204
    assert [answer.status_code for answer in after] == [403, 200]
    assert code_of(after[0]) == "image.key_revoked"
    assert fourth.status_code == 201
    assert len(listed) == 3 and "secret" not in str(listed)
    assert one["revoked_at"] is not None


async def test_a_secret_is_shown_once_and_stored_sealed(
    world: World, maker: Maker
) -> None:
    async with world.client() as owner, world.stranger() as stranger:
        asked = {"json": {"name": "shop"}, "headers": {"Idempotency-Key": "k"}}
        made = [await owner.post(KEYS, **asked) for _ in range(2)]  # type: ignore[arg-type]  # of **
        key = made[0].json()
        foreign = [
            await stranger.get(f"{KEYS}/{key['id']}"),
            await stranger.delete(f"{KEYS}/{key['id']}"),
        ]
        audit = (await owner.get("/v1/audit?limit=5")).json()["items"]
    assert made[0].json() == made[1].json()
    assert made[0].headers["Cache-Control"] == "no-store"
    assert [one.status_code for one in foreign] == [404, 404]
    row = await world.gateway.pool.fetchrow("SELECT * FROM signing_keys")
    assert row is not None and key["secret"] not in repr(dict(row))
    assert ("create_signing_key", key["id"]) in [
        (entry["action"], entry["objects"][-1]) for entry in audit if entry["objects"]
    ]


async def test_a_key_may_bound_the_sizes_that_its_addresses_ask_for(
    world: World, maker: Maker
) -> None:
    key = await signing_key(world, widths=[40, 80], dprs=[1, 2], presets=["shop"])
    good = ["w_40", "w_80,dpr_2", "w_40,h_7/blur_2", "op:resize,width:40", "h_5"]
    bad = ["w_41", "w_40,dpr_3", "op:resize,width:41", "p_other", "w_40/w_400"]
    async with anybody(world) as client:
        for _ in range(2):  # made, and from memory
            let = [
                await client.get(address(key, f"0/{one}/{FILE}.webp")) for one in good
            ]
        refused = [
            await client.get(address(key, f"0/{one}/{FILE}.webp")) for one in bad
        ]
    assert {one.status_code for one in let} == {200}
    assert {(one.status_code, code_of(one)) for one in refused} == {
        (403, "image.not_allowed")
    }
    assert refused[0].json()["allowed"] == [40, 80]


async def test_a_key_may_leave_the_recipe_free_within_its_lists(
    world: World, maker: Maker
) -> None:
    key = await signing_key(
        world, covers="source", widths=[40, 80], dprs=[2], presets=["shop"]
    )
    other = await file_named(world, new_id("fil"))
    good = ["w_40", "w_80,dpr_2", "f_webp/w_40", "v1/w_40", "p_shop/w_40"]
    bad = [
        *("w_41", "w_40,h_3", "w_40,fit_cover", "q_3/w_40", "blur_2", "w_40/w_80"),
        *("p_other", "p_shop/p_shop", "p_shop,a_1", "page_2", f"w_40,fallback_{other}"),
        *("op:blur,sigma:2", "f_jpg,progressive:1", "w_40,dpr_3", "w_40,up"),
    ]
    async with anybody(world) as client, world.client() as owner:
        recipe = {"variants": [{"output": {"format": "webp"}}]}
        await owner.put("/v1/images/presets/shop", json={"recipe": recipe})
        let = [await client.get(free(key, one, FILE)) for one in good]
        refused = [await client.get(free(key, one, FILE)) for one in bad]
        moved = await client.get(free(key, "w_40", FILE).replace(FILE, other))
        useless = await owner.post(KEYS, json={"name": "a", "covers": "source"})
    assert [one.status_code for one in let] == [200] * len(good)
    told = {path: answer.status_code for path, answer in zip(bad, refused, strict=True)}
    assert told == dict.fromkeys(bad, 403)
    assert (moved.status_code, code_of(moved)) == (403, "image.bad_signature")
    assert useless.status_code == 422


async def test_what_a_preset_makes_is_not_kept_for_ever(
    world: World, maker: Maker
) -> None:
    key = await signing_key(world)
    async with anybody(world) as client, world.client() as owner:
        recipe = {"variants": [{"output": {"format": "webp"}}]}
        await owner.put("/v1/images/presets/shop", json={"recipe": recipe})
        answer = await client.get(address(key, f"0/p_shop/{FILE}"))
    assert answer.headers["Cache-Control"] == "public, max-age=300"


async def test_a_workspace_that_is_suspended_or_closed_shows_nothing(
    world: World, maker: Maker
) -> None:
    key = await signing_key(world)
    path, images = address(key, f"0/w_40/{FILE}.webp"), world.gateway.images
    async with anybody(world) as client:
        codes = [(await client.get(path)).status_code]
        for column in ("suspended_at", "closed_at"):
            await world.gateway.pool.execute(
                f"UPDATE workspaces SET {column} = now() WHERE id = $1", OWNER_WORKSPACE
            )
            images.signatures.forget(key["signs_as"])
            codes.append((await client.get(path)).status_code)
    assert codes == [200, 403, 410]


async def test_two_gateways_have_an_image_made_once(
    world: World, maker: Maker, nats: Client
) -> None:
    key = await signing_key(world)
    maker.goes_on.clear()
    maker.stores = False  # it is behind, and not there yet
    path = address(key, f"0/w_40/{FILE}.webp")
    async with AsyncExitStack() as stack:
        clients = [await _another(world, stack) for _ in range(2)]
        asking = [
            asyncio.create_task(client.get(path))
            for client in clients
            for _ in range(4)
        ]
        while not maker.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # the other gateway has come to its claim by now
        maker.goes_on.set()
        answers = await asyncio.gather(*asking)
        third = await _another(world, stack)
        late = await third.get(path)
    assert {one.status_code for one in [*answers, late]} == {200}
    assert {one.content for one in [*answers, late]} == {answers[0].content}
    assert len(maker.asked) == 1


async def test_what_is_refused_to_one_gateway_is_refused_to_the_other_and_not_held(
    world: World, maker: Maker
) -> None:
    key = await signing_key(world)
    maker.goes_on.clear()
    maker.refuses = QuickFailed("invalid", "imaging.damaged", "Damaged.")
    path = address(key, f"0/w_40/{FILE}.webp")
    async with AsyncExitStack() as stack:
        clients = [await _another(world, stack) for _ in range(2)]
        asking = [asyncio.create_task(client.get(path)) for client in clients]
        while not maker.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        maker.goes_on.set()
        answers = await asyncio.gather(*asking)
        maker.refuses = None
        again = await clients[1].get(path)
    assert {(one.status_code, code_of(one)) for one in answers} == {
        (422, "imaging.damaged")
    }
    assert again.status_code == 200


async def test_a_gateway_that_is_gone_keeps_no_other_waiting(
    world: World, maker: Maker
) -> None:
    key = await signing_key(world)
    path = address(key, f"0/w_40/{FILE}.webp")
    async with AsyncExitStack() as stack:
        client = await _another(world, stack)
        made = await client.get(path)
        await world.storage.delete_prefix("images/")
        await world.gateway.pool.execute("UPDATE image_claims SET owner = 'gone'")
        other = await _another(world, stack)
        async with asyncio.timeout(4):  # less than the deadline of a worker
            again = await other.get(path)
        swept = await world.gateway.pool.execute(
            "UPDATE image_claims SET until = now() - interval '1 s'"
        )
    assert (made.status_code, again.status_code) == (200, 200)
    assert len(maker.asked) == 2
    assert swept == "UPDATE 1"


async def _another(world: World, stack: AsyncExitStack) -> httpx.AsyncClient:
    """A client of one gateway process more, of which there are several."""
    settings = world.settings.model_copy(update={"gateway_replicas": 3})
    gateway = world.gateway
    images = image_addresses(
        settings,
        gateway.nats,
        gateway.pool,
        world.storage,
        gateway.rates,
        gateway.counting,
    )
    await images.open()
    app = world.behind(world.settings, images=images)
    transport = httpx.ASGITransport(app)
    client = httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30)
    return await stack.enter_async_context(client)


async def test_ten_thousand_recipes_of_one_source_are_held_back(
    world: World, maker: Maker
) -> None:
    limits = f"/v1/workspaces/{OWNER_WORKSPACE}/limits"
    async with world.client() as owner:
        await owner.put(limits, json={"images_per_second": 1})
    key = await signing_key(world)
    maker.size = 32
    paths = [address(key, f"0/w_{width}/{FILE}.webp") for width in range(1, 301)]
    async with anybody(world) as client:
        answers = [await client.get(path) for path in paths]
    codes = [one.status_code for one in answers]
    assert set(codes) == {200, 429}
    assert codes.count(429) > 100
    assert len(maker.asked) == codes.count(200)
