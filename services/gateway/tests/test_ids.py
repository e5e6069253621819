"""Ids, cursors and bodies that cannot be: refused at the door, on every route."""

import base64
from typing import Any

import httpx
import msgspec
import pytest

from onemanage.contracts.base import ListPlace, new_id
from onemanage.gateway.http import cursors
from onemanage.gateway.http.cursors import NamePlace, NumberPlace
from onemanage.gateway.http.problems import Problem

from .access_samples import joined
from .psd_samples import DOCUMENT, World

METHODS = {"get", "put", "post", "patch", "delete"}
ODD = ["%00", "x%00y", "%C2%B2", "9" * 5000, "%F0%9F%98%80", "doc%201", "-1"]
IDS = {
    "workspace": "wsp_1",
    "document_id": DOCUMENT,
    "name": "large",
    "layer_id": "1",
    "number": "1",
    "source": "fil_" + "0" * 32,
    "recipe": "w_40",
    "signature": "00000000." + "A" * 32,
    "expiry": "0",
    "address": "w_40/fil_" + "0" * 32,
    "tiles_signature": "00000000." + "A" * 32,
    "region": "full",
    "size": "max",
    "file": "default.jpg",
    "letter_id": "1",
    "row": "1",
    "image": "1.png",
}


async def operations(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    async with world.client() as client:
        described = (await client.get("/openapi.json")).json()
    return [
        (method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def filled(path: str, odd_name: str, odd: str) -> str:
    """The path with ``odd`` in the place of one id, and sound ids in all others."""
    for name in [part[1:].partition("}")[0] for part in path.split("/") if "{" in part]:
        value = odd if name == odd_name else IDS.get(name, "")
        if not value:
            value = new_id(_KINDS[name])
        path = path.replace(f"{{{name}}}", value)
    return path


_KINDS = {
    "file_id": "fil",
    "upload_id": "upl",
    "task_id": "tsk",
    "rendition_id": "rnd",
    "diff_id": "dif",
    "template_id": "tpl",
    "render_id": "rdr",
    "font_id": "fnt",
    "transformation_id": "tsf",
    "background_id": "bgd",
    "batch_id": "bat",
    "merge_id": "mrg",
    "plan_id": "pln",
    "import_id": "imp",
    "dataset_id": "dst",
    "export_id": "exp",
    "preview_id": "prv",
    "key_id": "key",
    "signing_key_id": "isk",
    "webhook_id": "whk",
    "delivery_id": "dlv",
    "session_id": "ses",
    "user_id": "usr",
    "invitation_id": "inv",
    "workspace_id": "wsp",
}


async def test_no_id_that_cannot_be_one_gets_past_the_door(world: World) -> None:
    asked = 0
    async with world.client() as client:
        for method, path, operation in await operations(world):
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "path":
                    continue
                for odd in ODD:
                    address = filled(path, parameter["name"], odd)
                    answer = await client.request(method, address)
                    asked += 1
                    assert 400 <= answer.status_code < 500, (method, address)
    assert asked > 200


async def test_an_address_that_is_written_out_is_no_id_of_another_route(
    world: World,
) -> None:
    async with world.client() as client:
        for method, path, allowed in (
            ("GET", "/v1/imports/plans", "POST"),
            ("DELETE", "/v1/invitations/accept", "POST"),
            ("GET", "/v1/dead-letters/replay", "POST"),
            ("HEAD", "/v1/images/similar", None),
        ):
            answer = await client.request(method, path)
            expected = 422 if allowed is None else 405  # HEAD is as GET is
            assert answer.status_code == expected, (method, path)
            assert answer.headers.get("allow") == allowed


async def test_no_parameter_takes_a_nul(world: World) -> None:
    async with world.client() as client:
        for method, path, operation in await operations(world):
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "query":
                    continue
                address = filled(path, "", "")
                answer = await client.request(
                    method, f"{address}?{parameter['name']}=a%00b"
                )
                assert answer.status_code == 422, (method, path, parameter["name"])
        key = {"Idempotency-Key": "a\0b"}
        kept = await client.post("/v1/psd/diffs", json={}, headers=key)
    assert kept.status_code == 422


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


BAD_CURSORS = {
    "no base64": "²",
    "many digits": "9" * 5000,
    "a number in a list": encoded(["²"]),
    "of an older release": encoded(["doc_" + "1" * 32]),
    "a NUL": encoded({"name": "a\0", "id": "\0", "document_id": "\0"}),
    "the year 1": encoded({"created_at": "0001-01-01T00:00:00Z", "id": "x"}),
    "no time zone": encoded({"created_at": "2026-01-01T00:00:00", "id": "x"}),
    "a number beyond": encoded({"number": 2**64, "layer_id": 2**40}),
    "nested": encoded(b'{"x":' + b"[" * 3000 + b"]" * 3000 + b"}"),
}


async def test_no_cursor_that_cannot_be_one_gets_past_the_door(world: World) -> None:
    asked = set()
    person = await joined(world, "ada@example.com", "owner")
    async with world.client() as key, world.client(person["token"]) as session:
        for method, path, operation in await operations(world):
            names = {each["name"] for each in operation.get("parameters", [])}
            if "cursor" not in names:
                continue
            client = session if path == "/v1/sessions" else key
            for case, cursor in BAD_CURSORS.items():
                answer = await client.request(
                    method, filled(path, "", ""), params={"cursor": cursor}
                )
                assert answer.status_code == 422, (path, case, answer.text)
                assert answer.json()["title"] == "bad cursor"
            asked.add(path)
    assert len(asked) >= 12


def test_a_cursor_is_read_as_the_place_that_it_was_written_for() -> None:
    row = msgspec.convert(
        {"created_at": "2026-01-02T03:04:05.678901Z", "id": "x"}, ListPlace
    )
    for place in (row, NumberPlace(7), NamePlace("größe")):
        assert cursors.read(cursors.write(place), type(place)) == place
    with pytest.raises(Problem):
        cursors.read(cursors.write(NumberPlace(7)), NamePlace)


async def test_the_example_of_each_body_can_be_sent(world: World) -> None:
    sent = 0
    async with world.client() as client:
        for method, path, operation in await operations(world):
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" not in content:
                continue
            example = content["application/json"]["example"]
            answer = await client.request(method, filled(path, "", ""), json=example)
            assert answer.status_code != 422, (method, path, answer.text)
            sent += 1
    assert sent >= 20


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"x": value}
    return value


async def post(client: httpx.AsyncClient, path: str, body: bytes) -> httpx.Response:
    kind = {"Content-Type": "application/json"}
    return await client.post(path, content=body, headers=kind)


HELD_BY_NOTHING = [
    b'{"x":' * 65 + b"1" + b"}" * 65,
    b'{"x":' * 250 + b"1" + b"}" * 250,
    b'{"x":' * 3000 + b"1" + b"}" * 3000,
    b"[" * 3000 + b"]" * 3000,
    b'{"variants":[{"name":"a\\u0000"}]}',
    b'{"variants":[{"name":"\\ud800"}]}',
    b'{"quality":1' + b"0" * 400 + b"}",
    b'{"quality":1e999}',
]


async def test_a_free_object_that_nothing_can_hold_is_the_request_s_fault(
    world: World,
) -> None:
    async with world.client() as client:
        for value in HELD_BY_NOTHING:
            await _refused(client, world.psd.documents[DOCUMENT].file_id, value)


async def _refused(client: httpx.AsyncClient, file_id: str, value: bytes) -> None:
    bodies = {
        "/v1/images/transformations": b'{"file_id":"%b","recipe":%b}',
        "/v1/images/batches": b'{"file_ids":["%b"],"recipe":%b}',
        "/v1/images/backgrounds": b'{"file_id":"%b","spec":%b}',
    }
    for path, body in bodies.items():
        answer = await post(client, path, body % (file_id.encode(), value))
        assert answer.status_code in (400, 422), (path, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"
    preset = await client.put(
        "/v1/images/presets/a",
        content=b'{"recipe":%b}' % value,
        headers={"Content-Type": "application/json"},
    )
    recipe = {"recipe": value.decode()}
    given = await client.post(
        "/v1/images/transformations", content=b"image", params=recipe
    )
    assert preset.status_code in (400, 422)
    assert given.status_code == 422, given.text
