"""The statements that we send: of names that were quoted, and of a query in brackets."""

from collections.abc import Sequence

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.kinds import SourceColumn, literal, quoted, reading
from onemanage.data_import.sources.select import one_select

_SYSTEM = {
    "postgresql": "'pg_catalog', 'information_schema'",
    "mysql": "'mysql', 'sys', 'performance_schema', 'information_schema'",
    "sqlserver": "'sys', 'INFORMATION_SCHEMA'",
}


def relation(source: DatabaseSource) -> str:
    """What stands behind FROM. Raises SourceFailed."""
    if (source.table is None) == (source.query is None):
        text = "Name either a table or a query."
        raise SourceFailed("database.invalid", text)
    if source.query is not None:
        return f"({one_select(source.kind, source.query)}\n)"
    assert source.table is not None  # that is what the first condition leaves
    table = quoted(source.kind, source.table)
    if source.db_schema is None:
        return table
    return f"{quoted(source.kind, source.db_schema)}.{table}"


def rows(
    source: DatabaseSource,
    columns: Sequence[tuple[int, SourceColumn]],
    limit: int | None,
) -> str:
    """Reads the columns, each under its position as its name; ``limit`` rows or all."""
    kind = source.kind
    parts = ", ".join(
        reading(kind, column.type).sql.format(f"q.{quoted(kind, column.name)}")
        + f" AS {quoted(kind, str(position))}"
        for position, column in columns
    )
    top, end = "", ""
    if limit is not None:
        top = f"TOP ({limit:d}) " if kind == "sqlserver" else ""
        end = "" if kind == "sqlserver" else f" LIMIT {limit:d}"
    return f"SELECT {top}{parts} FROM {relation(source)} AS q{end}"


def count(source: DatabaseSource) -> str:
    """One row with one column ``n``: rows of the table or query. Raises SourceFailed."""
    number = "COUNT_BIG(*)" if source.kind == "sqlserver" else "COUNT(*)"
    return f"SELECT {number} AS n FROM {relation(source)} AS q"


def tables(source: DatabaseSource) -> str:
    """Schema, name and kind of all tables and views that the user may see."""
    kind = source.kind
    in_schema = ""
    if source.db_schema is not None:
        in_schema = f" AND TABLE_SCHEMA = {literal(kind, source.db_schema)}"
    return (
        f"SELECT {_text(kind, 'TABLE_SCHEMA')} AS s, {_text(kind, 'TABLE_NAME')} AS t,"
        f" {_text(kind, 'TABLE_TYPE')} AS k FROM INFORMATION_SCHEMA.TABLES"
        f" WHERE TABLE_SCHEMA NOT IN ({_SYSTEM[kind]}){in_schema}"
        " ORDER BY TABLE_SCHEMA, TABLE_NAME"
    )


def columns_of_table(source: DatabaseSource) -> str:
    """Name, type, precision and scale; of MySQL and SQL Server."""
    kind = source.kind
    assert source.table is not None  # the caller's to see to
    whole = {"mysql": "SIGNED"}.get(kind, "bigint")
    schema = {"mysql": "DATABASE()", "sqlserver": "SCHEMA_NAME()"}.get(kind, "")
    if source.db_schema is not None:
        schema = literal(kind, source.db_schema)
    full = "COLUMN_TYPE" if kind == "mysql" else "DATA_TYPE"
    return (
        f"SELECT {_text(kind, 'COLUMN_NAME')} AS name, {_text(kind, 'DATA_TYPE')} AS type,"
        f" CAST(NUMERIC_PRECISION AS {whole}) AS p,"
        f" CAST(NUMERIC_SCALE AS {whole}) AS s, {_text(kind, full)} AS f"
        " FROM INFORMATION_SCHEMA.COLUMNS"
        f" WHERE TABLE_SCHEMA = {schema}"
        f" AND TABLE_NAME = {literal(kind, source.table)} ORDER BY ORDINAL_POSITION"
    )


def columns_of_query_in_sqlserver(source: DatabaseSource) -> str:
    """The server describes the query without running it."""
    query = literal("sqlserver", f"SELECT * FROM {relation(source)} AS q")
    return (
        "SELECT CAST(name AS nvarchar(max)) AS name,"
        # Of spatial types and hierarchyid the system has no name.
        " CAST(COALESCE(TYPE_NAME(system_type_id), TYPE_NAME(user_type_id))"
        " AS nvarchar(max)) AS type,"
        " CAST(precision AS bigint) AS p, CAST(scale AS bigint) AS s,"
        " CAST(NULL AS nvarchar(max)) AS f"
        f" FROM sys.dm_exec_describe_first_result_set({query}, NULL, 0)"
        " WHERE is_hidden = 0 ORDER BY column_ordinal"
    )


def _text(kind: str, column: str) -> str:
    type = {"mysql": "CHAR", "sqlserver": "nvarchar(max)"}.get(kind, "text")
    return f"CAST({column} AS {type})"
