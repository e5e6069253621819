"""Importing tables: import, undo, rejects. Commands are carried out by data-import."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, ListPlace, Query, example_id
from onemanage.contracts.imports.plans import (
    Plan,
    PlanChanges,
    Reject,
    RejectCount,
    Warning,
)
from onemanage.contracts.imports.sources import Source, SourceName
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task


def rejects_name(ordinal: int) -> str:
    """Of the file with the rejects of an import's table, from 0: on disk, and as the end
    of its key. There is none where nothing was rejected."""
    return f"rejects-{ordinal}.csv"


def kept_rejects(rejects: str) -> str:
    """The name, or key, of the same without guards; there is one where there are any."""
    return rejects.removesuffix(".csv") + ".kept.csv"


@shows(
    "table",
    "dataset_id",
    "mode",
    "read",
    "loaded",
    "updated",
    "rejected",
    "file_id",
    "member",
    "sheet",
    "added_columns",
    "reject_counts",
    "warnings",
    "repeats",
    "kept_until",
)
class ImportedTable(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one table of the plan. ``read`` is ``loaded`` + ``rejected``."""

    table: Annotated[str, Meta(examples=["orders"])]
    dataset_id: Annotated[str, Meta(examples=[example_id("dst")])]
    mode: Annotated[
        str, Meta(description="append, replace or upsert.", examples=["append"])
    ]
    read: Annotated[
        int, Meta(description="Rows: `loaded` + `rejected`.", examples=[1200])
    ]
    loaded: int
    updated: Annotated[
        int,
        Meta(description="Of the loaded ones those that replaced a row."),
    ]
    rejected: int
    file_id: str | None = None
    member: str | None = None
    sheet: str | None = None
    added_columns: Annotated[
        list[str], Meta(description="That the table had not before.")
    ] = []
    reject_counts: list[RejectCount] = []
    """The most frequent first, at most 100 of them; fewer of these, of ``warnings`` and
    of ``added_columns`` where there are many tables, as all have to fit into a message."""
    rejects_key: str | None = None
    """Of a CSV in object storage; None where nothing was rejected."""
    warnings: list[Warning] = []
    repeats: Annotated[
        str | None,
        Meta(description="The earlier import that loaded the same by the same plan."),
    ] = None
    kept_until: Annotated[
        datetime | None, Meta(description="Of a replace: until then it can be undone.")
    ] = None


@shows(
    "import_id",
    "task_id",
    "status",
    "sources",
    "tables",
    "read",
    "loaded",
    "updated",
    "rejected",
    "rows_per_second",
    "seconds",
    "created_at",
    "plan_id",
    "resubmits",
    "warnings",
    "undone_at",
)
class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import with its figures, those of all its tables together."""

    import_id: Annotated[str, Meta(examples=[example_id("imp")])]
    workspace_id: str
    task_id: str
    status: Annotated[
        str,
        Meta(
            description="completed, undone, or nothing_loaded where all rows were"
            " rejected.",
            examples=["completed"],
        ),
    ]
    sources: list[SourceName]
    tables: list[ImportedTable]
    read: Annotated[int, Meta(examples=[1200])]
    loaded: int
    updated: int
    rejected: int
    rows_per_second: float
    seconds: Annotated[
        float, Meta(description="From the first row read to the commit.")
    ]
    created_at: datetime
    plan_id: str | None = None
    resubmits: Annotated[
        str | None,
        Meta(description="The import whose rejects, put right, this one has loaded."),
    ] = None
    warnings: list[Warning] = []
    undone_at: datetime | None = None


HEAVY_ROWS = 10_000_000
"""Of an import, or of a table that is profiled."""


class RunImport(Command, frozen=True, kw_only=True, tag="data_import"):
    """Load what a plan names: all of it in one transaction, or nothing.

    It names the plan, which its owner has, or the import whose rejects it loads.
    """

    import_id: str
    sources: list[Source] | msgspec.UnsetType = msgspec.UNSET
    """Of ``resubmits`` the file with its rejects; else those of the plan."""
    plan: Plan | msgspec.UnsetType = msgspec.UNSET
    """From a gateway of an older release: the plan whole, as it is to be carried out.
    Neither ``changes`` nor what is kept under ``plan_id`` is looked at then."""
    plan_id: str | None = None
    changes: PlanChanges = PlanChanges()
    expected_rows: int = 0
    """For the time left, where ``plan_id`` does not say it; 0 where nobody knows."""
    planned_rows: int = 0
    """Of all tables of the plan, as it was made; 0 by an older gateway."""
    resubmits: str | None = None
    """The import whose rejects, put right, the one source is: what was planned for that
    import holds."""
    resubmitted_part: int = 1
    """Which of that import's tables, from 1, as its parts may share a table."""


IMPORT = Task(
    "data_import",
    command=RunImport,
    result=Import,
    worker="data_import",
    makes="import_id",
    timeout=3600.0,
    leaves="rows",
    heavy=lambda command: command.planned_rows >= HEAVY_ROWS,
)


class UndoImport(Command, frozen=True, kw_only=True, tag="data_import.undo"):
    """Take away the rows that an import appended, or bring back what it replaced."""

    import_id: str


UNDO = Task(
    "data_import.undo",
    command=UndoImport,
    result=Import,
    worker="data_import",
    makes="import_id",
    timeout=600.0,
    leaves=None,
)


class GetImport(Query, frozen=True, kw_only=True):
    """Answered by Import, whether it was undone or not."""

    import_id: str


class ListImports(Query, frozen=True, kw_only=True):
    """Newest first, what comes after ``place``."""

    limit: int = 50
    before: str | None = None
    """Of an older release, and not answered any more: that row may be gone."""
    place: ListPlace | None = None


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Import]
    has_more: bool


@shows_all
class TableReject(Reject, frozen=True, kw_only=True):
    """A reject and the table that its row was meant for."""

    number: Annotated[
        int, Meta(description="Among those of the import, from 1.", examples=[1])
    ]
    part: Annotated[
        int, Meta(description="Which of the import's tables, from 1.", examples=[1])
    ]
    table: Annotated[str, Meta(examples=["orders"])]


class ListRejects(Query, frozen=True, kw_only=True):
    """In the order of the source; ``after`` is the last number of the page before."""

    import_id: str
    reason: str | None = None
    column: str | None = None
    table: str | None = None
    limit: int = 100
    after: int = 0


class RejectPage(msgspec.Struct, frozen=True, kw_only=True):
    """Of the first rejects of each table; the CSV in object storage has them all."""

    items: list[TableReject]
    has_more: bool
