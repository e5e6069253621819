"""A merge has the backgrounds of its pictures taken away first, on the whole system."""

import io
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from PIL import Image, ImageDraw
from psd_tools import PSDImage

from onemanage.local.sample_template import build_template
from onemanage.local.stack import Stack

from .conftest import ended
from .everything import Two

WAIT = {"Prefer": "wait=30"}
COLORS = ("teal", "firebrick", "indigo")
_HOST = "127.0.0.2"
"""The only one that imaging may fetch from here."""
_CORNER = 28, 52
"""Of the photo in the picture; there is nothing of what it shows."""


def _ball(color: str) -> Image.Image:
    """Before a white wall."""
    image = Image.new("RGB", (160, 160), "white")
    ImageDraw.Draw(image).ellipse((40, 40, 120, 120), color)
    return image


def _png(color: str) -> bytes:
    data = io.BytesIO()
    _ball(color).save(data, "PNG")
    return data.getvalue()


def _photo(client: httpx.Client, color: str) -> str:
    sent = client.post(f"/v1/files?name={color}.png", content=_png(color))
    found: str = sent.json()["id"]
    return found


def _made(client: httpx.Client, path: Path, file_id: str) -> list[str]:
    """A document, a layer of it and a transformation."""
    document = PSDImage.new("RGB", (160, 160))
    document.create_pixel_layer(_ball("purple"), name="Ball")
    document.save(path)
    sent = client.post("/v1/psd/documents?name=ball.psd", content=path.read_bytes())
    at = ended(client, sent.json())["resource"]
    (layer,) = client.get(f"{at}/layers").json()["items"]
    order = {"file_id": file_id, "recipe": {"operations": [{"op": "flip"}]}}
    task = client.post("/v1/images/transformations", json=order).json()
    made = ended(client, task)["resource"].rpartition("/")[2]
    named = at.rpartition("/")[2]
    return [named, f"{named}:{layer['id']}", made]


class Outside(ThreadingHTTPServer):
    """Has a ball at ``/ball.png`` for who knows the word, which it has not at once."""

    busy = 2

    def at(self, path: str) -> str:
        return f"http://{_HOST}:{self.server_port}{path}"


class _Answers(BaseHTTPRequestHandler):
    server: Outside

    def do_GET(self) -> None:
        if self.path != "/ball.png?sig=5ecret":
            self.send_error(404)
        elif self.server.busy:
            self.server.busy -= 1
            self.send_error(503)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(_png("olive"))

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def outside(client: httpx.Client) -> Iterator[Outside]:
    """Where imaging may fetch from, and the workspace allows it."""
    workspace = client.get("/v1/me").json()["workspace_id"]
    at = f"/v1/workspaces/{workspace}/image-hosts"
    with Outside((_HOST, 0), _Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert client.put(at, json={"hosts": [_HOST]}).status_code == 200
        yield server
        client.put(at, json={"hosts": []})
        server.shutdown()


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


def _killed_half_way(client: httpx.Client, stack: Stack, merge: str) -> None:
    """imaging's worker, once it has begun."""
    while (step := client.get(merge).json()["step"]) != "cutting_out":
        assert step != "making", "nothing is made before"
        time.sleep(0.05)  # pytest's own timeout bounds the wait
    while not [one for one in _cut_outs(client) if one["state"] == "running"]:
        time.sleep(0.05)
    os.kill(stack.runner.pid("imaging-worker"), signal.SIGKILL)


def test_rows_lose_the_background_of_their_pictures_whoever_is_killed(
    client: httpx.Client, stack: Stack, tmp_path: Path, two: Two, outside: Outside
) -> None:
    template = _template(client, tmp_path / "offer.psd")
    photos = [_photo(client, color) for color in COLORS]
    address = outside.at("/ball.png?sig=5ecret")
    there = [*photos, *_made(client, tmp_path / "ball.psd", photos[0]), address]
    wrong = {
        f"fil_{'0' * 32}": "merge.no_picture",
        two.theirs.ids["document_id"]: "merge.no_picture",
        outside.at("/none.png"): "url.no_image",
        "https://example.org/ball.png": "image.host_not_allowed",
    }
    cells = [*there, *there, *wrong]
    lines = [f"{number},{cell}" for number, cell in enumerate(cells)]
    table = client.post(
        "/v1/files?name=balls.csv", content="\n".join(["price,photo", *lines]).encode()
    )
    before = {item["id"] for item in _cut_outs(client)}
    order = {"file_id": table.json()["id"], "outputs": [{"width": 120}]}
    task = client.post(f"{template}/merges", json=order).json()
    at = task["resource"]
    _killed_half_way(client, stack, at)

    assert ended(client, task)["state"] == "completed"

    made = [item for item in _cut_outs(client) if item["id"] not in before]
    states = Counter(item["state"] for item in made)
    assert states == {"completed": len(there), "failed": 1}
    rows = client.get(f"{at}/rows").json()["items"]
    good, bad = rows[: 2 * len(there)], rows[2 * len(there) :]
    assert {row["state"] for row in good} == {"completed"}
    assert [row["error"]["code"] for row in bad] == list(wrong.values())
    for row in good:
        data = client.get(row["images"][0]["url"]).content
        pixel: Any = Image.open(io.BytesIO(data)).convert("RGB").getpixel(_CORNER)
        assert min(pixel) < 240, "the white wall is still there"
    results = [item["result"] for item in made if item["result"]]
    sources = {one["source"] for one in results}
    assert sources == {None, *there[3:6], address.partition("?")[0]}
    assert "5ecret" not in repr(made)


def test_cancelling_a_merge_takes_its_cut_outs_along(
    client: httpx.Client, tmp_path: Path, outside: Outside
) -> None:
    template = _template(client, tmp_path / "offer.psd")
    outside.busy = 1_000_000
    cells = [outside.at("/ball.png?sig=5ecret"), _photo(client, "navy")]
    table = client.post(
        "/v1/files?name=balls.csv", content="\n".join(["photo", *cells]).encode()
    )
    order = {"file_id": table.json()["id"], "outputs": [{"width": 120}]}
    task = client.post(f"{template}/merges", json=order).json()
    while client.get(task["resource"]).json()["step"] != "cutting_out":
        time.sleep(0.05)

    client.delete(f"/v1/tasks/{task['id']}")

    assert ended(client, task)["state"] == "cancelled"
    parts = [item for item in _cut_outs(client) if item["parent_id"] == task["id"]]
    assert len(parts) == 2
    for part in parts:
        assert ended(client, part)["state"] in ("cancelled", "completed")
