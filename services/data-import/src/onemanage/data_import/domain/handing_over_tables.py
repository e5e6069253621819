"""The rows of a data set, from PostgreSQL's own CSV, as they are handed over.

Pure: paths in, a path out, in a child of the sandbox.
"""

from collections.abc import Callable
from pathlib import Path

from onemanage.contracts.datasets.datasets import DatasetColumn
from onemanage.data_import.domain.export import write_table


def hand_over_table(
    source: Path, target: Path, columns: list[str], report: Callable[[int], None]
) -> int:
    """Write CSV without a header as Parquet, every value as text; how many rows."""
    texts = [DatasetColumn(name=name, type="text") for name in columns]
    return write_table(source, target, "parquet", texts, frozenset(), report)
