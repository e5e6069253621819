"""Compare: fetch two manifests and composites, compare them in a child, store that."""

import tempfile
from collections import Counter
from pathlib import Path

import msgspec

from onemanage.contracts.base import artifacts_prefix, utc_now
from onemanage.contracts.psd.diffs import (
    CompareDocuments,
    DiffManifest,
    DocumentDiff,
    LayerDifference,
)
from onemanage.contracts.psd.documents import Document
from onemanage.contracts.psd.style import Box
from onemanage.platform.sandbox.sandbox import made_in
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd.child import Child, Report, image_file
from onemanage.psd.domain.boxes import Box as Corners
from onemanage.psd.domain.compare import Comparison, Version, compare_documents
from onemanage.psd.domain.diff import LayerChange
from onemanage.psd.domain.document import Limits
from onemanage.psd.store import Store

_STEP = "documents"
_PNG = "image/png"


class Diffs:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self, storage: Storage, store: Store, child: Child, limits: Limits
    ) -> None:
        self._storage, self._store = storage, store
        self._child, self._limits = child, limits

    async def compare(self, command: CompareDocuments, report: Report) -> DocumentDiff:
        """Raises InvalidInput where one of the two is not there any more."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        ids = (command.before_document_id, command.after_document_id)
        found = [await self._document(command.workspace_id, one) for one in ids]
        await report(_STEP, 0, 3)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            versions = []
            for number, document in enumerate(found):
                versions.append(await self._fetch(document, out / f"{number}"))
                await report(_STEP, number + 1, 3)
            made = await self._child.run(
                compare_documents,
                *versions,
                out,
                self._limits,
                folder=out,
                name=" and ".join(document.name for document in found),
            )
            if made.heat_map is not None:
                path = made.heat_map.path
                await self._storage.put_file(prefix + path, made_in(out, path), _PNG)
        diff = _diff(command, made, prefix)
        manifest = DiffManifest(
            diff=diff,
            layers=[_difference(change) for change in made.layers],
            regions=[_box(region) for region in made.regions],
        )
        await self._storage.put_bytes(
            diff.changes_key, msgspec.json.encode(manifest), "application/json"
        )
        await self._storage.abort_unfinished(prefix)
        await self._store.diffs.save(diff)
        await report(_STEP, 3, 3)
        return diff

    async def _document(self, workspace_id: str, document_id: str) -> Document:
        found = await self._store.document(workspace_id, document_id)
        if found is None:
            text = "The document is no longer stored. Parse it again."
            raise InvalidInput("psd.no_document", text, document_id)
        return found

    async def _fetch(self, document: Document, folder: Path) -> Version:
        folder.mkdir()
        manifest, composite = folder / "manifest.json", folder / "composite.png"
        try:
            await self._storage.get_file(document.manifest_key, manifest)
            if document.composite is None:
                return Version(manifest=manifest, composite=None)
            await self._storage.get_file(document.composite.object_key, composite)
        except ObjectMissing:
            text = "The document's images are no longer stored. Parse it again."
            raise InvalidInput("psd.no_manifest", text, document.document_id) from None
        return Version(manifest=manifest, composite=composite)


def _diff(command: CompareDocuments, made: Comparison, prefix: str) -> DocumentDiff:
    kinds = Counter(change.kind for change in made.layers)
    image = made.heat_map
    return DocumentDiff(
        diff_id=command.diff_id,
        workspace_id=command.workspace_id,
        task_id=command.task_id,
        before_document_id=command.before_document_id,
        after_document_id=command.after_document_id,
        added=kinds["added"],
        removed=kinds["removed"],
        changed=kinds["changed"],
        counts=dict(Counter(how for change in made.layers for how in change.changes)),
        changed_share=made.changed_share,
        heat_map=None if image is None else image_file(image, prefix, _PNG),
        changes_key=f"{prefix}changes.json",
        created_at=utc_now(),
        warnings=list(made.warnings),
    )


def _difference(change: LayerChange) -> LayerDifference:
    return LayerDifference(
        kind=change.kind,
        before_id=change.before,
        after_id=change.after,
        name=change.name,
        changes=list(change.changes),
        dx=change.dx,
        dy=change.dy,
        box_before=None if change.box_before is None else _box(change.box_before),
        box_after=None if change.box_after is None else _box(change.box_after),
    )


def _box(corners: Corners) -> Box:
    left, top, right, bottom = corners
    return Box(left=left, top=top, width=right - left, height=bottom - top)
