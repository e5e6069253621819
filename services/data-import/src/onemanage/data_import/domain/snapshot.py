"""A table as Parquet, and its profile. What runs in the child of a snapshot."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from onemanage.contracts.datasets.datasets import ColumnProfile, DatasetColumn
from onemanage.data_import.domain.export import write_table
from onemanage.data_import.domain.profile import profile_table

type Step = tuple[str, int]


def make_snapshot(
    source: Path,
    target: Path,
    columns: Sequence[DatasetColumn],
    open_ended: Collection[str],
    report: Callable[[Step], None],
) -> list[ColumnProfile]:
    """Write ``source``, PostgreSQL's CSV, as Parquet and profile that. ``open_ended``
    names numerics without a scale of their own.

    Reports ("rows", done) and ("columns", done).
    """
    write_table(
        source,
        target,
        "parquet",
        columns,
        open_ended,
        lambda done: report(("rows", done)),
    )
    return profile_table(
        target,
        columns,
        lambda done: report(("columns", done)),
        open_ended=open_ended,
    )
