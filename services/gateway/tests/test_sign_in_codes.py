"""How a browser signs in without a password: by a code, and by a key."""

import asyncio

import httpx

from .access_samples import browser, joined
from .psd_samples import KEY, World

SELF = {"Origin": "http://test"}
CODES = "/v1/sign-in-codes"


async def _code(world: World, token: str) -> str:
    async with world.client(token) as ada:
        made = await ada.post(CODES)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    found: str = made.json()["code"]
    return found


async def _use(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post(f"{CODES}/exchange", json={"code": code})


async def test_a_code_begins_a_session_of_its_owner_once(world: World) -> None:
    ada = await joined(world, "ada@example.com", "viewer")
    code = await _code(world, ada["token"])
    async with browser(world) as first, browser(world) as second:
        answers = await asyncio.gather(_use(first, code), _use(second, code))
        by_cookie = [await one.get("/v1/me") for one in (first, second)]

    assert sorted(one.status_code for one in answers) == [201, 410]
    assert sorted(one.status_code for one in by_cookie) == [200, 401]
    (me,) = (one.json() for one in by_cookie if one.status_code == 200)
    (session,) = (one.json() for one in answers if one.status_code == 201)
    assert (me["email"], me["scopes"]) == ("ada@example.com", ["read"])
    assert me["session_id"] == session["id"] != ada["id"]


async def test_a_code_that_is_too_old_or_made_up_is_refused(world: World) -> None:
    ada = await joined(world, "ada@example.com")
    code = await _code(world, ada["token"])
    await world.gateway.pool.execute(
        "UPDATE sign_in_codes SET expires_at = now() - interval '1 second'"
    )
    async with browser(world) as client:
        answers = [
            await _use(client, one) for one in (code, code[:-1] + "x", "", "x" * 200)
        ]
    assert [one.status_code for one in answers] == [410] * 4
    assert answers[0].json()["title"] == "code gone"


async def test_who_was_removed_gets_in_by_no_code(world: World) -> None:
    ada = await joined(world, "ada@example.com")
    code = await _code(world, ada["token"])
    async with world.client() as owner:
        members = (await owner.get("/v1/members")).json()["items"]
        for each in members:
            await owner.delete(f"/v1/members/{each['user_id']}")
    async with browser(world) as client:
        refused = await _use(client, code)

    assert refused.status_code == 404


async def test_a_key_has_no_codes_and_can_be_a_cookie(world: World) -> None:
    async with world.client() as owner:
        no_code = await owner.post(CODES)
    async with browser(world) as client:
        own = {"Authorization": f"Bearer {KEY}"}
        given = await client.put("/v1/me/cookie", headers=own)
        me = (await client.get("/v1/me")).json()
        foreign = await client.put("/v1/me/cookie")
        taken = await client.delete("/v1/me/cookie", headers=SELF)
        after = await client.get("/v1/me")

    cookie = given.headers["set-cookie"].lower()
    assert no_code.json()["title"] == "session only"
    assert given.status_code == taken.status_code == 204
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert "max-age" not in cookie and "expires" not in cookie
    assert me["user_id"] is None and me["session_id"] is None
    assert (foreign.status_code, after.status_code) == (403, 401)
