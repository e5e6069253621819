"""A merge has the backgrounds of its photos taken away first, on the whole system."""

import io
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw

from onemanage.local.sample_template import build_template
from onemanage.local.stack import Stack

from .conftest import ended

WAIT = {"Prefer": "wait=30"}
COLORS = ("teal", "firebrick", "indigo")
_CORNER = 28, 52
"""Of the photo in the picture; there is nothing of what it shows."""


def _photo(client: httpx.Client, color: str) -> str:
    """A ball before a white wall."""
    image, data = Image.new("RGB", (160, 160), "white"), io.BytesIO()
    ImageDraw.Draw(image).ellipse((40, 40, 120, 120), color)
    image.save(data, "PNG")
    sent = client.post(f"/v1/files?name={color}.png", content=data.getvalue())
    found: str = sent.json()["id"]
    return found


def _template(client: httpx.Client, path: Path) -> str:
    build_template(path)
    sent = client.post("/v1/psd/documents", content=path.read_bytes())
    rules = [{"name": "photo", "rules": {"prepare": "remove_background"}}]
    document = ended(client, sent.json())["resource"].rpartition("/")[2]
    body = {"document_id": document, "changes": rules}
    made = ended(client, client.post("/v1/templates", json=body, headers=WAIT).json())
    found: str = made["resource"]
    return found


def _cut_outs(client: httpx.Client) -> list[dict[str, Any]]:
    items = client.get("/v1/tasks?limit=200").json()["items"]
    return [item for item in items if item["name"] == "background.generation"]


def test_rows_lose_the_background_of_their_photos_whoever_is_killed(
    client: httpx.Client, stack: Stack, tmp_path: Path
) -> None:
    template = _template(client, tmp_path / "offer.psd")
    photos = [_photo(client, color) for color in COLORS]
    outside = "https://example.org/ball.png"
    cells = [*photos, *photos, f"fil_{'0' * 32}", outside]
    lines = [f"{number},{cell}" for number, cell in enumerate(cells)]
    table = client.post(
        "/v1/files?name=balls.csv", content="\n".join(["price,photo", *lines]).encode()
    )
    before = {item["id"] for item in _cut_outs(client)}
    order = {"file_id": table.json()["id"], "outputs": [{"width": 120}]}
    task = client.post(f"{template}/merges", json=order).json()
    at = task["resource"]
    while client.get(at).json()["step"] != "cutting_out":
        time.sleep(0.05)  # pytest's own timeout bounds the wait
    os.kill(stack.runner.pid("imaging-worker"), signal.SIGKILL)

    assert ended(client, task)["state"] == "completed"

    made = [item for item in _cut_outs(client) if item["id"] not in before]
    assert [item["state"] for item in made] == ["completed"] * 3
    rows = client.get(f"{at}/rows").json()["items"]
    assert [row["state"] for row in rows] == ["completed"] * 6 + ["rejected"] * 2
    assert [row["error"]["code"] for row in rows[6:]] == [
        "merge.no_picture",
        "merge.background_first",
    ]
    for row in rows[:6]:
        data = client.get(row["images"][0]["url"]).content
        pixel: Any = Image.open(io.BytesIO(data)).convert("RGB").getpixel(_CORNER)
        assert min(pixel) < 240, "the white wall is still there"
