"""Publishing previews: of a document from its manifest; of data sets, see datasets.py."""

import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import msgspec

from onemanage.contracts.base import derived_id, utc_now
from onemanage.contracts.preview import Preview, PublishedPreviews, PublishPreviews
from onemanage.contracts.psd import ImageFile, Manifest
from onemanage.platform.sandbox import Sandbox
from onemanage.platform.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.preview.datasets import DatasetPreviews
from onemanage.preview.domain.web import MEDIA_TYPE, WebImage, make_web_images
from onemanage.preview.store import Store, object_name

type Report = Callable[[str, int, int], Awaitable[None]]

_MAX_SIDE = 1600
_AT_ONCE = 4


class Source(msgspec.Struct, frozen=True):
    """An exported image that is worth a preview."""

    layer_id: int | None
    name: str
    image: ImageFile


class PreviewService:
    """Objects are named by preview and task: a rerun rewrites, a renewal does not."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        *,
        lifetime: timedelta,
        child_seconds: float,
    ) -> None:
        self._storage, self._store, self._sandbox = storage, store, sandbox
        self._lifetime, self._child_seconds = lifetime, child_seconds
        self.datasets = DatasetPreviews(storage, store, lifetime)

    async def publish(
        self, command: PublishPreviews, report: Report
    ) -> PublishedPreviews:
        """The composite and every layer that is shown. Raises InvalidInput."""
        sources = _worth_showing(await self._manifest(command.manifest_key))
        await self._store.announce_objects(_key(command, s) for s in sources)
        expires_at = utc_now() + self._lifetime
        previews: list[Preview] = []
        warnings: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            paths = await self._download(sources, Path(folder))
            made = await self._in_child(paths, report)
            async with anyio.create_task_group() as uploads:
                for source, path, web in zip(sources, paths, made, strict=True):
                    if web.failure is not None:
                        warnings.append(f"no preview of {source.name}: {web.failure}")
                        continue
                    previews.append(_preview(command, source, web, expires_at))
                    key, file = previews[-1].object_key, path.with_suffix(".webp")
                    uploads.start_soon(self._storage.put_file, key, file, MEDIA_TYPE)
        await self._store.publish(command.workspace_id, previews)
        return PublishedPreviews(
            document_id=command.document_id,
            preview_count=len(previews),
            expires_at=expires_at,
            warnings=warnings,
        )

    async def _manifest(self, key: str) -> Manifest:
        try:
            data = await self._storage.get_bytes(key)
        except ObjectMissing:
            text = "The document's images are no longer kept; parse it again."
            raise InvalidInput("preview.no_manifest", text) from None
        return msgspec.json.decode(data, type=Manifest)

    async def _download(self, sources: list[Source], folder: Path) -> list[Path]:
        paths = [folder / f"{number:05}.png" for number in range(len(sources))]
        limiter = anyio.CapacityLimiter(_AT_ONCE)

        async def fetch(source: Source, path: Path) -> None:
            async with limiter:
                await self._storage.get_file(source.image.object_key, path)

        async with anyio.create_task_group() as downloads:
            for source, path in zip(sources, paths, strict=True):
                downloads.start_soon(fetch, source, path)
        return paths

    async def _in_child(self, paths: list[Path], report: Report) -> list[WebImage]:
        async def on_progress(done: int) -> None:
            await report("previews", done, len(paths))

        return await self._sandbox.run(
            make_web_images,
            paths,
            _MAX_SIDE,
            timeout=self._child_seconds,
            on_progress=on_progress,
        )


def _worth_showing(manifest: Manifest) -> list[Source]:
    found = []
    if (composite := manifest.document.composite) is not None:
        found.append(Source(None, manifest.document.name, composite))
    for layer in manifest.layers:
        if layer.shown and layer.image is not None:
            found.append(Source(layer.layer_id, layer.name, layer.image))
    return found


def _preview_id(command: PublishPreviews, source: Source) -> str:
    which = "composite" if source.layer_id is None else str(source.layer_id)
    return derived_id("prv", command.document_id, which)


def _key(command: PublishPreviews, source: Source) -> str:
    folder = f"previews/{command.workspace_id}/{_preview_id(command, source)}"
    return f"{folder}/{object_name(command.task_id, command.run)}"


def _preview(
    command: PublishPreviews, source: Source, web: WebImage, expires_at: datetime
) -> Preview:
    return Preview(
        preview_id=_preview_id(command, source),
        document_id=command.document_id,
        layer_id=source.layer_id,
        name=source.name,
        width=web.width,
        height=web.height,
        size=web.size,
        media_type=MEDIA_TYPE,
        sha256=web.sha256,
        object_key=_key(command, source),
        expires_at=expires_at,
    )
