"""Templates and fonts over HTTP: one gateway, with psd played beside it."""

from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import utc_now
from onemanage.contracts.psd.fonts import AddFont, Font, FontFace, font_id
from onemanage.contracts.psd.templates import (
    DefineTemplate,
    SlotChange,
    SlotRules,
    Template,
)
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .address_samples import code_of
from .psd_samples import DOCUMENT, World
from .template_samples import AT, TEMPLATE, template

WAIT = {"Prefer": "wait=20"}


class Defining:
    """psd's worker, played."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.commands: list[DefineTemplate] = []

    async def __call__(self, command: DefineTemplate) -> Template:
        self.commands.append(command)
        return msgspec.structs.replace(
            template(self._world),
            template_id=command.template_id,
            task_id=command.task_id,
            name=command.name,
            revision=command.revision,
        )


async def test_a_template_is_ordered_of_a_document_of_one_s_own(
    world: World, process_settings: ProcessSettings
) -> None:
    defining = Defining(world)
    slot = {"name": "logo", "kind": "picture", "layer_ids": [5]}
    body = {"document_id": DOCUMENT, "changes": [slot]}
    async with working(process_settings, defining, task_name="psd.template"):
        async with world.client() as client:
            answer = await client.post("/v1/templates", json=body, headers=WAIT)
        async with world.stranger() as stranger:
            refused = await stranger.post("/v1/templates", json=body)

    task = answer.json()
    assert answer.status_code == 200, task
    (command,) = defining.commands
    assert task["resource"] == f"/v1/templates/{command.template_id}"
    assert task["result"]["id"] == command.template_id
    assert not {"file_key", "changes", "workspace_id"} & task["result"].keys()
    assert (command.file_key, command.file_name) == world.file
    assert command.name == "poster"
    assert command.changes == [SlotChange(name="logo", kind="picture", layer_ids=[5])]
    assert (command.revision, refused.status_code) == (1, 404)


async def test_a_change_goes_on_from_what_its_sender_has_seen(
    world: World, process_settings: ProcessSettings
) -> None:
    before = SlotChange(name="x", remove=True)
    template(world, before)
    defining = Defining(world)
    rules = {"overflow": "ellipsis", "prepare": "gray/w_80"}
    change = {"changes": [{"name": "a text", "rename": "title", "rules": rules}]}
    async with working(process_settings, defining, task_name="psd.template"):
        async with world.client() as client:
            seen = (await client.get(AT)).headers["ETag"]
            stale = {"If-Match": '"another"'} | WAIT
            refused = await client.patch(AT, json=change, headers=stale)
            held = {"If-Match": seen} | WAIT
            answer = await client.patch(AT, json=change, headers=held)

    assert (refused.status_code, code_of(refused)) == (412, "changed_meanwhile")
    assert answer.status_code == 200, answer.text
    (command,) = defining.commands
    assert (command.template_id, command.revision) == (TEMPLATE, 4)
    assert command.changes == [
        before,
        SlotChange(
            name="a text",
            rename="title",
            rules=SlotRules(overflow="ellipsis", prepare="gray/w_80"),
        ),
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/"),
        ({"changes": [{"name": "a"}]}, "/changes/0"),
        ({"changes": [{"name": "a", "remove": True, "tag": "x"}]}, "/changes/0"),
        ({"changes": [{"name": "{a}", "remove": True}]}, "/changes/0/name"),
        (
            {"changes": [{"name": "a", "kind": "picture", "layer_ids": [0]}]},
            "/changes/0/layer_ids/0",
        ),
        (
            {"changes": [{"name": "a", "rules": {"prepare": "nonsense"}}]},
            "/changes/0/rules/prepare",
        ),
        (
            {"changes": [{"name": "a", "rules": {"align": "top left"}}]},
            "/changes/0/rules/align",
        ),
    ],
)
async def test_a_change_that_cannot_be_is_pointed_at(
    world: World, body: Any, pointer: str
) -> None:
    template(world)
    async with world.client() as client:
        answer = await client.patch(AT, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_template_keeps_so_many_changes_and_no_more(world: World) -> None:
    template(world, *[SlotChange(name="x", remove=True)] * 1000)
    async with world.client() as client:
        body = {"changes": [{"name": "x", "remove": True}]}
        answer = await client.patch(AT, json=body)
    assert code_of(answer) == "template.too_many_changes"


async def test_the_same_bytes_are_one_font(
    world: World, process_settings: ProcessSettings
) -> None:
    async def add(command: AddFont) -> Font:
        face = FontFace(
            index=0, family="Brand", style="Bold", postscript_names=["Brand-Bold"]
        )
        return Font(
            font_id=command.font_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            file_id=command.file_id,
            name=command.file_name,
            format="otf",
            faces=[face],
            size=command.file_size,
            sha256=command.file_sha256,
            object_key="artifacts/x/font.otf",
            object_sha256="",
            created_at=utc_now(),
        )

    async with working(process_settings, add, task_name="psd.font"):
        async with world.client() as client:
            at = "/v1/fonts?name=Brand.otf"
            first = await client.post(at, content=b"OTTO", headers=WAIT)
            again = await client.post(at, content=b"OTTO", headers=WAIT)
            named = {"file_id": first.json()["result"]["file_id"]}
            third = await client.post("/v1/fonts", json=named, headers=WAIT)
        async with world.stranger() as stranger:
            refused = await stranger.post("/v1/fonts", json=named)

    result = first.json()["result"]
    assert result["id"] == font_id(OWNER_WORKSPACE, result["sha256"])
    assert again.json()["result"]["id"] == third.json()["result"]["id"] == result["id"]
    assert first.json()["resource"] == f"/v1/fonts/{result['id']}"
    assert "object_key" not in result
    assert refused.status_code == 404
