"""Pages of lists: the next one is named in Link, and is there whatever has gone."""

import httpx

from .psd_samples import World

KEYS, PRESETS = "/v1/api-keys", "/v1/images/presets"


async def test_link_names_the_next_page_until_there_is_none(world: World) -> None:
    async with world.client() as client:
        for name in ("a", "b"):
            await client.post(KEYS, json={"name": name})
        first = await client.get(f"{KEYS}?limit=2")
        second = await client.get(first.links["next"]["url"])

    names = [one["name"] for page in (first, second) for one in page.json()["items"]]
    assert names == ["b", "a", "owner"]
    cursor = first.json()["next_cursor"]
    assert first.headers["link"] == f'<{KEYS}?limit=2&cursor={cursor}>; rel="next"'
    assert "link" not in second.headers


async def test_link_keeps_what_was_asked_and_only_the_new_cursor(world: World) -> None:
    async with world.client() as client:
        for name in ("a", "b", "c"):
            await client.put(
                f"{PRESETS}/{name}", json={"recipe": {"variants": [{"name": "x"}]}}
            )
        first = await client.get(f"{PRESETS}?limit=1&seen=a%20b%3Ec>d&empty=")
        second = await client.get(first.links["next"]["url"])
        third = await client.get(second.links["next"]["url"])

    assert first.links["next"]["url"].startswith(
        f"{PRESETS}?limit=1&seen=a%20b%3Ec%3Ed&empty=&cursor="
    )
    assert second.links["next"]["url"].count("cursor=") == 1
    shown = [page.json()["items"][0]["name"] for page in (first, second, third)]
    assert shown == ["a", "b", "c"]
    assert third.links == {}


async def test_a_page_goes_on_after_what_has_been_deleted(world: World) -> None:
    async with world.client() as client:
        for name in ("a", "b", "c"):
            await client.put(
                f"{PRESETS}/{name}", json={"recipe": {"variants": [{"name": "x"}]}}
            )
        first = await client.get(f"{PRESETS}?limit=2")
        for name in ("a", "b"):
            await client.delete(f"{PRESETS}/{name}")
        rest = await client.get(first.links["next"]["url"])
        gone = await _invitations_page(client)

    assert [one["name"] for one in rest.json()["items"]] == ["c"]
    assert [one["email"] for one in gone.json()["items"]] == ["0@example.com"]


async def _invitations_page(client: httpx.AsyncClient) -> httpx.Response:
    """The second, once all of the first are withdrawn."""
    for number in range(3):
        body = {"email": f"{number}@example.com"}
        await client.post("/v1/invitations", json=body)
    first = await client.get("/v1/invitations?limit=2")
    for one in first.json()["items"]:
        await client.delete(f"/v1/invitations/{one['id']}")
    return await client.get(first.links["next"]["url"])


async def test_a_link_that_headers_have_no_room_for_is_left_out(world: World) -> None:
    async with world.client() as client:
        await client.post(KEYS, json={"name": "a"})
        page = await client.get(f"{KEYS}?limit=1&x={'y' * 5000}")

    assert page.json()["next_cursor"] is not None
    assert "link" not in page.headers
