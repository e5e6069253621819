"""Data sets: imported tables, looked at, exported and dropped. By data-import."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Query, example_id
from onemanage.contracts.public import shows, shows_all

type Cell = str | int | float | bool | None
"""A value of a row, as JSON has it without loss.

text is a string, boolean is one, double a number (a string where JSON has none: NaN,
Infinity, -Infinity), bigint a number (a string beyond 2**53 - 1 either way, as readers
would round it), numeric a string with all its digits; dates and times are strings in
ISO 8601, timestamptz in UTC. None is NULL.
"""

FILTER_OPERATORS = (
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "in",
    "contains",
    "starts_with",
    "is_null",
)
EXPORT_FORMATS = ("csv", "parquet", "arrow", "xlsx")


_PROFILED = {
    "name": "price",
    "type": "numeric",
    "count": 336776,
    "nulls": 12,
    "distinct": 91,
    "min": "0.50",
    "max": "99.00",
    "mean": 17.2,
    "quantiles": [{"fraction": 0.5, "value": "12.50"}],
    "top": [{"value": "12.50", "count": 4031}],
    "histogram": [{"low": "0.50", "high": "5.425", "count": 811}],
}


@shows_all
class DatasetColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the table, as PostgreSQL's catalogue has it."""

    name: Annotated[str, Meta(examples=["price"])]
    type: Annotated[
        str,
        Meta(
            description="text, boolean, bigint, numeric, double, date, time, timestamp, "
            "timestamptz or interval.",
            examples=["numeric"],
        ),
    ]
    precision: Annotated[
        int | None, Meta(description="Of numeric; null for any. `scale` with it.")
    ] = None
    scale: int | None = None


@shows(
    "dataset_id",
    "name",
    "row_count",
    "column_count",
    "created_at",
    "updated_at",
    "columns",
    "last_import_id",
    "profiled_at",
)
class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A table that imports have made."""

    dataset_id: Annotated[str, Meta(examples=[example_id("dst")])]
    workspace_id: str
    name: Annotated[str, Meta(examples=["orders"])]
    row_count: Annotated[int, Meta(examples=[336776])]
    column_count: int
    created_at: datetime
    updated_at: datetime
    columns: Annotated[
        list[DatasetColumn], Meta(description="In the table's order.")
    ] = []
    """Left out in lists, for there may be 1,600."""
    last_import_id: str | None = None
    profiled_at: Annotated[
        datetime | None,
        Meta(
            description="The moment that the profile shows; null while there is none."
        ),
    ] = None


class DatasetPage(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Dataset]
    has_more: bool


@shows_all
class RowFilter(msgspec.Struct, frozen=True, kw_only=True):
    """One condition. Several hold together."""

    column: str
    operator: str
    """Any of FILTER_OPERATORS. ``ne`` finds NULL too; ``contains`` and ``starts_with``
    are of text alone and look at no case."""
    value: str | None = None
    """As text; of ``is_null`` true or false."""
    values: list[str] = []
    """Of ``in``."""


class RowSort(msgspec.Struct, frozen=True, kw_only=True):
    """By one column, NULL last; equal ones in the order they were loaded in.

    Text goes by its first 256 characters.
    """

    column: str
    descending: bool = False


class RowPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page ends."""

    row_id: int
    value: str | None = None
    """Of the column that is sorted by, as text; None for NULL."""


