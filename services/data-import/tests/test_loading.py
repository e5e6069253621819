"""What comes of a load, in a real PostgreSQL."""

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.load_job import LoadResult, rejects_path
from onemanage.platform.testing import MakeDatabase

from .loads import World, columns, csv, job, part, world


@pytest.fixture
async def here(database: MakeDatabase, tmp_path: Path) -> AsyncIterator[World]:
    async with world(await database("data_import"), tmp_path) as made:
        yield made


async def test_every_type_arrives_as_it_was_written(
    here: World, tmp_path: Path
) -> None:
    planned = columns(
        a="text",
        b="boolean",
        c="bigint",
        d="numeric(12,2)",
        e="numeric",
        f="double",
        g="date",
        h="time",
        i="timestamp",
        j="timestamptz",
    )
    path = csv(
        tmp_path / "a.csv",
        "a,b,c,d,e,f,g,h,i,j",
        "ü,true,-1,-0.05,12345678901234567890123456789012345678901.5000,1.5,0001-01-01,"
        "23:59:59.999999,9999-12-31 23:59:59.999999,2024-01-02T03:04:05+08:00",
        "'x',no,9223372036854775807,9999999999.99,-0.00001,-1e-300,9999-12-31,00:00,"
        "0001-01-01 00:00:00,2024-01-02T03:04:05Z",
        ",,,,,,,,,",
    )

    result = await here.load(job("imp_1", part(path, planned)))

    assert (result.rows_read, result.rows_loaded, result.rows_rejected) == (3, 3, 0)
    texts = await here.rows(
        "SELECT _id, a, b::text, c, d::text, e::text, f, g::text, h::text, i::text, "
        "(j AT TIME ZONE 'UTC')::text FROM ws_wsp_1.t ORDER BY _id"
    )
    assert texts == [
        (1, "ü", "true", -1, "-0.05", "12345678901234567890123456789012345678901.5000")
        + (1.5, "0001-01-01", "23:59:59.999999", "9999-12-31 23:59:59.999999")
        + ("2024-01-01 19:04:05",),
        (2, "'x'", "false", 2**63 - 1, "9999999999.99", "-0.00001", -1e-300)
        + ("9999-12-31", "00:00:00", "0001-01-01 00:00:00", "2024-01-02 03:04:05"),
        (3, *[None] * 10),
    ]


async def test_good_rows_are_loaded_and_bad_ones_named(
    here: World, tmp_path: Path
) -> None:
    path = csv(
        tmp_path / "a.csv",
        "n,price,day",
        "1,1.005,2024-01-01",
        "2,1.50,2024-01-02",
        "x,nan,yesterday",
        "4,4",
        '5,"5,0",2024-01-05',
    )
    planned = columns(n="bigint", price="numeric(10,2)", day="date")
    scratch = here.scratch()
    rejected = ""

    async def keep_rejects(result: LoadResult) -> None:
        nonlocal rejected
        rejected = rejects_path(scratch, 0).read_text()

    result = await here.loader.load(
        job("imp_1", part(path, planned)), scratch, before_commit=keep_rejects
    )

    assert await here.rows() == [(1, 2, Decimal("1.50"), dt.date(2024, 1, 2))]
    (table,) = result.tables
    assert (table.rows_read, table.rows_loaded, table.rows_rejected) == (5, 1, 4)
    assert {(one.line, one.column, one.value, one.reason) for one in table.rejects} == {
        (2, "price", "1.005", "excess_scale"),
        (4, "n", "x", "not_a_bigint"),
        (4, "price", "nan", "not_a_numeric"),
        (4, "day", "yesterday", "not_a_date"),
        (5, None, "4,4", "too_few_fields"),
        (6, "price", "5,0", "not_a_numeric"),
    }
    counts = {(one.reason, one.column): one.count for one in table.reject_counts}
    assert counts["not_a_numeric", "price"] == 2
    lines = rejected.splitlines()
    assert lines[0] == '"n","price","day","_line","_column","_error"'
    assert len(lines) == 5
    assert any(line.startswith("x,nan,yesterday,4,n; price; day,") for line in lines)
    assert any(line.startswith('5,"5,0",2024-01-05,6,price,') for line in lines)


async def test_the_same_import_again_loads_nothing_and_says_the_same(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1", "x")
    one = job("imp_1", part(path, columns(n="bigint")))

    first = await here.load(one)
    again = await here.load(one)

    assert again == msgspec.structs.replace(first, repeated=True)
    assert await here.rows() == [(1, 1)]


async def test_more_rejects_than_allowed_load_nothing(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1", "x", "y")

    with pytest.raises(LoadRefused, match=r"line 3 in n: not_a_bigint") as refused:
        await here.load(job("imp_1", part(path, columns(n="bigint")), max_rejects=1))

    assert refused.value.code == "data_import.too_many_rejects"
    assert await here.rows("SELECT to_regclass('ws_wsp_1.t')::text") == [(None,)]
    assert await here.rows("SELECT import_id FROM data_import.imports") == []
