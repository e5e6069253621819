"""What belongs to another workspace is not there, on any route, as what never was.

The rows are the routes of the API's own description. A parameter without a sample in
everything.py, or a change without a body here, fails.
"""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from onemanage.contracts.base import new_id

from .everything import SESSIONS, WAIT, Two, Workspace, ended

type Route = tuple[str, str]

_METHODS = {"get", "put", "post", "patch", "delete"}
_BODIES: dict[Route, Any] = {
    ("put", "/v1/images/presets/{name}"): None,  # whoever puts one has one of this name
    ("put", "/v1/workspaces/{workspace_id}/name"): {"name": "Taken"},
    ("put", "/v1/members/{user_id}/role"): {"role": "viewer"},
    ("put", "/v1/workspaces/{workspace_id}/limits"): {},
    ("put", "/v1/workspaces/{workspace_id}/retention"): {},
    ("put", "/v1/workspaces/{workspace_id}/image-hosts"): {"hosts": []},
    ("patch", "/v1/webhooks/{webhook_id}"): {"enabled": False},
    ("patch", "/v1/templates/{template_id}"): {"name": "Taken"},
    ("post", "/v1/templates/{template_id}/renders"): {},
    ("post", "/v1/templates/{template_id}/merges"): {"file_id": "fil_" + "0" * 32},
    ("post", "/v1/merges/{merge_id}/rejects"): {"file_id": "fil_" + "0" * 32},
    ("post", "/v1/uploads/{upload_id}/complete"): {},
    ("post", "/v1/psd/documents/{document_id}/renditions"): {},
    ("post", "/v1/datasets/{dataset_id}/exports"): {},
    ("post", "/v1/imports/{import_id}/rejects"): {"file_id": "fil_" + "0" * 32},
}
_NO_BODY = {
    ("post", "/v1/tasks/{task_id}/retry"),
    ("post", "/v1/imports/{import_id}/undo"),
    ("post", "/v1/merges/{merge_id}/repeat"),
    ("post", "/v1/api-keys/{key_id}/rotate"),
    ("post", "/v1/webhooks/{webhook_id}/rotate"),
    ("post", "/v1/webhooks/{webhook_id}/test"),
    ("post", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver"),
    ("post", "/v1/workspaces/{workspace_id}/suspend"),
    ("post", "/v1/workspaces/{workspace_id}/resume"),
    ("post", "/v1/dead-letters/{letter_id}/replay"),
}
_OF_THE_OPERATOR = ("/suspend", "/resume", "/v1/dead-letters", "/v1/system")
"""Refused to everybody else, whatever there is."""
_SET_BY_THE_OPERATOR = ("put", "/v1/workspaces/{workspace_id}/limits")
_AUDIT = "/v1/audit"
"""It names what one has asked for oneself, also where that is another's."""
_STREAM = "/v1/events"
"""It has no end; test_events.py of the gateway looks at what is in it."""
_NEVER_THERE = {
    "layer_id": "2147483647",
    "number": "999999",
    "row": "999999",
    "letter_id": "999999",
}
_LINK = "/v1/previews/{preview_id}/content"
_SIGNED = "/i/"
_NO_ID = ("recipe", "region", "size", "file")
"""Of an image by address, and of its tiles: they name nothing."""
_EMBEDDED = "/v1/psd/documents/{document_id}/files/{file_id}"
"""Its file is one that the document embeds, and named like images."""


@pytest.fixture
def described(two: Two) -> dict[str, Any]:
    found: dict[str, Any] = two.client.get("/openapi.json").json()
    return found


def test_a_foreign_id_is_answered_as_one_that_never_was(
    two: Two, described: dict[str, Any]
) -> None:
    tried = 0
    for (method, path), names in _addressed(described):
        for name in [one for one in names if one not in _NO_ID]:
            foreign = two.theirs.ids[_sample(path, name)]
            unknown = _NEVER_THERE.get(name) or _like(foreign)
            answers = [
                _asked(two, method, path, {name: given}) for given in (foreign, unknown)
            ]
            told = [
                _without(answer, given)
                for answer, given in zip(answers, (foreign, unknown), strict=True)
            ]
            is_refused = _is_operators(path) or (method, path) == _SET_BY_THE_OPERATOR
            is_refused = is_refused or path == _LINK or path.startswith(_SIGNED)
            expected = 403 if is_refused else 404
            at = (method, path, name, answers[0].text)
            assert [answer.status_code for answer in answers] == [expected] * 2, at
            assert told[0] == told[1], at
            tried += 1
    assert tried > 60

    _everything_is_there(two, described)


def _everything_is_there(two: Two, described: dict[str, Any]) -> None:
    """To those whose it is: so the ids are real, and nobody has changed anything."""
    for (method, path), _ in _addressed(described):
        if method != "get" or _is_operators(path) or path == _EMBEDDED:
            continue
        address = _address(path, two.theirs, {})
        if path == _LINK:
            shown = two.owner.get(f"/v1/previews/{two.theirs.ids['preview_id']}")
            address = shown.json()["url"]
        answer = two.client_of(path, two.theirs).get(address)
        assert answer.status_code == 200, (path, answer.text)


def test_no_list_holds_what_is_foreign(two: Two, described: dict[str, Any]) -> None:
    foreign = _ids(two.theirs)
    asked = 0
    for path, methods in described["paths"].items():
        if "get" not in methods or "{" in path or not path.startswith("/v1/"):
            continue
        if _is_operators(path) or path in (_STREAM, _AUDIT):
            continue
        given = {
            each["name"]: two.ours.ids[each["name"]]
            for each in methods["get"].get("parameters", [])
            if each["in"] == "query" and each["required"]
        }
        if path == "/v1/psd/search":
            given = {"kind": "pixel"}
        answer = two.client_of(path, two.ours).get(path, params=given)
        assert answer.status_code == 200, (path, answer.text)
        found = [one for one in foreign if one in answer.text]
        assert found == [], path
        asked += 1
    assert asked >= 12


def test_a_filter_by_a_foreign_id_finds_what_one_by_no_id_finds(
    two: Two, described: dict[str, Any]
) -> None:
    asked = 0
    for path, methods in described["paths"].items():
        is_asked = not _is_operators(path) and path != _STREAM
        asks = methods.get("get", {}) if is_asked else {}
        for parameter in asks.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] != "query" or not name.endswith("_id"):
                continue
            answers = []
            for given in (two.theirs.ids[name], _like(two.theirs.ids[name])):
                query = {name: given, "kind": "pixel"}
                answer = two.client.get(_address(path, two.ours, {}), params=query)
                answers.append((answer.status_code, _without(answer, given)))
            assert answers[0] == answers[1], (path, name)
            assert not any(one in str(answers) for one in _ids(two.theirs)), path
            asked += 1
    assert asked >= 5


