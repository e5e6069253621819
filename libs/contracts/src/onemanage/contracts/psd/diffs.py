"""What differs between two parsed documents. Compared by the psd service."""

from datetime import datetime

import msgspec

from onemanage.contracts.base import Command, Query
from onemanage.contracts.psd.documents import ImageFile
from onemanage.contracts.psd.style import Box
from onemanage.contracts.public import shows
from onemanage.contracts.task import Task

DIFF_VERSION = "1.0"


class LayerDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one layer."""

    kind: str
    """added, removed or changed."""
    before_id: int | None
    """``layer_id`` in the older version; None where it was added."""
    after_id: int | None
    """``layer_id`` in the newer version; None where it was removed."""
    name: str
    """In the newer version, if it is there."""
    changes: list[str] = []
    """Of a changed one: pixels, moved, resized, reordered, renamed, group, kind, text,
    style, opacity, blend_mode, visibility."""
    dx: int = 0
    """Pixels from where its top left was, as is ``dy``."""
    dy: int = 0
    box_before: Box | None = None
    box_after: Box | None = None


@shows(
    "diff_id",
    "task_id",
    "before_document_id",
    "after_document_id",
    "added",
    "removed",
    "changed",
    "counts",
    "changed_share",
    "heat_map",
    "created_at",
    "warnings",
)
class DocumentDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two versions compared, without the single layers."""

    diff_id: str
    workspace_id: str
    task_id: str
    before_document_id: str
    after_document_id: str
    added: int
    """Layers, as are ``removed`` and ``changed``."""
    removed: int
    changed: int
    counts: dict[str, int]
    """How many layers have changed in which way, by the names in ``changes``."""
    changed_share: float | None
    """Of the pixels of both composites together, 0 to 1; None without a heat map."""
    heat_map: ImageFile | None
    changes_key: str
    created_at: datetime
    warnings: list[str] = []


class DiffManifest(msgspec.Struct, frozen=True, kw_only=True):
    """A diff as JSON beside its heat map in object storage."""

    diff: DocumentDiff
    layers: list[LayerDifference]
    """In the order of the newer version; what was removed comes last."""
    regions: list[Box] = []
    """Where the composites differ, the largest first, in pixels of the heat map."""
    diff_version: str = DIFF_VERSION


class CompareDocuments(Command, frozen=True, kw_only=True, tag="psd.compare"):
    """Compare two parsed documents of the workspace."""

    diff_id: str
    before_document_id: str
    after_document_id: str


COMPARE = Task(
    "psd.compare",
    command=CompareDocuments,
    result=DocumentDiff,
    worker="psd",
    makes="diff_id",
)


class GetDiff(Query, frozen=True, kw_only=True):
    diff_id: str
