"""ETag, If-None-Match and If-Match: what is not sent twice, and not overwritten."""

import asyncio
from typing import Any

from onemanage.gateway.store import OWNER_WORKSPACE

from .access_samples import joined
from .psd_samples import DOCUMENT, World

PRESET = "/v1/images/presets/thumb"
SMALL: dict[str, Any] = {"recipe": {"variants": [{"name": "small"}]}}
LARGE: dict[str, Any] = {"recipe": {"variants": [{"name": "large"}]}}


async def test_who_has_a_resource_as_it_is_is_told_so(world: World) -> None:
    async with world.client() as client:
        for path in (f"/v1/psd/documents/{DOCUMENT}", "/v1/me"):
            first = await client.get(path)
            etag = first.headers["etag"]
            for given in (etag, f'"x", {etag}', f"W/{etag}", "*"):
                known = await client.get(path, headers={"If-None-Match": given})
                assert (known.status_code, known.content) == (304, b""), given
                assert known.headers["etag"] == etag
            other = await client.get(path, headers={"If-None-Match": '"x"'})
            head = await client.head(path)
            assert (other.status_code, other.content) == (200, first.content)
            assert head.headers["etag"] == etag
            assert first.headers["cache-control"] == "private, no-cache"


async def test_another_state_has_another_etag_and_lists_have_none(world: World) -> None:
    async with world.client() as client:
        await client.put(PRESET, json=SMALL)
        before = (await client.get(PRESET)).headers["etag"]
        saved = await client.put(PRESET, json=LARGE)
        after = (await client.get(PRESET)).headers["etag"]
        listed = await client.get("/v1/images/presets")

    assert before != after
    assert "etag" not in saved.headers, "what was sent is not what is kept (RFC 9110)"
    assert "etag" not in listed.headers


async def _changes(world: World) -> list[tuple[str, str, str, Any]]:
    """What is read, and how it is changed."""
    person = await joined(world, "ada@example.com")
    async with world.client(person["token"]) as session:
        user_id = (await session.get("/v1/me")).json()["user_id"]
    async with world.client() as client:
        await client.put(PRESET, json=SMALL)
        key = (await client.post("/v1/api-keys", json={"name": "shop"})).json()
        sent = {"email": "eve@example.com"}
        invited = (await client.post("/v1/invitations", json=sent)).json()
    member, workspace = f"/v1/members/{user_id}", f"/v1/workspaces/{OWNER_WORKSPACE}"
    invitation = f"/v1/invitations/{invited['id']}"
    return [
        (PRESET, "PUT", PRESET, LARGE),
        (PRESET, "DELETE", PRESET, None),
        (workspace, "PUT", f"{workspace}/name", {"name": "Acme"}),
        (member, "PUT", f"{member}/role", {"role": "viewer"}),
        (member, "DELETE", member, None),
        (invitation, "DELETE", invitation, None),
        (f"/v1/api-keys/{key['id']}", "DELETE", f"/v1/api-keys/{key['id']}", None),
    ]


async def test_a_change_is_made_to_what_the_client_has_seen_and_to_nothing_else(
    world: World,
) -> None:
    changes = await _changes(world)
    async with world.client() as client:
        for read, method, path, body in changes:
            seen = await client.get(read)
            for given in ('"x"', f"W/{seen.headers['etag']}"):
                refused = await client.request(
                    method, path, json=body, headers={"If-Match": given}
                )
                assert refused.status_code == 412, (method, path, refused.text)
                assert refused.json()["title"] == "changed meanwhile"
            assert (await client.get(read)).content == seen.content
            given = f'"x", {seen.headers["etag"]}'
            done = await client.request(
                method, path, json=body, headers={"If-Match": given}
            )
            assert done.is_success, (method, path, done.text)


async def test_what_is_not_there_cannot_be_matched(world: World) -> None:
    async with world.client() as client:
        answer = await client.put(PRESET, json=SMALL, headers={"If-Match": "*"})
        missing = await client.get(PRESET)

    assert (answer.status_code, missing.status_code) == (404, 404)


async def test_of_two_who_have_seen_the_same_one_changes_it(world: World) -> None:
    async with world.client() as client:
        await client.put(PRESET, json=SMALL)
        seen = {"If-Match": (await client.get(PRESET)).headers["etag"]}
        answers = await asyncio.gather(
            *(client.put(PRESET, json=LARGE, headers=seen) for _ in range(4))
        )

    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
