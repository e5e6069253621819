"""SQL of imported tables: made, looked at, filled, renamed, dropped.

Everything takes the caller's connection and is part of the caller's transaction.
"""

import hashlib
from collections.abc import AsyncIterable
from typing import NamedTuple, Self

import asyncpg

from onemanage.contracts.imports.plans import ColumnPlan
from onemanage.data_import.domain.casting.fitting import (
    ROW_ID,
    ColumnType,
    column_type,
    sql_type,
)
from onemanage.data_import.domain.planning.names import quoted
from onemanage.data_import.errors import LoadRefused

type Connection = asyncpg.Connection[asyncpg.Record]

_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod)
    FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
"""
_HAS_UNIQUE_INDEX = """
    SELECT EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = $1::regclass AND indisunique AND indisvalid
            AND indpred IS NULL AND indexprs IS NULL
            AND (
                SELECT array_agg(attname::text ORDER BY attname::text)
                FROM pg_attribute
                WHERE attrelid = indrelid AND attnum = ANY (indkey)
            ) = (SELECT array_agg(one ORDER BY one) FROM unnest($2::text[]) AS one)
    )
"""


class TableName(NamedTuple):
    """Of PostgreSQL, neither part quoted."""

    schema: str
    table: str

    @classmethod
    def of_workspace(cls, workspace_id: str, table: str) -> Self:
        """In the schema that is the workspace's own."""
        return cls(f"ws_{workspace_id}", table)

    @property
    def sql(self) -> str:
        """Quoted, to stand in a statement."""
        return f"{quoted(self.schema)}.{quoted(self.table)}"


async def make_schema(connection: Connection, schema: str) -> None:
    """If it is not there. Commits, so that imports do not wait for each other."""
    async with connection.transaction():
        await lock(connection, f"schema {schema}")
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")


async def lock(connection: Connection, what: str) -> None:
    """Until the end of the transaction; whoever else wants it waits as long."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('data_import ' || $1, 0))", what
    )


async def exists(connection: Connection, name: TableName) -> bool:
    """Whether the table is there now."""
    found = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", name.sql)
    return bool(found)


async def make_table(
    connection: Connection, name: TableName, columns: list[ColumnPlan]
) -> None:
    """Without an index: that is made when the rows are in. Raises LoadRefused."""
    defined = [f"{quoted(ROW_ID)} bigint NOT NULL"]
    defined += [f"{quoted(one.name)} {sql_type(one)}" for one in columns]
    try:
        await connection.execute(f"CREATE TABLE {name.sql} ({', '.join(defined)})")
    except (asyncpg.TooManyColumnsError, asyncpg.ProgramLimitExceededError) as error:
        raise too_wide(name) from error


async def make_stage(connection: Connection, of: TableName) -> str:
    """A table of this session alone, gone with the transaction and never logged."""
    stage = "data_import_stage"
    await connection.execute(
        f"CREATE TEMP TABLE {stage} (LIKE {of.sql}) ON COMMIT DROP"
    )
    return stage


async def index_rows(connection: Connection, name: TableName) -> None:
    """By ``_id``. On rows that are there already it costs a tenth of their loading."""
    await connection.execute("SET LOCAL maintenance_work_mem = '128MB'")
    await connection.execute(
        f"ALTER TABLE {name.sql} ADD PRIMARY KEY ({quoted(ROW_ID)})"
    )


async def columns_of(connection: Connection, name: TableName) -> dict[str, ColumnType]:
    """All but ours, in the table's order. Raises LoadRefused for a foreign type."""
    found: dict[str, ColumnType] = {}
    for column, sql in await connection.fetch(_COLUMNS, name.sql):
        known = column_type(sql)
        if known is None:
            text = f"Column {column!r} has the type {sql}, which imports cannot fill."
            raise LoadRefused("data_import.type_conflict", text, name.table)
        found[column] = known
    found.pop(ROW_ID, None)
    return found


async def add_columns(
    connection: Connection, name: TableName, columns: list[ColumnPlan]
) -> None:
    """Raises LoadRefused where they are too many."""
    if not columns:
        return
    added = (f"ADD COLUMN {quoted(one.name)} {sql_type(one)}" for one in columns)
    try:
        await connection.execute(f"ALTER TABLE {name.sql} {', '.join(added)}")
    except asyncpg.TooManyColumnsError as error:
        raise too_wide(name) from error


