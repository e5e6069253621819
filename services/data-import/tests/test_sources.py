"""Reading from a real PostgreSQL as a source."""

import importlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from onemanage.contracts.imports.sources import DatabaseSource
from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.reader import read_arrow
from onemanage.data_import.sources.service import Databases
from onemanage.platform.process.sealing import seal
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.fixtures import MakeDatabase

samples: Any = importlib.import_module("services.data-import.tests.source_samples")

_KINDS = """
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE kinds (
    id int PRIMARY KEY, yes bool, small int2, large int8, free numeric,
    price numeric(12, 3), wide numeric(38, 10), ratio float8, day date, noon time,
    naive timestamp, aware timestamptz, span interval, uid uuid, doc jsonb, raw bytea,
    list int[], how mood, words text, short varchar(5), cash money,
    "we""ird {name}; DROP TABLE kinds" text
);
INSERT INTO kinds VALUES (
    1, true, -2, 9007199254740993, 12345678901234567890123456789012345678.123456789,
    1.5, 1234567890123456789012345678.0123456789, 1e300, '2024-02-29', '12:00:01',
    '2024-01-02 03:04:05.123456', '2024-01-02 03:04:05+02', '1 day',
    '00000000-0000-0000-0000-000000000001', '{"a": 1}', '\\x00ff', '{1,2}', 'sad',
    '你好', 'ab', 1, 'w'
);
INSERT INTO kinds (id) VALUES (2);
INSERT INTO kinds (id, free, day, naive, ratio, words)
VALUES (3, 'NaN', 'infinity', '0001-01-01', 'infinity', '');
CREATE FUNCTION sneaky() RETURNS int LANGUAGE sql
    AS 'INSERT INTO kinds (id) VALUES (99) RETURNING id';
CREATE FUNCTION sneakier() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('transaction_read_only', 'off', false);
    INSERT INTO kinds (id) VALUES (99);
    RETURN 1;
END $$;
CREATE VIEW glad AS SELECT id FROM kinds WHERE how = 'glad';
"""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with samples.child() as sandbox:
        yield sandbox


@pytest.fixture
async def url(database: MakeDatabase) -> str:
    """A database with tables of its own user."""
    url = await database("data_import")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE SCHEMA shop; SET search_path = shop;" + _KINDS)
    role = await connection.fetchval("SELECT quote_ident(current_user)")
    name = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(
        f"ALTER ROLE {role} IN DATABASE {name} SET search_path = shop"
    )
    await connection.close()
    return url


async def _refusal(sandbox: Sandbox, source: DatabaseSource) -> SourceFailed:
    with pytest.raises(SourceFailed) as refused:
        await samples.databases(sandbox).plan(source, samples.WORKSPACE)
    return refused.value


async def test_a_table_is_planned_with_its_types_and_first_rows(
    sandbox: Sandbox, url: str
) -> None:
    source = samples.source_at(url, db_schema="shop", table="kinds")
    plan = await samples.databases(sandbox).plan(source, samples.WORKSPACE)
    (table,), (found,) = plan.tables, plan.findings
    types = {column.header: column.type for column in table.columns}
    assert table.format == "database" and table.table == "kinds"
    assert types["id"] == types["large"] == "bigint"
    assert types["yes"] == "boolean" and types["ratio"] == "double"
    assert types["day"] == "date" and types["noon"] == "time"
    assert types["naive"] == "timestamp" and types["aware"] == "timestamptz"
    assert types["span"] == types["doc"] == types["list"] == types["how"] == "text"
    digits = {c.header: (c.precision, c.scale) for c in table.columns}
    assert digits["price"] == (12, 3) and digits["wide"] == (38, 10)
    assert digits["free"] == (None, None)
    assert (found.rows, found.rows_exact) == (3, True)
    first = dict(zip(types, found.first_rows[0]))
    assert first["price"] == "1.500" and first["words"] == "你好"
    assert first["aware"] == "2024-01-02 01:04:05+00:00"
    warned = {c.position for c in found.columns if c.warnings}
    assert table.columns[12].header == "span" and 13 in warned and 1 not in warned


async def test_every_value_is_read_exactly(sandbox: Sandbox, url: str) -> None:
    source = samples.source_at(url, db_schema="shop", table="kinds")
    first, empty, odd = await samples.rows_of(sandbox, source)
    assert first["2"] is True and first["3"] == -2
    assert first["4"] == 9007199254740993
    assert first["5"] == "12345678901234567890123456789012345678.123456789"
    assert first["7"] == "1234567890123456789012345678.0123456789"
    assert first["8"] == 1e300 and first["9"] == "2024-02-29"
    assert first["12"] == "2024-01-02 01:04:05"
    assert first["13"] == "P1D" and first["16"] == "\\x00ff"
    assert first["17"] == "{1,2}" and first["18"] == "sad" and first["22"] == "w"
    assert set(empty.values()) == {2, None}
    assert odd["5"] == "NaN" and odd["9"] == "infinity" and odd["19"] == ""
    assert odd["11"] == "0001-01-01 00:00:00"


async def test_only_included_columns_are_read(sandbox: Sandbox, url: str) -> None:
    source = samples.source_at(url, table="kinds")
    (table,) = (await samples.databases(sandbox).plan(source, "ws_1")).tables
    columns = [
        type(column)(
            position=column.position,
            header=column.header,
            name=column.name,
            include=column.header in ("id", "words"),
        )
        for column in table.columns
    ]
    picked = type(table)(table="kinds", format="database", columns=columns)
    rows = await samples.rows_of(sandbox, source, picked)
    assert [set(row) for row in rows] == [{"1", "19"}] * 3


