"""What a source database has: its tables, and of one table or query the plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types

from onemanage.contracts.imports.plans import (
    ColumnFindings,
    ColumnPlan,
    Plan,
    SourceTable,
    TableFindings,
    TablePlan,
    Warning,
)
from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.data_import.domain.errors import check_columns
from onemanage.data_import.domain.planning.names import column_names, table_name
from onemanage.data_import.sources import kinds, postgresql, statements
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.kinds import SourceColumn, reading
from onemanage.data_import.sources.opened import Opened
from onemanage.data_import.sources.reader import read_arrow

_FIRST_ROWS = 20
_EXAMPLES = 5
_COUNT_SECONDS = 3.0
"""Longer is not worth it: how many rows there are is said to be unknown then."""
_MYSQL_ARROW = (
    (pa.types.is_uint64, kinds.BIGINT_UNSIGNED),
    (pa.types.is_integer, "bigint"),
    (pa.types.is_floating, "double"),
    (pa.types.is_decimal, "decimal"),
    (pa.types.is_date, "date"),
    (pa.types.is_time, "time"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_large_binary, "blob"),
    (pa.types.is_binary, "blob"),
)


def list_tables(opened: Opened) -> list[SourceTable]:
    """All tables and views that the user may see, in their order. Raises SourceFailed."""
    return [
        SourceTable(
            db_schema=row["s"],
            table=row["t"],
            kind="view" if "VIEW" in row["k"].upper() else "table",
        )
        for row in _rows(opened, statements.tables(opened.source))
    ]


def describe_database(opened: Opened) -> Plan:
    """The plan of the table or query; where neither is named, the tables there are.

    Raises SourceFailed, TooLarge.
    """
    source = opened.source
    if source.table is None and source.query is None:
        return Plan(tables=[], source_tables=list_tables(opened))
    described = describe_columns(opened)
    check_columns(len(described), source.table)
    names = column_names([column.name for column in described])
    columns = [
        _plan(source.kind, position, column, name)
        for position, (column, name) in enumerate(zip(described, names), 1)
    ]
    table = TablePlan(
        table=table_name(source.table or "query"), format="database", columns=columns
    )
    sample = read_sample(opened, list(enumerate(described, 1)))
    findings = _findings(source.kind, described, columns, sample)
    known = _count(opened)
    return Plan(
        tables=[table],
        findings=[
            TableFindings(
                rows=sample.height if known is None else known,
                rows_exact=known is not None,
                ragged=0,
                columns=findings,
                first_rows=_first_rows(columns, sample),
            )
        ],
    )


def describe_columns(opened: Opened) -> list[SourceColumn]:
    """The columns of the table or query, in its order. Raises SourceFailed."""
    source = opened.source
    relation = statements.relation(source)
    if source.kind == "postgresql":
        found = postgresql.columns(opened, relation)
    elif source.kind == "mysql" and source.query is not None:
        empty = next(read_arrow(opened, f"SELECT * FROM {relation} AS q LIMIT 0"))
        found = [SourceColumn(field.name, _mysql_type(field)) for field in empty.schema]
    else:
        found = _catalogued(opened)
    if not found:
        text = "The database has no such table, or none of its columns may be read by the user. Check the name and the user's rights."
        raise SourceFailed("database.missing", text, source.table)
    twice = [
        name for name, n in Counter(column.name for column in found).items() if n > 1
    ]
    if twice:
        text = "Two columns have the same name; give one another by AS."
        raise SourceFailed("database.query_failed", text, twice[0])
    return found


def read_sample(
    opened: Opened, columns: Sequence[tuple[int, SourceColumn]]
) -> pl.DataFrame:
    """Some rows of the columns, as ``read_database`` would give them."""
    sql = statements.rows(opened.source, columns, _FIRST_ROWS)
    return pl.concat([as_frame(batch) for batch in read_arrow(opened, sql)])


def as_frame(batch: pa.RecordBatch) -> pl.DataFrame:
    """Integers as Int64, floats as Float64, booleans, and all else as String.

    Single precision by its shortest form: 1.1, not 1.100000023841858.
    """
    frame = pl.DataFrame(pl.from_arrow(batch))
    single = pl.selectors.by_dtype(pl.Float32)
    return frame.with_columns(
        pl.selectors.integer().cast(pl.Int64),
        single.cast(pl.String).cast(pl.Float64),
        (pl.selectors.float() - single).cast(pl.Float64),
        (pl.selectors.binary() | pl.selectors.by_dtype(pl.Null)).cast(pl.String),
    )


def _catalogued(opened: Opened) -> list[SourceColumn]:
    source = opened.source
    if source.query is None:
        sql = statements.columns_of_table(source)
    else:
        sql = statements.columns_of_query_in_sqlserver(source)
    return [_catalogue_column(row) for row in _rows(opened, sql)]


def _catalogue_column(row: dict[str, Any]) -> SourceColumn:
    type = str(row["type"]).lower()
    if type == "bigint" and "unsigned" in str(row["f"]):
        return SourceColumn(str(row["name"]), kinds.BIGINT_UNSIGNED, 20, 0)
    if str(row["f"]) == kinds.BIT_64:
        return SourceColumn(str(row["name"]), kinds.BIT_64, 20, 0)
    precision, scale = row["p"], row["s"]
    return SourceColumn(
        str(row["name"]),
        type,
        precision if isinstance(precision, int) else None,
        scale if isinstance(scale, int) else None,
    )


def _mysql_type(field: "pa.Field[pa.DataType]") -> str:
    return next((name for fits, name in _MYSQL_ARROW if fits(field.type)), "varchar")


def _rows(opened: Opened, sql: str) -> list[dict[str, Any]]:
    return [
        row
        for batch in read_arrow(opened, sql)
        for row in as_frame(batch).iter_rows(named=True)
    ]


def _count(opened: Opened) -> int | None:
    """How many rows there are, where that is said soon enough."""
    seconds = min(_COUNT_SECONDS, opened.statement_seconds)
    quick = replace(opened, statement_seconds=seconds)
    try:
        (row,) = _rows(quick, statements.count(opened.source))
    except SourceFailed as error:
        if error.code != "database.too_slow":
            raise
        return None
    number = row["n"]
    return number if isinstance(number, int) else None


def _plan(kind: str, position: int, column: SourceColumn, name: str) -> ColumnPlan:
    how = reading(kind, column.type)
    exact = how.type == "numeric"
    return ColumnPlan(
        position=position,
        header=column.name,
        name=name,
        type=how.type,
        precision=column.precision if exact else None,
        scale=column.scale if exact else None,
        zone=how.zone,
        nulls=[],  # a database says itself what is NULL
        trim=False,
    )


def _findings(
    kind: str,
    described: Sequence[SourceColumn],
    columns: Sequence[ColumnPlan],
    sample: pl.DataFrame,
) -> list[ColumnFindings]:
    return [
        _finding(kind, column, plan, sample[str(plan.position)])
        for column, plan in zip(described, columns)
    ]


def _finding(
    kind: str, column: SourceColumn, plan: ColumnPlan, values: pl.Series
) -> ColumnFindings:
    bad = cast_column(values, plan).bad
    warnings = []
    if reading(kind, column.type).as_text:
        text = f"Its type, {column.type}, is read as the text that the database makes of it."
        warnings.append(Warning(code="read_as_text", message=text))
    examples = values.drop_nulls().cast(pl.String).unique(maintain_order=True)
    return ColumnFindings(
        position=plan.position,
        examples=[text[:200] for text in examples.head(_EXAMPLES)],
        nulls=values.null_count(),
        invalid=int(bad.sum() or 0),
        first_invalid_line=int(bad.arg_true()[0]) + 1 if bad.any() else None,
        warnings=warnings,
    )


def _first_rows(
    columns: Sequence[ColumnPlan], sample: pl.DataFrame
) -> list[list[str | None]]:
    shown = [
        _shown(cast_column(sample[str(column.position)], column).values)
        for column in columns
    ]
    return [list(row) for row in zip(*shown)]


def _shown(values: pl.Series) -> list[str | None]:
    """With as many parts of a second as there are."""
    if values.dtype.is_temporal():
        return [None if value is None else str(value) for value in values]
    return values.cast(pl.String).to_list()