async def make_unique(connection: Connection, name: TableName, keys: list[str]) -> None:
    """An index that an upsert can rely on. Raises LoadRefused for duplicates."""
    if await connection.fetchval(_HAS_UNIQUE_INDEX, name.sql, keys):
        return
    joined = ", ".join(map(quoted, keys))
    await connection.execute("SET LOCAL maintenance_work_mem = '128MB'")
    try:
        await connection.execute(f"CREATE UNIQUE INDEX ON {name.sql} ({joined})")
    except asyncpg.UniqueViolationError as error:
        raise LoadRefused(
            "data_import.duplicates_in_table",
            f"The table has rows with the same {', '.join(keys)} already, so it is not "
            f"said which of them to update. {error.detail or ''}".rstrip(),
            name.table,
        ) from error


async def copy_rows(
    connection: Connection,
    name: TableName | str,
    columns: list[ColumnPlan],
    source: AsyncIterable[bytes],
    *,
    fresh: bool,
) -> int:
    """Rows that PostgreSQL took. ``fresh``: the table is of this transaction.

    Raises LoadRefused for a row that does not fit a page.
    """
    table, schema = (name, None) if isinstance(name, str) else (name.table, name.schema)
    try:
        status = await connection.copy_to_table(
            table,
            schema_name=schema,
            columns=[ROW_ID, *(one.name for one in columns)],
            source=source,
            format="binary",
            freeze=fresh or None,
        )
    except asyncpg.ProgramLimitExceededError as error:
        where = name if isinstance(name, TableName) else TableName("", name)
        raise too_wide(where) from error
    return int(status.rpartition(" ")[2])


async def merge_stage(
    connection: Connection,
    stage: str,
    name: TableName,
    columns: list[ColumnPlan],
    keys: list[str],
) -> tuple[int, int]:
    """Rows inserted and rows updated."""
    names = [one.name for one in columns]
    listed = ", ".join(map(quoted, [ROW_ID, *names]))
    values = [one for one in names if one not in keys] or keys
    changes = ", ".join(f"{quoted(one)} = EXCLUDED.{quoted(one)}" for one in values)
    row = await connection.fetchrow(f"""
        WITH merged AS (
            INSERT INTO {name.sql} ({listed})
            SELECT {listed} FROM {stage} ORDER BY {quoted(ROW_ID)}
            ON CONFLICT ({", ".join(map(quoted, keys))}) DO UPDATE SET {changes}
            RETURNING (xmax = 0) AS inserted
        )
        SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted)
        FROM merged
        """)
    assert row is not None  # an aggregate without GROUP BY has one row
    return row[0], row[1]


async def delete_range(
    connection: Connection, name: TableName, first: int, last: int
) -> int:
    """Rows by ``_id``, both ends included; how many there were."""
    status = await connection.execute(
        f"DELETE FROM {name.sql} WHERE {quoted(ROW_ID)} BETWEEN $1 AND $2", first, last
    )
    return int(status.rpartition(" ")[2])


async def rename(connection: Connection, name: TableName, to: str) -> None:
    """Within its schema; ``to`` is not quoted."""
    await connection.execute(f"ALTER TABLE {name.sql} RENAME TO {quoted(to)}")


async def drop(connection: Connection, name: TableName) -> None:
    """If it is there."""
    await connection.execute(f"DROP TABLE IF EXISTS {name.sql}")


def aside(import_id: str, ordinal: int, what: str) -> str:
    """A name in a workspace's schema that no data set has."""
    digest = hashlib.sha256(f"{import_id} {ordinal}".encode()).hexdigest()[:32]
    return f"_{what}_{digest}"


def too_wide(name: TableName) -> LoadRefused:
    """What PostgreSQL's own limit is told as; ``where`` is the table."""
    return LoadRefused(
        "data_import.too_wide",
        "The table has more or wider columns than fit into a row of PostgreSQL (1,600, "
        "and 8 kB of numbers and references to long texts). Leave columns out.",
        name.table,
    )