def test_a_foreign_cursor_shows_nothing_of_where_it_is_from(
    two: Two, described: dict[str, Any]
) -> None:
    foreign = _ids(two.theirs)
    asked = 0
    for path, methods in described["paths"].items():
        names = {each["name"] for each in methods.get("get", {}).get("parameters", [])}
        if "cursor" not in names or _is_operators(path):
            continue
        query = {"limit": "1"} | ({"kind": "pixel"} if path.endswith("search") else {})
        first = two.client_of(path, two.theirs).get(
            _address(path, two.theirs, {}), params=query
        )
        assert first.status_code == 200, (path, first.text)
        cursor = first.json()["next_cursor"]
        if cursor is None:
            continue
        answer = two.client_of(path, two.ours).get(
            _address(path, two.ours, {}), params=query | {"cursor": cursor}
        )
        assert answer.status_code == 200, (path, answer.text)
        assert [one for one in foreign if one in answer.text] == [], path
        asked += 1
    assert asked >= 5


def test_no_body_can_name_what_is_foreign(two: Two) -> None:
    ids, own = two.theirs.ids, two.ours.ids
    recipe = {"variants": [{"name": "x"}]}
    mark = {"op": "image_watermark", "file_id": ids["file_id"]}
    marked = {"operations": [mark], "variants": [{"name": "x"}]}
    picture = {"fill": {"type": "picture", "file_id": ids["file_id"]}}
    layer = {"document_id": ids["document_id"], "layer_id": int(ids["layer_id"])}
    file = {"file_id": ids["file_id"]}
    bodies: list[tuple[str, Any]] = [
        ("/v1/psd/documents", file),
        ("/v1/psd/diffs", {"before": own["document_id"], "after": ids["document_id"]}),
        ("/v1/psd/diffs", {"before": ids["document_id"], "after": own["document_id"]}),
        ("/v1/templates", {"document_id": ids["document_id"]}),
        ("/v1/fonts", file),
        (
            f"/v1/templates/{own['template_id']}/renders",
            {"values": {"only": file}},
        ),
        (
            f"/v1/templates/{own['template_id']}/renders",
            {"values": {"only": {"background_id": ids["background_id"]}}},
        ),
        (f"/v1/templates/{own['template_id']}/merges", file),
        (
            f"/v1/templates/{own['template_id']}/merges",
            {"dataset_id": ids["dataset_id"]},
        ),
        (f"/v1/merges/{own['merge_id']}/rejects", file),
        ("/v1/images/transformations", file | {"recipe": recipe}),
        ("/v1/images/transformations", {"layer": layer, "recipe": recipe}),
        ("/v1/images/transformations", {"file_id": two.ours.file, "recipe": marked}),
        (
            "/v1/images/transformations",
            {"file_id": two.ours.file, "preset": ids["name"]},
        ),
        (
            "/v1/images/batches",
            {"file_ids": [two.ours.file, ids["file_id"]], "recipe": recipe},
        ),
        ("/v1/images/batches", {"file_ids": [two.ours.file], "preset": ids["name"]}),
        ("/v1/images/backgrounds", file),
        ("/v1/images/backgrounds", {"file_id": two.ours.file, "spec": picture}),
        ("/v1/images/analyses", file),
        ("/v1/imports/plans", file),
        ("/v1/imports/plans", {"file_ids": [two.ours.file, ids["file_id"]]}),
        ("/v1/imports", {"plan_id": ids["plan_id"]}),
        (f"/v1/imports/{own['import_id']}/rejects", file),
        ("/v1/previews", {"document_id": ids["document_id"]}),
        ("/v1/previews", {"dataset_id": ids["dataset_id"]}),
    ]
    for path, body in bodies:
        answer = two.client.post(path, json=body)
        assert answer.status_code == 404, (path, body, answer.text)

    moved = two.client_of(SESSIONS, two.ours).put(
        "/v1/me/workspace", json={"workspace_id": ids["workspace_id"]}
    )
    assert moved.status_code == 404, moved.text


