"""What is made of images, on the whole system."""

import io
import os
import signal
import zipfile
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image

from onemanage.local.stack import Stack

from .conftest import Upload, ended

WAIT = {"Prefer": "wait=30"}


def _vase(seed: int = 1) -> bytes:
    """Something round before an even wall."""
    chance = np.random.default_rng(seed)
    wall = 205 + chance.normal(0, 3, (360, 480, 3))
    made = np.clip(wall, 0, 255).astype(np.uint8)
    cv2.ellipse(made, (240, 190), (90, 130), 0, 0, 360, (150, 40, 40), -1, cv2.LINE_AA)
    cv2.ellipse(made, (215, 150), (20, 50), 10, 0, 360, (220, 110, 110), -1)
    cv2.rectangle(made, (150, 180), (330, 205), (230, 190, 60), -1)
    out = io.BytesIO()
    Image.fromarray(made).save(out, "PNG")
    return out.getvalue()


def _uploaded(client: httpx.Client, content: bytes, name: str = "vase.png") -> str:
    answer = client.post("/v1/files", params={"name": name}, content=content)
    assert answer.is_success, answer.text
    found: str = answer.json()["id"]
    return found


def _made(client: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    answer = client.post(path, json=body, headers=WAIT)
    assert answer.status_code == 200, answer.text
    return client.get(answer.json()["resource"]).json()


def _opened(client: httpx.Client, url: str) -> Image.Image:
    with Image.open(io.BytesIO(client.get(url).content)) as image:
        image.load()
    return image


def test_a_photo_becomes_the_variants_that_are_asked_for(client: httpx.Client) -> None:
    file_id = _uploaded(client, _vase())
    recipe = {
        "operations": [{"op": "resize", "width": 240}],
        "variants": [
            {"name": "web", "output": {"format": "webp"}},
            {
                "name": "square",
                "operations": [
                    {"op": "resize", "width": 64, "height": 64, "mode": "fill"}
                ],
                "output": {"format": "jpeg"},
            },
        ],
    }
    body = {"file_id": file_id, "recipe": recipe}

    first = _made(client, "/v1/images/transformations", body)
    second = _made(client, "/v1/images/transformations", body)

    images = [_opened(client, variant["url"]) for variant in first["variants"]]
    assert [(image.format, image.size) for image in images] == [
        ("WEBP", (240, 180)),
        ("JPEG", (64, 64)),
    ]
    assert second["reused_from"] == first["id"]
    assert _opened(client, second["variants"][0]["url"]).size == (240, 180)


def test_a_layer_of_a_document_is_transformed(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    document = upload(poster, **WAIT).json()["result"]["id"]
    layers = client.get(f"/v1/psd/documents/{document}/layers").json()["items"]
    can = next(layer for layer in layers if layer["name"] == "Can")
    body = {
        "layer": {"document_id": document, "layer_id": can["id"]},
        "recipe": {"operations": [{"op": "resize", "height": 100}]},
    }

    made = _made(client, "/v1/images/transformations", body)

    assert made["name"] == "Can"
    assert _opened(client, made["variants"][0]["url"]).height == 100


def test_a_vase_stands_on_white(client: httpx.Client) -> None:
    body = {
        "file_id": _uploaded(client, _vase()),
        "spec": {
            "fill": {"type": "solid", "color": "#ffffff"},
            "placement": {"width": 300, "height": 300, "margin": 0.1},
        },
    }

    made = _made(client, "/v1/images/backgrounds", body)

    image, mask = [_opened(client, one["url"]) for one in made["images"]]
    assert (image.size, mask.size) == ((300, 300), (480, 360))
    assert np.asarray(image.convert("RGB"))[3, 3].min() > 250
    assert made["removal"]["method"] == "network"


def test_images_are_looked_at_when_asked_for_and_found_again(
    client: httpx.Client,
) -> None:
    one, other = _uploaded(client, _vase(7)), _uploaded(client, _vase(8), "again.png")
    similar = f"/v1/images/similar?file_id={one}"

    alone = client.get(similar, headers=WAIT).json()
    seen = client.get(f"/v1/images/analyses/{other}", headers=WAIT).json()["analysis"]
    both = client.get(similar, headers=WAIT).json()

    assert (seen["width"], seen["height"], seen["format"]) == (480, 360, "png")
    assert other not in {item["id"] for item in alone["items"]}
    assert other in {item["id"] for item in both["items"]}
    assert both["searched"] == alone["searched"] + 1 <= both["images"]


def test_what_is_no_image_is_refused_each_time_it_is_asked_for(
    client: httpx.Client,
) -> None:
    file_id = _uploaded(client, b"GIF89a and no more", "broken.gif")
    path = f"/v1/images/analyses/{file_id}"

    refused = [client.get(path, headers=WAIT) for _ in range(2)]

    assert [answer.status_code for answer in refused] == [422, 422]
    first, second = (answer.json() for answer in refused)
    assert first["task_id"] == second["task_id"]  # it was looked at once


def test_a_batch_makes_all_that_can_be_made_and_tells_the_rest(
    client: httpx.Client,
) -> None:
    files = [_uploaded(client, _vase(seed), f"{seed}.png") for seed in (1, 2, 3)]
    files.append(_uploaded(client, b"GIF89a and no more", "broken.gif"))
    preset = {"recipe": {"operations": [{"op": "resize", "width": 50}]}}
    assert client.put("/v1/images/presets/tiny", json=preset).is_success

    order = {"file_ids": files, "preset": "tiny"}
    answer = client.post("/v1/images/batches", json=order)
    assert answer.status_code == 202, answer.text
    task = ended(client, answer.json())
    batch = client.get(task["resource"]).json()

    assert (task["state"], batch["completed"], batch["failed"]) == ("completed", 3, 1)
    assert [one["name"] for one in batch["failures"]] == ["broken.gif"]
    assert _opened(client, batch["contact_sheet"]["url"]).format == "WEBP"
    archive = client.get(f"{task['resource']}/archive").content
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[:3] == [
            f"0000{number}-{number}/image.webp" for number in (1, 2, 3)
        ]


SLOW = {"operations": [{"op": "denoise", "strength": 60}, {"op": "blur", "sigma": 9}]}


def test_a_batch_goes_on_whoever_is_killed_half_way(
    client: httpx.Client, stack: Stack
) -> None:
    files = [_uploaded(client, _vase(seed), f"{seed}.png") for seed in range(40, 52)]
    order = {"file_ids": files, "recipe": SLOW}
    task = client.post("/v1/images/batches", json=order).json()
    while client.get(task["resource"]).json()["completed"] < 2:
        pass
    for name in ("imaging-worker", "gateway-consumer"):
        os.kill(stack.runner.pid(name), signal.SIGKILL)  # the runner starts it again

    ended(client, task)

    batch = client.get(task["resource"]).json()
    assert (batch["completed"], batch["failed"]) == (12, 0)
    archive = client.get(f"{task['resource']}/archive").content
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert len(opened.namelist()) == 13


def test_a_cancelled_batch_stops(client: httpx.Client) -> None:
    files = [_uploaded(client, _vase(seed), f"{seed}.png") for seed in range(60, 64)]
    order = {"file_ids": files * 10, "recipe": SLOW}
    task = client.post("/v1/images/batches", json=order).json()

    answer = client.delete(f"/v1/tasks/{task['id']}")

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    while (batch := client.get(task["resource"]).json())["queued"] + batch["running"]:
        pass
    assert batch["cancelled"] >= 20 and batch["contact_sheet"] is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://[::1]/a.png"])
def test_an_address_inside_is_not_fetched(client: httpx.Client, url: str) -> None:
    answer = client.post(
        "/v1/images/transformations", json={"url": url, "recipe": {}}, headers=WAIT
    )

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (
        422,
        "url.not_allowed",
    )
