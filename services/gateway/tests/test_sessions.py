"""Logging in and out, by token and by cookie."""

import asyncio

import httpx
import pytest

from onemanage.gateway.access import callers
from onemanage.gateway.access.cookies import Cookies

from .access_samples import PASSWORD, browser, joined, log_in
from .psd_samples import World

SELF = {"Origin": "http://test"}
ADA = "ada@example.com"


async def _gone(client: httpx.AsyncClient, path: str = "/v1/me") -> httpx.Response:
    """What is answered once the session is good no more, which is soon."""
    async with asyncio.timeout(callers.KEPT_SECONDS + 20):
        while (answer := await client.get(path)).status_code == 200:
            await asyncio.sleep(0.1)
    return answer


async def test_a_person_logs_in_and_is_told_who_they_are(world: World) -> None:
    await joined(world, ADA)
    async with browser(world) as client:
        answer = await log_in(client, "Ada@Example.com")
    token = answer.json()["token"]
    async with world.client(token) as program:
        me = (await program.get("/v1/me")).json()
        shown = (await program.get(answer.headers["location"])).json()

    assert answer.status_code == 201
    assert (me["email"], me["name"], me["scopes"]) == (ADA, "ada", ["read", "write"])
    assert shown["is_current"] is True
    assert "token" not in shown
    assert shown["expires_at"] < shown["ends_at"]


async def test_a_wrong_name_and_a_wrong_password_are_told_the_same(
    world: World,
) -> None:
    await joined(world, ADA)
    async with browser(world) as client:
        answers = [
            await log_in(client, ADA, "not her password"),
            await log_in(client, "nobody@example.com", PASSWORD),
        ]
    told = [one.json() | {"trace_id": None} for one in answers]
    assert [one.status_code for one in answers] == [401, 401]
    assert told[0] == told[1]


async def test_an_account_is_not_tried_out(world: World) -> None:
    await joined(world, ADA)
    for _ in range(5):
        async with browser(world) as client:  # from another address each time
            assert (await log_in(client, ADA, "wrong password")).status_code == 401
    async with browser(world) as client:
        refused = await log_in(client, ADA)  # the right one
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1


async def test_an_address_does_not_try_out_accounts(world: World) -> None:
    async with browser(world) as client:
        answers = await asyncio.gather(
            *(log_in(client, f"nobody{at}@example.com") for at in range(30))
        )
    states = sorted(one.status_code for one in answers)
    assert states == [401] * 20 + [429] * 10


async def test_who_gets_it_right_begins_anew(world: World) -> None:
    await joined(world, ADA)
    async with browser(world) as client:
        for _ in range(3):
            for _ in range(4):
                assert (await log_in(client, ADA, "wrong password")).status_code == 401
            assert (await log_in(client, ADA)).status_code == 201


async def test_a_browser_has_the_session_as_a_cookie(world: World) -> None:
    await joined(world, ADA)
    async with browser(world) as client:
        answer = await log_in(client, ADA)
        cookie = answer.headers["set-cookie"].lower()
        assert (await client.get("/v1/me")).json()["email"] == ADA
        ended = await client.delete("/v1/sessions", headers=SELF)
        assert (await client.get("/v1/me")).status_code == 401

    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert "secure" not in cookie, "it is plain HTTP here"
    assert ended.status_code == 204
    assert "max-age=0" in ended.headers["set-cookie"].lower()


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
async def test_another_page_changes_nothing_by_the_cookie(
    world: World, origin: str | None
) -> None:
    await joined(world, ADA)
    headers = {} if origin is None else {"Origin": origin}
    body = {"old": PASSWORD, "new": "evil's own password"}
    async with browser(world) as client:
        token = (await log_in(client, ADA)).json()["token"]
        answers = [
            await client.put("/v1/me/password", json=body, headers=headers),
            await client.delete("/v1/sessions", headers=headers),
        ]
        seen = await client.get("/v1/me", headers=headers)
        ours = await client.put("/v1/me/password", json=body, headers=SELF)
    async with world.client(token) as program:
        by_token = await program.get("/v1/sessions", headers=headers)

    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].json()["type"].endswith("/foreign_origin")
    assert (seen.status_code, ours.status_code) == (200, 204)
    assert by_token.status_code == 200


