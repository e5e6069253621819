"""Work of every kind at once, some of it bad, for a stack that is watched."""

import io
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from onemanage.local.sample import build_poster

PAUSE = 0.5
FLOOD = 40
_ENDED = ("completed", "failed", "cancelled")
_RECEIVERS = {"/good": 204, "/bad": 500, "/gone": 410}
"""Of webhooks: one that takes all, one that refuses all, and one that is gone."""


class Failed(Exception):
    """An answer that says something else than that it was done; the message says what."""


@dataclass
class Mixture:
    """Activities that repeat until they are told to stop, each in a thread of its own."""

    client: httpx.Client
    poster: bytes
    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    _before: str = ""
    """The document before."""

    def run(self) -> None:
        """Until ``over``; every activity at once."""
        activities = (self.document, self.image, self.table, self.lists, self.bad)
        threads = [
            threading.Thread(target=self._repeat, args=(activity,))
            for activity in activities
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _repeat(self, activity: Callable[[int], None]) -> None:
        for number in itertools.count():
            if self.over.wait(PAUSE):
                return
            try:
                activity(number)
            except (Failed, httpx.TransportError) as error:
                self.failed[f"{activity.__name__}: {str(error)[:60]}"] += 1
            else:
                self.done[activity.__name__] += 1

    def document(self, number: int) -> None:
        """With its layers, previews, a rendition and a comparison; one is cancelled."""
        task = self._sent("/v1/psd/documents", f"{number}.psd", self.poster)
        at, document = task["resource"], task["result"]["id"]
        layers = self._get(f"{at}/layers").json()["items"]
        drawn = [layer["id"] for layer in layers if layer["image"]]
        wanted = {"of": "layers", "layers": {"ids": drawn[:3]}, "format": "webp"}
        self._done(f"{at}/renditions", wanted)
        if self._before:
            pair = {"before": self._before, "after": document}
            self._done("/v1/psd/diffs", pair)
        self._before = document
        self._done("/v1/previews", {"document_id": document})
        self._get("/v1/psd/search?q=can")
        late = self._posted("/v1/psd/documents", content=self.poster)
        self.client.delete(f"/v1/tasks/{late['id']}")

    def image(self, number: int) -> None:
        """By address, asked for twice; by orders of each kind."""
        name = f"/v1/files?name={number}.png"
        file_id = self._posted(name, content=_picture(number))["id"]
        for _ in range(2):
            self._shown(f"/v1/images/{file_id}/w_{100 + number},h_80,fit_cover/f_webp")
        recipe = {"operations": [{"op": "resize", "width": 64 + number}]}
        self._done("/v1/images/transformations", {"file_id": file_id, "recipe": recipe})
        batch = {"file_ids": [file_id], "recipe": recipe}
        self._done("/v1/images/batches", batch)
        self._done("/v1/images/analyses", {"file_id": file_id})
        cut = {"file_id": file_id, "spec": {"with_mask": True}}
        self._done("/v1/images/backgrounds", cut)

    def table(self, number: int) -> None:
        """Rows of which one is bad, and what was loaded as a file again."""
        rows = "".join(f"{row},{row * 1.5}\n" for row in range(2_000))
        content = f"id_{number},price\n{rows}1,2,3\n".encode()
        plan = self._posted(
            f"/v1/imports/plans?name=t{number}.csv",
            content=content,
            headers={"Content-Type": "text/csv", "Prefer": "wait=20"},
        )
        if "tables" not in plan:
            raise Failed(f"no plan: {plan.get('state')}")
        body = {"plan_id": plan["id"], "tables": plan["tables"]}
        loaded = self._done("/v1/imports", body)
        dataset = loaded["result"]["tables"][0]["dataset_id"]
        self._done(f"/v1/datasets/{dataset}/exports", {})

    def lists(self, number: int) -> None:
        """What a page of an application asks for."""
        for path in ("/v1/tasks", "/v1/psd/documents", "/v1/usage", "/v1/datasets"):
            self._get(path)
        self.client.get(f"/v1/nothing/{number}")

    def bad(self, number: int) -> None:
        """What is refused: at once, and by those who look into it."""
        cut = self.poster[: len(self.poster) // 3]
        self.client.post("/v1/psd/documents?name=cut.psd", content=cut)
        self.client.post("/v1/psd/documents?name=no.psd", content=b"no document")
        junk = random.Random(number).randbytes(2_000)
        name = f"/v1/files?name={number}.jpg"
        file_id = self._posted(name, content=b"\xff\xd8\xff\xe0" + junk)["id"]
        self.client.get(f"/v1/images/{file_id}/w_50/f_png")
        body = {"file_id": file_id, "recipe": {}}
        self.client.post("/v1/images/transformations", json=body)

    def flood(self) -> None:
        """More at once than the workers can do soon."""
        for _ in range(FLOOD):
            self._posted("/v1/psd/documents", content=self.poster)

    def _sent(self, path: str, name: str, content: bytes) -> dict[str, Any]:
        return self._ended(self._posted(f"{path}?name={name}", content=content))

    def _done(self, path: str, body: Any) -> dict[str, Any]:
        return self._ended(self._posted(path, json=body))

    def _posted(self, path: str, **given: Any) -> dict[str, Any]:
        answer = self.client.post(path, **given)
        if not answer.is_success:
            raise Failed(f"{path.partition('?')[0]}: {answer.status_code}")
        task: dict[str, Any] = answer.json()
        return task

    def _ended(self, task: dict[str, Any]) -> dict[str, Any]:
        while task["state"] not in _ENDED and not self.over.wait(0.2):
            task = self._get(f"/v1/tasks/{task['id']}").json()
        if task["state"] != "completed":
            raise Failed(f"{task['name']} is {task['state']}")
        return task

    def _get(self, path: str) -> httpx.Response:
        answer = self.client.get(path)
        if not answer.is_success:
            raise Failed(f"{path}: {answer.status_code}")
        return answer

    def _shown(self, path: str) -> None:
        while (answer := self.client.get(path)).status_code == 503:
            if self.over.wait(float(answer.headers.get("Retry-After", 1))):
                return
        if not answer.is_success:
            raise Failed(f"an image by address: {answer.status_code}")


def poster_in(folder: Path) -> bytes:
    """The sample document."""
    path = folder / "poster.psd"
    build_poster(path)
    return path.read_bytes()


@contextmanager
def webhooks(client: httpx.Client) -> Iterator[None]:
    """Receivers of each kind, who are told of every task."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(_RECEIVERS[self.path])
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is to be read."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    try:
        for path in _RECEIVERS:
            url = f"http://127.0.0.1:{server.server_port}{path}"
            body = {"url": url, "events": ["*"]}
            client.post("/v1/webhooks", json=body).raise_for_status()
        yield
    finally:
        server.shutdown()
        server.server_close()


def _picture(number: int) -> bytes:
    made = Image.radial_gradient("L").resize((640, 480)).convert("RGB")
    made.putpixel((number % 640, 0), (number % 256, 1, 2))
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()
