"""How a source becomes tables: proposed by a plan, changed by the user, then imported.

The same Structs serve three times: what `data_import.plan` proposes, what the user
sends back, and what is remembered of an import for the next file of its shape.
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.base import Command, Query, example_id
from onemanage.contracts.imports.sources import (
    HEAVY_BYTES,
    Source,
    SourceName,
    bytes_of,
)
from onemanage.contracts.public import shows, shows_all
from onemanage.contracts.task import Task

PLAN_VERSION = "1.0"


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How text becomes rows and fields. Of CSV and TSV; a sheet has ``header_row``."""

    encoding: str = "utf-8"
    """Any that Python knows, by any of its names; latin-1 is read as Windows-1252.
    Byte order marks are skipped."""
    delimiter: str = ","
    quote: str | None = '"'
    header_row: int | None = 1
    """Line (of a sheet: row) with the names, from 1; None where there is none.

    What stands above it is not data.
    """
    decimal_comma: bool = False
    """Numbers are written 1.234,5."""
    unquoted_empty_is_null: bool = False
    """An empty field without quotes is NULL whatever ``nulls`` says of its column;
    one with quotes is then NULL only where ``nulls`` has the empty string."""
    escape: str | None = None
    """Before a quote within a quoted field, as the backslash of ``\\"``; a doubled quote
    is one as well. Twice it stands for itself."""
    skip_blanks: bool = False
    """Blanks between a field, quoted or not, and its delimiters are no part of it. Of
    blanks as delimiter, several are one."""
    short_rows: str = "reject"
    """A row with fewer fields than there are columns is a ``reject``; or ``fill``: those
    that it lacks at its end are empty. One field alone is filled up to two at most."""
    long_rows: str = "reject"
    """A row with more fields than there are columns is a ``reject``; or ``trim``: those
    beyond are left out where they are empty, and a row with any other is a reject."""


class ColumnPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One column of the source and what becomes of it."""

    position: int
    """In the source, from 1. It, and not the header, says which column is meant."""
    header: str
    """As the source has it; may be empty or stand there twice."""
    name: str
    """Of the table's column: at most 63 bytes, unique, never reserved for us."""
    type: str = "text"
    """text, boolean, bigint, numeric, double, date, time, timestamp, timestamptz,
    interval."""
    precision: int | None = None
    """Of numeric: digits in all; None for as many as there are. ``scale`` with it."""
    scale: int | None = None
    """Digits after the point. A value with more is a reject, never rounded."""
    format: str | None = None
    """Of date, time and timestamps, as in strftime; None for ISO 8601 alone. Of numbers
    1234.5 as the source writes it, such as ``1.234,5 €``; None for plain ones."""
    zone: str | None = None
    """IANA name that times without an offset are in; timestamptz needs it then."""
    nulls: list[str] = msgspec.field(default_factory=lambda: [""])
    """Values that mean NULL, compared after nothing has been trimmed."""
    trim: bool = True
    """Blanks around numbers, dates and booleans are ignored; never those of text."""
    required: bool = False
    """NULL is a reject."""
    non_finite: str = "reject"
    """Of double: NaN and infinities are a ``reject``, ``null`` or ``keep``."""
    on_bad_value: str | None = None
    """What becomes of a value that the type cannot hold: its row is a ``reject``, it is
    ``null``, or the whole column is ``text``. None for what the options say."""
    include: bool = True


