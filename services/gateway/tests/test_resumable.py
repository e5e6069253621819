"""Uploads in parts: begun, broken off, gone on with, given up, on a real S3."""

import asyncio
from typing import Any

import httpx
import pytest

from onemanage.gateway.uploads.resumable import Limits, Resumable, chosen_part_size
from onemanage.platform.storage.parts import MAX_PARTS, MIN_PART

from .psd_samples import World
from .upload_samples import PARTS, begun, put_parts, sent

GIB = 1024**3


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def left(world: World) -> int:
    """Objects and unfinished multipart uploads in storage."""
    keys = await world.storage.keys("files/")
    return len(keys) + len(await world.storage.unfinished_uploads("files/"))


async def test_an_upload_says_how_it_is_cut_and_where_its_parts_go(
    world: World,
) -> None:
    async with world.client() as client:
        made = await client.post("/v1/uploads", json={"name": "a/b.bin", "size": 10})
        upload = made.json()
        described = await client.get(made.headers["Location"])
        listed = (await client.get("/v1/uploads")).json()["items"]

    assert made.status_code == 201
    addresses = upload.pop("addresses")
    [part] = addresses["items"]
    assert (part["number"], part["size"], part["received"]) == (1, 10, False)
    assert part["url"].startswith(world.settings.s3_endpoint)
    assert addresses["next_from"] is None
    assert (upload["name"], upload["state"], upload["parts"]) == ("b.bin", "open", 1)
    assert (upload["file_id"], upload["task_id"]) == (None, None)
    assert described.json() == upload == listed[0]
    assert await left(world) == 1


