"""Transformations, backgrounds, analyses over HTTP, with imaging played beside it."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from onemanage.contracts.base import artifacts_prefix, new_id, utc_now
from onemanage.contracts.imaging.analysis import Analysis
from onemanage.contracts.imaging.images import Asset
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.sealing import unseal
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .imaging_samples import Imaging, answering
from .psd_samples import DOCUMENT, SEALING_KEY, World, stored_image

PATH = "/v1/images/transformations"
BACKGROUNDS = "/v1/images/backgrounds"
WAIT = {"Prefer": "wait=20"}
TWO: dict[str, Any] = {
    "variants": [{"name": "large"}, {"name": "thumb", "output": {"format": "auto"}}]
}


@pytest.fixture
async def imaging(nats: Client, world: World) -> AsyncIterator[Imaging]:
    async with answering(nats, world) as found:
        yield found


@pytest.fixture
def source(world: World) -> str:
    """The file that the world has."""
    return world.psd.documents[DOCUMENT].file_id


async def _sent(
    world: World,
    imaging: Imaging,
    settings: ProcessSettings,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    async with working(settings, imaging.transform, task_name="imaging.transform"):
        async with world.client() as client:
            return await client.post(PATH, json=body, headers=WAIT | (headers or {}))


async def test_a_transformation_is_ordered_listed_and_its_images_are_served(
    world: World, imaging: Imaging, process_settings: ProcessSettings, source: str
) -> None:
    answer = await _sent(
        world, imaging, process_settings, {"file_id": source, "recipe": TWO}
    )
    task = answer.json()
    assert answer.status_code == 200, task
    assert task["result"]["id"] == task["resource"].rpartition("/")[2]
    assert "object_key" not in str(task) and "crc32" not in str(task)
    async with world.client() as client:
        shown = (await client.get(task["resource"])).json()
        listed = (await client.get(PATH, params={"file_id": source})).json()
        images = [await client.get(one["url"]) for one in shown["variants"]]
        etag = {"If-None-Match": images[0].headers["ETag"]}
        again = await client.get(shown["variants"][0]["url"], headers=etag)
        missing = await client.get(f"{task['resource']}/images/none")
        zipped = await client.get(f"{task['resource']}/archive")

    assert [one["name"] for one in shown["variants"]] == ["large", "thumb"]
    assert [item["id"] for item in listed["items"]] == [shown["id"]]
    assert [one.content for one in images] == [b"image large" * 9, b"image thumb" * 9]
    assert images[0].headers["X-Content-Type-Options"] == "nosniff"
    assert again.status_code == 304
    assert missing.status_code == 404
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["large.webp", "thumb.webp", "transformation.json"]


async def test_an_image_is_sent_with_its_recipe_in_the_address(
    world: World, imaging: Imaging, process_settings: ProcessSettings
) -> None:
    recipe = {"recipe": json.dumps(TWO), "name": "shoe.png"}
    image = b"\x89PNG\r\n\x1a\n" + b"pixels" * 9
    async with (
        working(process_settings, imaging.transform, task_name="imaging.transform"),
        world.client() as client,
    ):
        answer = await client.post(PATH, content=image, params=recipe, headers=WAIT)
        unsaid = await client.post(PATH, content=image)
        garbled = await client.post(PATH, content=image, params={"recipe": "{"})
        shown = (await client.get(answer.json()["resource"])).json()
    assert answer.status_code == 200, answer.text
    assert shown["name"] == "shoe.png"
    assert (unsaid.status_code, garbled.status_code) == (422, 422)
    assert "?recipe=" in unsaid.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/avif,image/webp,*/*", "avif"),
        ("image/webp,image/png", "webp"),
        (
            "*/*",
            "auto",
        ),  # who has the picture decides: only it says whether it is clear
    ],
)
async def test_the_format_follows_what_the_client_accepts(
    world: World,
    imaging: Imaging,
    process_settings: ProcessSettings,
    source: str,
    accept: str,
    kind: str,
) -> None:
    body = {"file_id": source, "recipe": TWO}
    answer = await _sent(world, imaging, process_settings, body, {"Accept": accept})

    assert answer.headers["Vary"].split(", ")[0] == "Accept"
    output = imaging.seen[0].recipe.variants[1].output
    assert output.__struct_config__.tag == kind


async def test_a_layer_of_a_document_is_a_source(
    world: World, imaging: Imaging, process_settings: ProcessSettings
) -> None:
    document = world.psd.documents[DOCUMENT]
    prefix = artifacts_prefix(OWNER_WORKSPACE, document.task_id, 1)
    composite = await stored_image(world, f"{prefix}composite.png", 1)
    world.psd.documents[DOCUMENT] = msgspec.structs.replace(
        document, composite=composite
    )
    body = {"layer": {"document_id": DOCUMENT}, "recipe": TWO}

    answer = await _sent(world, imaging, process_settings, body)

    assert answer.status_code == 200, answer.text
    (command,) = imaging.seen
    assert command.artifact.object_key == composite.object_key
    assert (command.artifact.name, command.file_id) == ("poster.psd", document.file_id)


async def test_a_document_without_pixels_is_no_source(world: World) -> None:
    body = {"layer": {"document_id": DOCUMENT}, "recipe": TWO}
    async with world.client() as client:
        answer = await client.post(PATH, json=body)

    assert (answer.status_code, answer.json()["title"]) == (422, "no image")


async def test_an_address_is_a_source(
    world: World, imaging: Imaging, process_settings: ProcessSettings
) -> None:
    body = {"url": "https://example.org/shoe.jpg", "recipe": TWO}

    answer = await _sent(world, imaging, process_settings, body)

    assert answer.status_code == 200, answer.text
    assert imaging.seen[0].url == "https://example.org/shoe.jpg"
    assert imaging.seen[0].file_id is None


async def test_what_is_secret_in_an_address_is_kept_nowhere_in_the_clear(
    world: World, imaging: Imaging, process_settings: ProcessSettings
) -> None:
    url = "https://example.org/shoe.jpg?X-Signature=5ecret#part"

    answer = await _sent(world, imaging, process_settings, {"url": url, "recipe": TWO})

    command = imaging.seen[0]
    assert answer.status_code == 200, answer.text
    assert command.url == "https://example.org/shoe.jpg"
    assert unseal(SEALING_KEY, command.sealed_url, command.workspace_id) == url
    row = await world.gateway.tasks.get(OWNER_WORKSPACE, command.task_id)
    assert row is not None and row.command is not None
    assert "shoe.jpg" in repr(row) and "5ecret" not in repr(row)
    assert "5ecret" not in answer.text


@pytest.mark.parametrize(
    "url", ["https://user:5ecret@example.org/a", "https://[5ecret/a", "http://?5ecret"]
)
async def test_an_address_that_cannot_be_used_is_refused_without_being_shown(
    world: World, url: str
) -> None:
    async with world.client() as client:
        answer = await client.post(PATH, json={"url": url, "recipe": TWO})
    assert answer.status_code == 422
    assert "5ecret" not in answer.text


async def test_a_watermark_s_file_comes_with_the_command(
    world: World, imaging: Imaging, process_settings: ProcessSettings, source: str
) -> None:
    recipe = {"operations": [{"op": "image_watermark", "file_id": source}]}
    await _sent(world, imaging, process_settings, {"file_id": source, "recipe": recipe})

    (mark,) = imaging.seen[0].watermarks
    assert (mark.file_id, mark.file_key) == (source, world.file[0])


MISFITS: list[tuple[dict[str, Any], list[str]]] = [
    ({"operations": [{"op": "resize"}]}, ["/recipe/operations/0/width"]),
    ({"operations": [{"op": "melt"}]}, ["/recipe/operations/0/op"]),
    (
        {
            "operations": [{"op": "blur", "sigma": 0}, {"op": "blur", "sgima": 3}],
            "variants": [{"output": {"format": "jpeg", "quality": 101}}],
        },
        [
            "/recipe/operations/0/sigma",
            "/recipe/operations/1/sgima",
            "/recipe/operations/1/sigma",
            "/recipe/variants/0/output/quality",
        ],
    ),
    (
        {"variants": [{"name": "a"}, {"name": "A"}]},
        ["/recipe/variants/1/name"],
    ),
    ({"colour": 1}, ["/recipe/colour"]),
]


async def test_everything_that_is_wrong_with_a_recipe_is_pointed_at(
    world: World, source: str
) -> None:
    async with world.client() as client:
        found = [
            await client.post(PATH, json={"file_id": source, "recipe": recipe})
            for recipe, _ in MISFITS
        ]

    told = [
        (one.status_code, sorted(error["pointer"] for error in one.json()["errors"]))
        for one in found
    ]
    assert told == [(422, sorted(pointers)) for _, pointers in MISFITS]


async def test_one_source_and_one_recipe_are_needed(world: World, source: str) -> None:
    bodies = [
        {"recipe": TWO},
        {"file_id": source, "url": "https://example.org/a", "recipe": TWO},
        {"file_id": source},
        {"file_id": source, "recipe": TWO, "preset": "shop"},
        {"url": "file:///etc/passwd", "recipe": TWO},
    ]
    async with world.client() as client:
        found = [await client.post(PATH, json=body) for body in bodies]

    assert [one.status_code for one in found] == [422] * len(bodies)


async def test_what_is_another_workspace_s_is_not_found(
    world: World, imaging: Imaging, process_settings: ProcessSettings, source: str
) -> None:
    body = {"file_id": source, "recipe": TWO}
    made = (await _sent(world, imaging, process_settings, body)).json()["resource"]
    mark = {"operations": [{"op": "image_watermark", "file_id": source}]}
    async with world.stranger() as client:
        found = [
            await client.post(PATH, json=body),
            await client.post(
                PATH, json={"url": "https://example.org/a", "recipe": mark}
            ),
            await client.post(
                PATH, json={"layer": {"document_id": DOCUMENT}, "recipe": TWO}
            ),
            await client.get(made),
            await client.get(f"{made}/images/large"),
            await client.get(f"{made}/archive"),
            await client.post(BACKGROUNDS, json={"file_id": source}),
            await client.post("/v1/images/analyses", json={"file_id": source}),
            await client.get(f"/v1/images/analyses/{source}"),
            await client.get("/v1/images/similar", params={"file_id": source}),
        ]

    assert {one.status_code for one in found} == {404}
    assert {one.json()["title"] for one in found} == {"not found"}


async def test_a_background_is_ordered_and_its_images_are_served(
    world: World, imaging: Imaging, process_settings: ProcessSettings, source: str
) -> None:
    spec = {"fill": {"type": "picture", "file_id": source}, "shadow": {"opacity": 0.3}}
    function = imaging.generate_background
    async with working(process_settings, function, task_name="background.generation"):
        async with world.client() as client:
            body = {"file_id": source, "spec": spec}
            task = (await client.post(BACKGROUNDS, json=body, headers=WAIT)).json()
    async with world.client() as client:
        shown = (await client.get(task["resource"])).json()
        image = await client.get(shown["images"][0]["url"])
        mask = await client.get(f"{task['resource']}/images/mask")

    assert shown["id"] == task["result"]["id"]
    assert shown["removal"]["method"] == "network"
    assert imaging.seen[0].picture.file_key == world.file[0]
    assert image.content == b"image image" * 9
    assert mask.status_code == 404


SPECS: list[tuple[dict[str, Any], str]] = [
    ({"fill": {"type": "lava"}}, "/spec/fill/type"),
    ({"fill": {"type": "solid", "color": "red"}}, "/spec/fill/color"),
    ({"shadow": {"opacity": 2}}, "/spec/shadow/opacity"),
    ({"shadow": {"opactiy": 0.2}}, "/spec/shadow/opactiy"),
    ({"margin": 0.1}, "/spec/margin"),
    ({"output": {"format": "png", "space": "cmyk"}}, "/spec/output/space"),
]


async def test_what_is_wrong_with_a_background_is_pointed_at(
    world: World, source: str
) -> None:
    async with world.client() as client:
        found = [
            await client.post(BACKGROUNDS, json={"file_id": source, "spec": spec})
            for spec, _ in SPECS
        ]

    assert [one.status_code for one in found] == [422] * len(SPECS)
    assert [one.json()["errors"][0]["pointer"] for one in found] == [
        pointer for _, pointer in SPECS
    ]


async def test_what_an_image_shows_and_which_are_like_it_are_told(
    world: World, imaging: Imaging, source: str
) -> None:
    imaging.assets[source] = Asset(
        file_id=source,
        workspace_id=OWNER_WORKSPACE,
        task_id=new_id("tsk"),
        name="a.jpg",
        analysis=Analysis(width=3, height=2, format="jpeg", media_type="image/jpeg"),
        created_at=utc_now(),
    )
    async with world.client() as client:
        seen = (await client.get(f"/v1/images/analyses/{source}")).json()
        asked = f"/v1/images/similar?file_id={source}&distance=12"
        near = (await client.get(asked)).json()
        too_far = await client.get(
            "/v1/images/similar", params={"file_id": source, "distance": 200}
        )

    assert (seen["id"], seen["analysis"]["width"]) == (source, 3)
    assert near["items"] == [
        {"id": "fil_near", "name": "b.jpg", "distance": 12, "matched": "whole"}
    ]
    assert too_far.status_code == 422


async def test_an_image_is_looked_at_again_when_asked(
    world: World, source: str
) -> None:
    async with world.client() as client:
        answer = await client.post(
            "/v1/images/analyses",
            json={"file_id": source},
            headers={"Prefer": "respond-async"},
        )

    assert answer.status_code == 202
    assert answer.json()["resource"] == f"/v1/images/analyses/{source}"
