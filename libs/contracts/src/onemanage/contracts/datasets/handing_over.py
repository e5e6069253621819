"""Rows handed over to another service, as an object: no service reads another's tables.

Of a data set, or of a file that no data set is made of. By data-import.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command
from onemanage.contracts.datasets.datasets import RowFilter
from onemanage.contracts.imports.sources import HEAVY_BYTES, FileSource
from onemanage.contracts.public import shows
from onemanage.contracts.task import Task

LINE = "_line"
"""The column that comes first: of a file the line or row where a row begins, of a data
set the row's number among those handed over. A column of the source that is called so
and holds whole numbers is taken for it, as in the rejects of a merge."""
OWN_COLUMNS = (LINE, "_column", "_error")
"""What rejects have besides the columns of their source."""


class HandOverRows(Command, frozen=True, kw_only=True, tag="data_import.hand_over"):
    """Write rows to one Parquet file, every value as text."""

    dataset_id: str | None = None
    """Either this or ``source``."""
    source: FileSource | None = None
    """Planned as for an import, of which the first table is read; its values stay as
    they are written."""
    columns: list[str] = []
    """In this order; all where none is named."""
    filters: list[RowFilter] = []
    """Of a data set."""
    most_rows: int = 0
    """More than these, and nothing is handed over. 0: any number."""


@shows("row_count", "columns", "size")
class HandedOverRows(msgspec.Struct, frozen=True, kw_only=True):
    """Where the rows lie, as they were at one moment."""

    object_key: str
    """Parquet: ``_line`` as bigint, then the columns as text; NULL is NULL."""
    row_count: int
    columns: list[str]
    size: Annotated[int, Meta(description="Bytes.")]
    name: str
    """Of the data set or the file."""


HAND_OVER = Task(
    "data_import.hand_over",
    command=HandOverRows,
    result=HandedOverRows,
    worker="data_import",
    timeout=1800.0,
    heavy=lambda command: (
        command.source is not None and command.source.size >= HEAVY_BYTES
    ),
)
