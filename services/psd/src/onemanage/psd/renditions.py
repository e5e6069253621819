"""Render: fetch the file, make the images in a child, store what comes out."""

import tempfile
from pathlib import Path

import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.renditions import (
    RenderDocument,
    Rendition,
    RenditionImage,
    RenditionManifest,
)
from onemanage.platform.messaging.events import first_of
from onemanage.platform.storage.storage import Storage
from onemanage.psd.child import Call, Child, Report, image_file
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.encode import MEDIA_TYPES
from onemanage.psd.domain.rendition import (
    RenderedImage,
    RenditionOutput,
    render_rendition,
)
from onemanage.psd.store import Store


class Renditions:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self, storage: Storage, store: Store, child: Child, limits: Limits
    ) -> None:
        self._storage, self._store = storage, store
        self._child, self._limits = child, limits

    async def render(self, command: RenderDocument, report: Report) -> Rendition:
        """Raises InvalidInput where nothing at all can be made."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        media_type = MEDIA_TYPES[command.spec.format]
        with tempfile.TemporaryDirectory() as folder:
            source, out = Path(folder) / "source", Path(folder) / "out"
            out.mkdir()
            await self._child.fetch(command.file_key, command.file_id, source)
            title, spec, limits = _title(command.file_name), command.spec, self._limits
            call = Call(render_rendition, (source, out, title, spec, limits))
            (made,) = await self._child.run_uploading(
                call,
                folder=Path(folder),
                name=command.file_name,
                out=out,
                prefix=prefix,
                media_type=media_type,
                report=report,
            )
        rendition = _rendition(command, made, prefix)
        images = [_image(image, prefix, media_type) for image in made.images]
        manifest = RenditionManifest(rendition=rendition, images=images)
        await self._storage.put_bytes(
            rendition.manifest_key, msgspec.json.encode(manifest), "application/json"
        )
        # An attempt before this one may have lost its worker in the middle of an upload.
        await self._storage.abort_unfinished(prefix)
        await self._store.renditions.save(rendition)
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
        manifest_key=f"{prefix}rendition.json",
        created_at=utc_now(),
        warnings=first_of(made.warnings),
    )
