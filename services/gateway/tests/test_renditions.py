"""Renditions over HTTP: one gateway, with psd's worker and answers played beside it."""

import io
import zipfile
from hashlib import sha256
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.documents import Manifest
from onemanage.contracts.psd.manifest import DocumentDetails, EmbeddedFile
from onemanage.contracts.psd.renditions import (
    RenderDocument,
    Rendition,
    RenditionImage,
    RenditionManifest,
)
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.storage.storage import ObjectMissing
from onemanage.testing.fixtures import working

from .psd_samples import DOCUMENT, World, layer, stored_image

PATH = f"/v1/psd/documents/{DOCUMENT}/renditions"
WAIT = {"Prefer": "wait=20"}
NAMES = ["button.png", "背景 100%.png"]


async def made(world: World, command: RenderDocument) -> Rendition:
    """What psd's worker would make: two images and their manifest."""
    prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
    images = []
    for number, name in enumerate(NAMES, start=1):
        image = await stored_image(world, f"{prefix}{number}.png", number)
        images.append(
            RenditionImage(
                **{key: getattr(image, key) for key in image.__struct_fields__},
                number=number,
                name=name,
                scale=1.0,
                layer_id=number,
            )
        )
    rendition = Rendition(
        rendition_id=command.rendition_id,
        document_id=command.document_id,
        workspace_id=command.workspace_id,
        file_id=command.file_id,
        task_id=command.task_id,
        spec=command.spec,
        image_count=len(images),
        size=sum(image.size for image in images),
        manifest_key=f"{prefix}rendition.json",
        created_at=utc_now(),
        warnings=["Layer 3 'Glow' has no image: there is nothing in it to show"],
    )
    manifest = RenditionManifest(rendition=rendition, images=images)
    await world.put_json(rendition.manifest_key, manifest)
    world.psd.renditions[rendition.rendition_id] = rendition
    return rendition


class Made:
    """A rendition as it was answered, and the command that psd had."""

    def __init__(self, answer: httpx.Response, command: RenderDocument) -> None:
        self.answer, self.command = answer, command
        self.path = f"/v1/psd/renditions/{command.rendition_id}"


async def order(world: World, settings: ProcessSettings, body: Any) -> Made:
    seen: list[RenderDocument] = []

    async def render(command: RenderDocument) -> Rendition:
        seen.append(command)
        return await made(world, command)

    async with working(settings, render, task_name="psd.render"):
        async with world.client() as client:
            answer = await client.post(PATH, json=body, headers=WAIT)
    return Made(answer, seen[0])


async def test_a_rendition_is_ordered_and_answered_with_its_address(
    world: World, process_settings: ProcessSettings
) -> None:
    body = {
        "of": "layers",
        "layers": {"names": ["button*"], "kinds": ["group"]},
        "format": "webp",
        "quality": 80,
        "scales": [1, 2],
    }
    found = await order(world, process_settings, body)

    task, command = found.answer.json(), found.command
    assert found.answer.status_code == 200, task
    assert task["resource"] == found.path
    assert task["result"]["id"] == command.rendition_id
    assert task["result"]["document_id"] == DOCUMENT
    assert "manifest_key" not in task["result"]
    assert command.spec.layers.names == ["button*"]
    assert (command.spec.format, command.spec.quality) == ("webp", 80)
    assert command.spec.scales == [1, 2]
    assert (command.file_key, command.file_name) == world.file


async def test_the_images_of_a_rendition_are_listed_and_served_under_their_names(
    world: World, process_settings: ProcessSettings
) -> None:
    found = await order(world, process_settings, {"of": "layers"})
    async with world.client() as client:
        shown = (await client.get(found.path)).json()
        images = [await client.get(image["url"]) for image in shown["images"]]
        etag = {"If-None-Match": images[0].headers["ETag"]}
        again = await client.get(shown["images"][0]["url"], headers=etag)
        missing = await client.get(f"{found.path}/images/3")
        listed = (await client.get(PATH)).json()

    assert [image["name"] for image in shown["images"]] == NAMES
    assert shown["id"] == found.command.rendition_id and shown["warnings"]
    assert not {"object_key", "crc32"} & shown["images"][0].keys()
    assert [image.content for image in images] == [b"image 1" * 9, b"image 2" * 9]
    assert images[0].headers["Content-Type"] == "image/png"
    assert images[0].headers["Content-Disposition"] == 'inline; filename="button.png"'
    assert images[1].headers["Content-Disposition"] == (
        'inline; filename="__ 100_.png"; '
        "filename*=UTF-8''%E8%83%8C%E6%99%AF%20100%25.png"
    )
    assert again.status_code == 304
    assert (missing.status_code, missing.json()["detail"]) == (
        404,
        "There is no image 3. The rendition has 2.",
    )
    assert [item["id"] for item in listed["items"]] == [shown["id"]]