async def test_a_query_is_read_as_a_table_is(sandbox: Sandbox, url: str) -> None:
    query = "WITH q AS (SELECT id, words FROM kinds) -- a comment )\nSELECT * FROM q;"
    source = samples.source_at(url, query=query)
    rows = await samples.rows_of(sandbox, source)
    assert [row["1"] for row in rows] == [1, 2, 3]


async def test_without_a_table_the_plan_tells_what_there_is(
    sandbox: Sandbox, url: str
) -> None:
    source = samples.source_at(url, db_schema="shop")
    plan = await samples.databases(sandbox).plan(source, "ws_1")
    assert plan.tables == []
    assert [(t.db_schema, t.table, t.kind) for t in plan.source_tables] == [
        ("shop", "glad", "view"),
        ("shop", "kinds", "table"),
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT sneaky() AS n", "database.read_only"),
        ("SELECT sneakier() AS n", "database.read_only"),
        (
            "SELECT set_config('transaction_read_only', 'off', false) AS a,"
            " sneaky() AS b",
            "database.read_only",
        ),
        (
            "WITH w AS (INSERT INTO kinds (id) VALUES (99) RETURNING id)"
            " SELECT id FROM w",
            "database.query_failed",
        ),
        ("DELETE FROM kinds", "database.not_a_select"),
        ("SELECT 1 AS a; DELETE FROM kinds", "database.not_a_select"),
        ("SELECT 1 AS a) AS q; DELETE FROM kinds --", "database.not_a_select"),
        ("SELECT nothing FROM kinds", "database.query_failed"),
        ("SELECT id AS a, id AS a FROM kinds", "database.query_failed"),
        ("SELECT * FROM nowhere", "database.missing"),
    ],
)
async def test_a_query_that_does_more_than_read_changes_nothing(
    sandbox: Sandbox, url: str, query: str, code: str
) -> None:
    refused = await _refusal(sandbox, samples.source_at(url, query=query))
    assert refused.code == code
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT count(*) FROM kinds") == 3
    await connection.close()


async def test_the_server_refuses_to_write_without_our_looking_at_the_query(
    sandbox: Sandbox, url: str
) -> None:
    """The second guard alone: the statement goes to the reader as it is."""
    insert = (
        "WITH w AS (INSERT INTO shop.kinds (id) VALUES (99) RETURNING id)"
        " SELECT id FROM w"
    )
    async with samples.databases(sandbox).open(
        samples.source_at(url, table="kinds"), "ws_1"
    ) as opened:
        with pytest.raises(SourceFailed) as refused:
            await sandbox.run(
                _all_of, read_arrow, opened, insert, timeout=30, **samples.reach(opened)
            )
    assert refused.value.code == "database.read_only"


def _all_of(read: Any, opened: Any, sql: str) -> int:
    return sum(batch.num_rows for batch in read(opened, sql))


async def test_a_statement_that_takes_too_long_is_stopped_by_the_server(
    sandbox: Sandbox, url: str
) -> None:
    source = samples.source_at(url, query="SELECT pg_sleep(60)::text AS s")
    with pytest.raises(SourceFailed) as refused:
        await samples.databases(sandbox, statement_seconds=0.5).plan(source, "ws_1")
    assert refused.value.code == "database.too_slow"


async def test_an_error_far_into_the_rows_is_told_and_no_end_of_them(
    sandbox: Sandbox, url: str
) -> None:
    query = "SELECT 1 / (90000 - n) AS v FROM generate_series(1, 100000) AS n"
    source = samples.source_at(url, query=query)
    with pytest.raises(SourceFailed) as refused:
        await samples.rows_of(sandbox, source)
    assert refused.value.code == "database.query_failed"
    assert refused.value.where == "division by zero"


async def test_wrong_names_and_passwords_are_refused_without_being_shown(
    sandbox: Sandbox, url: str
) -> None:
    for others in (
        {"sealed_password": seal(samples.KEY, "hunter2-hunter2", "ws_1")},
        {"database": "nowhere"},
        {"user": "nobody", "sealed_password": seal(samples.KEY, "x", "ws_1")},
    ):
        source = samples.source_at(url, **({"table": "kinds"} | others))
        refused = await _refusal(sandbox, source)
        assert refused.code == "database.access_denied"
        assert "hunter2" not in repr(refused)


async def test_a_password_that_was_sealed_for_another_workspace_is_not_used(
    sandbox: Sandbox, url: str
) -> None:
    with pytest.raises(SourceFailed, match="give it again"):
        await samples.databases(sandbox).plan(
            samples.source_at(url, table="kinds"), "ws_2"
        )


async def test_the_password_is_not_in_what_is_printed_of_an_opened_source(
    sandbox: Sandbox, url: str
) -> None:
    source = samples.source_at(url, table="kinds")
    async with samples.databases(sandbox).open(source, "ws_1") as opened:
        assert opened.password
        assert opened.password not in repr(opened)


async def test_a_private_address_is_refused_unless_the_operator_allows_it(
    sandbox: Sandbox, url: str
) -> None:
    source = samples.source_at(url, table="kinds")
    with pytest.raises(SourceFailed) as refused:
        await Databases(sandbox, samples.KEY, ()).plan(source, "ws_1")
    assert refused.value.code == "database.not_allowed"
    with pytest.raises(SourceFailed, match="DATA_IMPORT_SEALING_KEY"):
        await Databases(sandbox, "", samples.LOOPBACK).plan(source, "ws_1")
