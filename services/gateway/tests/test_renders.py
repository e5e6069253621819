"""One picture of a template: its values checked, its pictures found, its answer."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import Status
from onemanage.contracts.imaging.quick import MadeImage
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.filling import FillTemplate
from onemanage.contracts.psd.templates import SlotValue
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.quick import QuickFailed, busy
from onemanage.testing.fixtures import eventually

from .address_samples import Maker, code_of, file_named, making
from .audit_samples import told
from .event_samples import Teller
from .psd_samples import DOCUMENT, World
from .template_samples import AT, TEMPLATE, WARNING, Filler, filling, template

FILE = "fil_" + "5" * 32
RENDERS = f"{AT}/renders"


@pytest.fixture
async def filler(nats: Client, world: World) -> AsyncIterator[Filler]:
    template(world)
    await file_named(world, FILE)
    async with filling(nats, world) as found:
        yield found


async def test_values_of_each_kind_are_handed_over_and_the_picture_is_the_answer(
    world: World, filler: Filler
) -> None:
    values = {
        "a text": "Zwei\nZeilen",
        "a picture": {"file_id": FILE},
        "a color": "#ff8800",
        "a visibility": False,
        "a choice": "blue",
    }
    body = {"values": values, "format": "webp", "width": 60, "quality": 70}
    async with world.client() as client:
        answer = await client.post(RENDERS, json=body)
        hidden = await client.post(RENDERS, json={"values": {"a text": None}})

    assert answer.status_code == 200, answer.text
    asked, after = filler.asked
    assert (asked.template_id, asked.revision) == (TEMPLATE, 3)
    assert asked.values["a text"] == SlotValue(text="Zwei\nZeilen")
    assert asked.values["a color"] == SlotValue(text="#ff8800")
    assert asked.values["a visibility"] == SlotValue(shown=False)
    assert asked.values["a choice"] == SlotValue(text="blue")
    picture = asked.values["a picture"].picture
    assert picture is not None
    assert picture.object_key == f"files/{OWNER_WORKSPACE}/{FILE}/source"
    assert picture.sha256 == sha256(f"pixels of {FILE}".encode()).hexdigest()
    assert (asked.output.format, asked.output.width) == ("webp", 60)
    assert (asked.missing_fonts, asked.is_kept) == ("fail", False)
    assert after.values == {"a text": SlotValue()} and hidden.status_code == 200
    headers = answer.headers
    assert headers["Content-Type"] == "image/webp"
    assert headers["ETag"] == f'"{sha256(answer.content).hexdigest()}"'
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Disposition"].endswith('.webp"')
    assert msgspec.json.decode(headers["X-Image-Warnings"]) == [WARNING]


async def test_who_accepts_json_is_told_where_the_picture_is(
    world: World, filler: Filler
) -> None:
    async with world.client() as client:
        made = await client.post(
            RENDERS, json={}, headers={"Accept": "application/json"}
        )
        shown = made.json()
        picture = await client.get(shown["url"])
        etag = {"If-None-Match": picture.headers["ETag"]}
        again = await client.get(shown["url"], headers=etag)
        missing = await client.get(f"{RENDERS}/rdr_{'0' * 32}")
    async with world.stranger() as stranger:
        foreign = await stranger.get(shown["url"])

    assert made.status_code == 200, shown
    assert (shown["template_id"], shown["revision"]) == (TEMPLATE, 3)
    assert (shown["width"], shown["warnings"]) == (120, [WARNING])
    assert sha256(picture.content).hexdigest() == shown["sha256"]
    assert picture.headers["Content-Type"] == "image/png"
    assert (again.status_code, missing.status_code) == (304, 404)
    assert foreign.status_code == 404


async def test_the_same_request_with_its_key_is_made_once(
    world: World, filler: Filler
) -> None:
    key, body = {"Idempotency-Key": "once"}, {"values": {"a text": "A"}}
    async with world.client() as client:
        first = await client.post(RENDERS, json=body, headers=key)
        again = await client.post(RENDERS, json=body, headers=key)
        other = await client.post(RENDERS, json={}, headers=key)

    assert len(filler.asked) == 1
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert code_of(other) == "idempotency_key_reused"


async def test_a_template_is_asked_for_once_and_anew_after_a_change(
    nats: Client, world: World, filler: Filler
) -> None:
    async with world.client() as client:
        for _ in range(2):
            assert (await client.post(RENDERS, json={})).status_code == 200
        newer = msgspec.structs.replace(world.psd.templates[TEMPLATE], revision=4)
        world.psd.templates[TEMPLATE] = newer
        assert (await client.post(RENDERS, json={})).status_code == 200
        of = newer.task_id, OWNER_WORKSPACE, "psd.template"
        await Teller(nats).tell(Status.COMPLETED, *of, result=newer)

        async def is_known() -> bool:
            await client.post(RENDERS, json={})
            return filler.asked[-1].revision == 4

        await eventually(is_known)
        del world.psd.templates[TEMPLATE]
    async with world.stranger() as stranger:
        assert (await stranger.post(RENDERS, json={})).status_code == 404

    assert [asked.revision for asked in filler.asked[:3]] == [3, 3, 3]


async def test_what_keeps_a_picture_is_in_the_audit_before_it_is_made(
    world: World, filler: Filler
) -> None:
    seen = []

    async def fill(question: FillTemplate) -> MadeImage:
        seen.append([entry["status"] for entry in await told(world)])
        return await Filler.fill(filler, question)

    filler.fill = fill  # type: ignore[method-assign]  # it looks, and does the same
    async with world.client() as client:
        await client.post(RENDERS, json={})
        await client.post(RENDERS, json={}, headers={"Accept": "application/json"})

    assert seen == [[], [200, None]]
    assert [entry["action"] for entry in await told(world)] == ["create_render"] * 2


@pytest.mark.parametrize(
    ("values", "pointer", "says"),
    [
        ({"nope": "x"}, "/values/nope", "There are: a text"),
        ({"a/b~c": "x"}, "/values/a~1b~0c", "no slot"),
        ({"a text": 5}, "/values/a text", "it takes a text"),
        ({"a text": "x" * 10_001}, "/values/a text", "10,001 characters"),
        ({"a text": "a\0b"}, "/values/a text", "U+0000"),
        ({"a text": "a\x07b"}, "/values/a text", "Character 2"),
        ({"a color": "red"}, "/values/a color", "#rrggbb"),
        ({"a visibility": "yes"}, "/values/a visibility", "true or false"),
        ({"a choice": "green"}, "/values/a choice", "red, blue"),
        ({"a picture": "fil_1"}, "/values/a picture", "an object"),
        ({"a picture": {}}, "/values/a picture", "give one of"),
        ({"a picture": {"file_id": "x"}}, "/values/a picture/file_id", "pattern"),
        ({"a picture": {"url": "ftp://a/b"}}, "/values/a picture/url", "pattern"),
    ],
)
async def test_a_value_that_cannot_be_is_pointed_at(
    world: World, filler: Filler, values: Any, pointer: str, says: str
) -> None:
    async with world.client() as client:
        answer = await client.post(RENDERS, json={"values": values})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer and says in error["detail"]
    assert filler.asked == []


async def test_all_that_is_wrong_is_told_at_once(world: World, filler: Filler) -> None:
    wrong = {"values": {"a text": 1, "nope": "x", "a color": "red"}}
    async with world.client() as client:
        answer = await client.post(RENDERS, json=wrong)
    assert len(answer.json()["errors"]) == 3


async def test_pictures_of_others_are_not_there_and_hosts_are_to_be_allowed(
    world: World, filler: Filler
) -> None:
    layer = {"document_id": DOCUMENT, "layer_id": 9}
    unknown = {"file_id": "fil_" + "0" * 32}
    address = {"url": "https://example.org/shoe.jpg"}
    found = []
    async with world.client() as client:
        for picture in (unknown, address, layer):
            body = {"values": {"a picture": picture}}
            answer = await client.post(RENDERS, json=body)
            found.append((answer.status_code, code_of(answer)))
            if picture != layer:  # nobody plays layers here
                (error,) = answer.json()["errors"]
                assert error["pointer"] == "/values/a picture"
    async with world.stranger() as stranger:
        foreign = await stranger.post(RENDERS, json={})

    assert found[:2] == [(404, "not_found"), (403, "image.host_not_allowed")]
    assert foreign.status_code == 404
    assert filler.asked == []


async def test_a_picture_is_made_ready_by_imaging_once(
    nats: Client, world: World, filler: Filler
) -> None:
    template(world, prepare="gray/w_40")
    body = {"values": {"a picture": {"file_id": FILE}}}
    async with making(nats, world) as maker, world.client() as client:
        answers = [await client.post(RENDERS, json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    made, again = [one.values["a picture"].picture for one in filler.asked]
    (asked,) = _kept(maker)
    assert made == again and made is not None
    assert made.object_key == asked.store_key
    assert asked.store_key.startswith(f"images/{OWNER_WORKSPACE}/{FILE}/")
    assert asked.source.object_key == f"files/{OWNER_WORKSPACE}/{FILE}/source"
    assert [op.__struct_config__.tag for op in asked.recipe.operations] == [
        "grayscale",
        "resize",
    ]


def _kept(maker: Maker) -> list[Any]:
    """Those that are stored before they are answered."""
    assert all(one.is_kept for one in maker.asked)
    return maker.asked


async def test_a_background_is_not_removed_while_somebody_waits(
    world: World, filler: Filler
) -> None:
    template(world, prepare="remove_background")
    body = {"values": {"a picture": {"file_id": FILE}}}
    async with world.client() as client:
        answer = await client.post(RENDERS, json=body)

    assert (answer.status_code, code_of(answer)) == (422, "template.heavy")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/values/a picture"
    assert "background_id" in error["detail"]


@pytest.mark.parametrize(
    ("refusal", "status", "code", "more"),
    [
        (
            QuickFailed("heavy", "template.heavy", "Too much."),
            422,
            "template.heavy",
            {"order_at": f"{AT}/merges"},
        ),
        (busy(3), 503, "quick.busy", {}),
        (
            InvalidInput("template.does_not_fit", "Too long.", "a text"),
            422,
            "template.does_not_fit",
            {"errors": [{"pointer": "/values/a text", "detail": "Too long."}]},
        ),
        (
            InvalidInput("template.missing_font", "Brand is missing.", "missing_fonts"),
            422,
            "template.missing_font",
            {"errors": [{"pointer": "/missing_fonts", "detail": "Brand is missing."}]},
        ),
    ],
    ids=["heavy", "busy", "value", "font"],
)
async def test_what_a_worker_refuses_says_what_to_do(
    world: World,
    filler: Filler,
    refusal: Exception,
    status: int,
    code: str,
    more: dict[str, Any],
) -> None:
    filler.refuses = refusal
    async with world.client() as client:
        answer = await client.post(RENDERS, json={"values": {"a text": "A"}})

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert more.items() <= answer.json().items()
    if status == 503:
        assert answer.headers["Retry-After"] == "3"
