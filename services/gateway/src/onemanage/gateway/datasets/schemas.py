"""HTTP bodies of data sets."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from onemanage.contracts.datasets.datasets import (
    CutCell,
    Dataset,
    DatasetColumn,
    DatasetExport,
    DatasetProfile,
)
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.http.shown import Answer, list_of

type Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "is_null"
]


type _Column = Annotated[str, Field(max_length=255)]
type _Value = Annotated[str, Field(max_length=10_000)]


class DatasetColumnOut(Answer, of=DatasetColumn):
    """A column of the table."""


class DatasetOut(Answer, of=Dataset, own_id="dataset_id", without=("columns",)):
    """A table that imports have made, without its columns."""


class DatasetWithColumns(DatasetOut, without=()):
    """A table that imports have made."""


class CutCellOut(Answer, of=CutCell):
    """A value that is too long to be shown whole."""


class ProfileOut(Answer, of=DatasetProfile):
    """What is in a data set, over the whole table and exact."""


class ExportOut(Answer, of=DatasetExport, own_id="export_id"):
    url: str


DatasetList = list_of(DatasetOut)


class RowList(BaseModel):
    columns: list[str] = Field(examples=[["carrier", "price"]])
    rows: list[list[Any]] = Field(
        description="numeric, dates, times and integers beyond 2**53 - 1 are strings.",
        examples=[[["UA", "12.50"], ["B6", None]]],
    )
    cut: list[CutCellOut] = Field(description="Values too long to be shown whole.")
    next_cursor: str | None


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
