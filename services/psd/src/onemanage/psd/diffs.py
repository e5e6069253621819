"""Compare: fetch two manifests and composites, compare them in a child, store that."""

from collections import Counter

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
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.job import Job, Jobs, Report
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd.domain.boxes import Box as Corners
from onemanage.psd.domain.comparison import Comparison, LayerChange, Version
from onemanage.psd.domain.document import Limits
from onemanage.psd.images import image_file
from onemanage.psd.store import Store

_COMPARE = ChildFunction("onemanage.psd.domain.compare:compare_documents", Comparison)
_STEP = "documents"
_PNG = "image/png"


class Diffs:
    """Everything is written under keys made from task and run: a repeat rewrites it."""

    def __init__(
        self, storage: Storage, store: Store, jobs: Jobs, limits: Limits
    ) -> None:
        self._storage, self._store = storage, store
        self._jobs, self._limits = jobs, limits

    async def compare(self, command: CompareDocuments, report: Report) -> DocumentDiff:
        """Raises InvalidInput where one of the two is not there any more."""
        prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
        ids = (command.before_document_id, command.after_document_id)
        found = [await self._document(command.workspace_id, one) for one in ids]
        await report(_STEP, 0, 3)
        name = " and ".join(document.name for document in found)
        with self._jobs.begin(name, prefix) as job:
            versions = []
            for number, document in enumerate(found):
                versions.append(await _fetch(job, number, document))
                await report(_STEP, number + 1, 3)
            made = await job.run(_COMPARE, *versions, job.out, self._limits)
            async with job.uploads() as upload:
                if made.heat_map is not None:
                    await upload(made.heat_map.path, _PNG)
        diff = _diff(command, made, prefix)
        manifest = DiffManifest(
            diff=diff,
            layers=[_difference(change) for change in made.layers],
            regions=[_box(region) for region in made.regions],
        )
        await self._storage.put_bytes(
            diff.changes_key, msgspec.json.encode(manifest), "application/json"
        )
        await self._store.diffs.save(diff)
        await report(_STEP, 3, 3)
        return diff

    async def _document(self, workspace_id: str, document_id: str) -> Document:
        found = await self._store.document(workspace_id, document_id)
        if found is None:
            text = "The document is no longer stored. Parse it again."
            raise InvalidInput("psd.no_document", text, document_id)
        return found


async def _fetch(job: Job, number: int, document: Document) -> Version:
    text = "The document's images are no longer stored. Parse it again."
    missing = InvalidInput("psd.no_manifest", text, document.document_id)
    manifest = await job.fetch(document.manifest_key, f"manifest-{number}", missing)
    if document.composite is None:
        return Version(manifest=manifest, composite=None)
    key = document.composite.object_key
    composite = await job.fetch(key, f"composite-{number}", missing)
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
