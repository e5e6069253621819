"""Parse and export: fetch the file, read it in a child, store what comes out."""

import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.documents import (
    Document,
    ImageFile,
    Layer,
    Manifest,
    ParseExport,
)
from onemanage.platform.messaging.events import first_of
from onemanage.platform.process.figures import RENDERS
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.invalid_input import Words
from onemanage.platform.sandbox.job import Job, Jobs, Report, file_missing
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.psd.deletion import Deletion
from onemanage.psd.diffs import Diffs
from onemanage.psd.domain.document import (
    ExportedDocument,
    ExportedImage,
    ExportedLayer,
    ExportProgress,
    Limits,
    joined,
)
from onemanage.psd.fonts import Fonts
from onemanage.psd.images import image_file, made_and_stored
from onemanage.psd.merges.merges import Merges
from onemanage.psd.quick import QuickTemplates
from onemanage.psd.renditions import Renditions
from onemanage.psd.store import Store
from onemanage.psd.templates import Templates

_PNG = "image/png"
_WORDS = Words("psd", "Reading the document", "save it with fewer or smaller layers")
_FONT_WORDS = Words("font", "Reading the font", "send it with fewer characters")
_MERGE_WORDS = Words("merge", "Making the picture", "give the row less to show")
_EXPORT_SHARE = ChildFunction(
    "onemanage.psd.domain.export:export_share", ExportedDocument, ExportProgress
)
_WORTH_SHARING = 16 << 20
"""Bytes of a file."""


class PsdService:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self,
        storage: Storage,
        store: Store,
        sandbox: Sandbox,
        limits: Limits,
        *,
        child_seconds: float,
        children: int = 1,
        quick: QuickTemplates | None = None,
        cache: SourceCache | None = None,
    ) -> None:
        self._storage, self._store, self._limits = storage, store, limits
        self._children, self.quick = children, quick
        self._jobs = Jobs(storage, sandbox, _WORDS, child_seconds)
        self.renditions = Renditions(storage, store, self._jobs, limits)
        self.diffs = Diffs(storage, store, self._jobs, limits)
        self.templates = Templates(store, self._jobs, limits)
        font_jobs = Jobs(storage, sandbox, _FONT_WORDS, child_seconds)
        self.fonts = Fonts(storage, store, font_jobs)
        merge_jobs = Jobs(storage, sandbox, _MERGE_WORDS, child_seconds)
        self.merges = Merges(storage, store, merge_jobs, limits, cache)
        self.deletion = Deletion(storage, store.sessions)

    async def parse_export(self, command: ParseExport, report: Report) -> Document:
        """Raises InvalidInput for what is the document's own fault."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        with self._jobs.begin(command.file_name, prefix) as job:
            exported = await self._export(command, job, report)
        document = _document(command, exported, prefix)
        layers = [_layer(layer, prefix) for layer in exported.layers]
        manifest = msgspec.json.encode(
            Manifest(document=document, layers=layers, details=exported.details)
        )
        await self._storage.put_bytes(
            document.manifest_key, manifest, "application/json"
        )
        await self._store.save(document, layers)
        RENDERS.add("document", by=document.image_count)
        return document

    async def _export(
        self, command: ParseExport, job: Job, report: Report
    ) -> ExportedDocument:
        missing = file_missing(command.file_id)
        source = await job.fetch(command.file_key, "source", missing)
        # Several for a large file: a child decodes and encodes on one core.
        large = source.stat().st_size >= _WORTH_SHARING
        shares = self._children if large else 1
        given = source, job.out, self._limits, command.name_encoding
        calls = [(*given, number, shares) for number in range(shares)]
        return joined(await made_and_stored(job, _EXPORT_SHARE, calls, _PNG, report))


def _image(image: ExportedImage | None, prefix: str) -> ImageFile | None:
    return None if image is None else image_file(image, prefix, _PNG)


def _layer(layer: ExportedLayer, prefix: str) -> Layer:
    same = {
        name: getattr(layer, name)
        for name in Layer.__struct_fields__
        if name not in ("image", "warnings", "unsupported")
    }
    return Layer(
        **same,
        image=_image(layer.image, prefix),
        warnings=list(layer.warnings),
        unsupported=list(layer.unsupported),
    )


def _document(
    command: ParseExport, exported: ExportedDocument, prefix: str
) -> Document:
    return Document(
        document_id=command.document_id,
        workspace_id=command.workspace_id,
        file_id=command.file_id,
        task_id=command.task_id,
        name=command.file_name,
        format=exported.format,
        width=exported.width,
        height=exported.height,
        color_mode=exported.color_mode,
        depth=exported.depth,
        icc_profile=exported.icc_profile,
        layer_count=exported.layer_count,
        image_count=exported.image_count,
        manifest_key=f"{prefix}manifest.json",
        composite=_image(exported.composite, prefix),
        composite_source=exported.composite_source,
        created_at=utc_now(),
        warnings=first_of(exported.warnings),
        name_encoding=exported.name_encoding,
    )