class TablePlan(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a source and the table that its rows go to."""

    table: str
    """Name of the data set, which is also that of the table."""
    file_id: str | None = None
    """Which of the import's files; None for the only one, and for a database."""
    member: str | None = None
    """File within a zip."""
    sheet: str | None = None
    """Of a workbook; of SQLite and HTML the table."""
    format: str = "csv"
    """csv, excel, html, xml (a workbook in it), parquet, arrow, jsonl, sqlite or
    database."""
    dialect: Dialect = Dialect()
    columns: list[ColumnPlan] = []
    include: bool = True


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is to happen with the tables that are there, and with bad rows."""

    mode: str = "append"
    """append, replace or upsert."""
    keys: list[str] = []
    """Names of the columns that tell rows apart: for upsert, and for ``dedupe``."""
    schema_policy: str = "evolve"
    """Of columns that the table lacks: ``evolve`` adds them, ``freeze`` leaves them
    out and says so, ``reject`` refuses the import."""
    dedupe: str = "none"
    """``last``: of rows with the same keys in the source the last one is loaded and
    the others are rejects (always so with upsert); ``none``."""
    max_rejects: int | None = None
    """More rejected rows than this, and nothing is loaded; None for any number."""
    on_bad_value: str = "reject"
    """Of columns that do not say it themselves."""


@shows_all
class Warning(msgspec.Struct, frozen=True, kw_only=True):
    """What a person should look at before importing."""

    code: Annotated[str, Meta(examples=["leading_zeros"])]
    """leading_zeros, rounded_ids, mixed_types, ambiguous_dates, naive_times, …"""
    message: str
    example: Annotated[str | None, Meta(examples=["00417"])] = None


@shows_all
class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a part's form, by what, and what else it might be."""

    about: Annotated[
        str,
        Meta(
            description="The field of the table that says it, and changes it.",
            examples=["dialect.delimiter"],
        ),
    ]
    chosen: Annotated[str, Meta(description="As JSON.", examples=['";"'])]
    seen: Annotated[str, Meta(examples=["198 of 200 rows have 5 fields."])]
    sure: Annotated[
        str,
        Meta(
            description="`said` by the user, `certain`, `likely`, or `unsure`: then "
            "there is a warning too.",
            examples=["certain"],
        ),
    ]
    instead: Annotated[
        list[str],
        Meta(description="What might be meant too, as JSON.", examples=[['","']]),
    ] = []


@shows_all
class ColumnFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one column over the whole source."""

    position: int
    examples: Annotated[
        list[str],
        Meta(
            description="Up to five different values, as they are written.",
            examples=[["00417", "00418"]],
        ),
    ]
    nulls: int
    invalid: Annotated[
        int, Meta(description="Values that the proposed type would reject.")
    ]
    first_invalid_line: int | None = None
    warnings: list[Warning] = []


@shows_all
class TableFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one part; beside its TablePlan, in the same order."""

    rows: Annotated[
        int, Meta(description="Data rows, ragged ones included.", examples=[1200])
    ]
    rows_exact: Annotated[
        bool,
        Meta(description="false where the source is longer than was looked at."),
    ]
    ragged: Annotated[
        int, Meta(description="Rows that cannot be split into the columns.")
    ]
    columns: list[ColumnFindings]
    first_rows: Annotated[
        list[list[str | None]],
        Meta(
            description="As they would load, in the order of the included columns; null "
            "for NULL."
        ),
    ]
    warnings: list[Warning] = []
    decisions: list[Decision] = []
    remembered_from: Annotated[
        str | None,
        Meta(
            description="The import whose plan this is: its headers were the same, and "
            "its source is called alike. `remember=false` asks for a plan without it."
        ),
    ] = None


class SourceTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table or view of a source database, to choose from."""

    db_schema: str
    """Of MySQL the database."""
    table: str
    kind: str
    """table or view."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be imported. ``tables`` and ``options`` are the user's to change."""

    tables: list[TablePlan]
    findings: list[TableFindings] = []
    options: ImportOptions = ImportOptions()
    source_tables: list[SourceTable] = []
    """Of a database that was named without ``table`` and ``query``: what it has. Then
    ``tables`` is empty."""
    plan_version: str = PLAN_VERSION


class ChangedColumn(ColumnPlan, frozen=True, kw_only=True, omit_defaults=True):
    """A column as the user has it. What was not said is not written down either."""

    header: str = ""


class ChangedTable(TablePlan, frozen=True, kw_only=True, omit_defaults=True):
    """A table as the user has it, no longer than the user has written it."""

    columns: list[ChangedColumn] = []  # type: ignore[assignment]  # narrower, and never written to


class PlanChanges(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be otherwise than a plan proposes."""

    tables: list[ChangedTable] | None = None
    """In place of all those of the plan; None for as it has them."""
    options: ImportOptions | None = None
    """In place of the plan's; None likewise."""


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """One bad cell, or one bad row where ``column`` is None."""

    line: Annotated[
        int,
        Meta(
            description="In the source, from 1, the header's line counted; of a row "
            "over several lines the first. Of Parquet, Arrow and databases the number "
            "of the row.",
            examples=[17],
        ),
    ]
    column: Annotated[
        str | None,
        Meta(
            description="null where the row as a whole is bad.",
            examples=["ordered_on"],
        ),
    ]
    value: Annotated[
        str | None,
        Meta(description="At most 200 characters of it.", examples=["31.02.2026"]),
    ]
    reason: Annotated[
        str, Meta(description="Stable, for programs.", examples=["not_a_date"])
    ]
    """not_a_date, out_of_range, too_many_fields, …"""
    message: str


@shows_all
class RejectCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many cells of a column, or rows where it is None, have this reason."""

    reason: Annotated[str, Meta(examples=["not_a_date"])]
    column: Annotated[str | None, Meta(examples=["ordered_on"])]
    count: int


@shows_all
class PlannedTable(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a plan in brief."""

    table: str
    format: str
    file_id: str | None
    member: str | None
    sheet: str | None
    column_count: int
    rows: int
    rows_exact: bool
    ragged: int
    warning_count: int
    """Of the table and of its columns."""
    remembered_from: str | None


@shows("plan_id", "task_id", "sources", "tables", "created_at")
class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that waits for a person, without its columns."""

    plan_id: str
    workspace_id: str
    task_id: str
    sources: list[SourceName]
    tables: list[PlannedTable]
    plan_key: str
    """Of a PlanDocument as JSON in object storage."""
    created_at: datetime


class PlanDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON document in object storage: the plan whole, and what it is a plan of."""

    plan_id: str
    workspace_id: str
    sources: list[Source]
    plan: Plan
    created_at: datetime


class PlanImport(Command, frozen=True, kw_only=True, tag="data_import.plan"):
    """Look through the sources and propose how they become tables."""

    plan_id: str
    sources: list[Source]
    hint: Dialect | None = None
    """Holds for every text file, in place of what would be found out."""
    hinted: list[str] | None = None
    """The fields of ``hint`` that were said, the others being found out; None for all
    of them."""
    remember: bool = True
    """Whether earlier imports of like sources say names, types and options."""


PLAN = Task(
    "data_import.plan",
    command=PlanImport,
    result=ImportPlan,
    worker="data_import",
    makes="plan_id",
    timeout=600.0,
    leaves="plan",
    heavy=lambda command: bytes_of(command.sources) >= HEAVY_BYTES,
)


class GetPlan(Query, frozen=True, kw_only=True):
    """Answered by ImportPlan, which tells where the plan whole is stored."""

    plan_id: str
