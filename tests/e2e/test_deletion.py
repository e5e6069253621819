"""What is deleted is gone, with its links and its objects, on the whole system."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from onemanage.local.stack import Stack
from tests.running_stack import storage_of

from .conftest import Upload, ended

WAIT = {"Prefer": "wait=30"}


def _keys(stack: Stack, prefix: str) -> list[str]:
    return asyncio.run(storage_of(stack).keys(prefix))


def _deleted(client: httpx.Client, path: str, **params: Any) -> dict[str, int]:
    answer = client.delete(path, params=params, headers=WAIT)
    assert answer.status_code == 200, answer.text
    counts: dict[str, int] = answer.json()["result"]["counts"]
    return counts


def _gone(client: httpx.Client, *paths: str) -> None:
    for path in paths:
        assert client.get(path).status_code in (404, 410), path


def _previews(client: httpx.Client, document: str) -> list[dict[str, Any]]:
    path = f"/v1/previews?document_id={document}"
    while not (items := client.get(path).json()["items"]):
        pass  # pytest's own timeout bounds the wait
    return list(items)


def test_a_document_goes_with_its_previews_and_a_file_with_all_that_was_made_of_it(
    client: httpx.Client, stack: Stack, upload: Upload, poster: Path
) -> None:
    task = upload(poster, **WAIT).json()
    document = task["result"]["id"]
    at = f"/v1/psd/documents/{document}"
    file_id = client.get(at).json()["file_id"]
    render = {"rendered": True}
    rendition = client.post(f"{at}/renditions", json=render, headers=WAIT).json()
    layer = {"document_id": document, "layer_id": 8}
    made = {"layer": layer, "recipe": {"operations": [{"op": "resize", "width": 20}]}}
    transformation = client.post(
        "/v1/images/transformations", json=made, headers=WAIT
    ).json()
    assert transformation.get("state") == "completed", transformation
    previews = _previews(client, document)

    refused = client.delete(at, headers=WAIT)
    assert refused.status_code == 409, refused.text
    assert refused.json()["dependents"] == [
        {"kind": "rendition", "id": rendition["result"]["id"]}
    ]
    kinds = [
        one["kind"]
        for one in client.delete(f"/v1/files/{file_id}").json()["dependents"]
    ]
    assert sorted(kinds) == ["document", "transformation"]

    counts = _deleted(client, f"/v1/files/{file_id}", cascade=True)

    assert counts["document"] == counts["rendition"] == counts["transformation"] == 1
    assert counts["file"] == 1
    _gone(
        client,
        *(at, f"{at}/composite", f"{at}/manifest", f"{at}/archive"),
        *(rendition["resource"], transformation["resource"]),
        *(f"/v1/files/{file_id}", f"/v1/files/{file_id}/content"),
    )
    for preview in previews:
        while client.get(preview["url"]).status_code != 410:
            pass
    for one in (task, rendition, transformation):
        assert [key for key in _keys(stack, "artifacts/") if one["id"] in key] == []
    assert [key for key in _keys(stack, "files/") if file_id in key] == []
    again = client.delete(f"/v1/files/{file_id}", headers=WAIT)
    assert again.status_code == 404
    assert client.get(f"/v1/tasks/{task['id']}").status_code == 200


def test_what_a_task_still_needs_stays(
    client: httpx.Client, upload: Upload, slow_document: Path
) -> None:
    task = upload(slow_document, Prefer="respond-async").json()
    document = task["resource"]

    refused = client.delete(document)

    assert (refused.status_code, refused.json()["tasks"]) == (409, [task["id"]])
    assert ended(client, task)["state"] == "completed"
    _deleted(client, document)
    _gone(client, document)


def _entered(client: httpx.Client, name: str) -> tuple[str, dict[str, str]]:
    """A workspace, and what a key of it sends."""
    body = {"name": name, "owner_email": f"{name}@example.com"}
    made = client.post("/v1/workspaces", json=body).json()
    accepted = {
        "token": made["invitation"]["token"],
        "name": "Ada",
        "password": "correct horse battery",
    }
    session = client.post("/v1/invitations/accept", json=accepted).json()
    return made["id"], {"Authorization": f"Bearer {session['token']}"}


def test_a_workspace_goes_whole(
    client: httpx.Client, stack: Stack, poster: Path
) -> None:
    workspace, key = _entered(client, "acme")
    parsed = client.post(
        "/v1/psd/documents?name=a.psd",
        content=poster.read_bytes(),
        headers={**WAIT, **key},
    )
    assert parsed.status_code == 200, parsed.text
    plan = client.post(
        "/v1/imports/plans?name=orders.csv",
        content="Order,Amount\n1,1.50\n2,2.25\n",
        headers={**WAIT, **key, "Content-Type": "text/csv"},
    ).json()
    done = client.post(
        "/v1/imports", json={"plan_id": plan["id"]}, headers={**WAIT, **key}
    ).json()
    assert done["state"] == "completed", done
    assert _keys(stack, f"artifacts/{workspace}/")

    begun = client.delete(f"/v1/workspaces/{workspace}?confirm=acme", headers=WAIT)
    assert begun.status_code in (200, 202), begun.text
    task = ended(client, begun.json())

    assert task["state"] == "completed", task
    counts = task["result"]["counts"]
    assert {"document", "dataset", "import", "plan", "file", "member"} <= counts.keys()
    for room in ("artifacts", "files", "previews"):
        assert _keys(stack, f"{room}/{workspace}/") == []
    assert client.get("/v1/me", headers=key).status_code == 401
