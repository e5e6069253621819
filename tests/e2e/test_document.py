"""From an upload to preview links, as a user meets it."""

import io
import json
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from psd_tools import PSDImage

from .conftest import Upload, ended


def _pages(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    items, cursor = [], None
    while True:
        answer = client.get(path, params={"cursor": cursor} if cursor else None)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return items


def _previews(client: httpx.Client, document_id: str) -> list[dict[str, Any]]:
    while not (found := _pages(client, f"/v1/previews?document_id={document_id}")):
        time.sleep(0.1)
    return found


def test_an_uploaded_document_becomes_layers_a_composite_and_a_manifest(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    answer = upload(poster, Prefer="wait=30")

    assert answer.status_code == 200, answer.text
    assert answer.headers["Preference-Applied"] == "wait=30"
    task = answer.json()
    assert task["state"] == "completed"
    document = client.get(task["resource"]).json()
    assert (document["width"], document["height"]) == (1200, 1600)
    assert document["composite_source"] == "embedded"

    original = PSDImage.open(poster)
    layers = _pages(client, f"{task['resource']}/layers")
    assert [item["name"] for item in layers] == [
        layer.name for layer in original.descendants()
    ]
    for item, layer in zip(layers, original.descendants(), strict=True):
        path = f"{task['resource']}/layers/{item['id']}/image"
        if layer.is_group():
            assert client.get(path).status_code == 404
            continue
        with Image.open(io.BytesIO(client.get(path).content)) as image:
            expected = layer.topil(apply_icc=False)
            assert expected is not None
            assert image.convert("RGBA").tobytes() == expected.convert("RGBA").tobytes()
    manifest = client.get(f"{task['resource']}/manifest").json()
    assert [layer["name"] for layer in manifest["layers"]] == [
        item["name"] for item in layers
    ]
    assert "object_key" not in json.dumps(manifest)


def test_the_list_of_documents_shows_the_newest_first(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    first = upload(poster, Prefer="wait=30").json()["result"]["id"]
    second = upload(poster, Prefer="wait=30").json()["result"]["id"]

    found = [item["id"] for item in _pages(client, "/v1/psd/documents?limit=1")]

    assert found.index(second) < found.index(first)


def test_every_visible_layer_and_the_composite_get_a_link_that_needs_no_key(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    task = upload(poster, Prefer="wait=30").json()

    previews = _previews(client, task["result"]["id"])

    layers = _pages(client, f"{task['resource']}/layers")
    shown = {item["id"] for item in layers if item["shown"] and item["image"]}
    assert {preview["layer_id"] for preview in previews} == shown | {None}
    for preview in previews:
        answer = httpx.get(preview["url"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=86" in answer.headers["Cache-Control"]
        with Image.open(io.BytesIO(answer.content)) as image:
            image.load()
        etag = {"If-None-Match": answer.headers["ETag"]}
        assert httpx.get(preview["url"], headers=etag).status_code == 304


def test_a_changed_preview_link_is_refused(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    task = upload(poster, Prefer="wait=30").json()
    url = httpx.URL(_previews(client, task["result"]["id"])[0]["url"])
    later = str(int(url.params["expires"]) + 3600)

    answer = httpx.get(url.copy_set_param("expires", later))

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/preview.bad_link")


def test_asking_again_renews_the_previews(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document_id = upload(poster, Prefer="wait=30").json()["result"]["id"]
    before = _previews(client, document_id)
    time.sleep(1.1)  # links are good to the second

    answer = client.post(
        "/v1/previews", json={"document_id": document_id}, headers={"Prefer": "wait=30"}
    )

    assert answer.status_code == 200, answer.text
    after = _previews(client, document_id)
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert after[0]["expires_at"] > before[0]["expires_at"]
    assert httpx.get(after[0]["url"]).status_code == 200


def test_a_file_uploaded_as_a_form_can_be_parsed_by_its_id(
    client: httpx.Client, poster: Path
) -> None:
    with poster.open("rb") as file:
        made = client.post("/v1/files", files={"file": ("poster.psd", file)}).json()
    assert made["name"] == "poster.psd"
    assert made["media_type"] == "image/vnd.adobe.photoshop"
    assert client.get(f"/v1/files/{made['id']}").json()["sha256"] == made["sha256"]

    answer = client.post(
        "/v1/psd/documents",
        json={"file_id": made["id"]},
        headers={"Prefer": "wait=30"},
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["name"] == "poster.psd"


def test_who_does_not_want_to_wait_gets_a_task_to_follow(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    answer = upload(poster, Prefer="respond-async")

    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    names = []
    with client.stream("GET", f"{answer.headers['Location']}/events") as events:
        for line in events.iter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
    assert names[0] == "task"
    assert names[-1] in ("completed", "task")
    assert client.get(answer.headers["Location"]).json()["state"] == "completed"


def test_the_same_idempotency_key_is_the_same_task(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    key = {"Idempotency-Key": f"once-{time.time_ns()}", "Prefer": "wait=30"}

    first, second = upload(poster, **key), upload(poster, **key)
    other = upload(poster.read_bytes() + b"\0", **key)

    assert first.json()["id"] == second.json()["id"]
    assert other.status_code == 422
    assert other.json()["type"].endswith("/idempotency_key_reused")


def test_one_trace_id_spans_the_request_the_task_and_the_preview_handler(
    client: httpx.Client, upload: Upload, poster: Path, stack_log: Path
) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = upload(
        poster, Prefer="wait=30", traceparent=f"00-{trace_id}-00f067aa0ba902b7-01"
    )
    assert answer.headers["X-Request-Id"] == trace_id
    _previews(client, answer.json()["result"]["id"])

    def spoke() -> set[str]:
        lines = stack_log.read_text().splitlines()
        return {line.split()[0] for line in lines if trace_id in line}

    while spoke() != {"gateway", "psd-worker", "preview-worker"}:
        time.sleep(0.1)


def test_the_task_list_pages_through_everything(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    made = ended(client, upload(poster, Prefer="respond-async").json())

    ids = [task["id"] for task in _pages(client, "/v1/tasks?limit=2")]

    assert made["id"] in ids
    assert len(ids) == len(set(ids))
