"""Who did what, as a workspace's owner reads it."""

import asyncio
from datetime import timedelta

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.gateway.access import callers
from onemanage.gateway.access.secrets import new_api_key

from .access_samples import browser, joined, log_in
from .audit_samples import PATH, a_key, told
from .psd_samples import DOCUMENT, KEY, LATER, World
from .test_ids import filled, operations
from .test_scopes import OPEN

ADA = "ada@example.com"


async def test_a_change_tells_who_did_it_from_where_to_what_and_how_it_ended(
    world: World,
) -> None:
    headers = {"User-Agent": "shop/1 " + "x" * 1000, "X-Forwarded-For": "203.0.113.9"}
    async with world.client() as owner:
        made = await owner.post("/v1/api-keys", json={"name": "shop"}, headers=headers)
        gone = await owner.delete(f"/v1/api-keys/{made.json()['id']}")
        me = (await owner.get("/v1/api-keys")).json()["items"][-1]
    first, second = await told(world)

    assert first == {
        "id": first["id"],
        "created_at": first["created_at"],
        "actor_id": me["id"],
        "actor_name": "owner",
        "session_id": None,
        "address": "203.0.113.9",
        "user_agent": headers["User-Agent"][:200],
        "action": "create_api_key",
        "objects": [made.json()["id"]],
        "status": 201,
        "trace_id": made.headers["x-request-id"],
    }
    assert (second["action"], second["status"]) == ("revoke_api_key", 204)
    assert second["objects"] == [made.json()["id"]]
    assert second["trace_id"] == gone.headers["x-request-id"]


async def test_a_person_is_named_as_at_that_time_with_the_session(world: World) -> None:
    session = await joined(world, ADA, "owner")
    async with world.client(session["token"]) as ada:
        me = (await ada.get("/v1/me")).json()
        await ada.put("/v1/images/presets/large", json={"recipe": {}})
    await world.gateway.store._pool.execute("UPDATE users SET email = 'x@example.com'")
    (entry,) = await told(world, action="put_preset")

    assert (entry["actor_id"], entry["actor_name"]) == (me["user_id"], ADA)
    assert (entry["session_id"], entry["objects"]) == (session["id"], ["large"])


async def test_an_order_has_one_entry_with_the_task_and_what_it_makes(
    world: World,
) -> None:
    body = {"before": DOCUMENT, "after": LATER}
    again = {"Prefer": "respond-async", "Idempotency-Key": "once"}
    async with world.client() as owner:
        first = await owner.post("/v1/psd/diffs", json=body, headers=again)
        second = await owner.post("/v1/psd/diffs", json=body, headers=again)
    assert (first.status_code, second.status_code) == (202, 202), first.text
    entries = await told(world, action="create_diff")
    made = [first.json()["resource"].rpartition("/")[2], first.json()["id"]]

    assert [entry["status"] for entry in entries] == [202, 202]
    assert entries[0]["objects"] == made
    assert entries[1]["objects"] == [first.json()["id"]], "a repeat makes nothing"
    assert entries[0]["trace_id"] == first.headers["x-request-id"]


async def test_an_upload_is_there_with_its_file_and_what_is_ordered_of_it(
    world: World,
) -> None:
    headers = {"Prefer": "respond-async"}
    async with world.client() as owner:
        file = await owner.post("/v1/files", content=b"plain")
        task = await owner.post(
            "/v1/psd/documents", content=b"8BPS" + bytes(100), headers=headers
        )
    uploaded, parsed = await told(world)

    assert (uploaded["action"], uploaded["status"]) == ("upload_file", 201)
    assert uploaded["objects"] == [file.json()["id"]]
    assert (parsed["action"], parsed["status"]) == ("create_document", 202)
    assert parsed["objects"][0].startswith("fil_")
    assert task.json()["id"] in parsed["objects"]


async def test_every_route_that_changes_something_is_audited(world: World) -> None:
    changing = [
        (method, path, operation["operationId"])
        for method, path, operation in await operations(world)
        if method != "get" and (method, path) not in OPEN
    ]
    async with world.client() as owner:
        answers = [
            await owner.request(method, filled(path, "", ""), json={})
            for method, path, _ in changing
        ]
    entries = await told(world, limit=200)

    assert len(answers) > 30
    audited = {entry["action"] for entry in entries}
    assert {name for _, _, name in changing} == audited
    assert all(entry["status"] is not None for entry in entries)


async def test_what_is_refused_is_there_once_a_minute(world: World) -> None:
    made = await a_key(world, scopes=["read"])
    async with world.client(made["key"]) as reader:
        for _ in range(3):
            assert (await reader.get("/v1/api-keys")).status_code == 403
            assert (await reader.post("/v1/files", content=b"x")).status_code == 403
        assert (await reader.get("/v1/tasks")).status_code == 200
    entries = await told(world, actor=made["id"])

    found = [(entry["action"], entry["status"]) for entry in entries]
    assert found == [("list_api_keys", 403), ("upload_file", 403)]


