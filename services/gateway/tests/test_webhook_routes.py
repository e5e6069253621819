"""Webhooks over HTTP: made, shown, changed, given another secret, deleted."""

from typing import Any

import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.platform.process.sealing import unseal

from .psd_samples import SEALING_KEY, World
from .webhook_samples import PATH, deliveries_of, made, shown

URL = "http://127.0.0.1:9/hook"


async def _asked(world: World, **body: Any) -> httpx.Response:
    async with world.client() as owner:
        return await owner.post(PATH, json={"url": URL, "events": ["*"]} | body)


async def test_a_secret_is_shown_once_and_kept_sealed(world: World) -> None:
    answer = await _asked(world, description="The shop", events=["*.failed", "psd.*"])
    webhook = answer.json()
    async with world.client() as owner:
        got = (await owner.get(answer.headers["location"])).json()
        listed = (await owner.get(PATH)).json()["items"]
    pool = world.gateway.store._pool
    row = await pool.fetchrow("SELECT * FROM webhooks")

    assert answer.headers["cache-control"] == "no-store"
    assert webhook["secret"].startswith("whsec_")
    assert "secret" not in got
    assert got == {name: webhook[name] for name in got}
    assert listed == [got]
    assert got["events"] == ["*.failed", "psd.*"]
    assert row is not None and webhook["secret"].removeprefix("whsec_") not in str(row)
    opened = unseal(SEALING_KEY, row["sealed_secret"], row["workspace_id"])
    assert opened == webhook["secret"]


