"""PostgreSQL by asyncpg, for what ConnectorX does not say: types, and SQLSTATEs."""

import asyncio
from typing import Literal

import asyncpg

from onemanage.data_import.sources import causes, kinds, statements
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.kinds import SourceColumn
from onemanage.data_import.sources.opened import Opened

type _Connection = "asyncpg.Connection[asyncpg.Record]"

_TLS: dict[str, Literal["disable", "prefer", "require"]] = {
    "off": "disable",
    "prefer": "prefer",
    "require": "require",
}


def columns(opened: Opened, relation: str) -> list[SourceColumn]:
    """Of a relation that is quoted or in parentheses. Raises SourceFailed."""
    return asyncio.run(_columns(opened, relation))


def check(opened: Opened, sql: str) -> None:
    """Connects, and has the statement prepared and no more. Raises SourceFailed."""
    asyncio.run(_check(opened, sql))


async def _check(opened: Opened, sql: str) -> None:
    try:
        async with asyncio.timeout(opened.connect_seconds):
            connection = await _connect(opened)
            try:
                await connection.prepare(sql)
            finally:
                connection.terminate()
    except TimeoutError:
        raise _silent() from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise _refusal(error, opened) from None


async def _columns(opened: Opened, relation: str) -> list[SourceColumn]:
    """ConnectorX panics at a type that it does not know, and names none."""
    try:
        async with asyncio.timeout(opened.connect_seconds):
            connection = await _connect(opened)
            try:
                statement = await connection.prepare(f"SELECT * FROM {relation} AS q")
                attributes = statement.get_attributes()
                digits = await _digits(connection, opened)
            finally:
                connection.terminate()
    except TimeoutError:
        raise _silent() from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise _refusal(error, opened) from None
    return [
        SourceColumn(each.name, each.type.name, *digits.get(each.name, (None, None)))
        for each in attributes
    ]


async def _connect(opened: Opened) -> _Connection:
    source, settings = opened.source, kinds.postgresql_settings(
        opened.statement_seconds
    )
    settings.pop("client_encoding")  # asyncpg's own to say
    return await asyncpg.connect(
        host=kinds.LOOPBACK,
        port=opened.end.port,
        user=source.user,
        password=opened.password,
        database=source.database,
        ssl=_TLS[source.tls],
        server_settings=settings,
        statement_cache_size=0,
    )


async def _digits(
    connection: _Connection, opened: Opened
) -> dict[str, tuple[int | None, int | None]]:
    """Precision and scale of the table's numeric columns that have them."""
    if opened.source.table is None:
        return {}
    rows = await connection.fetch(
        "SELECT attname, atttypmod - 4 AS digits FROM pg_attribute"
        " WHERE attrelid = $1::text::regclass AND atttypid = 'numeric'::regtype"
        " AND atttypmod >= 4 AND NOT attisdropped",
        statements.relation(opened.source),
    )
    # The lower eleven bits are a signed scale, the upper ones the precision.
    return {
        row["attname"]: (row["digits"] >> 16, ((row["digits"] & 0x7FF) ^ 1024) - 1024)
        for row in rows
    }


def _silent() -> SourceFailed:
    text = "The database accepts connections and does not answer. Try again later."
    return SourceFailed("database.silent", text)


def _refusal(error: Exception, opened: Opened) -> SourceFailed:
    words = (str(error).splitlines() or [""])[0]
    if isinstance(error, asyncpg.PostgresError):
        code = causes.of_state(error.sqlstate or "")
    else:
        code = "database.broke_off"
    return causes.failure(code, words, opened.password)