def test_a_link_shows_nothing_of_another_workspace_or_preview(two: Two) -> None:
    def link(client: httpx.Client, of: Workspace) -> httpx.URL:
        shown = client.get(f"/v1/previews/{of.ids['preview_id']}").json()
        return httpx.URL(shown["url"])

    ours, theirs = link(two.client, two.ours), link(two.owner, two.theirs)
    forged = [
        theirs.copy_set_param("workspace", ours.params["workspace"]),
        ours.copy_set_param("workspace", theirs.params["workspace"]),
        theirs.copy_with(query=ours.query),
    ]

    assert two.client.get(theirs).status_code == 200
    for url in forged:
        assert two.client.get(url).status_code == 403, url


def test_one_idempotency_key_in_two_workspaces_is_two(two: Two) -> None:
    once = {"Idempotency-Key": new_id("once")} | WAIT
    made = []
    for client, of in ((two.client, two.ours), (two.owner, two.theirs)):
        file = client.post("/v1/files", content=b"the same", headers=once)
        body = {"file_id": of.file, "recipe": {"variants": [{"name": "x"}]}}
        task = client.post("/v1/images/transformations", json=body, headers=once)
        assert (file.status_code, task.is_success) == (201, True), task.text
        ended(client, task.json())
        invitation = client.post(
            "/v1/invitations", json={"email": "one@example.com"}, headers=once
        )
        made.append({one.json()["id"] for one in (file, task, invitation)})

    assert made[0].isdisjoint(made[1])


def _addressed(described: dict[str, Any]) -> Iterator[tuple[Route, list[str]]]:
    """Every operation whose address names something, and the names."""
    for path, methods in described["paths"].items():
        names = [part[1:].partition("}")[0] for part in path.split("/") if "{" in part]
        for method in methods.keys() & _METHODS if names else ():
            if (method, path) != ("put", "/v1/images/presets/{name}"):
                yield (method, path), names


def _asked(two: Two, method: str, path: str, given: dict[str, str]) -> httpx.Response:
    """By us, of what is ours but for what is given."""
    body = _BODIES.get((method, path))
    if method in ("put", "post", "patch") and body is None:
        assert (method, path) in _NO_BODY, f"{method} {path} has no body here"
    address = _address(path, two.ours, given)
    if path == _LINK:
        address += "?workspace=wsp_1&expires=9999999999&signature=none"
    return two.client_of(path, two.ours).request(method, address, json=body)


def _address(path: str, of: Workspace, given: dict[str, str]) -> str:
    for name in [part[1:].partition("}")[0] for part in path.split("/") if "{" in part]:
        value = given.get(name) or of.ids[_sample(path, name)]
        path = path.replace(f"{{{name}}}", value)
    return path


def _sample(path: str, name: str) -> str:
    """Where the ids hold one: what a background has is named alike in all."""
    return "background_image" if "/backgrounds/" in path and name == "name" else name


def _is_operators(path: str) -> bool:
    return any(part in path for part in _OF_THE_OPERATOR)


def _like(given: str) -> str:
    """What looks like it and names nothing."""
    kind, has_kind, _ = given.partition("_")
    return new_id(kind) if has_kind else "n0body"


def _ids(of: Workspace) -> list[str]:
    """Those that nothing else can be called, and its names."""
    return [one for one in of.ids.values() if len(one) >= 12]


def _without(answer: httpx.Response, given: str) -> Any:
    """What it says beside the id that was asked for, and its trace."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.text
    whole = rf"(?<![0-9A-Za-z]){re.escape(given)}(?![0-9A-Za-z])"
    told = msgspec.json.decode(re.sub(whole, "…", answer.text))
    told.pop("trace_id", None)
    return told