async def test_the_list_of_a_rendition_s_images_is_not_read_for_each_of_them(
    world: World, process_settings: ProcessSettings
) -> None:
    found = await order(world, process_settings, {"of": "layers"})
    rendition = world.psd.renditions[found.command.rendition_id]
    async with world.client() as client:
        first = await client.get(f"{found.path}/images/1")
        await world.storage.delete([rendition.manifest_key])
        second = await client.get(f"{found.path}/images/2")
        whole = await client.get(found.path)

    assert (first.content, second.content) == (b"image 1" * 9, b"image 2" * 9)
    assert (whole.status_code, whole.json()["type"][-10:]) == (404, "image_gone")


async def test_an_archive_holds_every_image_as_it_is(
    world: World, process_settings: ProcessSettings
) -> None:
    found = await order(world, process_settings, {"of": "layers"})
    async with world.client() as client:
        answer = await client.get(f"{found.path}/archive")

    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.namelist() == [*NAMES, "rendition.json"]
        assert opened.testzip() is None
        assert opened.read(NAMES[1]) == b"image 2" * 9
        assert {info.compress_type for info in opened.infolist()} == {
            zipfile.ZIP_STORED
        }
        assert b'"name": "button.png"' in opened.read("rendition.json")


async def test_an_archive_breaks_off_where_an_image_is_gone(
    world: World, process_settings: ProcessSettings
) -> None:
    found = await order(world, process_settings, {"of": "layers"})
    keys = await world.storage.keys("artifacts/")
    await world.storage.delete([key for key in keys if key.endswith("2.png")])

    async with world.client() as client:
        with pytest.raises(ObjectMissing):
            await client.get(f"{found.path}/archive")
        gone = await client.get(f"{found.path}/images/2")

    assert (gone.status_code, gone.json()["title"]) == (404, "image gone")


@pytest.mark.parametrize("has_checksums", [True, False])
async def test_a_document_s_archive_holds_what_was_exported(
    world: World, has_checksums: bool
) -> None:
    document = world.psd.documents[DOCUMENT]
    folder = document.manifest_key.rpartition("/")[0]
    image = await stored_image(world, f"{folder}/layers/0001.png", 1, has_checksums)
    manifest = Manifest(
        document=document,
        layers=[layer(1, "Button", image), layer(2, "Group", None)],
    )
    await world.put_json(document.manifest_key, manifest)
    async with world.client() as client:
        answer = await client.get(f"/v1/psd/documents/{DOCUMENT}/archive")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.namelist() == ["layers/0001.png", "manifest.json"]
        assert opened.testzip() is None
        assert opened.read("layers/0001.png") == b"image 1" * 9
        told = opened.read("manifest.json").decode()
    assert '"file": "layers/0001.png"' in told
    assert "object_key" not in told and "artifacts/" not in told


async def test_files_that_a_document_embeds_are_listed_and_downloaded(
    world: World,
) -> None:
    document = world.psd.documents[DOCUMENT]
    path = "embedded/6f5a9c1e"
    folder = document.manifest_key.rpartition("/")[0]
    await world.storage.put_bytes(f"{folder}/{path}", b"the file", "image/png")
    digest = sha256(b"the file").hexdigest()
    files = [
        EmbeddedFile(
            unique_id="../x",
            kind="embedded",
            file_name="logo.png",
            path=path,
            sha256=digest,
        ),
        EmbeddedFile(unique_id="y", kind="linked", file_name="elsewhere.psd"),
    ]
    details = DocumentDetails(files=files)
    manifest = Manifest(document=document, layers=[], details=details)
    await world.put_json(document.manifest_key, manifest)

    async with world.client() as client, world.stranger() as stranger:
        listed = await client.get(f"/v1/psd/documents/{DOCUMENT}/files")
        first, second = listed.json()["items"]
        found = await client.get(first["url"])
        foreign = await stranger.get(first["url"])
        missing = await client.get(f"/v1/psd/documents/{DOCUMENT}/files/x")

    assert second["url"] is None
    assert (found.content, found.headers["ETag"]) == (b"the file", f'"{digest}"')
    assert "attachment" in found.headers["Content-Disposition"]
    assert "logo.png" in found.headers["Content-Disposition"]
    assert foreign.status_code == missing.status_code == 404


