"""Why a database failed is told by its code alone, whatever else its text holds.

The texts are what ConnectorX 0.4.6 gives for the same faults; of SQL Server, which
nothing here can start, they are of the form that its driver's source has.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from onemanage.data_import.sources import causes
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.fixtures import MakeDatabase

samples: Any = importlib.import_module("services.data-import.tests.source_samples")

# Codes and words of every other cause, as names, values and numbers may hold them.
_NOISE = "tls decimal read only 1045 25006 57014 28P01 panicked kind: Io pg_hba"


def _postgresql(state: str, words: str = _NOISE) -> str:
    return (
        "cx writer failed: Source(PostgresError(Error { kind: Db, cause: Some(DbError {"
        ' severity: "ERROR", parsed_severity: Some(Error), code: SqlState('
        f'{state}), message: "{words}", detail: Some("{_NOISE}"), hint: None, line:'
        " Some(1045) }) }))"
    )


def _sqlserver(number: int, severity: int = 16) -> str:
    return (
        f"cx writer failed: Source(MsSQLError(Server(TokenError {{ code: {number},"
        f' state: 1, class: {severity}, message: "{_NOISE}", server: "s", procedure:'
        ' "", line: 1 })))'
    )


def _shown_sqlserver(number: int) -> str:
    inner = "(code: 18456, state: 1, class: 14)"
    return (
        f"Token error: '{_NOISE} {inner}' on server s executing  on line 1045"
        f" (code: {number}, state: 1, class: 16)"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_postgresql("E22012"), "database.query_failed"),
        (_postgresql("E25006"), "database.read_only"),
        (_postgresql("E57014"), "database.too_slow"),
        (_postgresql("E57P01"), "database.broke_off"),
        (_postgresql('Other("28ZZZ")'), "database.access_denied"),
        (
            f"MySqlError {{ ERROR 1064 (42000): {_NOISE} (28000) }}",
            "database.query_failed",
        ),
        (
            f"timed out waiting for connection: MySqlError {{ ERROR 1045 (28000): {_NOISE} }}",
            "database.access_denied",
        ),
        (
            "cx writer failed: Source(MySQLError(MySqlError { ERROR 3024 (HY000): slow }))",
            "database.too_slow",
        ),
        (f"MySqlError {{ ERROR 1792 (25006): {_NOISE} }}", "database.read_only"),
        (f"IoError {{ {_NOISE} }}", "database.broke_off"),
        (_sqlserver(8134), "database.query_failed"),
        (_sqlserver(3906), "database.read_only"),
        (_sqlserver(9001, 21), "database.broke_off"),
        (_shown_sqlserver(207), "database.query_failed"),
        (_shown_sqlserver(18456), "database.access_denied"),
        ("not implemented: interval", "database.unreadable"),
        ("timed out waiting for connection", "database.broke_off"),
        (
            "timed out waiting for connection: error performing TLS handshake: server"
            " does not support TLS",
            "database.access_denied",
        ),
        (
            "cx writer failed: Source(PostgresError(Error { kind: Io, cause: Some(Custom"
            ' { kind: Other, error: "bytes remaining on stream" }) }))',
            "database.broke_off",
        ),
        (
            "cx writer failed: Source(PostgresError(Error { kind: FromSql(0), cause:"
            " Some(ExceedsMaximumPossibleValue) }))",
            "database.unreadable",
        ),
        (f"db error: ERROR: {_NOISE}", None),
        (f"No conversion rule from {_NOISE}", None),
    ],
)
def test_the_code_tells_the_cause_and_no_word_of_the_text(
    text: str, code: str | None
) -> None:
    assert causes.read(text).code == code


def test_what_the_database_says_is_shown_without_the_driver_and_the_password() -> None:
    said = causes.read(_postgresql("E22012", 'near \\"hunter2\\"'))
    refused = causes.failure("database.query_failed", said.words, "hunter2")
    assert refused.where == 'near "…"'
    assert causes.read(_sqlserver(1)).words == _NOISE
    assert causes.read(f"MySqlError {{ ERROR 1 (42000): {_NOISE} }}").words == _NOISE


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with samples.child() as sandbox:
        yield sandbox


async def test_columns_named_like_a_cause_are_none(
    sandbox: Sandbox, database: MakeDatabase
) -> None:
    url = await database("data_import")
    connection = await asyncpg.connect(url)
    await connection.execute(
        'CREATE TABLE odd ("decimal" int, "tls 28000" int, "read only 1045" int);'
        " INSERT INTO odd VALUES (1045, 28000, 0)"
    )
    await connection.close()
    for query in (
        'SELECT "decimal" / "read only 1045" AS "tls 28000" FROM odd',
        'SELECT "decimal" AS a FROM odd WHERE "tls 28000" / "read only 1045" = 1',
        "SELECT CAST(\"decimal\" || ' tls 57014' AS int) AS v FROM odd",
    ):
        with pytest.raises(SourceFailed) as refused:
            await samples.databases(sandbox).plan(
                samples.source_at(url, query=query), samples.WORKSPACE
            )
        assert refused.value.code == "database.query_failed", query


async def test_a_statement_that_is_refused_before_it_runs_is_told_by_its_sqlstate(
    sandbox: Sandbox, database: MakeDatabase
) -> None:
    """The driver writes no SQLSTATE of it, so it is asked for."""
    source = samples.source_at(await database("data_import"), query="SELECT 1 AS a")
    for sql, code in (
        ('SELECT "28000 tls" FROM pg_class', "database.query_failed"),
        ("SELECT 1 FROM decimal_1045", "database.missing"),
    ):
        async with samples.databases(sandbox).open(source, "ws_1") as opened:
            with pytest.raises(SourceFailed) as refused:
                await sandbox.run(
                    samples.read_whole,
                    opened,
                    sql,
                    timeout=30,
                    **samples.reach(opened),
                )
        assert refused.value.code == code


async def test_what_mysql_refuses_is_told_by_its_number(sandbox: Sandbox) -> None:
    greeting = (
        b"\x0a8.0.40\0\x01\0\0\0aaaaaaaa\0\xff\xf7\x21\x02\0\xff\x81\x15"
        + bytes(10)
        + b"bbbbbbbbbbbb\0mysql_native_password\0"
    )

    def packet(number: int, body: bytes) -> bytes:
        return len(body).to_bytes(3, "little") + bytes([number]) + body

    quit_, ping = b"\x01", b"\x0e"
    column = b"\3def\0\0\0\1n\0\x0c\x21\0\xff\0\0\0\xfd" + bytes(5)
    end = b"\xfe\0\0\2\0"
    a_number = [b"\1", column, end, b"\7" b"1000000", end]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lets anybody in, says how it is set, and refuses whatever else is asked."""
        writer.write(packet(0, greeting))
        number = 2
        while head := await reader.read(4):
            body = await reader.readexactly(int.from_bytes(head[:3], "little"))
            if number == 1 and body == quit_:
                return
            refusal = b"\xff" + (1146).to_bytes(2, "little")
            refusal += b"#42S02Table 'tls.decimal' doesn't exist (1045, 28000)"
            is_fine = number == 2 or body == ping
            answers = [bytes(7)] if is_fine else [refusal]
            if body.startswith(b"\x03SELECT @@"):
                answers = a_number
            for at, answer in enumerate(answers, number):
                writer.write(packet(at, answer))
            await writer.drain()
            number = 1

    async with samples.serving(serve) as port:
        source = samples.source_at(f"mysql://u:p@127.0.0.1:{port}/shop", table="t")
        async with samples.databases(sandbox).open(source, "ws_1") as opened:
            with pytest.raises(SourceFailed) as refused:
                await sandbox.run(
                    samples.read_whole,
                    opened,
                    "SELECT 1",
                    timeout=60,
                    **samples.reach(opened),
                )
    assert refused.value.code == "database.missing"
    assert refused.value.where == "Table 'tls.decimal' doesn't exist (1045, 28000)"
