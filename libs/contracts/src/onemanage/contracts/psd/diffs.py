"""What differs between two parsed documents. Compared by the psd service."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, Query, example_id
from onemanage.contracts.psd.documents import ImageFile
from onemanage.contracts.psd.style import Box
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

DIFF_VERSION = "1.0"


@shows_all
class LayerDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one layer."""

    kind: Annotated[
        str, Meta(description="added, removed or changed.", examples=["changed"])
    ]
    before_id: Annotated[
        int | None,
        Meta(description="Its id in the older version; null where it was added."),
    ]
    after_id: Annotated[
        int | None,
        Meta(description="Its id in the newer version; null where it was removed."),
    ]
    name: Annotated[str, Meta(description="In the newer version, if it is there.")]
    changes: Annotated[
        list[str],
        Meta(
            description="Of a changed one: pixels, moved, resized, reordered, renamed, "
            "group, kind, text, style, opacity, blend_mode, visibility.",
            examples=[["moved", "text"]],
        ),
    ] = []
    dx: Annotated[
        int, Meta(description="Pixels from where its top left was, as is `dy`.")
    ] = 0
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

    diff_id: Annotated[str, Meta(examples=[example_id("dif")])]
    workspace_id: str
    task_id: str
    before_document_id: str
    after_document_id: str
    added: Annotated[int, Meta(description="Layers, as are `removed` and `changed`.")]
    removed: int
    changed: int
    counts: Annotated[
        dict[str, int],
        Meta(
            description="How many layers have changed in which way, by the names in "
            "`changes`.",
            examples=[{"moved": 2, "text": 1}],
        ),
    ]
    changed_share: Annotated[
        float | None,
        Meta(
            description="Of the pixels of both composites together, 0 to 1; null "
            "without a heat map.",
            examples=[0.02],
        ),
    ]
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
