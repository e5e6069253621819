"""`demo`: the main job on one document, from upload to preview links, checked."""

import io
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from anyio import to_thread
from PIL import Image

from onemanage.client import OneManage, OneManageError, types
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.up import open_stack, until_signalled

SERVICES_LOG = "services.log"
PATIENCE = 300.0
_POLL = 0.1


class DemoFailed(Exception):
    """The job did not end as promised; the message says where."""


@dataclass(kw_only=True)
class Outcome:
    """What was promised and fetched, for the last line."""

    layers: int
    images: int = 0
    missing: list[str] = field(default_factory=list)

    def look_at(self, name: str, data: bytes) -> None:
        """Count an image; what does not decode is missing."""
        try:
            with Image.open(io.BytesIO(data)) as image:
                image.load()
        except (OSError, SyntaxError, ValueError) as error:
            self.missing.append(f"{name} does not decode: {error}")
        else:
            self.images += 1


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
    """One client's visit: by the Python client, as anyone's would be."""

    def __init__(
        self, base_url: str, api_key: str, out: Path, say: Callable[[str], None]
    ) -> None:
        self._client = OneManage(api_key, url=base_url)
        self._out, self._say = out, say

    def run(self, file: Path) -> None:
        """Export it, and look at what comes of it.

        Raises DemoFailed where a promise is not kept.
        """
        begun = time.monotonic()
        with self._client as client:
            self._say(f"$ onemanage psd export {file.name} --out {self._out}")
            outcome = Outcome(layers=0)
            document = self._export(client, file)
            self._say(
                f"{document.name}: {document.width} x {document.height} "
                f"{document.color_mode} {document.depth} bit {document.format}, exported "
                f"in {time.monotonic() - begun:.2f} s"
            )
            layers = client.psd.layers.list(document.id, limit=500).to_list()
            outcome.layers = len(layers)
            _print_tree(layers, self._say)
            for warning in document.warnings or []:
                self._say(f"  note: {warning}")
            self._look_at_images(document, layers, outcome)
            self._previews(client, document, layers, outcome)
        seconds = time.monotonic() - begun
        self._say(f"exported layers, composite and manifest: {self._out}")
        if outcome.missing:
            raise DemoFailed("not as promised: " + "; ".join(outcome.missing))
        self._say(
            f"demo: {outcome.layers} layers, {outcome.images} images, {seconds:.1f} "
            "seconds"
        )

    def _export(self, client: OneManage, file: Path) -> types.DocumentResult:
        shutil.rmtree(self._out / "layers", ignore_errors=True)
        (self._out / "composite.png").unlink(missing_ok=True)
        try:
            return client.psd.export(file, to=self._out, timeout=PATIENCE).document
        except OneManageError as error:
            raise DemoFailed(str(error)) from error

    def _look_at_images(
        self,
        document: types.DocumentResult,
        layers: list[types.LayerOut],
        outcome: Outcome,
    ) -> None:
        names = [f"layers/{layer.id:04}.png" for layer in layers if layer.image]
        if document.composite:
            names.append("composite.png")
        for name in ["manifest.json", *names]:
            path = self._out / name
            if not path.is_file():
                outcome.missing.append(f"no {name}")
            elif path.suffix == ".png":
                outcome.look_at(name, path.read_bytes())

    def _previews(
        self,
        client: OneManage,
        document: types.DocumentResult,
        layers: list[types.LayerOut],
        outcome: Outcome,
    ) -> None:
        promised: set[int | None] = {
            layer.id for layer in layers if layer.shown and layer.image
        }
        if document.composite:
            promised.add(None)
        begun = time.monotonic()
        listed = client.previews.list(document_id=document.id, limit=500)
        previews = listed.to_list()
        while len(previews) < len(promised) and time.monotonic() < begun + PATIENCE:
            time.sleep(_POLL)
            previews = listed.to_list()
        self._say(
            f"previews after {time.monotonic() - begun:.2f} s more, for 24 hours:"
        )
        for preview in previews:
            name = preview.name if preview.layer_id else "composite"
            self._say(f"  {name}\n    {preview.url}")
            answer = httpx.get(preview.url, timeout=PATIENCE)  # as a page does, keyless
            if answer.status_code == 200:
                outcome.look_at(preview.url, answer.content)
            else:
                outcome.missing.append(f"{preview.url}: {answer.status_code}")
        found = {preview.layer_id for preview in previews}
        outcome.missing += [f"no preview of layer {one}" for one in promised - found]


def _print_tree(layers: list[types.LayerOut], say: Callable[[str], None]) -> None:
    """As in Photoshop's panel: the top layer first, groups above what they hold."""
    children: dict[int | None, list[types.LayerOut]] = {}
    for layer in layers:
        children.setdefault(layer.parent_id, []).append(layer)

    def show(parent: int | None, depth: int) -> None:
        for layer in reversed(children.get(parent, [])):
            eye = "●" if layer.visible else "○"
            name = "  " * depth + layer.name
            size = f"{layer.width} x {layer.height}"
            say(
                f"  {eye} {name:<34} {layer.kind:<12} {size:>13}  "
                f"{layer.blend_mode:<12} {layer.opacity:.0%}"
            )
            show(layer.id, depth + 1)

    show(None, 0)