@shows_all
class CutCell(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is too long to be shown whole."""

    row: Annotated[int, Meta(description="Of the page, from 0.")]
    column: str
    characters: Annotated[int, Meta(description="That the value has.")]


class RowPage(msgspec.Struct, frozen=True, kw_only=True):
    """May be shorter than asked for, as an answer has to fit into a message."""

    columns: list[str]
    rows: list[list[Cell]]
    last: RowPlace | None
    """Where to go on; None at the end."""
    cut: list[CutCell] = []


@shows_all
class Quantile(msgspec.Struct, frozen=True, kw_only=True):
    fraction: float
    value: str


@shows_all
class ValueCount(msgspec.Struct, frozen=True, kw_only=True):
    value: Annotated[str, Meta(description="At most 200 characters of it.")]
    count: int


@shows_all
class HistogramBin(msgspec.Struct, frozen=True, kw_only=True):
    """From ``low`` to below ``high``; the last one holds ``high`` too."""

    low: str
    high: str
    count: int


@shows_all
class ColumnProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What is in one column, over the whole table and exact.

    Values are text as in Cell; NaN and infinities count as values, and are left out of
    ``min``, ``max``, ``mean``, quantiles and histogram.
    """

    name: str
    type: str
    count: Annotated[int, Meta(description="Values, without NULL.")]
    nulls: int
    distinct: int
    min: str | None = None
    max: str | None = None
    mean: Annotated[float | None, Meta(description="Of numbers.")] = None
    quantiles: list[Quantile] = []
    """Of all types but text and boolean, each a value of the column."""
    top: list[ValueCount] = []
    """The most frequent values; empty where all are different."""
    histogram: list[HistogramBin] = []
    """Of all types but text and boolean: bins of one width."""
    min_length: int | None = None
    """Characters, of text; so ``max_length``."""
    max_length: int | None = None


@shows_all
class DatasetProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON document in object storage, beside the Parquet snapshot it is made of."""

    dataset_id: Annotated[str, Meta(examples=[example_id("dst")])]
    name: str
    import_id: Annotated[str, Meta(description="After which it was made.")]
    taken_at: Annotated[
        datetime, Meta(description="The moment of the table that it shows.")
    ]
    row_count: int
    columns: Annotated[list[ColumnProfile], Meta(examples=[[_PROFILED]])]
    first_rows: Annotated[
        list[list[Cell]],
        Meta(description="In the order of the columns; long values are cut."),
    ] = []
    profile_version: str = "1.0"


@shows(
    "dataset_id",
    "name",
    "import_id",
    "task_id",
    "taken_at",
    "row_count",
    "column_count",
    "snapshot_size",
)
class DatasetSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Where the newest snapshot and profile of a data set lie."""

    dataset_id: str
    workspace_id: str
    name: str
    import_id: str
    task_id: str
    taken_at: datetime
    row_count: int
    column_count: int
    snapshot_key: str
    """Parquet."""
    snapshot_size: int
    """Bytes."""
    profile_key: str
    """A DatasetProfile as JSON."""


@shows_all
class ExportSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be exported, and how."""

    format: str = "csv"
    """Any of EXPORT_FORMATS."""
    columns: list[str] = []
    """In this order; all where none is named."""
    filters: list[RowFilter] = []
    guard_formulas: bool = True
    """Of CSV: text that a spreadsheet would run gets an apostrophe before it. XLSX
    needs none, as its text is never a formula."""
    byte_order_mark: bool = False
    """Of CSV: older spreadsheets need it to see UTF-8."""


@shows(
    "export_id",
    "dataset_id",
    "task_id",
    "spec",
    "file_name",
    "row_count",
    "size",
    "sha256",
    "media_type",
    "created_at",
)
class DatasetExport(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was made of a data set."""

    export_id: Annotated[str, Meta(examples=[example_id("exp")])]
    dataset_id: str
    workspace_id: str
    task_id: str
    spec: Annotated[ExportSpec, Meta(examples=[{"format": "csv", "columns": []}])]
    file_name: Annotated[str, Meta(examples=["orders.csv"])]
    row_count: int
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str
    media_type: str
    object_key: str
    created_at: datetime


@shows_all
class DroppedDataset(msgspec.Struct, frozen=True, kw_only=True):
    """What was dropped, with all its rows."""

    dataset_id: str
    name: str


class ListDatasets(Query, frozen=True, kw_only=True):
    """By name, without columns; ``after`` is the last name of the page before."""

    limit: int = 50
    after: str | None = None


class GetDataset(Query, frozen=True, kw_only=True):
    dataset_id: str


class ListRows(Query, frozen=True, kw_only=True):
    """In the order of ``sort``, else as loaded."""

    dataset_id: str
    columns: list[str] = []
    """In this order; all where none is named."""
    filters: list[RowFilter] = []
    sort: RowSort | None = None
    limit: int = 100
    after: RowPlace | None = None


class GetProfile(Query, frozen=True, kw_only=True):
    """Answered by the newest snapshot."""

    dataset_id: str


class GetExport(Query, frozen=True, kw_only=True):
    export_id: str
