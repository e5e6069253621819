"""Every type of a source database becomes a type of a plan, and no value is lost."""

import importlib
import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import polars as pl
import pytest

from onemanage.data_import.domain.casting.cast import cast_column
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.fixtures import MakeDatabase

samples: Any = importlib.import_module("services.data-import.tests.source_samples")

MYSQL = os.environ.get("MYSQL_URL", "")

# Of each type: a literal, the type of the plan, and what is read of it.
POSTGRESQL: dict[str, tuple[str, str, Any]] = {
    "smallint": ("-32768", "bigint", -32768),
    "integer": ("7", "bigint", 7),
    "bigint": ("9223372036854775807", "bigint", 2**63 - 1),
    "oid": ("4294967295", "text", "4294967295"),
    "numeric": ("1.10", "numeric", "1.10"),
    "numeric(40,2)": ("12345678901234567890123456789012345678.99", "numeric", None),
    "real": ("1.1", "double", 1.1),
    "double precision": ("0.1", "double", 0.1),
    "money": ("1.5", "text", "$1.50"),
    "boolean": ("true", "boolean", True),
    "text": ("你好", "text", "你好"),
    "varchar(5)": ("ab", "text", "ab"),
    "char(3)": ("a", "text", "a"),
    '"char"': ("c", "text", "c"),
    "name": ("n", "text", "n"),
    "bytea": ("\\x00ff", "text", "\\x00ff"),
    "date": ("2024-02-29", "date", "2024-02-29"),
    "time": ("12:00:01.5", "time", "12:00:01.5"),
    "timetz": ("12:00+05:30", "text", "12:00:00+05:30"),
    "timestamp": ("2024-01-02 03:04:05.123456", "timestamp", None),
    "timestamptz": ("2024-01-02 03:04:05+02", "timestamptz", "2024-01-02 01:04:05"),
    "interval": ("1 mon -2 days 03:00", "text", "P1M-2DT3H"),
    "uuid": ("00000000-0000-0000-0000-000000000001", "text", None),
    "json": ('{"a": 1}', "text", None),
    "jsonb": ('{"a": 1}', "text", None),
    "jsonpath": ("$.a", "text", '$."a"'),
    "xml": ("<a/>", "text", "<a/>"),
    "inet": ("10.0.0.1/8", "text", "10.0.0.1/8"),
    "cidr": ("10.0.0.0/8", "text", None),
    "macaddr": ("08:00:2b:01:02:03", "text", None),
    "macaddr8": ("08:00:2b:01:02:03:04:05", "text", None),
    "bit(3)": ("101", "text", "101"),
    "varbit": ("1011", "text", "1011"),
    "point": ("(1.5,2)", "text", "(1.5,2)"),
    "line": ("{1,-1,0}", "text", "{1,-1,0}"),
    "lseg": ("[(0,0),(1,1)]", "text", None),
    "box": ("(1,1),(0,0)", "text", None),
    "path": ("((0,0),(1,1))", "text", None),
    "polygon": ("((0,0),(1,1),(1,0))", "text", None),
    "circle": ("<(0,0),1>", "text", None),
    "tsvector": ("fat cat", "text", "'cat' 'fat'"),
    "tsquery": ("fat & cat", "text", "'fat' & 'cat'"),
    "int4range": ("[1,5)", "text", "[1,5)"),
    "tstzrange": ("empty", "text", "empty"),
    "nummultirange": ("{[1,2)}", "text", "{[1,2)}"),
    "integer[]": ("{1,2}", "text", "{1,2}"),
    "text[]": ('{a,"b,c"}', "text", '{a,"b,c"}'),
    "regclass": ("pg_class", "text", "pg_class"),
    "pg_lsn": ("16/B374D848", "text", "16/B374D848"),
    "pg_snapshot": ("10:20:10,14", "text", "10:20:10,14"),
    "mood": ("sad", "text", "sad"),
    "price": ("12.50", "numeric", "12.50"),
    "pair": ("(1,a)", "text", "(1,a)"),
}
MADE = """
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE DOMAIN price AS numeric(10, 2) CHECK (VALUE > 0);
CREATE TYPE pair AS (n int, word text);
"""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with samples.child() as sandbox:
        yield sandbox


