"""HTTP bodies of data sets."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from onemanage.gateway.http.schemas import Body

type Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "is_null"
]


type _Column = Annotated[str, Field(max_length=255)]
type _Value = Annotated[str, Field(max_length=10_000)]


class DatasetColumnOut(BaseModel):
    name: str = Field(examples=["price"])
    type: str = Field(
        description="text, boolean, bigint, numeric, double, date, time, timestamp or "
        "timestamptz.",
        examples=["numeric"],
    )
    precision: int | None = Field(description="Of numeric; null for any.")
    scale: int | None


class DatasetOut(BaseModel):
    id: str = Field(examples=["dst_" + "0" * 32])
    name: str = Field(examples=["orders"])
    row_count: int = Field(examples=[336776])
    column_count: int
    created_at: datetime
    updated_at: datetime
    last_import_id: str | None
    profiled_at: datetime | None = Field(
        description="The moment that the profile shows; null while there is none."
    )


class DatasetWithColumns(DatasetOut):
    columns: list[DatasetColumnOut]


class DatasetList(BaseModel):
    items: list[DatasetOut]
    next_cursor: str | None


class CutCellOut(BaseModel):
    row: int = Field(description="Of this page, from 0.")
    column: str
    characters: int = Field(description="That the value has.")


class RowList(BaseModel):
    columns: list[str] = Field(examples=[["carrier", "price"]])
    rows: list[list[Any]] = Field(
        description="numeric, dates, times and integers beyond 2**53 - 1 are strings.",
        examples=[[["UA", "12.50"], ["B6", None]]],
    )
    cut: list[CutCellOut] = Field(description="Values too long to be shown whole.")
    next_cursor: str | None


class ProfileOut(BaseModel):
    dataset_id: str = Field(examples=["dst_" + "0" * 32])
    name: str
    import_id: str = Field(description="After which it was made.")
    taken_at: datetime
    row_count: int
    columns: list[dict[str, Any]] = Field(
        examples=[
            [
                {
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
            ]
        ]
    )
    first_rows: list[list[Any]]
    profile_version: str


class FilterIn(Body):
    """One condition; all that are given hold together."""

    column: _Column
    operator: Operator
    value: _Value | None = Field(default=None, description="As text; true for is_null.")
    values: list[_Value] = Field(default=[], max_length=1000, description="Of in.")


class ExportRequest(Body):
    """What is to be exported, and how."""

    format: Literal["csv", "parquet", "arrow", "xlsx"] = "csv"
    columns: list[_Column] = Field(
        default=[], max_length=1600, description="In this order; all where none."
    )
    filters: list[FilterIn] = Field(default=[], max_length=50)
    guard_formulas: bool = Field(
        default=True,
        description="Of CSV: an apostrophe before text that a spreadsheet would run.",
    )
    byte_order_mark: bool = Field(
        default=False, description="Of CSV, for older spreadsheets."
    )


class ExportOut(BaseModel):
    id: str = Field(examples=["exp_" + "0" * 32])
    dataset_id: str
    task_id: str
    spec: dict[str, Any] = Field(examples=[{"format": "csv", "columns": []}])
    file_name: str = Field(examples=["orders.csv"])
    row_count: int
    size: int = Field(description="Bytes.")
    sha256: str
    media_type: str
    created_at: datetime
    url: str
