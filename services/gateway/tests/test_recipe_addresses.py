"""Images that recipes name by addresses: sealed, shown without what they hide."""

from typing import Any

from onemanage.contracts.imaging.recipes import addresses_of
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.process.sealing import unseal
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .imaging_samples import Imaging
from .psd_samples import SEALING_KEY, World
from .test_images import PATH, WAIT

LOGO = "https://example.org/logo.png"


def marked(*urls: str) -> dict[str, Any]:
    layers = [{"url": url} for url in urls]
    return {"operations": [{"op": "composite", "layers": layers}]}


async def test_what_is_secret_in_a_recipe_s_address_is_kept_nowhere_in_the_clear(
    world: World, imaging: Imaging, process_settings: ProcessSettings, source: str
) -> None:
    urls = [f"{LOGO}?sig=5ecret", LOGO, f"{LOGO}?sig=0ther5ecret"]
    body = {"file_id": source, "recipe": marked(*urls)}

    async with working(
        process_settings, imaging.transform, task_name="imaging.transform"
    ):
        async with world.client() as client:
            answer = await client.post(PATH, json=body, headers=WAIT)

    assert answer.status_code == 200, answer.text
    command = imaging.seen[0]
    shown = [LOGO, f"{LOGO}#2", f"{LOGO}#3"]
    assert addresses_of(command.recipe) == shown
    assert [one.url for one in command.addresses] == shown
    told = [
        one.sealed_url and unseal(SEALING_KEY, one.sealed_url, command.workspace_id)
        for one in command.addresses
    ]
    assert told == [urls[0], None, urls[2]]
    row = await world.gateway.tasks.get(OWNER_WORKSPACE, command.task_id)
    assert "logo.png" in repr(row) and "5ecret" not in repr(row)
    assert "5ecret" not in answer.text


async def test_a_preset_holds_no_address_with_a_query(world: World) -> None:
    async with world.client() as client:
        refused = await client.put(
            "/v1/images/presets/marked", json={"recipe": marked(f"{LOGO}?sig=5ecret")}
        )
        saved = await client.put(
            "/v1/images/presets/marked", json={"recipe": marked(LOGO)}
        )

    assert (refused.status_code, saved.status_code) == (422, 201)
    assert "5ecret" not in refused.text


async def test_an_address_with_a_password_is_refused_and_not_repeated(
    world: World, source: str
) -> None:
    recipe = marked("https://me:5ecret@example.org/logo.png")
    async with world.client() as client:
        answer = await client.post(PATH, json={"file_id": source, "recipe": recipe})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/recipe/operations/0/layers/0/url"
    assert "5ecret" not in answer.text


async def test_layers_masks_and_fonts_of_another_workspace_are_not_found(
    world: World, source: str
) -> None:
    layer = {"file_id": source}
    operations: list[dict[str, Any]] = [
        {"op": "composite", "layers": [layer]},
        {"op": "composite", "layers": [{"color": "#ffffff", "mask": layer}]},
        {"op": "text", "text": "a", "font": layer},
        {"op": "text_watermark", "text": "a", "font": layer},
    ]
    async with world.stranger() as client:
        found = [
            await client.post(
                PATH,
                json={"url": LOGO, "recipe": {"operations": [operation]}},
            )
            for operation in operations
        ]

    assert {one.status_code for one in found} == {404}
