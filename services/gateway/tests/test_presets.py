"""Recipes that a workspace has given a name, over HTTP."""

from typing import Any

from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .imaging_samples import answering
from .psd_samples import DOCUMENT, World

PATH = "/v1/images/presets"
RECIPE: dict[str, Any] = {"operations": [{"op": "resize", "width": 200}]}


async def test_a_preset_is_saved_read_replaced_and_taken_away(world: World) -> None:
    at = f"{PATH}/shop-thumb"
    async with world.client() as client:
        made = await client.put(at, json={"recipe": RECIPE})
        again = await client.put(at, json={"recipe": {}})
        shown = await client.get(at)
        gone = await client.delete(at)
        after = [await client.get(at), await client.delete(at)]

    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["recipe"]["operations"][0]["mode"] == "fit"
    assert shown.json()["recipe"]["operations"] == []
    assert shown.json()["created_at"] == made.json()["created_at"]
    assert gone.status_code == 204
    assert [one.status_code for one in after] == [404, 404]


async def test_presets_are_listed_by_name_page_by_page(world: World) -> None:
    async with world.client() as client:
        for name in ("c", "a", "b"):
            await client.put(f"{PATH}/{name}", json={"recipe": RECIPE})
        first = (await client.get(PATH, params={"limit": 2})).json()
        rest = await client.get(
            PATH, params={"limit": 2, "cursor": first["next_cursor"]}
        )

    assert [one["name"] for one in first["items"]] == ["a", "b"]
    assert [one["name"] for one in rest.json()["items"]] == ["c"]
    assert rest.json()["next_cursor"] is None


async def test_a_page_goes_on_where_the_last_preset_of_the_page_before_is_gone(
    world: World,
) -> None:
    async with world.client() as client:
        for name in ("a", "b", "c"):
            await client.put(f"{PATH}/{name}", json={"recipe": RECIPE})
        first = (await client.get(PATH, params={"limit": 2})).json()
        await client.delete(f"{PATH}/b")
        rest = await client.get(PATH, params={"cursor": first["next_cursor"]})

    assert [one["name"] for one in rest.json()["items"]] == ["c"]


async def test_a_preset_is_checked_when_it_is_saved(world: World) -> None:
    body = {"recipe": {"operations": [{"op": "blur"}]}}
    async with world.client() as client:
        answer = await client.put(f"{PATH}/soft", json=body)
        bad_name = await client.put(f"{PATH}/a b", json={"recipe": RECIPE})
        missing = await client.get(f"{PATH}/soft")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/recipe/operations/0/sigma"
    assert (bad_name.status_code, missing.status_code) == (422, 404)


async def test_another_workspace_has_presets_of_its_own(world: World) -> None:
    at = f"{PATH}/shop"
    async with world.client() as client:
        await client.put(at, json={"recipe": RECIPE})
    async with world.stranger() as client:
        found = [await client.get(at), await client.delete(at)]
        listed = (await client.get(PATH)).json()
        own = await client.put(at, json={"recipe": {}})
    async with world.client() as client:
        kept = (await client.get(at)).json()

    assert [one.status_code for one in found] == [404, 404]
    assert (listed["items"], own.status_code) == ([], 201)
    assert len(kept["recipe"]["operations"]) == 1


async def test_a_preset_stands_for_its_recipe(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    body = {"file_id": world.psd.documents[DOCUMENT].file_id, "preset": "shop"}
    at = "/v1/images/transformations"
    async with answering(nats, world) as imaging, world.client() as client:
        unknown = await client.post(at, json=body)
        await client.put(f"{PATH}/shop", json={"recipe": RECIPE})
        async with working(
            process_settings, imaging.transform, task_name="imaging.transform"
        ):
            made = await client.post(at, json=body, headers={"Prefer": "wait=20"})

    assert (unknown.status_code, made.status_code) == (404, 200)
    assert imaging.seen[0].recipe.operations[0].width == 200
