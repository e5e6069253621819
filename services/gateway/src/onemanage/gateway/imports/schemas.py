"""HTTP bodies of plans and imports."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from onemanage.contracts.imports.plans import PlanChanges
from onemanage.gateway.http.ids import NamedFile, NamedPlan
from onemanage.gateway.http.schemas import Body
from onemanage.gateway.imports.source_schemas import DatabaseIn, SourceTableOut

type Name = Annotated[str, Field(min_length=1, max_length=63)]
type Pointed = Annotated[str, Field(max_length=1_000)]
_FILE = "fil_" + "0" * 32
_PLAN = "pln_" + "0" * 32
_IMPORT = "imp_" + "0" * 32
_MOST_FILES = 100
_MOST_COLUMNS = 1_600
_MOST_TABLES = 500


class DialectBody(Body):
    """How a text file becomes rows and fields."""

    encoding: Literal["utf-8", "utf-16-le", "utf-16-be", "gb18030", "latin-1"] = "utf-8"
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
        description="Of dates and times, as in strftime; null for ISO 8601 alone.",
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
        description="csv, excel, parquet, arrow, jsonl, sqlite or database.",
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


class PlanRequest(Body):
    """Files that were uploaded before, and what their text looks like; or a database.

    Of a database with neither table nor query, the plan tells its tables.
    """

    file_id: NamedFile | None = None
    file_ids: list[NamedFile] = Field(
        default=[], max_length=_MOST_FILES, description="Several in one import."
    )
    database: DatabaseIn | None = None
    dialect: DialectBody | None = Field(
        default=None, description="In place of what would be found out."
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
        return [self.file_id] if self.file_id else self.file_ids


class ImportRequest(Body):
    """A plan, as it is or changed."""

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


class Shown(BaseModel):
    model_config = ConfigDict(extra="ignore")


class WarningOut(Shown):
    code: str = Field(examples=["leading_zeros"])
    message: str
    example: str | None = Field(examples=["00417"])


class ColumnFindingsOut(Shown):
    position: int
    examples: list[str] = Field(examples=[["00417", "00418"]])
    nulls: int
    invalid: int = Field(description="Values that the proposed type would reject.")
    first_invalid_line: int | None
    warnings: list[WarningOut]


class FindingsOut(Shown):
    """What was seen of one table of the source."""

    rows: int = Field(examples=[1200])
    rows_exact: bool = Field(
        description="false where the source is longer than was looked at."
    )
    ragged: int = Field(description="Rows that cannot be split into the columns.")
    columns: list[ColumnFindingsOut]
    first_rows: list[list[str | None]] = Field(
        description="As they would load, in the order of the included columns."
    )
    warnings: list[WarningOut]
    remembered_from: str | None = Field(
        description="The import whose plan this is: its headers were the same, and its "
        "source is called alike. `remember=false` asks for a plan without it."
    )


class PlannedTableOut(TableBody):
    findings: FindingsOut | None = None  # type: ignore[assignment]  # narrower than what is taken


class SourceOut(Shown):
    kind: str = Field(description="file or database.", examples=["file"])
    name: str = Field(examples=["orders.csv"])
    file_id: str | None = Field(examples=[_FILE])


class PlanOut(Shown):
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


class RejectCountOut(Shown):
    reason: str = Field(examples=["not_a_date"])
    column: str | None = Field(examples=["ordered_on"])
    count: int


class ImportedTableOut(Shown):
    table: str = Field(examples=["orders"])
    dataset_id: str = Field(examples=["dst_" + "0" * 32])
    mode: str = Field(examples=["append"])
    read: int = Field(description="Rows: `loaded` + `rejected`.", examples=[1200])
    loaded: int
    updated: int = Field(description="Of the loaded ones those that replaced a row.")
    rejected: int
    file_id: str | None
    member: str | None
    sheet: str | None
    added_columns: list[str]
    reject_counts: list[RejectCountOut]
    rejects_url: str | None = Field(
        examples=[f"/v1/imports/{_IMPORT}/rejects.csv?part=1"]
    )
    warnings: list[WarningOut]
    repeats: str | None = Field(
        description="The earlier import that loaded the same by the same plan."
    )
    kept_until: datetime | None = Field(
        description="Of a replace: until then it can be undone."
    )


class ImportOut(Shown):
    id: str = Field(examples=[_IMPORT])
    task_id: str
    status: str = Field(description="completed or undone.", examples=["completed"])
    sources: list[SourceOut]
    tables: list[ImportedTableOut]
    read: int = Field(examples=[1200])
    loaded: int
    updated: int
    rejected: int
    rows_per_second: float
    seconds: float = Field(description="From the first row read to the commit.")
    created_at: datetime
    plan_id: str | None
    resubmits: str | None = Field(
        description="The import whose rejects, put right, this one has loaded."
    )
    warnings: list[WarningOut]
    undone_at: datetime | None


class ImportList(BaseModel):
    items: list[ImportOut]
    next_cursor: str | None


class RejectOut(Shown):
    number: int = Field(examples=[1])
    part: int = Field(description="Which of the import's tables.", examples=[1])
    table: str = Field(examples=["orders"])
    line: int = Field(description="In the source, from 1.", examples=[17])
    column: str | None = Field(
        description="null where the row as a whole is bad.", examples=["ordered_on"]
    )
    value: str | None = Field(examples=["31.02.2026"])
    reason: str = Field(description="Stable, for programs.", examples=["not_a_date"])
    message: str


class RejectList(BaseModel):
    items: list[RejectOut]
    next_cursor: str | None
