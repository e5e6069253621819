"""Diffs over HTTP: one gateway, with psd's worker and answers played beside it."""

from typing import Any

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.diffs import (
    CompareDocuments,
    DiffManifest,
    DocumentDiff,
    LayerDifference,
)
from onemanage.contracts.psd.style import Box
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .psd_samples import DOCUMENT, LATER, World, stored_image

PATH = "/v1/psd/diffs"
BODY = {"before": DOCUMENT, "after": LATER}
MOVED = LayerDifference(
    kind="changed",
    before_id=3,
    after_id=4,
    name="Headline",
    changes=["moved"],
    dx=12,
    box_before=Box(left=0, top=0, width=9, height=9),
    box_after=Box(left=12, top=0, width=9, height=9),
)


async def compared(
    world: World, command: CompareDocuments, *, has_image: bool
) -> DocumentDiff:
    """What psd's worker would make: one moved layer and a heat map."""
    prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
    image = await stored_image(world, f"{prefix}heat_map.png", 1)
    diff = DocumentDiff(
        diff_id=command.diff_id,
        workspace_id=command.workspace_id,
        task_id=command.task_id,
        before_document_id=command.before_document_id,
        after_document_id=command.after_document_id,
        added=0,
        removed=0,
        changed=1,
        counts={"moved": 1},
        changed_share=0.25 if has_image else None,
        heat_map=image if has_image else None,
        changes_key=f"{prefix}changes.json",
        created_at=utc_now(),
    )
    region = Box(left=0, top=0, width=21, height=9)
    manifest = DiffManifest(diff=diff, layers=[MOVED], regions=[region])
    await world.put_json(diff.changes_key, manifest)
    world.psd.diffs[diff.diff_id] = diff
    return diff


async def order(
    world: World, settings: ProcessSettings, *, has_image: bool = True
) -> dict[str, Any]:
    """The task as it is answered."""

    async def compare(command: CompareDocuments) -> DocumentDiff:
        return await compared(world, command, has_image=has_image)

    async with working(settings, compare, task_name="psd.compare"):
        async with world.client() as client:
            answer = await client.post(PATH, json=BODY, headers={"Prefer": "wait=20"})
    assert answer.status_code == 200, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def test_two_documents_are_compared_and_the_changes_are_listed(
    world: World, process_settings: ProcessSettings
) -> None:
    task = await order(world, process_settings)
    async with world.client() as client:
        found = (await client.get(task["resource"])).json()
        image = await client.get(found["heat_map"]["url"])
        etag = {"If-None-Match": image.headers["ETag"]}
        again = await client.get(found["heat_map"]["url"], headers=etag)

    assert task["result"]["id"] == found["id"]
    assert task["resource"] == f"{PATH}/{found['id']}"
    assert (found["before_document_id"], found["after_document_id"]) == (
        DOCUMENT,
        LATER,
    )
    assert (found["changed"], found["counts"]) == (1, {"moved": 1})
    (layer,) = found["layers"]
    assert (layer["name"], layer["changes"], layer["dx"]) == ("Headline", ["moved"], 12)
    assert layer["box_after"] == {"left": 12, "top": 0, "width": 9, "height": 9}
    assert found["regions"] == [{"left": 0, "top": 0, "width": 21, "height": 9}]
    assert not {"changes_key", "workspace_id"} & found.keys()
    assert image.content == b"image 1" * 9
    assert again.status_code == 304


async def test_a_diff_without_a_heat_map_says_so(
    world: World, process_settings: ProcessSettings
) -> None:
    task = await order(world, process_settings, has_image=False)
    async with world.client() as client:
        found = (await client.get(task["resource"])).json()
        image = await client.get(f"{task['resource']}/image")

    assert (found["heat_map"], found["changed_share"]) == (None, None)
    assert (image.status_code, image.json()["title"]) == (404, "no image")


async def test_the_same_comparison_again_is_the_same_task(world: World) -> None:
    key = {"Idempotency-Key": "once", "Prefer": "respond-async"}
    backwards = {"before": LATER, "after": DOCUMENT}
    async with world.client() as client:
        first, again, other = [
            await client.post(PATH, json=body, headers=key)
            for body in (BODY, BODY, backwards)
        ]

    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert other.json()["title"] == "idempotency key reused"


async def test_a_wrong_comparison_is_pointed_at(world: World) -> None:
    misfits = [
        ({"before": DOCUMENT}, "/after"),
        ({"before": "1", "after": LATER}, "/before"),
        ({"before": DOCUMENT, "after": DOCUMENT}, "/after"),
        (BODY | {"and": LATER}, "/and"),
    ]
    async with world.client() as client:
        answers = [await client.post(PATH, json=body) for body, _ in misfits]

    told = [[e["pointer"] for e in answer.json()["errors"]] for answer in answers]
    assert told == [[pointer] for _, pointer in misfits]


async def test_what_is_not_there_or_another_s_is_not_found(
    world: World, process_settings: ProcessSettings
) -> None:
    task = await order(world, process_settings)
    unknown = BODY | {"after": "doc_" + "9" * 32}
    async with world.client() as client:
        answers = [
            await client.post(PATH, json=unknown),
            await client.get(f"{PATH}/dif_{"9" * 32}"),
            await client.get(f"{PATH}/dif_{"9" * 32}/image"),
        ]
    async with world.stranger() as client:
        answers += [
            await client.post(PATH, json=BODY),
            await client.get(task["resource"]),
            await client.get(f"{task['resource']}/image"),
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["title"] for answer in answers} == {"not found"}