async def test_a_query_of_the_address_is_sealed_and_not_shown(world: World) -> None:
    webhook = await made(world, f"{URL}?token=s3cret")
    pool = world.gateway.store._pool
    row = str(await pool.fetchrow("SELECT * FROM webhooks"))

    assert webhook["url"] == URL
    assert "s3cret" not in row
    async with world.client() as owner:
        path = f"{PATH}/{webhook['id']}"
        changed = await owner.patch(path, json={"url": "http://127.0.0.1:9/other"})
    assert changed.json()["url"] == "http://127.0.0.1:9/other"
    assert await pool.fetchval("SELECT sealed_url FROM webhooks") is None


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.8/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:10.0.0.8]:8080/",
        "http://192.168.1.1:5432/",
        "https://100.64.0.1/",
        "http://0.0.0.0/",
        "http://-/",
    ],
)
async def test_an_address_that_is_not_public_is_refused(world: World, url: str) -> None:
    answer = await _asked(world, url=url)

    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith("/webhook_address_refused")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/url"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": "ftp://example.com/"}, "/url"),
        ({"url": "http://user:secret@example.com/"}, "/url"),
        ({"url": "http:///path"}, "/url"),
        ({"url": "http://example.com:99999/"}, "/url"),
        ({"url": "http://example.com/#part"}, "/url"),
        ({"url": "http://example.com/" + "a" * 2000}, "/url"),
        ({"url": "http://exa mple.com/"}, "/url"),
        ({"events": []}, "/events"),
        ({"events": ["psd.parse_export.finished"]}, "/events/0"),
        ({"events": ["*", "psd.render.requested"]}, "/events/1"),
        ({"events": ["psd.parse_export.%"]}, "/events/0"),
        ({"description": "a\nb"}, "/description"),
        ({"secret": "whsec_mine"}, "/secret"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_with_where_it_is_wrong(
    world: World, body: dict[str, Any], pointer: str
) -> None:
    answer = await _asked(world, **body)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "secret@" not in answer.text


async def test_a_repeat_makes_no_second_webhook(world: World) -> None:
    again = {"Idempotency-Key": "first day"}
    asked = {"url": URL, "events": ["*"]}
    async with world.client() as owner:
        first = await owner.post(PATH, json=asked, headers=again)
        second = await owner.post(PATH, json=asked, headers=again)
        listed = (await owner.get(PATH)).json()["items"]

    assert second.headers["idempotency-replayed"] == "true"
    assert second.json() == first.json()
    assert len(listed) == 1


async def test_a_workspace_has_twenty_at_most(world: World) -> None:
    for _ in range(20):
        await made(world, URL)

    answer = await _asked(world)

    assert (answer.status_code, answer.json()["title"]) == (409, "too many webhooks")


async def test_what_is_named_changes_and_nothing_else(world: World) -> None:
    webhook = await made(world, URL, "*.failed", description="The shop")
    path = f"{PATH}/{webhook['id']}"
    async with world.client() as owner:
        off = (await owner.patch(path, json={"enabled": False})).json()
        more = (await owner.patch(path, json={"events": ["*"]})).json()
        on = (await owner.patch(path, json={"enabled": True})).json()
        empty = await owner.patch(path, json={})

    assert off["disabled_at"] and off["disabled_reason"] == "asked"
    assert more["events"] == ["*"] and more["disabled_at"] == off["disabled_at"]
    assert on["disabled_at"] is None and on["disabled_reason"] is None
    assert (on["url"], on["description"]) == (URL, "The shop")
    assert empty.status_code == 422


async def test_a_webhook_that_is_off_sends_no_test_and_nothing_again(
    world: World,
) -> None:
    webhook = await made(world, URL)
    path = f"{PATH}/{webhook['id']}"
    async with world.client() as owner:
        told = await owner.post(f"{path}/test")
        await owner.patch(path, json={"enabled": False})
        test = await owner.post(f"{path}/test")
        again = await owner.post(f"{told.headers['location']}/redeliver")

    assert told.status_code == 202
    assert (test.status_code, test.json()["reason"]) == (409, "asked")
    assert again.status_code == 409


async def test_what_belongs_to_another_workspace_is_not_there(world: World) -> None:
    webhook = await made(world, URL)
    path = f"{PATH}/{webhook['id']}"
    async with world.client() as owner:
        told = (await owner.post(f"{path}/test")).headers["location"]
    async with world.stranger() as client:
        answers = [
            await client.get(path),
            await client.patch(path, json={"enabled": False}),
            await client.patch(path, json={"url": URL}),
            await client.delete(path),
            await client.post(f"{path}/rotate"),
            await client.post(f"{path}/test"),
            await client.get(f"{path}/deliveries"),
            await client.get(told),
            await client.post(f"{told}/redeliver"),
        ]
        listed = (await client.get(PATH)).json()["items"]
        own = (await client.post(PATH, json={"url": URL, "events": ["*"]})).json()
        through = f"{PATH}/{own['id']}/deliveries/{told.rpartition('/')[2]}"
        answers += [
            await client.get(through),
            await client.post(f"{through}/redeliver"),
        ]

    assert [one.status_code for one in answers] == [404] * len(answers)
    assert listed == []
    assert (await shown(world, webhook))["disabled_at"] is None
    assert len(await deliveries_of(world, webhook)) == 1


async def test_a_webhook_goes_with_its_deliveries(world: World) -> None:
    webhook = await made(world, URL)
    path = f"{PATH}/{webhook['id']}"
    async with world.client() as owner:
        await owner.post(f"{path}/test")
        gone = await owner.delete(path)
        after = await owner.get(path)
        again = await owner.delete(path)

    assert [one.status_code for one in (gone, after, again)] == [204, 404, 404]
    pool = world.gateway.store._pool
    assert await pool.fetchval("SELECT count(*) FROM webhook_deliveries") == 0


async def test_pages_of_deliveries_hold_everything_once(world: World) -> None:
    webhook = await made(world, URL)
    path = f"{PATH}/{webhook['id']}"
    async with world.client() as owner:
        sent = [(await owner.post(f"{path}/test")).json()["id"] for _ in range(5)]
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2, "state": "pending"}
        while query.get("cursor", "first") is not None:
            page = (await owner.get(f"{path}/deliveries", params=query)).json()
            seen += [one["id"] for one in page["items"]]
            query["cursor"] = page["next_cursor"]
        none = await owner.get(f"{path}/deliveries", params={"state": "delivered"})

    assert seen == sent[::-1]
    assert none.json()["items"] == []


async def test_without_a_key_to_seal_with_there_are_no_webhooks(world: World) -> None:
    settings = world.settings.model_copy(update={"webhook_sealing_key": ""})
    webhooks = world.gateway.webhooks
    without = type(webhooks)(webhooks.store, webhooks.deliveries, "", webhooks.allowed)
    world.app = world.behind(settings, webhooks=without)

    answer = await _asked(world)

    assert (answer.status_code, answer.json()["title"]) == (422, "webhooks not set up")


async def test_nothing_of_nowhere_is_found(world: World) -> None:
    path = f"{PATH}/{new_id('whk')}"
    async with world.client() as owner:
        answers = [
            await owner.get(path),
            await owner.patch(path, json={"events": ["*"]}),
            await owner.post(f"{path}/deliveries/{new_id('dlv')}/redeliver"),
        ]
    assert {one.status_code for one in answers} == {404}
