"""HTTP bodies of plans and imports."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import BaseModel, Field, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.imports.imports import Import, ImportedTable, TableReject
from onemanage.contracts.imports.plans import (
    ColumnFindings,
    PlanChanges,
    RejectCount,
    TableFindings,
    Warning,
)
from onemanage.contracts.imports.sources import SourceName
from onemanage.gateway.http.ids import NamedFile, NamedPlan
from onemanage.gateway.http.schemas import Body, example
from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.imports.source_schemas import DatabaseIn, SourceTableOut

type Name = Annotated[str, Field(min_length=1, max_length=63)]
type Pointed = Annotated[str, Field(max_length=1_000)]
_FILE = "fil_" + "0" * 32
_PLAN = "pln_" + "0" * 32
_MOST_FILES = 100
_MOST_COLUMNS = 1_600
_MOST_TABLES = 500


class DialectBody(Body):
    """How a text file becomes rows and fields."""

    encoding: str = Field(
        default="utf-8",
        min_length=1,
        max_length=40,
        description="Any name that Python knows. latin-1 is read as Windows-1252.",
        examples=["cp1251"],
    )
    delimiter: str = Field(default=",", min_length=1, max_length=1, examples=[";"])
    quote: str | None = Field(default='"', min_length=1, max_length=1)
    header_row: int | None = Field(
        default=1,
        ge=1,
        description="Line (of a sheet: row) with the names, from 1; null where there "
        "is none. What stands above it is not data.",
    )
    decimal_comma: bool = Field(
        default=False, description="Numbers are written 1.234,5."
    )
    unquoted_empty_is_null: bool = Field(
        default=False,
        description="An empty field without quotes is NULL, whatever `nulls` says; one "
        "with quotes only where `nulls` has the empty string.",
    )
    escape: str | None = Field(
        default=None,
        min_length=1,
        max_length=1,
        description='Before a quote within a quoted field, as the backslash of `\\"`; a '
        "doubled quote is one as well.",
        examples=["\\"],
    )
    skip_blanks: bool = Field(
        default=False,
        description="Blanks between a field and its delimiters are no part of it. Of "
        "blanks as delimiter, several are one.",
    )
    short_rows: Literal["reject", "fill"] = Field(
        default="reject",
        description="Rows with fewer fields than there are columns: `fill` takes those "
        "that lack at the end for empty. A field alone is filled up to two at most.",
    )
    long_rows: Literal["reject", "trim"] = Field(
        default="reject",
        description="Rows with more fields than there are columns: `trim` leaves out "
        "those beyond where they are empty; a row with any other is a reject.",
    )


class ColumnBody(Body):
    """One column of the source and what becomes of it."""

    position: int = Field(ge=1, description="In the source, from 1.", examples=[1])
    header: str = Field(default="", examples=["Ordered on"])
    name: Name = Field(
        description="Of the table's column: at most 63 bytes.", examples=["ordered_on"]
    )
    type: Literal[
        "text",
        "boolean",
        "bigint",
        "numeric",
        "double",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
    ] = Field(default="text", examples=["date"])
    precision: int | None = Field(
        default=None, ge=1, le=1000, description="Digits in all, of numeric."
    )
    scale: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Digits after the point. A value with more is a reject, never "
        "rounded.",
    )
    format: str | None = Field(
        default=None,
        max_length=100,
        description="Of dates and times, as in strftime; null for ISO 8601 alone. Of "
        "numbers 1234.5 as the file writes it: `1.234,5 €`, `($1,234.5)`, `1234.5%`, "
        "and `12,34,567.5` for lakhs; null for plain ones.",
        examples=["%d.%m.%Y"],
    )
    zone: str | None = Field(
        default=None,
        max_length=100,
        description="Of timestamptz: where times without an offset are.",
        examples=["Asia/Shanghai"],
    )
    nulls: list[Pointed] = Field(
        default=[""],
        max_length=100,
        description="Values that mean NULL.",
        examples=[["", "n/a"]],
    )
    trim: bool = Field(
        default=True,
        description="Blanks around numbers, dates and booleans are ignored.",
    )
    required: bool = Field(default=False, description="NULL is a reject.")
    non_finite: Literal["reject", "null", "keep"] = Field(
        default="reject", description="What becomes of NaN and infinities, of double."
    )
    on_bad_value: Literal["reject", "null", "text"] | None = Field(
        default=None,
        description="A value that the type cannot hold makes its row a `reject`, is "
        "`null`, or makes the whole column `text`; null for what the options say.",
    )
    include: bool = True


class TableBody(Body):
    """One part of a source and the table that its rows go to."""

    table: Name = Field(description="Name of the data set.", examples=["orders"])
    file_id: NamedFile | None = None
    member: Pointed | None = Field(default=None, description="File within a zip.")
    sheet: Pointed | None = Field(default=None, description="Of a workbook.")
    format: str = Field(
        default="csv",
        max_length=20,
        description="csv, excel, html, xml (a workbook in it), parquet, arrow, jsonl, "
        "sqlite or database.",
        examples=["csv"],
    )
    dialect: DialectBody = DialectBody()
    columns: list[ColumnBody] = Field(min_length=1, max_length=_MOST_COLUMNS)
    include: bool = True
    findings: dict[str, Any] | None = Field(
        default=None, description="As the plan has it; not looked at."
    )


class OptionsBody(Body):
    """What is to happen with the tables that are there, and with bad rows."""

    mode: Literal["append", "replace", "upsert"] = "append"
    keys: list[Name] = Field(
        default=[],
        max_length=32,
        description="Columns that tell rows apart, for `upsert` and `dedupe`.",
        examples=[["order_id"]],
    )
    schema_policy: Literal["evolve", "freeze", "reject"] = Field(
        default="evolve",
        description="Of columns that the table lacks: `evolve` adds them, `freeze` "
        "leaves them out and says so, `reject` refuses the import.",
    )
    dedupe: Literal["none", "last"] = Field(
        default="none",
        description="`last`: of rows with the same keys in the source the last one is "
        "loaded and the others are rejects; always so with upsert.",
    )
    max_rejects: int | None = Field(
        default=None,
        ge=0,
        description="More rejected rows than this, and nothing is loaded; null for "
        "any number.",
    )
    on_bad_value: Literal["reject", "null", "text"] = Field(
        default="reject", description="Of columns that do not say it themselves."
    )


class PlanRequest(Body):
    """Files that were uploaded before, and what their text looks like; or a database.

    Of a database with neither table nor query, the plan tells its tables.
    """

    model_config = example(file_id=example_id("fil"))

    file_id: NamedFile | None = None
    file_ids: list[NamedFile] = Field(
        default=[], max_length=_MOST_FILES, description="Several in one import."
    )
    database: DatabaseIn | None = None
    dialect: DialectBody | None = Field(
        default=None,
        description="In place of what would be found out; what is not said of it still "
        "is.",
    )

    @model_validator(mode="after")
    def _some_source(self) -> Self:
        given = (self.file_id is not None, bool(self.file_ids), bool(self.database))
        if sum(given) != 1:
            raise ValueError("one of file_id, file_ids and database")
        if len(set(self.file_ids)) < len(self.file_ids):
            raise ValueError("each file once")
        return self

    @property
    def files(self) -> list[str]:
        """The one that it names, or all of them."""
        return [self.file_id] if self.file_id else self.file_ids


class ImportRequest(Body):
    """A plan, as it is or changed."""

    model_config = example(
        plan_id=example_id("pln"), options={"mode": "upsert", "keys": ["order_id"]}
    )

    plan_id: NamedPlan
    tables: list[TableBody] | None = Field(
        default=None,
        min_length=1,
        max_length=_MOST_TABLES,
        description="In place of all those of the plan; as it has them where left out.",
    )
    options: OptionsBody | None = Field(
        default=None, description="In place of the plan's."
    )

    def changes(self) -> PlanChanges:
        """Without what is at its default, which the contract has the same."""
        given = self.model_dump(
            include={"tables", "options"},
            exclude={"tables": {"__all__": {"findings"}}},
            exclude_defaults=True,
        )
        return msgspec.convert(given, PlanChanges)


class WarningOut(Answer, of=Warning):
    """What a person should look at before importing."""


class ColumnFindingsOut(Answer, of=ColumnFindings):
    """What was seen of one column over the whole source."""


class FindingsOut(Answer, of=TableFindings):
    """What was seen of one table of the source."""


class PlannedTableOut(TableBody):
    findings: FindingsOut | None = None  # type: ignore[assignment]  # narrower than what is taken


class SourceOut(Answer, of=SourceName):
    """A source as it is shown: never with a password."""


class PlanOut(BaseModel):
    """Change `tables` and `options` as you like, and send them with the id."""

    id: str = Field(examples=[_PLAN])
    task_id: str = Field(examples=["tsk_" + "0" * 32])
    sources: list[SourceOut]
    tables: list[PlannedTableOut]
    source_tables: list[SourceTableOut] = Field(
        default=[], description="Of a database of which no table or query was named."
    )
    options: OptionsBody
    created_at: datetime


class RejectCountOut(Answer, of=RejectCount):
    """How many cells of a column, or rows where it is null, have this reason."""


class ImportedTableOut(Answer, of=ImportedTable):
    rejects_url: str | None = Field(
        examples=[f"/v1/imports/{example_id('imp')}/rejects.csv?part=1"]
    )


class ImportOut(Answer, of=Import, own_id="import_id"):
    tables: list[ImportedTableOut]


class RejectOut(Answer, of=TableReject):
    """A bad cell or row, and the table that the row was meant for."""


ImportList = list_of(ImportOut)
RejectList = list_of(RejectOut)
