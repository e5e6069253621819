"""API keys over HTTP: made, shown once, limited, rotated, revoked."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.gateway.access import callers
from onemanage.gateway.access.secrets import hash_api_key

from .psd_samples import KEY, World

PATH = "/v1/api-keys"


async def _made(world: World, **body: Any) -> dict[str, Any]:
    async with world.client() as owner:
        answer = await owner.post(PATH, json={"name": "shop"} | body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _status(world: World, key: str, path: str = "/v1/tasks") -> int:
    async with world.client(key) as client:
        return (await client.get(path)).status_code


async def test_a_key_is_shown_once_and_works_at_once(world: World) -> None:
    async with world.client() as owner:
        answer = await owner.post(PATH, json={"name": "shop"})
        made = answer.json()
        shown = await owner.get(answer.headers["location"])
        listed = (await owner.get(PATH)).json()["items"]

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert await _status(world, made["key"]) == 200
    assert made["scopes"] == ["read", "write"], "where nothing is said"
    assert made["key"].startswith(made["begins_with"])
    assert "key" not in shown.json()
    assert shown.json() == {name: made[name] for name in shown.json()}
    assert [one["name"] for one in listed] == ["shop", "owner"]
    assert made["key"] not in str(listed)


async def test_the_database_holds_no_key(world: World) -> None:
    made = await _made(world)
    pool = world.gateway.store._pool
    stored = str(
        await pool.fetchrow("SELECT * FROM api_keys WHERE id = $1", made["id"])
    )
    hashed = hash_api_key(made["key"])
    assert hashed is not None and str(hashed) in stored
    assert made["key"][len(made["begins_with"]) :] not in stored


async def test_when_a_key_was_last_used_is_told(world: World) -> None:
    made = await _made(world)
    async with world.client() as owner:
        before = (await owner.get(f"{PATH}/{made['id']}")).json()
        await _status(world, made["key"])
        after = (await owner.get(f"{PATH}/{made['id']}")).json()

    assert before["last_used_at"] is None
    assert after["last_used_at"] is not None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["root"]}, "/scopes/0"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2999-01-01T00:00:00"}, "/expires_at"),
        ({"networks": ["10.0.0.1/8"]}, "/networks/0"),
        ({"scope": "read"}, "/scope"),
    ],
)
async def test_a_key_that_cannot_be_is_refused_with_where_it_is_wrong(
    world: World, body: dict[str, Any], pointer: str
) -> None:
    async with world.client() as owner:
        answer = await owner.post(PATH, json={"name": "shop"} | body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_key_ends_when_it_expires(world: World) -> None:
    made = await _made(world, expires_at=str(utc_now() + timedelta(days=1)))
    assert await _status(world, made["key"]) == 200
    await world.gateway.store._pool.execute(
        "UPDATE api_keys SET expires_at = now() WHERE id = $1", made["id"]
    )
    await _is_refused(world, made["key"])


async def test_a_key_is_good_only_from_its_networks(world: World) -> None:
    made = await _made(world, networks=["203.0.113.0/24", "2001:db8::/32"])
    for address, status in (
        ("203.0.113.9", 200),
        ("2001:db8::1", 200),
        ("203.0.114.9", 403),
        ("not an address", 403),
        # Whoever is no proxy of ours says of himself what he likes.
        ("203.0.113.9, 198.51.100.1", 403),
        ("198.51.100.1, 203.0.113.9", 200),
    ):
        headers = {"X-Forwarded-For": address}
        async with world.client(made["key"]) as client:  # from 127.0.0.1, a proxy
            answer = await client.get("/v1/tasks", headers=headers)
        assert answer.status_code == status, address
    stranger = httpx.ASGITransport(world.app, client=("198.51.100.1", 9))
    bearer = {"Authorization": f"Bearer {made['key']}"}
    async with httpx.AsyncClient(transport=stranger, base_url="http://test") as client:
        pretends = bearer | {"X-Forwarded-For": "203.0.113.9"}
        assert (await client.get("/v1/tasks", headers=pretends)).status_code == 403


async def test_a_revoked_key_is_good_for_nothing_and_still_listed(world: World) -> None:
    made = await _made(world)
    assert await _status(world, made["key"]) == 200
    async with world.client() as owner:
        assert (await owner.delete(f"{PATH}/{made['id']}")).status_code == 204
        await _is_refused(world, made["key"])
        shown = (await owner.get(f"{PATH}/{made['id']}")).json()
        again = await owner.delete(f"{PATH}/{made['id']}")
        after = (await owner.get(f"{PATH}/{made['id']}")).json()

    assert again.status_code == 204
    assert shown["revoked_at"] is not None
    assert after["revoked_at"] == shown["revoked_at"]


async def test_a_rotated_key_and_the_new_one_are_both_good_for_an_hour(
    world: World,
) -> None:
    made = await _made(world, scopes=["read"], networks=["127.0.0.0/8"])
    async with world.client() as owner:
        answer = await owner.post(f"{PATH}/{made['id']}/rotate")
        new = answer.json()
        old = (await owner.get(f"{PATH}/{made['id']}")).json()
        again = await owner.post(f"{PATH}/{made['id']}/rotate")

    assert answer.status_code == 201
    assert new["replaces"] == made["id"]
    for name in ("name", "scopes", "networks", "expires_at"):
        assert new[name] == made[name]
    assert old["revoked_at"] > str(utc_now())
    assert again.status_code == 409
    for key in (made["key"], new["key"]):
        assert await _status(world, key) == 200
    await world.gateway.store._pool.execute(
        "UPDATE api_keys SET revoked_at = now() WHERE id = $1", made["id"]
    )
    await _is_refused(world, made["key"])
    assert await _status(world, new["key"]) == 200


async def test_the_last_key_that_can_make_others_is_not_revoked(world: World) -> None:
    async with world.client() as owner:
        (mine,) = (await owner.get(PATH)).json()["items"]
        refused = await owner.delete(f"{PATH}/{mine['id']}")
        other = (
            await owner.post(PATH, json={"name": "second", "scopes": ["admin"]})
        ).json()
        answers = await asyncio.gather(
            *(owner.delete(f"{PATH}/{one['id']}") for one in (mine, other))
        )

    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/last_admin_key")
    assert sorted(one.status_code for one in answers) == [204, 409], "one at a time"


async def test_another_workspace_s_key_is_not_there(world: World) -> None:
    made = await _made(world)
    async with world.stranger() as stranger:
        answers = [
            await stranger.get(f"{PATH}/{made['id']}"),
            await stranger.delete(f"{PATH}/{made['id']}"),
            await stranger.post(f"{PATH}/{made['id']}/rotate"),
            await stranger.get(f"{PATH}/{new_id('key')}"),
        ]
        listed = (await stranger.get(PATH)).json()["items"]

    assert [one.status_code for one in answers] == [404] * 4
    assert [one["name"] for one in listed] == ["other"]
    assert await _status(world, made["key"]) == 200


async def _is_refused(world: World, key: str) -> None:
    """Soon, and from then on."""
    async with asyncio.timeout(callers.KEPT_SECONDS + 20):
        while await _status(world, key) == 200:
            await asyncio.sleep(0.1)
    assert await _status(world, key) == 401
    assert await _status(world, KEY) == 200
