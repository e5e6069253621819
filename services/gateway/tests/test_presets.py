"""Recipes that a workspace has given a name, over HTTP."""

from typing import Any

from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .imaging_samples import imaging_of
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
    async with imaging_of(nats, world) as imaging, world.client() as client:
        unknown = await client.post(at, json=body)
        await client.put(f"{PATH}/shop", json={"recipe": RECIPE})
        async with working(
            process_settings, imaging.transform, task_name="imaging.transform"
        ):
            made = await client.post(at, json=body, headers={"Prefer": "wait=20"})

    assert (unknown.status_code, made.status_code) == (404, 200)
    assert imaging.seen[0].recipe.operations[0].width == 200


CARD: dict[str, Any] = {
    "recipe": {
        "operations": [{"op": "resize", "width": {"$": "width"}}],
        "variants": [{"output": {"format": "jpeg", "quality": {"$": "quality"}}}],
    },
    "parameters": {
        "width": {"default": 300, "minimum": 16, "maximum": 2000},
        "quality": {"default": 80},
    },
}


async def _ordered(
    world: World,
    nats: Client,
    settings: ProcessSettings,
    parameters: dict[str, Any] | None,
    **presets: dict[str, Any],
) -> Any:
    """The recipe that is carried out for the last of the presets, or the answer."""
    async with imaging_of(nats, world) as imaging, world.client() as client:
        for name, body in presets.items():
            saved = await client.put(f"{PATH}/{name}", json=body)
            assert saved.is_success, saved.text
        body = {
            "file_id": world.psd.documents[DOCUMENT].file_id,
            "preset": list(presets)[-1],
            "parameters": parameters,
        }
        async with working(settings, imaging.transform, task_name="imaging.transform"):
            made = await client.post(
                "/v1/images/transformations", json=body, headers={"Prefer": "wait=20"}
            )
    return imaging.seen[0].recipe if made.status_code == 200 else made


async def test_parameters_fill_the_places_of_a_preset(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    given = {"width": 640}
    recipe = await _ordered(world, nats, process_settings, given, card=CARD)
    assert recipe.operations[0].width == 640
    assert recipe.variants[0].output.quality == 80


async def test_a_parameter_out_of_bounds_or_unknown_is_refused_by_its_name(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    given = {"width": 9, "quality": 101, "hight": 3}
    answer = await _ordered(world, nats, process_settings, given, card=CARD)
    assert answer.status_code == 422
    pointers = [one["pointer"] for one in answer.json()["errors"]]
    assert pointers == ["/parameters/width", "/parameters/hight"]
    given = {"quality": 101}
    answer = await _ordered(world, nats, process_settings, given, card=CARD)
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/parameters/quality"
    assert "/variants/0/output/quality" in error["detail"]


async def test_a_preset_adds_to_those_that_it_extends(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    gray = {"recipe": {"operations": [{"op": "grayscale"}]}, "extends": ["card"]}
    soft = {
        "recipe": {"operations": [{"op": "blur", "sigma": {"$": "softness"}}]},
        "parameters": {"softness": {"default": 2}, "width": {"default": 500}},
        "extends": ["gray", "card"],
    }
    given = {"softness": 3.5}
    recipe = await _ordered(
        world, nats, process_settings, given, card=CARD, gray=gray, soft=soft
    )
    tags = [one.__struct_config__.tag for one in recipe.operations]
    assert tags == ["resize", "grayscale", "blur"], "each preset counts once"
    assert recipe.operations[0].width == 500, "the last that declares it decides"
    assert recipe.operations[2].sigma == 3.5
    assert recipe.variants[0].output.__struct_config__.tag == "jpeg"


async def test_a_preset_is_saved_with_its_places_and_defaults(world: World) -> None:
    async with world.client() as client:
        await client.put(f"{PATH}/card", json=CARD)
        shown = (await client.get(f"{PATH}/card")).json()
    (resize,) = shown["recipe"]["operations"]
    assert (resize["width"], resize["mode"]) == ({"$": "width"}, "fit")
    assert shown["parameters"]["width"]["maximum"] == 2000
    assert shown["extends"] == []


async def test_what_is_extended_has_to_be_there_and_may_not_go_in_a_circle(
    world: World,
) -> None:
    async def extending(client: Any, name: str, *others: str) -> Any:
        body = {"recipe": {}, "extends": others}
        return await client.put(f"{PATH}/{name}", json=body)

    async with world.client() as client:
        answers = [
            await extending(client, "a", "none"),
            await extending(client, "a", "a"),
        ]
        for name, other in (("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")):
            await client.put(f"{PATH}/a", json={"recipe": {}})
            assert (await extending(client, name, other)).status_code == 201
        answers += [
            await extending(client, "f", "e"),
            await extending(client, "a", "e"),
        ]
        kept = await client.delete(f"{PATH}/a")
        gone = await client.delete(f"{PATH}/e")
    said = ["There is no preset none", "extends itself", "5 deep", "extends itself"]
    for answer, text in zip(answers, said, strict=True):
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/extends" and text in error["detail"]
    assert (kept.status_code, gone.status_code) == (409, 204)
    assert kept.json()["type"].endswith("/preset_in_use")
    assert "b extend it" in kept.json()["detail"]


async def test_a_preset_that_no_longer_fits_what_it_extends_says_so(
    world: World,
) -> None:
    body = {"recipe": {}, "extends": ["card"]}
    order = {"file_id": world.psd.documents[DOCUMENT].file_id, "preset": "own"}
    async with world.client() as client:
        await client.put(f"{PATH}/card", json=CARD)
        await client.put(f"{PATH}/own", json=body)
        many = [{"op": "grayscale"}] * 64
        await client.put(f"{PATH}/card", json={"recipe": {"operations": many}})
        flip = {"recipe": {"operations": [{"op": "flip"}]}, "extends": ["card"]}
        answer = await client.put(f"{PATH}/more", json=flip)
        await client.put(f"{PATH}/card", json={"recipe": {}})
        await client.put(f"{PATH}/more", json=flip)
        await client.put(f"{PATH}/card", json={"recipe": {"operations": many}})
        used = await client.post(
            "/v1/images/transformations", json=order | {"preset": "more"}
        )
        batch = {"file_ids": [order["file_id"]], "preset": "own"}
        unknown = await client.post(
            "/v1/images/batches", json=batch | {"parameters": {"width": 3}}
        )
        alone = await client.post(
            "/v1/images/transformations",
            json={"file_id": order["file_id"], "recipe": {}, "parameters": {"a": 1}},
        )
    assert [one.status_code for one in (answer, used)] == [422, 422]
    assert used.json()["errors"][0]["pointer"] == "/preset"
    assert "64 operations" in used.json()["errors"][0]["detail"]
    assert unknown.json()["errors"][0]["pointer"] == "/parameters/width"
    assert alone.status_code == 422


async def test_parameters_stand_in_the_address_of_an_image_that_is_sent(
    world: World,
) -> None:
    image = b"\x89PNG\r\n\x1a\n" + b"pixels" * 9
    at = "/v1/images/transformations"
    async with world.client() as client:
        await client.put(f"{PATH}/card", json=CARD)
        statuses = []
        for said in ('{"width": 99}', '{"width": 9}', "[", None):
            params = {"preset": "card"} | ({"parameters": said} if said else {})
            answer = await client.post(
                at, content=image, params=params, headers={"Prefer": "wait=0"}
            )
            statuses.append(answer.status_code)
        lone = {"recipe": "{}", "parameters": "{}"}
        answer = await client.post(at, content=image, params=lone)
        statuses.append(answer.status_code)
    assert statuses == [202, 422, 422, 202, 422]
