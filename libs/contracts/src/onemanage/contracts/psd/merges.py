"""Merges: a template and a table become a picture of each row. By the psd service.

Four steps, each a task that the gateway has written the row of: data-import hands the
rows over, psd looks through them, chunks of them are carried out as ordinary tasks, and
the held task of the whole ends it.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import (
    Command,
    ErrorInfo,
    ListPlace,
    Query,
    derived_id,
    example_id,
)
from onemanage.contracts.datasets.datasets import RowFilter
from onemanage.contracts.datasets.handing_over import HandedOverRows
from onemanage.contracts.psd.documents import ImageFile
from onemanage.contracts.psd.templates import RenderOutput
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

MAX_ROWS = 100_000
"""Of one merge."""
MAX_OUTPUTS = 8
"""Of each row."""
MOST_PICTURES = 50
"""That one chunk makes; fewer where there are few in all."""
MAX_SHEET = 120
"""Pictures that a contact sheet shows at most: the first ones."""
ON_EMPTY = ("keep", "hide", "reject")


@shows_all
class MergeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of each row."""

    dataset_id: str | None = None
    file_id: str | None = None
    """Instead of a data set."""
    mapping: dict[str, str] = {}
    """Slots, and the column that each takes its value from. Slots that are not named
    take the column of the same name; where there is none, they show their default."""
    filters: list[RowFilter] = []
    """Of a data set."""
    outputs: list[RenderOutput] = msgspec.field(
        default_factory=lambda: [RenderOutput()]
    )
    name: str = "{_number}"
    """Of pictures: columns in braces, ``{_line}``, and ``{_number}`` of the row."""
    on_empty: str = "keep"
    """What a slot shows where its value is empty: keep (its default), hide (nothing), or
    reject (the row is rejected)."""
    missing_fonts: str = "fail"


class PrepareMerge(Command, frozen=True, kw_only=True, tag="psd.prepare_merge"):
    """Look through the rows: names, values, which pictures there are to make."""

    merge_id: str
    merge_task_id: str
    template_id: str
    template_revision: int
    spec: MergeSpec
    repeats: str | None = None
    """The merge that this one does again."""
    rejects_of: str | None = None
    """The merge whose rejects these are, put right."""
    handed_over: HandedOverRows | None = None
    """None where that has failed or was cancelled."""
    error: ErrorInfo | None = None
    """Why it has failed."""