async def test_the_same_order_again_is_the_same_task(world: World) -> None:
    key = {"Idempotency-Key": "once", "Prefer": "respond-async"}
    async with world.client() as client:
        first = await client.post(PATH, json={}, headers=key)
        again = await client.post(PATH, json={"of": "document"}, headers=key)
        other = await client.post(PATH, json={"format": "webp"}, headers=key)

    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["resource"].startswith("/v1/psd/renditions/rnd_")
    assert other.json()["title"] == "idempotency key reused"


MISFITS: list[tuple[dict[str, Any], str]] = [
    ({"of": "pages"}, "/of"),
    ({"format": "gif"}, "/format"),
    ({"layers": {"ids": [1]}}, "/layers"),
    ({"of": "layers", "layers": {"ids": [0]}}, "/layers/ids/0"),
    ({"of": "layers", "layers": {"kinds": ["text"]}}, "/layers/kinds/0"),
    ({"of": "layers", "layers": {"name": "a"}}, "/layers/name"),
    ({"of": "layers", "show": [1]}, "/show"),
    ({"show": [1, 2], "hide": [2]}, "/hide"),
    ({"on_canvas": True}, "/on_canvas"),
    ({"depth": 12}, "/depth"),
    ({"depth": 32}, "/depth"),
    ({"format": "jpeg", "depth": 16}, "/depth"),
    ({"format": "exr", "depth": 16}, "/depth"),
    ({"color": "cmyk"}, "/color"),
    ({"format": "exr", "color": "keep"}, "/color"),
    ({"lossless": True}, "/lossless"),
    ({"quality": 80}, "/quality"),
    ({"format": "webp", "quality": 101}, "/quality"),
    ({"format": "webp", "lossless": True, "quality": 80}, "/quality"),
    ({"scales": []}, "/scales"),
    ({"scales": [1, 9]}, "/scales/1"),
    ({"scales": [1, 0.001]}, "/scales/1"),
    ({"scales": [2, 2]}, "/scales"),
    ({"scales": [2], "max_width": 100}, "/max_width"),
    ({"max_height": 0}, "/max_height"),
    ({"background": "white"}, "/background"),
    ({"colour": "#ffffff"}, "/colour"),
]


async def test_what_does_not_fit_is_pointed_at(world: World) -> None:
    async with world.client() as client:
        answers = [await client.post(PATH, json=body) for body, _ in MISFITS]

    told = [
        (answer.status_code, [error["pointer"] for error in answer.json()["errors"]])
        for answer in answers
    ]
    assert told == [(422, [pointer]) for _, pointer in MISFITS]


async def test_what_is_not_there_or_another_s_is_not_found(
    world: World, process_settings: ProcessSettings
) -> None:
    found = await order(world, process_settings, {})
    unknown = f"/v1/psd/documents/doc_{'9' * 32}"
    async with world.client() as client:
        answers = [
            await client.post(f"{unknown}/renditions", json={}),
            await client.get(f"{unknown}/renditions"),
            await client.get(f"{unknown}/archive"),
            await client.get(f"/v1/psd/renditions/rnd_{"9" * 32}"),
            await client.get(f"/v1/psd/renditions/rnd_{"9" * 32}/images/1"),
            await client.get(f"/v1/psd/renditions/rnd_{"9" * 32}/archive"),
        ]
    async with world.stranger() as client:
        answers += [
            await client.post(PATH, json={}),
            await client.get(PATH),
            await client.get(found.path),
            await client.get(f"{found.path}/images/1"),
            await client.get(f"{found.path}/archive"),
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["title"] for answer in answers} == {"not found"}


@pytest.mark.parametrize("part", ["manifest", "files", "files/some-file"])
async def test_a_document_whose_manifest_is_gone_says_so(
    world: World, part: str
) -> None:
    async with world.client() as client:
        answer = await client.get(f"/v1/psd/documents/{DOCUMENT}/{part}")

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/image_gone")
