"""The list of a workspace's files, on real PostgreSQL and S3."""

import httpx

from .psd_samples import World


async def _uploaded(client: httpx.AsyncClient, name: str) -> dict[str, object]:
    answer = await client.post(f"/v1/files?name={name}", content=f"of {name}".encode())
    assert answer.status_code == 201
    found: dict[str, object] = answer.json()
    return found


async def test_files_are_listed_page_by_page_the_newest_first(world: World) -> None:
    async with world.client() as client:
        made = [await _uploaded(client, name) for name in ("a.txt", "b.txt", "c.txt")]
        first = await client.get("/v1/files?limit=2")
        newer = await _uploaded(client, "d.txt")
        second = await client.get(first.links["next"]["url"])
        again = await client.get("/v1/files")
        alone = await client.get(f"/v1/files/{newer['id']}")

    assert first.json()["items"] == [made[2], made[1]]
    names = [one["name"] for one in second.json()["items"]]
    assert names == ["a.txt", "poster.psd"], "what came meanwhile moves nothing"
    assert second.json()["next_cursor"] is None
    assert again.json()["items"][0] == newer == alone.json()


async def test_files_of_one_moment_are_each_listed_once(world: World) -> None:
    async with world.client() as client:
        made = [str((await _uploaded(client, f"{n}.txt"))["id"]) for n in range(5)]
        await world.gateway.store._pool.execute("UPDATE files SET created_at = now()")
        found: list[str] = []
        url: str | None = "/v1/files?limit=2"
        while url is not None:
            page = await client.get(url)
            found += [one["id"] for one in page.json()["items"]]
            url = page.links.get("next", {}).get("url")

    assert found == sorted(found, reverse=True)
    assert set(made) < set(found) and len(found) == len(made) + 1


async def test_a_file_is_listed_in_its_own_workspace_alone(world: World) -> None:
    async with world.client() as client, world.stranger() as stranger:
        before = (await stranger.get("/v1/files")).json()
        theirs = await _uploaded(stranger, "theirs.txt")
        await _uploaded(client, "ours.txt")
        cursor = (await client.get("/v1/files?limit=1")).json()["next_cursor"]
        ours = (await client.get("/v1/files")).json()["items"]
        after = (await stranger.get("/v1/files")).json()["items"]
        by_our_cursor = (await stranger.get(f"/v1/files?cursor={cursor}")).json()

    assert before == {"items": [], "next_cursor": None}
    assert [one["name"] for one in ours] == ["ours.txt", "poster.psd"]
    assert after == [theirs]
    assert by_our_cursor["items"] == [theirs], "a place in a list of their own"