async def test_on_https_the_cookie_is_this_host_s_alone(world: World) -> None:
    await joined(world, ADA)
    app = world.behind(world.settings, cookies=Cookies("https://om.example", []))
    transport = httpx.ASGITransport(app, client=("198.51.100.250", 9))
    async with httpx.AsyncClient(transport=transport, base_url="https://t") as client:
        cookie = (await log_in(client, ADA)).headers["set-cookie"]

    assert cookie.startswith("__Host-onemanage=om_sess_")
    assert "Secure" in cookie and "Domain" not in cookie


async def test_a_session_ends_without_use_and_moves_on_with_it(world: World) -> None:
    token = (await joined(world, ADA))["token"]
    pool = world.gateway.store._pool
    soon = "now() + interval '1 minute'"
    await pool.execute(
        f"UPDATE sessions SET expires_at = {soon}, "
        "last_used_at = now() - interval '11 hours'"
    )
    async with world.client(token) as client:
        assert (await client.get("/v1/me")).status_code == 200
        moved = await pool.fetchval(f"SELECT expires_at > {soon} FROM sessions")
        await pool.execute("UPDATE sessions SET expires_at = now()")
        assert (await _gone(client)).status_code == 401
    assert moved


async def test_no_use_keeps_a_session_beyond_its_end(world: World) -> None:
    token = (await joined(world, ADA))["token"]
    pool = world.gateway.store._pool
    await pool.execute(
        "UPDATE sessions SET ends_at = now() + interval '1 hour', "
        "last_used_at = now() - interval '1 hour'"
    )
    async with world.client(token) as client:
        assert (await client.get("/v1/me")).status_code == 200
        assert await pool.fetchval("SELECT expires_at = ends_at FROM sessions")
        await pool.execute("UPDATE sessions SET ends_at = now()")
        assert (await _gone(client)).status_code == 401


async def test_one_s_sessions_are_listed_and_ended_one_by_one(world: World) -> None:
    first = await joined(world, ADA)
    other = await joined(world, "bob@example.com")
    async with browser(world) as client:
        second = (await log_in(client, ADA)).json()
    async with world.client(second["token"]) as client:
        listed = (await client.get("/v1/sessions")).json()["items"]
        foreign = await client.delete(f"/v1/sessions/{other['id']}")
        ended = await client.delete(f"/v1/sessions/{first['id']}")
        again = await client.delete(f"/v1/sessions/{first['id']}")
    async with world.client(first["token"]) as client:
        await _gone(client)

    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert [one["is_current"] for one in listed] == [True, False]
    states = [foreign.status_code, ended.status_code, again.status_code]
    assert states == [404, 204, 404]


async def test_a_new_password_ends_all_other_sessions(world: World) -> None:
    elsewhere = await joined(world, ADA)
    async with browser(world) as client:
        here = (await log_in(client, ADA)).json()
    async with world.client(here["token"]) as client:
        body = {"old": PASSWORD, "new": "another horse entirely"}
        wrong = await client.put("/v1/me/password", json=body | {"old": "no idea"})
        short = await client.put("/v1/me/password", json=body | {"new": "x"})
        long = await client.put("/v1/me/password", json=body | {"new": "x" * 10_000})
        done = await client.put("/v1/me/password", json=body)
        assert (await client.get("/v1/me")).status_code == 200
    async with world.client(elsewhere["token"]) as client:
        await _gone(client)
    async with browser(world) as client:
        old, new = await log_in(client, ADA), await log_in(client, ADA, body["new"])

    states = [one.status_code for one in (wrong, short, long, done, old, new)]
    assert states == [401, 422, 422, 204, 401, 201]
    assert short.json()["errors"][0]["pointer"] == "/new"
    assert "x" * 20 not in long.text, "a password stands in no answer"


async def test_an_api_key_is_nobody_s_session(world: World) -> None:
    async with world.client() as key:
        answers = [
            await key.get("/v1/sessions"),
            await key.put("/v1/me/password", json={"old": "x", "new": "y" * 10}),
        ]
        me = (await key.get("/v1/me")).json()

    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].json()["type"].endswith("/session_only")
    assert me["user_id"] is None and "admin" in me["scopes"]


async def test_ended_sessions_are_swept(world: World) -> None:
    await joined(world, ADA)
    pool = world.gateway.store._pool
    await pool.execute("UPDATE sessions SET expires_at = now() - interval '2 days'")
    assert await world.gateway.sessions.sweep() == 1
    assert await pool.fetchval("SELECT count(*) FROM sessions") == 0
