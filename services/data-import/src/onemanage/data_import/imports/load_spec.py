"""What the loader is given and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from onemanage.contracts.imports.plans import (
    ImportOptions,
    Reject,
    RejectCount,
    TablePlan,
    Warning,
)
from onemanage.contracts.imports.sources import Source

if TYPE_CHECKING:  # the parent has no need of what reads
    from onemanage.data_import.domain.batch import Batch
    from onemanage.data_import.domain.reading.read_fast import Ready


class LoadTable(NamedTuple):
    """One part of a source, to be loaded into one table."""

    plan: TablePlan
    read: Callable[[TablePlan], Iterator[Batch | Ready]]
    """Is called in the sandbox, so it can be pickled, with the plan as it fits the
    table; twice where rows are told apart by keys."""
    source: str
    """SHA-256 of the file, or of what a database was asked for."""
    folders: tuple[Path, ...] = ()
    """Where ``read`` finds its source."""
    port: int | None = None
    """The one that ``read`` connects to."""
    warnings: tuple[Warning, ...] = ()
    """Of its plan."""


class LoadSpec(NamedTuple):
    """One import. The same id again is the same import."""

    import_id: str
    task_id: str
    workspace_id: str
    options: ImportOptions
    tables: list[LoadTable]
    """Only those to be loaded. Two of them may go into one table, one after the other."""
    files: list[Source] = []
    plan_id: str | None = None
    resubmits: str | None = None
    """The import whose rejects these are, put right."""
    rejects_prefix: str = ""
    """Where the rejects of its tables will lie in object storage."""


class LoadProgress(NamedTuple):
    """How far one table is; at most four a second."""

    table: str
    ordinal: int
    rows_read: int
    rows_loaded: int
    """Sent to PostgreSQL; they are there only when all is committed."""
    rows_rejected: int
    bytes_sent: int


class LoadedTable(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one table."""

    table: str
    dataset_id: str
    mode: str
    rows_read: int
    rows_loaded: int
    """Updated ones included."""
    rows_updated: int
    rows_rejected: int
    first_id: int
    last_id: int
    """Of its rows' ``_id``; before ``first_id`` where there is none."""
    reject_counts: list[RejectCount] = []
    rejects: list[Reject] = []
    """The first ones."""
    added_columns: list[str] = []
    warnings: list[Warning] = []
    kept_until: datetime | None = None
    """Of a replace: until then it can be undone."""
    repeats: str | None = None
    """The earlier import that loaded the same source by the same plan."""
    rejects_key: str | None = None
    """Where its rejects are to lie in object storage; None where there are none."""


class LoadResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an import."""

    import_id: str
    tables: list[LoadedTable]
    seconds: float
    """From the first row read to the commit."""
    repeated: bool = False
    """It had been done already: nothing was loaded now."""

    @property
    def rows_read(self) -> int:
        """Of all tables."""
        return sum(one.rows_read for one in self.tables)

    @property
    def rows_loaded(self) -> int:
        """Of all tables."""
        return sum(one.rows_loaded for one in self.tables)

    @property
    def rows_rejected(self) -> int:
        """Of all tables."""
        return sum(one.rows_rejected for one in self.tables)

    @property
    def status(self) -> str:
        """As an Import has it."""
        nothing = self.rows_read > 0 and self.rows_loaded == 0
        return "nothing_loaded" if nothing else "completed"

    @property
    def warnings(self) -> list[Warning]:
        """Of all tables, in their order."""
        return [warning for one in self.tables for warning in one.warnings]


class UndoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an undo did, now or when it was asked for first."""

    import_id: str
    undone_at: datetime
    rows_removed: int = 0
    """Of this import, now; 0 where it had been undone already."""
    rows_restored: int = 0
    """That a replace had taken away."""
