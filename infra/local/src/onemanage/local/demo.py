"""`demo`: the main job on one document, from upload to preview links, checked."""

import io
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from anyio import to_thread
from PIL import Image

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.up import open_stack, until_signalled

SERVICES_LOG = "services.log"
_PATIENCE = 300.0
_POLL = 0.1


class DemoFailed(Exception):
    """The job did not end as promised; the message says where."""


@dataclass(kw_only=True)
class Outcome:
    """What was promised and fetched, for the last line."""

    layers: int
    images: int = 0
    missing: list[str] = field(default_factory=list)


async def demo(file: Path | None, out: Path, say: Callable[[str], None]) -> None:
    """Run the job on ``file``, or on a poster made here. Raises DemoFailed."""
    with tempfile.TemporaryDirectory(prefix="onemanage-demo-") as folder:
        data_dir = Path(folder)

        async def run() -> None:
            begun = time.monotonic()
            port = free_ports(1)[0]
            document = file
            if document is None:
                document = data_dir / "poster.psd"
                await to_thread.run_sync(_build_poster, document)
            log = data_dir / SERVICES_LOG
            try:
                async with open_stack(data_dir, port, log_file(log)) as stack:
                    say(f"stack ready in {time.monotonic() - begun:.1f} s")
                    visit = Visit(stack.base_url, stack.owner_api_key, out, say)
                    await to_thread.run_sync(visit.run, document)
            except DemoFailed:
                shutil.copy(log, out / SERVICES_LOG)
                raise

        out.mkdir(parents=True, exist_ok=True)
        await until_signalled(run)


def _build_poster(path: Path) -> None:
    from onemanage.local.sample import build_poster  # slow to import, not always needed

    build_poster(path)