async def test_an_upload_that_was_broken_off_goes_on_where_it_was(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await begun(client)
        at = f"/v1/uploads/{upload['id']}"
        await put_parts(upload["addresses"]["items"][1:2])
        resumed = (await client.get(f"{at}/parts")).json()
        early = await client.post(f"{at}/complete")
        still = (await client.get(at)).json()
        await put_parts(resumed["items"])
        whole = (await client.get(f"{at}/parts")).json()

    assert [item["received"] for item in resumed["items"]] == [False, True, False]
    assert resumed["items"][1]["url"] is None
    assert code(early) == (409, "upload.parts_missing")
    assert early.json()["missing"] == [1, 3]
    assert still["state"] == "open"
    assert [item["received"] for item in whole["items"]] == [True] * 3
    assert not any(item["url"] for item in whole["items"])


async def test_parts_come_in_pages(world: World) -> None:
    async with world.client() as client:
        upload = await begun(client, size=250 * MIN_PART)
        at = f"/v1/uploads/{upload['id']}/parts"
        second = (await client.get(f"{at}?from=101&limit=120")).json()
        last = (await client.get(f"{at}?from=221")).json()
        beyond = (await client.get(f"{at}?from=251")).json()

    first = upload["addresses"]
    assert [item["number"] for item in first["items"]] == list(range(1, 101))
    assert (first["next_from"], second["next_from"]) == (101, 221)
    assert [item["number"] for item in last["items"]] == list(range(221, 251))
    assert (last["next_from"], beyond["items"]) == (None, [])


async def test_a_part_of_another_size_counts_as_missing(world: World) -> None:
    async with world.client() as client:
        upload = await sent(client)
        row = await world.gateway.resumable.known(*_owned(world, upload))
        await world.storage.upload_part(
            row.object_key, row.storage_id or "", 2, PARTS[1][:-1]
        )
        found = await client.get(f"/v1/uploads/{upload['id']}/parts")
        early = await client.post(f"/v1/uploads/{upload['id']}/complete")

    assert [item["received"] for item in found.json()["items"]] == [True, False, True]
    assert early.json()["missing"] == [2]


def _owned(world: World, upload: dict[str, Any]) -> tuple[str, str]:
    return world.file[0].split("/")[1], upload["id"]


async def test_an_upload_of_another_workspace_is_not_there(world: World) -> None:
    async with world.client() as client, world.stranger() as stranger:
        at = f"/v1/uploads/{(await sent(client))['id']}"
        answers = [
            await stranger.get(at),
            await stranger.get(f"{at}/parts"),
            await stranger.post(f"{at}/complete"),
            await stranger.delete(at),
        ]
        listed = (await stranger.get("/v1/uploads")).json()
        still = (await client.get(at)).json()

    assert [code(answer) for answer in answers] == [(404, "not_found")] * 4
    assert listed["items"] == []
    assert still["state"] == "open"


async def test_what_is_given_up_leaves_nothing_and_takes_nothing_more(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await begun(client)
        at = f"/v1/uploads/{upload['id']}"
        await put_parts(upload["addresses"]["items"][:2])
        aborted = [await client.delete(at) for _ in range(2)]
        more = await client.get(f"{at}/parts")
        complete = await client.post(f"{at}/complete")
        state = (await client.get(at)).json()["state"]
    async with httpx.AsyncClient() as storage:
        late = await storage.put(
            upload["addresses"]["items"][2]["url"], content=PARTS[2]
        )

    assert [answer.status_code for answer in aborted] == [204, 204]
    assert code(more) == code(complete) == (409, "upload.ended")
    assert (more.json()["state"], state) == ("aborted", "aborted")
    assert late.status_code == 404
    assert await left(world) == 0


async def test_the_same_request_with_its_key_is_the_same_upload(world: World) -> None:
    body = {"name": "a", "size": 10}
    key = {"Idempotency-Key": "once"}
    async with world.client() as client:
        answers = await asyncio.gather(
            *(client.post("/v1/uploads", json=body, headers=key) for _ in range(3))
        )
        other = await client.post("/v1/uploads", json=body | {"size": 11}, headers=key)

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert code(other) == (422, "idempotency_key_reused")
    assert await left(world) == 1


async def test_what_ended_without_a_file_lets_go_of_its_key(world: World) -> None:
    pool = world.gateway.store._pool
    body, key = {"name": "a", "size": 10}, {"Idempotency-Key": "once"}
    made = []
    async with world.client() as client:

        async def begin() -> str:
            found = await client.post("/v1/uploads", json=body, headers=key)
            made.append(found.json()["id"])
            return f"/v1/uploads/{made[-1]}"

        await client.delete(await begin())
        await begin()
        await pool.execute("UPDATE resumable_uploads SET expires_at = now()")
        await world.gateway.resumable.sweep()
        await begin()
        await pool.execute(
            "UPDATE resumable_uploads SET state = 'completed', ended_at = now() "
            "WHERE state = 'open'"
        )
        await world.gateway.resumable.sweep()
        await begin()
        await pool.execute(
            "UPDATE resumable_uploads SET ended_at = now() - interval '25 h'"
        )
        await world.gateway.resumable.sweep()
        await begin()

    assert made[2] == made[3]
    assert len(set(made)) == 4


async def test_an_upload_whose_begin_was_cut_short_is_begun_when_it_is_gone_on_with(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await begun(client)
        await world.gateway.store._pool.execute(
            "UPDATE resumable_uploads SET storage_id = NULL"
        )
        found = await client.get(f"/v1/uploads/{upload['id']}/parts")
        await put_parts(found.json()["items"])
        whole = await client.get(f"/v1/uploads/{upload['id']}/parts")

    assert [item["received"] for item in whole.json()["items"]] == [True] * 3


@pytest.mark.parametrize(
    ("changes", "refused", "pointer"),
    [
        ({"size": 0}, (422, "invalid_request"), "/size"),
        ({"size": 51 * GIB}, (413, "file.too_large"), "/size"),
        ({"size": 50 * GIB, "part_size": MIN_PART}, (422, "upload.part_size"), None),
        ({"part_size": MIN_PART - 1}, (422, "upload.part_size"), "/part_size"),
        ({"part_size": 6 * GIB}, (422, "upload.part_size"), "/part_size"),
        ({"sha256": "no hex"}, (422, "invalid_request"), "/sha256"),
        ({"name": ""}, (422, "invalid_request"), "/name"),
        ({"colour": "red"}, (422, "invalid_request"), "/colour"),
    ],
)
async def test_what_cannot_be_sent_in_parts_is_refused_and_says_why(
    world: World,
    changes: dict[str, Any],
    refused: tuple[int, str],
    pointer: str | None,
) -> None:
    async with world.client() as client:
        body = {"name": "a", "size": 10} | changes
        answer = await client.post("/v1/uploads", json=body)

    assert code(answer) == refused
    assert answer.json()["errors"][0]["pointer"] == (pointer or "/part_size")
    assert await left(world) == 0


def test_there_are_never_more_parts_than_storage_takes() -> None:
    for size in (1, 5 * GIB, 48 * GIB, 50 * GIB, 5000 * GIB):
        part = chosen_part_size(size, None)
        assert part >= MIN_PART and -(-size // part) <= MAX_PARTS


async def test_without_an_address_for_clients_no_upload_is_begun(world: World) -> None:
    given = world.gateway.resumable
    app = world.behind(
        world.settings,
        resumable=Resumable(world.storage, given.store, given.limits, ""),
    )
    async with world.client() as client:
        client._transport = httpx.ASGITransport(app)
        answer = await client.post("/v1/uploads", json={"name": "a", "size": 10})

    assert code(answer) == (501, "upload.not_offered")


async def test_what_nobody_goes_on_with_is_swept(world: World) -> None:
    given = world.gateway.resumable
    pool = world.gateway.store._pool
    async with world.client() as client:
        old, new = await begun(client), await begun(client)
        await put_parts(old["addresses"]["items"])
        await pool.execute(
            "UPDATE resumable_uploads SET expires_at = now() - interval '1 s'"
        )
        kept = await client.get(f"/v1/uploads/{new['id']}/parts")
        assert await given.sweep() == 1
        states = {
            each["id"]: each["state"]
            for each in (await client.get("/v1/uploads")).json()["items"]
        }

    assert kept.status_code == 200
    assert states == {old["id"]: "expired", new["id"]: "open"}
    assert await left(world) == 1
    assert await given.sweep() == 0


async def test_an_upload_is_kept_no_longer_than_it_may_be_at_all(world: World) -> None:
    given = world.gateway.resumable
    short = Limits(
        max_bytes=GIB, address=60, idle=given.limits.idle, longest=3600 * 24.0
    )
    uploads = Resumable(world.storage, given.store, short, world.settings.s3_endpoint)
    async with world.client() as client:
        upload = await begun(client)
    owned = _owned(world, upload)
    before = (await uploads.known(*owned)).expires_at
    await world.gateway.store._pool.execute(
        "UPDATE resumable_uploads SET created_at = created_at - interval '1 h', "
        "expires_at = expires_at - interval '2 h'"
    )
    await uploads.gone_on_with(*owned)
    row = await uploads.known(*owned)

    assert row.expires_at < before
    assert (row.expires_at - row.created_at).total_seconds() == 24 * 3600


async def test_what_ended_long_ago_is_forgotten(world: World) -> None:
    given = world.gateway.resumable
    async with world.client() as client:
        upload = await begun(client)
        at = f"/v1/uploads/{upload['id']}"
        await client.delete(at)
        await given.sweep()
        assert (await client.get(at)).status_code == 200
        await world.gateway.store._pool.execute(
            "UPDATE resumable_uploads SET ended_at = now() - interval '8 days'"
        )
        await given.sweep()
        assert (await client.get(at)).status_code == 404


async def test_a_list_of_uploads_has_pages(world: World) -> None:
    async with world.client() as client:
        made = [(await begun(client, size=10))["id"] for _ in range(3)]
        first = (await client.get("/v1/uploads?limit=2")).json()
        rest = await client.get(f"/v1/uploads?cursor={first['next_cursor']}")

    found = [each["id"] for each in first["items"] + rest.json()["items"]]
    assert found == made[::-1]