@shows("merge_id", "rows", "pictures", "reused", "rejected")
class PreparedMerge(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to do."""

    merge_id: str
    rows: int
    pictures: int
    """Different ones: rows of the same values share one."""
    reused: int
    """Of those, such as an earlier merge has made."""
    rejected: int
    """Rows of which no picture can be made."""
    chunks: int
    cut_outs: list[str] = []
    """Files that lose their background before there are chunks, each once."""
    other_cut_outs: int = 0
    """How many pictures that are no files lose it too. Their names are asked for by
    ``ListCutOuts``: of thousands of addresses they fit into no event, and an address
    may hold a secret, which no stream is to keep."""


class MergeRows(Command, frozen=True, kw_only=True, tag="psd.merge_rows"):
    """Make the pictures of one chunk, such as are not there."""

    merge_id: str
    template_id: str
    """So that it is not deleted while it is needed."""
    chunk: int
    """From 0."""


@shows("merge_id", "chunk", "made", "rejected", "pixels")
class MergedRows(msgspec.Struct, frozen=True, kw_only=True):
    """What the chunk has come to."""

    merge_id: str
    chunk: int
    made: int
    """Pictures, each in all outputs; those of an attempt before this one not counted."""
    rejected: int
    """Pictures that cannot be made."""
    pixels: int = 0


class FinishMerge(Command, frozen=True, kw_only=True, tag="psd.merge"):
    """Every chunk has ended: write the manifest and the rejects, and a contact sheet.

    Held by the gateway, which writes the steps before it. Those carry what is written
    here.
    """

    merge_id: str
    template_id: str
    template_revision: int
    document_id: str
    """So that neither is deleted while it is needed."""
    spec: MergeSpec
    repeats: str | None = None
    rejects_of: str | None = None
    chunks: int | None = None
    """None where the rows could not be looked through."""
    error: ErrorInfo | None = None
    """Why not; the first error of a chunk."""


@shows_all
class MergeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Rows by what has become of them, and pictures."""

    rows: int = 0
    completed: int = 0
    rejected: int = 0
    waiting: int = 0
    pictures: int = 0
    """Different ones that are there."""


@shows(
    "merge_id",
    "template_id",
    "template_revision",
    "task_id",
    "counts",
    "repeats",
    "rejects_of",
    "created_at",
)
class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """How a merge stands, or has ended."""

    merge_id: Annotated[str, Meta(examples=[example_id("mrg")])]
    workspace_id: str
    task_id: str
    template_id: Annotated[str, Meta(examples=[example_id("tpl")])]
    template_revision: int
    spec: MergeSpec
    columns: list[str]
    """That the rows have."""
    slots: dict[str, str]
    """And the column of each, those of the same name included."""
    counts: MergeCounts
    pictures: int
    """Different ones that the rows want: those of the same values share one."""
    reused: int
    """Of those, such as an earlier merge had made."""
    chunks: int
    repeats: str | None = None
    rejects_of: str | None = None
    created_at: datetime
    finished_at: datetime | None = None
    contact_sheet: ImageFile | None = None
    """None where nothing was made, or it has not ended."""
    manifest_key: str | None = None
    """CSV; beside it, with the ending ``.parquet``, the same as Parquet. None while it
    has not ended."""
    rejects_key: str | None = None
    """CSV."""


@shows("name", "media_type", "width", "height", "size", "sha256")
class MergedImage(msgspec.Struct, frozen=True, kw_only=True):
    """A picture in one of the outputs."""

    name: str
    """``1.png`` of the first output."""
    object_key: str
    media_type: str
    width: int
    height: int
    size: int
    sha256: str
    crc32: int | None = None


@shows_all
class RowError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row has no picture."""

    code: str
    message: str
    column: str | None = None
    """Whose value is to blame, where one is."""


@shows("number", "line", "name", "state", "images", "warnings", "error")
class MergedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row, and what has become of it."""

    number: int
    """From 1."""
    line: int
    name: str
    """Safe for a file, and unique in the merge."""
    state: str
    """waiting, completed or rejected."""
    images: list[MergedImage] = []
    """One of each output, in their order."""
    warnings: list[str] = []
    error: RowError | None = None


class GetMerge(Query, frozen=True, kw_only=True):
    merge_id: str


class GetMergedRow(Query, frozen=True, kw_only=True):
    merge_id: str
    number: int


class ListMergedRows(Query, frozen=True, kw_only=True):
    """In their order, those behind ``after``."""

    merge_id: str
    limit: int = 100
    after: int = 0
    state: str | None = None


class MergedRowPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[MergedRow]
    has_more: bool


class ListMerges(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``; such as have been looked through."""

    template_id: str
    limit: int = 50
    place: ListPlace | None = None


class MergePage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Merge]
    has_more: bool


PREPARE_MERGE = Task(
    "psd.prepare_merge",
    command=PrepareMerge,
    result=PreparedMerge,
    worker="psd",
    timeout=1800.0,
    leaves=None,
)
MERGE_ROWS = Task(
    "psd.merge_rows",
    command=MergeRows,
    result=MergedRows,
    worker="psd",
    timeout=1800.0,
    leaves=None,
)
"""It leaves nothing half-made: a picture has its row once all of it is stored."""
FINISH_MERGE = Task(
    "psd.merge",
    command=FinishMerge,
    result=Merge,
    worker="psd",
    makes="merge_id",
    timeout=1800.0,
    leaves="merge",
)


def task_of_merge(merge_id: str) -> str:
    """They differ in their kind alone, so that neither has to be looked up."""
    return f"tsk_{merge_id.removeprefix('mrg_')}"


def merge_of_task(task_id: str) -> str:
    """The other way."""
    return f"mrg_{task_id.removeprefix('tsk_')}"


def hand_over_of(merge_task_id: str) -> str:
    """The task of the step."""
    return derived_id("tsk", merge_task_id, "hand over")


def handed_over_prefix(workspace_id: str, merge_task_id: str) -> str:
    """Where any run of that step leaves the rows."""
    return f"artifacts/{workspace_id}/{hand_over_of(merge_task_id)}/"


def preparation_of(merge_task_id: str) -> str:
    """The task of the step."""
    return derived_id("tsk", merge_task_id, "prepare")


def merge_prefix(workspace_id: str, merge_id: str) -> str:
    """Where the pictures are that a merge has made, later ones that share them too."""
    return f"artifacts/{workspace_id}/{merge_id}/"


def files_prefix(workspace_id: str, merge_id: str, run: int) -> str:
    """Where a run of the last step leaves the manifest, the rejects and the sheet."""
    return f"{merge_prefix(workspace_id, merge_id)}files/{run}/"


def picture_prefix(workspace_id: str, merge_id: str, picture_id: str) -> str:
    """Where those of one picture are, one an output. Its id follows from the template's
    revision, the outputs and the values."""
    return f"{merge_prefix(workspace_id, merge_id)}{picture_id}/"


def file_name(name: str, image: MergedImage, outputs: int) -> str:
    """As an archive and the manifest call a picture: of several outputs each has its
    number."""
    number, _, ending = image.name.partition(".")
    return f"{name}-{number}.{ending}" if outputs > 1 else f"{name}.{ending}"
