"""Against servers that are not embedded: named by MYSQL_URL and SQLSERVER_URL.

``mysql://user:password@127.0.0.1:3306/database`` (MariaDB too) and
``sqlserver://…:1433/…``: a loopback address, and a database to make tables in by hand:
`services/data-import/tests/sources_mysql.sql` and `sources_sqlserver.sql`.
"""

import importlib
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from onemanage.data_import.sources.errors import SourceFailed
from onemanage.platform.process.sealing import seal
from onemanage.platform.sandbox.sandbox import Sandbox

samples: Any = importlib.import_module("services.data-import.tests.source_samples")

MYSQL = os.environ.get("MYSQL_URL", "")
SQLSERVER = os.environ.get("SQLSERVER_URL", "")
needs_mysql = pytest.mark.skipif(not MYSQL, reason="MYSQL_URL names no server")
needs_sqlserver = pytest.mark.skipif(
    not SQLSERVER, reason="SQLSERVER_URL names no server"
)
ALL = [
    pytest.param(MYSQL, marks=needs_mysql, id="mysql"),
    pytest.param(SQLSERVER, marks=needs_sqlserver, id="sqlserver"),
]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with samples.child() as sandbox:
        yield sandbox


@needs_mysql
async def test_mysql_values_are_read_exactly(sandbox: Sandbox) -> None:
    source = samples.source_at(MYSQL, table="kinds")
    plan = await samples.databases(sandbox).plan(source, "ws_1")
    types = {c.header: (c.type, c.precision, c.scale) for c in plan.tables[0].columns}
    assert types["large"] == ("numeric", 20, 0)
    assert types["wide"] == ("numeric", 38, 10)
    assert types["moment"][0] == "timestamptz" and types["naive"][0] == "timestamp"
    first, empty = await samples.rows_of(sandbox, source)
    row = dict(zip(types, first.values()))
    assert row["large"] == "18446744073709551615" and row["yes"] == 1
    assert row["wide"] == "1234567890123456789012345678.0123456789"
    assert row["naive"] == "2024-02-03 04:05:06.123456"
    assert row["moment"] == "2024-02-03 04:05:06"
    assert row["day"] == "0000-00-00" and row["span"] == "-12:00:01"
    assert row["words"] == "你好" and row["raw"] == "00FF" and row["bits"] == 5
    assert set(empty.values()) == {2, None}


@needs_sqlserver
async def test_sqlserver_values_are_read_exactly(sandbox: Sandbox) -> None:
    source = samples.source_at(SQLSERVER, table="kinds")
    plan = await samples.databases(sandbox).plan(source, "ws_1")
    types = {c.header: (c.type, c.precision, c.scale) for c in plan.tables[0].columns}
    assert types["wide"] == ("numeric", 38, 10) and types["yes"][0] == "boolean"
    first, empty = await samples.rows_of(sandbox, source)
    row = dict(zip(types, first.values()))
    assert row["large"] == 9007199254740993 and row["yes"] is True
    assert row["wide"] == "1234567890123456789012345678.0123456789"
    assert row["words"] == "你好" and row["day"] == "2024-02-29"
    assert set(empty.values()) == {2, None}


@pytest.mark.parametrize("url", ALL)
async def test_a_query_and_the_table_picker_work_elsewhere_too(
    sandbox: Sandbox, url: str
) -> None:
    source = samples.source_at(url, query="SELECT id FROM kinds -- a comment")
    rows = await samples.rows_of(sandbox, source)
    assert sorted(row["1"] for row in rows) == [1, 2]
    plan = await samples.databases(sandbox).plan(samples.source_at(url), "ws_1")
    assert "kinds" in [table.table for table in plan.source_tables]


@pytest.mark.parametrize("url", ALL)
async def test_a_wrong_password_is_told_at_once_elsewhere_too(
    sandbox: Sandbox, url: str
) -> None:
    wrong = seal(samples.KEY, "hunter2-hunter2", "ws_1")
    with pytest.raises(SourceFailed) as refused:
        await samples.databases(sandbox).plan(
            samples.source_at(url, table="kinds", sealed_password=wrong), "ws_1"
        )
    assert refused.value.code == "database.access_denied"
    assert "hunter2" not in repr(refused.value)


@pytest.mark.parametrize("url", ALL)
async def test_what_would_write_is_refused_elsewhere_too(
    sandbox: Sandbox, url: str
) -> None:
    for query in ("SELECT 1 AS a; DELETE FROM kinds", "DELETE FROM kinds"):
        with pytest.raises(SourceFailed) as refused:
            await samples.databases(sandbox).plan(
                samples.source_at(url, query=query), "ws_1"
            )
        assert refused.value.code == "database.not_a_select"


@needs_mysql
async def test_mysql_refuses_a_function_that_writes(sandbox: Sandbox) -> None:
    with pytest.raises(SourceFailed) as refused:
        await samples.databases(sandbox).plan(
            samples.source_at(MYSQL, query="SELECT sneaky() AS n"), "ws_1"
        )
    assert refused.value.code == "database.read_only"


@needs_mysql
async def test_mysql_stops_a_statement_that_takes_too_long(sandbox: Sandbox) -> None:
    query = "SELECT COUNT(*) AS n FROM kinds a, (SELECT SLEEP(30) AS s) b"
    with pytest.raises(SourceFailed) as refused:
        await samples.databases(sandbox, statement_seconds=1.0).plan(
            samples.source_at(MYSQL, query=query), "ws_1"
        )
    assert refused.value.code == "database.too_slow"
