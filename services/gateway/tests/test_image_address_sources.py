"""What images by address are made of: sources and presets of the workspace, and hosts."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.imaging.addresses.values import encoded
from onemanage.contracts.imaging.images import StoredImage, Transformation
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client

from .address_samples import Maker, code_of, file_named, making
from .imaging_samples import imaging_of
from .psd_samples import DOCUMENT, World, stored_image

FILE = "fil_" + "7" * 32
AT = f"/v1/images/{FILE}"


@pytest.fixture
async def maker(nats: Client, world: World) -> AsyncIterator[Maker]:
    await file_named(world, FILE)
    async with making(nats, world) as found:
        yield found


async def test_layers_transformations_and_composites_are_sources(
    nats: Client, world: World, maker: Maker
) -> None:
    composite = await stored_image(world, "artifacts/a.png", 1)
    world.psd.documents[DOCUMENT] = msgspec.structs.replace(
        world.psd.documents[DOCUMENT], composite=composite
    )
    made_id = new_id("tsf")
    async with imaging_of(nats, world) as imaging, world.client() as client:
        fields = msgspec.structs.asdict(composite) | {"object_key": "artifacts/b.png"}
        imaging.transformations[made_id] = Transformation(
            transformation_id=made_id,
            workspace_id=OWNER_WORKSPACE,
            task_id=new_id("tsk"),
            file_id=FILE,
            name="shoe.jpg",
            recipe=check_recipe({}),
            key="",
            variants=[StoredImage(name=name, **fields) for name in ("large", "thumb")],
            created_at=utc_now(),
        )
        answers = [
            await client.get(f"/v1/images/{source}/w_5,f_webp")
            for source in (DOCUMENT, f"{made_id}:thumb", f"{made_id}%3Alarge")
        ]
        ambiguous = await client.get(f"/v1/images/{made_id}/w_5")
        unknown = await client.get(f"/v1/images/{new_id('tsf')}/w_5")
    assert [one.status_code for one in answers] == [200, 200, 200]
    keys = [asked.source.object_key for asked in maker.asked]
    assert keys == ["artifacts/a.png", "artifacts/b.png"]  # alike, so made once
    assert 'filename="shoe.webp"' in answers[1].headers["Content-Disposition"]
    assert (ambiguous.status_code, code_of(ambiguous)) == (404, "no_image")
    assert unknown.status_code == 404


async def test_only_addresses_of_allowed_hosts_are_fetched(
    world: World, maker: Maker
) -> None:
    hosts = f"/v1/workspaces/{OWNER_WORKSPACE}/image-hosts"

    def at(url: str) -> str:
        return f"/v1/images/url_{encoded(url.encode())}/w_5"

    async with world.client() as client, world.stranger() as stranger:
        refused = await client.get(at("https://cdn.example.org/a.png"))
        none = (await client.get(hosts)).json()
        bad = await client.put(hosts, json={"hosts": ["[::1]", "*", "a/b"]})
        put = await client.put(hosts, json={"hosts": ["CDN.example.org", "*.shop.de"]})
        shown = await client.get(at("https://cdn.example.org/shoe.png?sig=5ecret"))
        below = await client.get(at("http://a.b.shop.de/x"))
        others = [
            await client.get(at(url))
            for url in (
                "https://example.org/a.png",
                "https://shop.de.evil.org/a",
                "https://evil.org/cdn.example.org",
            )
        ]
        odd = [
            await client.get(at(url))
            for url in (
                "file:///etc/passwd",
                "https://u:p@cdn.example.org/",
                "x" * 3000,
            )
        ] + [await client.get("/v1/images/url_!!/w_5")]
        foreign = await stranger.put(hosts, json={"hosts": []})
    assert (refused.status_code, code_of(refused)) == (403, "image.host_not_allowed")
    assert none == {"hosts": []}
    assert (bad.status_code, foreign.status_code) == (422, 404)
    assert put.json() == {"hosts": ["cdn.example.org", "*.shop.de"]}
    assert (shown.status_code, below.status_code) == (200, 200), shown.text
    assert {one.status_code for one in others} == {403}
    assert {one.status_code for one in odd} == {422}
    assert maker.asked[0].source.url == "https://cdn.example.org/shoe.png"
    assert "5ecret" not in repr(maker.asked[0])
    assert maker.asked[0].source.sealed_url is not None


async def test_what_is_another_workspace_s_is_not_there(
    world: World, maker: Maker
) -> None:
    async with world.client() as client, world.stranger() as stranger:
        own = await client.get(f"{AT}/w_4,f_webp")
        foreign = await stranger.get(f"{AT}/w_4,f_webp")
        nobody = await world.client("om_live_wrong").get(f"{AT}/w_4,f_webp")
    assert [one.status_code for one in (own, foreign, nobody)] == [200, 404, 401]


async def test_a_preset_is_a_step_and_another_one_is_soon_used(
    world: World, maker: Maker
) -> None:
    preset = "/v1/images/presets/shop"
    recipe: dict[str, Any] = {
        "operations": [{"op": "blur", "sigma": 3}],
        "variants": [{"output": {"format": "webp"}}],
    }
    async with world.client() as client:
        await client.put(preset, json={"recipe": recipe})
        answer = await client.get(f"{AT}/p_shop/w_5")
        recipe["operations"] = []
        await client.put(preset, json={"recipe": recipe})
        async with asyncio.timeout(20):
            while len(maker.asked) < 2:
                await client.get(f"{AT}/p_shop/w_5")
        unknown = await client.get(f"{AT}/p_none")
    assert answer.headers["Content-Type"] == "image/webp"
    ops = [len(asked.recipe.operations) for asked in maker.asked]
    assert ops == [2, 1]
    assert unknown.status_code == 404
