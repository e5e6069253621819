"""Members, invitations and workspaces, over HTTP."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.gateway.access import callers

from .access_samples import PASSWORD, browser, invited, joined, log_in, preview_until
from .psd_samples import World

ADA, BOB = "ada@example.com", "bob@example.com"


async def _accept(world: World, token: str, **changes: str) -> Any:
    body = {"token": token, "name": "Ada", "password": PASSWORD} | changes
    async with browser(world) as client:
        return await client.post("/v1/invitations/accept", json=body)


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("owner", ["admin", "read", "write"]),
        ("member", ["read", "write"]),
        ("viewer", ["read"]),
    ],
)
async def test_a_member_may_do_what_the_role_says(
    world: World, role: str, scopes: list[str]
) -> None:
    session = await joined(world, ADA, role)
    async with world.client(session["token"]) as client:
        me = (await client.get("/v1/me")).json()
        read = await client.get("/v1/tasks")
        written = await client.put("/v1/images/presets/a", json={"recipe": {}})
        administered = await client.get("/v1/api-keys")

    assert me["scopes"] == scopes
    assert read.status_code == 200
    assert (written.status_code == 201) == ("write" in scopes)
    assert (administered.status_code == 200) == ("admin" in scopes)


async def test_an_invitation_is_good_once(world: World) -> None:
    token = await invited(world, ADA)
    answers = await asyncio.gather(*(_accept(world, token) for _ in range(2)))
    after = await _accept(world, token)
    async with world.client() as owner:
        listed = (await owner.get("/v1/members")).json()["items"]

    assert sorted(one.status_code for one in answers) == [201, 410]
    assert after.status_code == 410
    assert [one["email"] for one in listed] == [ADA]


async def test_an_invitation_that_is_withdrawn_or_old_is_gone(world: World) -> None:
    first, second = await invited(world, ADA), await invited(world, BOB)
    async with world.client() as owner:
        listed = (await owner.get("/v1/invitations")).json()["items"]
        ids = {one["email"]: one["id"] for one in listed}
        withdrawn = await owner.delete(f"/v1/invitations/{ids[ADA]}")
        again = await owner.delete(f"/v1/invitations/{ids[ADA]}")
    await world.gateway.store._pool.execute("UPDATE invitations SET expires_at = now()")
    answers = [await _accept(world, token) for token in (first, second, "om_invt_x")]

    assert (withdrawn.status_code, again.status_code) == (204, 404)
    assert [one.status_code for one in answers] == [410] * 3


async def test_inviting_again_takes_the_place_of_the_first(world: World) -> None:
    first, second = await invited(world, ADA), await invited(world, ADA, "viewer")
    assert (await _accept(world, first)).status_code == 410
    assert (await _accept(world, second)).status_code == 201


async def test_who_has_an_account_accepts_with_its_password(world: World) -> None:
    await joined(world, ADA)
    async with world.client() as owner:
        made = await owner.post(
            "/v1/workspaces", json={"name": "Other", "owner_email": ADA}
        )
    token = made.json()["invitation"]["token"]
    wrong = await _accept(world, token, password="not her password")
    right = await _accept(world, token)
    async with world.client(right.json()["token"]) as client:
        mine = (await client.get("/v1/workspaces")).json()["items"]
        tasks = await client.get("/v1/tasks")

    assert (wrong.status_code, right.status_code) == (401, 201)
    assert [(one["name"], one["role"]) for one in mine] == [
        ("Owner", "member"),
        ("Other", "owner"),
    ]
    assert right.json()["workspace_id"] == made.json()["id"]
    assert tasks.json()["items"] == []


async def test_a_member_moves_to_another_workspace_and_sees_its_work_alone(
    world: World,
) -> None:
    await joined(world, ADA, "owner")
    async with world.client() as owner:
        made = await owner.post(
            "/v1/workspaces", json={"name": "Other", "owner_email": ADA}
        )
        await owner.put("/v1/images/presets/first", json={"recipe": {}})
    await joined(world, ADA, token=made.json()["invitation"]["token"])
    async with browser(world) as client:
        session = (await log_in(client, ADA)).json()
    async with world.client(session["token"]) as client:
        before = (await client.get("/v1/images/presets")).json()["items"]
        moved = await client.put(
            "/v1/me/workspace", json={"workspace_id": made.json()["id"]}
        )
        after = (await client.get("/v1/images/presets")).json()["items"]
        foreign = await client.put(
            "/v1/me/workspace", json={"workspace_id": new_id("wsp")}
        )

    assert [one["name"] for one in before] == ["first"]
    assert moved.json()["name"] == "Other"
    assert after == []
    assert foreign.status_code == 404


async def test_who_is_removed_is_out(world: World) -> None:
    session = await joined(world, ADA)
    async with world.client() as owner:
        (member,) = (await owner.get("/v1/members")).json()["items"]
        gone = await owner.delete(f"/v1/members/{member['user_id']}")
        again = await owner.delete(f"/v1/members/{member['user_id']}")
    async with world.client(session["token"]) as client, asyncio.timeout(30):
        while (await client.get("/v1/tasks")).status_code == 200:
            await asyncio.sleep(0.1)
        assert (await client.get("/v1/tasks")).status_code == 401
    async with browser(world) as client:
        later = await log_in(client, ADA)

    assert (gone.status_code, again.status_code) == (204, 404)
    assert later.status_code == 403
    assert later.json()["type"].endswith("/no_workspace")


async def test_one_owner_stays(world: World) -> None:
    await joined(world, ADA, "owner")
    await joined(world, BOB, "owner")
    async with world.client() as owner:
        members = (await owner.get("/v1/members")).json()["items"]
        first, second = (f"/v1/members/{one['user_id']}" for one in members)
        answers = await asyncio.gather(
            owner.delete(first), owner.put(f"{second}/role", json={"role": "viewer"})
        )
        left = (await owner.get("/v1/members")).json()["items"]

    states = sorted(one.status_code for one in answers)
    assert states in ([200, 409], [204, 409])
    assert [one["role"] for one in left].count("owner") == 1


async def test_a_role_changes_at_once_where_it_is_asked_for_anew(world: World) -> None:
    session = await joined(world, ADA)
    async with world.client() as owner:
        (member,) = (await owner.get("/v1/members")).json()["items"]
        at = f"/v1/members/{member['user_id']}/role"
        changed = await owner.put(at, json={"role": "viewer"})
        missing = await owner.put(
            f"/v1/members/{new_id('usr')}/role", json={"role": "viewer"}
        )
    async with world.client(session["token"]) as client:
        async with asyncio.timeout(callers.KEPT_SECONDS + 20):
            while (await client.get("/v1/me")).json()["scopes"] != ["read"]:
                await asyncio.sleep(0.1)

    assert changed.json()["role"] == "viewer"
    assert missing.status_code == 404


def _link(world: World, workspace_id: str) -> str:
    """To a preview, good for a day, as one was given out before."""
    preview = preview_until(utc_now() + timedelta(days=1), f"prv_{'1' * 32}")
    return world.gateway.links.make(workspace_id, preview)


async def test_a_suspended_workspace_lets_nobody_in_until_it_is_resumed(
    world: World,
) -> None:
    async with world.client() as owner, world.stranger() as stranger:
        made = await owner.post(
            "/v1/workspaces", json={"name": "Other", "owner_email": ADA}
        )
        at = f"/v1/workspaces/{made.json()['id']}"
        session = await joined(world, ADA, token=made.json()["invitation"]["token"])
        refused = await stranger.post(f"{at}/suspend")
        own = await owner.get("/v1/me")
        locked_out = await owner.post(
            f"/v1/workspaces/{own.json()['workspace_id']}/suspend"
        )
        suspended = await owner.post(f"{at}/suspend")
        shown = await owner.get(_link(world, made.json()["id"]))
        async with world.client(session["token"]) as client:
            async with asyncio.timeout(callers.KEPT_SECONDS + 20):
                while (answer := await client.get("/v1/me")).status_code == 200:
                    await asyncio.sleep(0.1)
            await owner.post(f"{at}/resume")
            async with asyncio.timeout(callers.KEPT_SECONDS + 20):
                while (await client.get("/v1/me")).status_code != 200:
                    await asyncio.sleep(0.1)

    assert (refused.status_code, locked_out.status_code) == (403, 409)
    assert suspended.json()["suspended_at"] is not None
    assert answer.status_code == shown.status_code == 403
    assert shown.json()["type"].endswith("/workspace_suspended")
    assert answer.json()["type"].endswith("/workspace_suspended")


async def test_a_workspace_is_renamed_by_its_own(world: World) -> None:
    async with world.client() as owner, world.stranger() as stranger:
        own = (await owner.get("/v1/me")).json()["workspace_id"]
        at = f"/v1/workspaces/{own}/name"
        renamed = await owner.put(at, json={"name": "Acme"})
        refused = await stranger.put(at, json={"name": "Mine"})
        listed = (await owner.get("/v1/workspaces")).json()["items"]

    assert renamed.json()["name"] == "Acme"
    assert refused.status_code == 404
    assert [one["name"] for one in listed] == ["Acme"]


async def test_another_workspace_s_people_are_not_there(world: World) -> None:
    await joined(world, ADA)
    token = await invited(world, BOB)
    async with world.client() as owner:
        (member,) = (await owner.get("/v1/members")).json()["items"]
        (open_one,) = (await owner.get("/v1/invitations")).json()["items"]
    async with world.stranger() as stranger:
        answers = [
            await stranger.delete(f"/v1/members/{member['user_id']}"),
            await stranger.delete(f"/v1/invitations/{open_one['id']}"),
        ]
        listed = [
            (await stranger.get(path)).json()["items"]
            for path in ("/v1/members", "/v1/invitations")
        ]

    assert [one.status_code for one in answers] == [404, 404]
    assert listed == [[], []]
    assert (await _accept(world, token)).status_code == 201
