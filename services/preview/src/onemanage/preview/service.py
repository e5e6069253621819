"""Publishing previews of a document from its manifest; of data sets see datasets.py, and
tiles of pictures pyramids.py."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched

import msgspec

from onemanage.contracts.base import derived_id, utc_now
from onemanage.contracts.previews.previews import (
    Preview,
    PublishedPreviews,
    PublishPreviews,
)
from onemanage.contracts.psd.documents import ImageFile, Manifest
from onemanage.platform.messaging.events import first_of
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.process.gather import gather_few
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import AT_ONCE, Job, Jobs, Report
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.preview.datasets import DatasetPreviews
from onemanage.preview.deletion import Deletion
from onemanage.preview.domain.web_image import MEDIA_TYPE, WebImage
from onemanage.preview.pyramids import Pyramids
from onemanage.preview.store import Store, object_name

_MAX_SIDE = 1600
_BATCH = 50
"""Images on disk, and in one child, at a time."""
_MAKE_WEB_IMAGES = ChildFunction(
    "onemanage.preview.domain.web:make_web_images", list[WebImage], int
)
_WORDS = Words(
    "preview",
    "Making the previews",
    "save the document with smaller layers and send it again",
)


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
        self._storage, self._store, self._lifetime = storage, store, lifetime
        self._jobs = Jobs(storage, sandbox, _WORDS, child_seconds)
        self.datasets = DatasetPreviews(storage, store, lifetime)
        self.pyramids = Pyramids(storage, store, sandbox, child_seconds)
        self.deletion = Deletion(storage, store)

    async def publish(
        self, command: PublishPreviews, report: Report
    ) -> PublishedPreviews:
        """The composite and every layer that is shown. Raises InvalidInput."""
        sources = _worth_showing(await self._manifest(command.manifest_key))
        await self._store.announce_objects(_key(command, s) for s in sources)
        expires_at = utc_now() + self._lifetime
        previews: list[Preview] = []
        warnings: list[str] = []
        done = 0
        for batch in batched(sources, _BATCH):
            with self._jobs.begin(batch[0].name) as job:
                made = await self._make(job, batch, done, len(sources), report)
                uploads = []
                for source, (file, web) in zip(batch, made, strict=True):
                    if web.failure is not None:
                        warnings.append(f"no preview of {source.name}: {web.failure}")
                        continue
                    preview = _preview(command, source, web, expires_at)
                    previews.append(preview)
                    uploads.append((file, MEDIA_TYPE, preview.object_key))
                await gather_few(job.upload, uploads, AT_ONCE)
            done += len(batch)
        await self._store.publish(command.workspace_id, previews)
        RENDERS.add("preview", by=len(previews))
        await self._take_back_if_deleted(command)
        return PublishedPreviews(
            document_id=command.document_id,
            preview_count=len(previews),
            expires_at=expires_at,
            warnings=first_of(warnings),
        )

    async def _take_back_if_deleted(self, command: PublishPreviews) -> None:
        """Deleting a document takes its manifest away before it says so, and then its
        previews: whoever publishes across that would show what is no more."""
        if not await self._storage.keys(command.manifest_key):
            await self._store.discard_run(
                command.workspace_id, command.task_id, command.run
            )
            raise _images_gone()

    async def _manifest(self, key: str) -> Manifest:
        try:
            data = await self._storage.get_bytes(key)
        except ObjectMissing:
            raise _images_gone() from None
        return msgspec.json.decode(data, type=Manifest)

    async def _make(
        self,
        job: Job,
        sources: Sequence[Source],
        before: int,
        total: int,
        report: Report,
    ) -> list[tuple[str, WebImage]]:
        """The image of each of ``sources``, and its name; ``before`` of ``total`` are
        done."""
        paths = [job.folder / f"{number:05}.png" for number in range(len(sources))]
        fetches = [
            (source.image.object_key, path.name, _images_gone())
            for source, path in zip(sources, paths, strict=True)
        ]
        await gather_few(job.fetch, fetches, AT_ONCE)

        async def on_progress(done: int) -> None:
            await report("previews", before + done, total)

        made = await job.run(
            _MAKE_WEB_IMAGES, paths, job.out, _MAX_SIDE, on_progress=on_progress
        )
        names = [f"{path.stem}.webp" for path in paths]
        return list(zip(names, made, strict=True))


def _images_gone() -> InvalidInput:
    text = "The document's images are no longer stored. Parse it again."
    return InvalidInput("preview.no_manifest", text)


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