async def test_each_type_of_postgresql_is_read_as_the_table_in_the_docs_says(
    sandbox: Sandbox, database: MakeDatabase
) -> None:
    url = await database("data_import")
    columns = ", ".join(f"c{at} {type_}" for at, type_ in enumerate(POSTGRESQL, 1))
    values = ", ".join(
        "'" + literal.replace("'", "''") + "'" for literal, _, _ in POSTGRESQL.values()
    )
    connection = await asyncpg.connect(url)
    await connection.execute(
        f"CREATE SCHEMA shop; SET search_path = shop; {MADE}"
        f"CREATE TABLE every_type (id int, {columns});"
        f"INSERT INTO every_type VALUES (1, {values});"
        "INSERT INTO every_type (id) VALUES (2);"
    )
    await connection.close()

    source = samples.source_at(url, db_schema="shop", table="every_type")
    plan = await samples.databases(sandbox).plan(source, samples.WORKSPACE)
    first, empty = await samples.rows_of(sandbox, source)

    for at, (type_, (literal, planned, read)) in enumerate(POSTGRESQL.items(), 2):
        assert plan.tables[0].columns[at - 1].type == planned, type_
        assert plan.findings[0].columns[at - 1].invalid == 0, type_
        assert first[str(at)] == (literal if read is None else read), type_
    assert set(empty.values()) == {2, None}


async def test_an_interval_of_postgresql_is_one_where_asked(
    sandbox: Sandbox, database: MakeDatabase
) -> None:
    url = await database("data_import")
    query = "SELECT '1 mon -2 days 03:00:00.5'::interval AS took"
    source = samples.source_at(url, query=query)
    plan = await samples.databases(sandbox).plan(source, samples.WORKSPACE)
    (row,) = await samples.rows_of(sandbox, source)
    (column,) = plan.tables[0].columns
    asked = msgspec.structs.replace(column, type="interval")
    values = cast_column(pl.Series([row["1"]]), asked).values
    assert values.to_list() == ["1 mons -2 days 03:00:00.5"]


# Of the table every_type in sources_mysql.sql, in its order.
OF_MYSQL: list[tuple[str, Any]] = [
    ("bigint", 1),
    *(("bigint", one) for one in (-128, 1, 65535, -8388608, 4294967295, -(2**63))),
    *(("numeric", one) for one in (str(2**64 - 1), "1234567890.0123456789")),
    *(("double", one) for one in (1.1, 0.1)),
    *(("bigint", 5), ("numeric", str(2**64 - 1))),
    *(("date", "2024-02-29"), ("time", "12:00:01.500000")),
    *(("timestamp", "2024-02-03 04:05:06.123456"),),
    *(("timestamptz", "2024-02-03 04:05:06.500000"), ("bigint", 2024)),
    *(("text", one) for one in ("ab", "你好", "00FF", "00FF", "a", "b", "c", "d")),
    *(("text", one) for one in ("00", "01", "02", "FF", "b", "x,y", '{"a": 1}')),
    *(("text", one) for one in ("POINT(1 2)", "POINT(1.5 2)", "LINESTRING(0 0,1 1)")),
    ("text", "POLYGON((0 0,1 0,1 1,0 0))"),
    ("text", "MULTIPOINT(0 0,1 1)"),
    ("text", "MULTILINESTRING((0 0,1 1))"),
    ("text", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"),
    ("text", "GEOMETRYCOLLECTION(POINT(1 2))"),
]


@pytest.mark.skipif(not MYSQL, reason="MYSQL_URL names no server")
async def test_each_type_of_mysql_is_read_as_the_table_in_the_docs_says(
    sandbox: Sandbox,
) -> None:
    source = samples.source_at(MYSQL, table="every_type")
    plan = await samples.databases(sandbox).plan(source, samples.WORKSPACE)
    first, empty = await samples.rows_of(sandbox, source)
    read = zip(plan.tables[0].columns, OF_MYSQL, strict=True)
    for at, (column, (planned, value)) in enumerate(read, 1):
        assert column.type == planned, column.header
        found = str(first[str(at)]).replace("((0 0),(1 1))", "(0 0,1 1)")
        assert found == str(value), column.header  # MySQL has points in parentheses
    assert set(empty.values()) == {2, None}
