"""What the child that encodes a table is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from onemanage.contracts.imports.plans import Reject, RejectCount, TablePlan, Warning

if TYPE_CHECKING:  # the parent has no need of what reads
    from onemanage.data_import.domain.batch import Batch
    from onemanage.data_import.domain.reading.read_fast import Ready


class Encoding(NamedTuple):
    """What the child is to do. Everything in it can be pickled."""

    read: Callable[[TablePlan], Iterator[Batch | Ready]]
    """Is given ``table``, twice where there are ``keys``."""
    table: TablePlan
    """As it is to be loaded: the columns have the types of the table in PostgreSQL."""
    fifo: Path
    rejects: Path
    """Is made where a row is rejected."""
    first_id: int
    keys: tuple[str, ...] = ()
    """Where given, of rows with the same keys the last is loaded."""
    keys_required: bool = False
    """Whether a row without a key is a reject; else no other row is like it."""
    max_rejects: int | None = None


class Encoded(NamedTuple):
    """What has been done so far, or in the end."""

    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    bytes_written: int = 0
    reject_counts: tuple[RejectCount, ...] = ()
    """In the end. ``rejects``, the first ones, too."""
    rejects: tuple[Reject, ...] = ()
    warnings: tuple[Warning, ...] = ()
    """In the end: what became NULL."""