class Visit:
    """One client's visit: over HTTP only, as anyone's would be."""

    def __init__(
        self, base_url: str, api_key: str, out: Path, say: Callable[[str], None]
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=_PATIENCE,
        )
        self._out, self._say = out, say

    def run(self, file: Path) -> None:
        """Upload it, and save what comes of it.

        Raises DemoFailed where a promise is not kept.
        """
        begun = time.monotonic()
        with self._http:
            task = self._upload(file)
            parsed = time.monotonic()
            document = self._get(task["resource"])
            layers = self._pages(f"{task['resource']}/layers?limit=500")
            self._say(
                f"{document['name']}: {document['width']} x {document['height']} "
                f"{document['color_mode']} {document['depth']} bit "
                f"{document['format']}, parsed in {parsed - begun:.2f} s"
            )
            _print_tree(layers, self._say)
            for warning in document["warnings"]:
                self._say(f"  note: {warning}")
            outcome = Outcome(layers=len(layers))
            self._save(task["resource"], document, layers, outcome)
            self._previews(document, layers, outcome)
        seconds = time.monotonic() - begun
        self._say(f"exported layers, composite and manifest: {self._out}")
        if outcome.missing:
            raise DemoFailed("not as promised: " + "; ".join(outcome.missing))
        self._say(
            f"demo: {outcome.layers} layers, {outcome.images} images, {seconds:.1f} "
            "seconds"
        )

    def _upload(self, file: Path) -> dict[str, Any]:
        def chunks() -> Any:
            with file.open("rb") as source:
                while chunk := source.read(1 << 20):
                    yield chunk

        answer = self._http.post(
            "/v1/psd/documents",
            params={"name": file.name},
            content=chunks(),
            headers={"Content-Type": "application/octet-stream", "Prefer": "wait=30"},
        )
        task = _checked(answer)
        deadline = time.monotonic() + _PATIENCE
        while task["state"] in ("queued", "running"):
            if time.monotonic() > deadline:
                raise DemoFailed(f"the task is still {task['state']}")
            time.sleep(_POLL)
            task = self._get(f"/v1/tasks/{task['id']}")
        if task["state"] != "completed":
            raise DemoFailed(f"the task {task['state']}: {task['error']}")
        return task

    def _get(self, path: str) -> dict[str, Any]:
        return _checked(self._http.get(path))

    def _pages(self, path: str) -> list[dict[str, Any]]:
        page = self._get(path)
        items: list[dict[str, Any]] = page["items"]
        while cursor := page["next_cursor"]:
            page = self._get(f"{path}&cursor={cursor}")
            items += page["items"]
        return items

    def _save(
        self,
        resource: str,
        document: dict[str, Any],
        layers: list[dict[str, Any]],
        outcome: Outcome,
    ) -> None:
        manifest = self._get(f"{resource}/manifest")
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (self._out / "manifest.json").write_text(text)
        shutil.rmtree(self._out / "layers", ignore_errors=True)
        (self._out / "layers").mkdir()
        (self._out / "composite.png").unlink(missing_ok=True)
        if document["composite"]:
            self._fetch(f"{resource}/composite", "composite.png", outcome)
        for layer in layers:
            if layer["image"]:
                name = f"layers/{layer['id']:04}.png"
                self._fetch(f"{resource}/layers/{layer['id']}/image", name, outcome)

    def _previews(
        self,
        document: dict[str, Any],
        layers: list[dict[str, Any]],
        outcome: Outcome,
    ) -> None:
        promised = {
            layer["id"] for layer in layers if layer["shown"] and layer["image"]
        }
        if document["composite"]:
            promised.add(None)
        begun = time.monotonic()
        path = f"/v1/previews?document_id={document['id']}&limit=500"
        previews = self._pages(path)
        while len(previews) < len(promised) and time.monotonic() < begun + _PATIENCE:
            time.sleep(_POLL)
            previews = self._pages(path)
        self._say(
            f"previews after {time.monotonic() - begun:.2f} s more, for 24 hours:"
        )
        for preview in previews:
            name = preview["name"] if preview["layer_id"] else "composite"
            self._say(f"  {name}\n    {preview['url']}")
            self._fetch(preview["url"], None, outcome, with_key=False)
        found = {preview["layer_id"] for preview in previews}
        outcome.missing += [f"no preview of layer {one}" for one in promised - found]

    def _fetch(
        self, url: str, save_as: str | None, outcome: Outcome, *, with_key: bool = True
    ) -> None:
        answer = self._http.get(url) if with_key else httpx.get(url, timeout=_PATIENCE)
        if answer.status_code != 200:
            outcome.missing.append(f"{url}: {answer.status_code} {answer.text[:200]}")
            return
        try:
            with Image.open(io.BytesIO(answer.content)) as image:
                image.load()
        except (OSError, SyntaxError, ValueError) as error:
            outcome.missing.append(f"{url} does not decode: {error}")
            return
        outcome.images += 1
        if save_as:
            (self._out / save_as).write_bytes(answer.content)


def _checked(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    if answer.is_error:
        places = "; ".join(error["pointer"] for error in body.get("errors", []))
        raise DemoFailed(f"{body['detail']} [{body['type']}] {places}".strip())
    return body


def _print_tree(layers: list[dict[str, Any]], say: Callable[[str], None]) -> None:
    """As in Photoshop's panel: the top layer first, groups above what they hold."""
    children: dict[int | None, list[dict[str, Any]]] = {}
    for layer in layers:
        children.setdefault(layer["parent_id"], []).append(layer)

    def show(parent: int | None, depth: int) -> None:
        for layer in reversed(children.get(parent, [])):
            eye = "●" if layer["visible"] else "○"
            name = "  " * depth + layer["name"]
            size = f"{layer['width']} x {layer['height']}"
            say(
                f"  {eye} {name:<34} {layer['kind']:<12} {size:>13}  "
                f"{layer['blend_mode']:<12} {layer['opacity']:.0%}"
            )
            show(layer["id"], depth + 1)

    show(None, 0)