@pytest.mark.parametrize("how", ["revoked", "expired", "elsewhere"])
async def test_a_key_that_leaked_is_named_where_it_is_tried(
    world: World, how: str
) -> None:
    networks = ["203.0.113.0/24"] if how == "elsewhere" else []
    made = await a_key(world, networks=networks)
    column = {"revoked": "revoked_at", "expired": "expires_at"}.get(how)
    if column is not None:
        await world.gateway.store._pool.execute(
            f"UPDATE api_keys SET {column} = now() WHERE id = $1", made["id"]
        )
    async with world.client(made["key"]) as thief:
        nul = {"User-Agent": "thief\0"}
        refused = await thief.delete(f"/v1/datasets/{new_id('dst')}", headers=nul)
    (entry,) = await told(world, actor=made["id"])

    assert entry["status"] == refused.status_code
    assert refused.status_code == (403 if how == "elsewhere" else 401)
    assert (entry["action"], entry["actor_name"]) == ("drop_dataset", "shop")
    assert entry["user_agent"] == "thief\N{REPLACEMENT CHARACTER}"
    assert entry["objects"][0].startswith("dst_")
    assert entry["trace_id"] == refused.headers["x-request-id"]


async def test_a_session_that_has_ended_is_named_where_it_is_tried(
    world: World,
) -> None:
    session = await joined(world, ADA)
    async with (
        world.client(session["token"]) as ada,
        asyncio.timeout(callers.KEPT_SECONDS + 20),
    ):
        await ada.delete("/v1/sessions")
        while (await ada.get("/v1/tasks")).status_code == 200:
            await asyncio.sleep(0.1)
    last = (await told(world))[-1]

    assert (last["action"], last["status"]) == ("list_tasks", 401)
    assert (last["actor_name"], last["session_id"]) == (ADA, session["id"])


async def test_strangers_leave_nothing(world: World) -> None:
    async with world.client(new_api_key()) as stranger:
        for path in ("/v1/files", "/v1/api-keys", "/v1/nowhere"):
            assert (await stranger.post(path, json={})).status_code == 401
    async with browser(world) as nobody:
        await nobody.post("/v1/sessions", json={})
        await nobody.post("/v1/invitations/accept", json={})
    assert await told(world) == []


async def test_logins_are_there_good_and_bad(world: World) -> None:
    session = await joined(world, ADA)
    async with browser(world, "198.51.100.7") as client:
        await log_in(client, ADA, "not her password")
        await log_in(client, "nobody@example.com")
        again = (await log_in(client, ADA)).json()
    invite, accepted, wrong, unknown, right = await told(world)

    assert (invite["action"], invite["status"]) == ("invite_member", 201)
    assert (accepted["action"], accepted["status"]) == ("accept_invitation", 201)
    assert accepted["actor_name"] == ADA
    assert accepted["objects"][0].startswith("inv_") and session["id"]
    for entry in (wrong, unknown, right):
        assert entry["action"] == "log_in"
        assert entry["address"] == "198.51.100.7"
    assert (wrong["status"], wrong["actor_name"]) == (401, ADA)
    assert (unknown["status"], unknown["actor_name"]) == (401, None)
    assert (right["status"], right["session_id"]) == (201, again["id"])


async def test_an_account_that_is_tried_out_is_seen_in_each_of_its_workspaces(
    world: World,
) -> None:
    await joined(world, ADA, "owner")
    async with world.client() as owner:
        made = await owner.post(
            "/v1/workspaces", json={"name": "Other", "owner_email": ADA}
        )
    token = made.json()["invitation"]["token"]
    other = await joined(world, ADA, token=token)
    for _ in range(7):
        async with browser(world) as client:
            await log_in(client, ADA, "wrong password")
    for key in (KEY, other["token"]):
        states = [one["status"] for one in await told(world, key, action="log_in")]
        assert states[:5] == [401] * 5 and set(states[5:]) == {429}


async def test_pages_and_filters_find_what_is_asked_for(world: World) -> None:
    made = [await a_key(world) for _ in range(3)]
    async with world.client(made[0]["key"]) as shop:
        await shop.put("/v1/images/presets/a", json={"recipe": {}})
    before, after = utc_now() - timedelta(hours=1), utc_now() + timedelta(hours=1)
    async with world.client() as owner:
        first = (await owner.get(PATH, params={"limit": 3})).json()
        rest = await owner.get(PATH, params={"cursor": first["next_cursor"]})
        bad = await owner.get(PATH, params={"from": "0001-01-01T00:00:00Z"})
    names = [one["action"] for one in first["items"] + rest.json()["items"]]

    assert names == ["put_preset"] + ["create_api_key"] * 3
    assert rest.json()["next_cursor"] is None
    assert [one["actor_id"] for one in await told(world, actor=made[0]["id"])] == [
        made[0]["id"]
    ]
    (of_one,) = await told(world, object=made[1]["id"])
    assert of_one["objects"] == [made[1]["id"]]
    assert len(await told(world, action="create_api_key")) == 3
    assert len(await told(world, **{"from": str(before), "to": str(after)})) == 4
    assert await told(world, to=before.isoformat()) == []
    assert await told(world, **{"from": after.isoformat()}) == []
    assert bad.status_code == 422


async def test_another_workspace_s_entries_are_not_there(world: World) -> None:
    made = await a_key(world)
    async with world.stranger() as stranger:
        for query in ("", f"?object={made['id']}", "?action=create_api_key"):
            assert (await stranger.get(f"{PATH}{query}")).json()["items"] == []
