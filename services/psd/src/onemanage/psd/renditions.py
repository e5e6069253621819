"""Render: fetch the file, make the images in a child, store what comes out."""

import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.renditions import (
    RenderDocument,
    Rendition,
    RenditionImage,
    RenditionManifest,
)
from onemanage.platform.messaging.events import first_of
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Jobs, Report, file_missing
from onemanage.platform.storage.storage import Storage
from onemanage.psd.domain.document import ExportProgress, Limits
from onemanage.psd.domain.formats import MEDIA_TYPES
from onemanage.psd.domain.rendered import RenderedImage, RenditionOutput
from onemanage.psd.images import image_file, made_and_stored
from onemanage.psd.store import Store

_RENDER = ChildFunction(
    "onemanage.psd.domain.rendition:render_rendition", RenditionOutput, ExportProgress
)


class Renditions:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self, storage: Storage, store: Store, jobs: Jobs, limits: Limits
    ) -> None:
        self._storage, self._store = storage, store
        self._jobs, self._limits = jobs, limits

    async def render(self, command: RenderDocument, report: Report) -> Rendition:
        """Raises InvalidInput where nothing at all can be made."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        media_type = MEDIA_TYPES[command.spec.format]
        with self._jobs.begin(command.file_name, prefix) as job:
            missing = file_missing(command.file_id)
            source = await job.fetch(command.file_key, "source", missing)
            title = _title(command.file_name)
            asked = command.spec, self._limits, command.name_encoding
            call = source, job.out, title, *asked
            (made,) = await made_and_stored(job, _RENDER, [call], media_type, report)
        rendition = _rendition(command, made, prefix)
        images = [_image(image, prefix, media_type) for image in made.images]
        manifest = RenditionManifest(rendition=rendition, images=images)
        await self._storage.put_bytes(
            rendition.manifest_key, msgspec.json.encode(manifest), "application/json"
        )
        await self._store.renditions.save(rendition)
        RENDERS.add("rendition", by=rendition.image_count)
        return rendition


def _title(file_name: str) -> str:
    """``poster`` for ``poster.psd``."""
    stem, _, ending = file_name.rpartition(".")
    return stem if stem and ending.lower() in ("psd", "psb") else file_name


def _image(made: RenderedImage, prefix: str, media_type: str) -> RenditionImage:
    stored = image_file(made.image, prefix, media_type)
    return RenditionImage(
        **msgspec.structs.asdict(stored),
        number=made.number,
        name=made.name,
        scale=made.scale,
        layer_id=made.layer_id,
        slice_id=made.slice_id,
        left=made.left,
        top=made.top,
    )


def _rendition(
    command: RenderDocument, made: RenditionOutput, prefix: str
) -> Rendition:
    return Rendition(
        rendition_id=command.rendition_id,
        document_id=command.document_id,
        workspace_id=command.workspace_id,
        file_id=command.file_id,
        task_id=command.task_id,
        spec=command.spec,
        image_count=len(made.images),
        size=sum(image.image.size for image in made.images),
        pixels=sum(image.image.width * image.image.height for image in made.images),
        manifest_key=f"{prefix}rendition.json",
        created_at=utc_now(),
        warnings=first_of(made.warnings),
    )
