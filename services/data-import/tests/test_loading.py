"""What comes of a load, in a real PostgreSQL."""

import datetime as dt
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from onemanage.contracts.imports.imports import rejects_name
from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.imports.load_spec import LoadResult
from onemanage.testing.fixtures import MakeDatabase
from tests.loads import World, columns, csv, job, part, world


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
        k="interval",
    )
    path = csv(
        tmp_path / "a.csv",
        "a,b,c,d,e,f,g,h,i,j,k",
        "ü,true,-1,-0.05,12345678901234567890123456789012345678901.5000,1.5,0001-01-01,"
        "23:59:59.999999,9999-12-31 23:59:59.999999,2024-01-02T03:04:05+08:00,"
        "-178:00:00.5",
        "'x',no,9223372036854775807,9999999999.99,-0.00001,-1e-300,9999-12-31,00:00,"
        "0001-01-01 00:00:00,2024-01-02T03:04:05Z,P1Y2M-3DT4H",
        ",,,,,,,,,,",
    )

    result = await here.load(job("imp_1", part(path, planned)))

    assert (result.rows_read, result.rows_loaded, result.rows_rejected) == (3, 3, 0)
    texts = await here.rows(
        "SELECT _id, a, b::text, c, d::text, e::text, f, g::text, h::text, i::text, "
        "(j AT TIME ZONE 'UTC')::text, k::text FROM ws_wsp_1.t ORDER BY _id"
    )
    assert texts == [
        (1, "ü", "true", -1, "-0.05", "12345678901234567890123456789012345678901.5000")
        + (1.5, "0001-01-01", "23:59:59.999999", "9999-12-31 23:59:59.999999")
        + ("2024-01-01 19:04:05", "-178:00:00.5"),
        (2, "'x'", "false", 2**63 - 1, "9999999999.99", "-0.00001", -1e-300)
        + ("9999-12-31", "00:00:00", "0001-01-01 00:00:00", "2024-01-02 03:04:05")
        + ("1 year 2 mons -3 days +04:00:00",),
        (3, *[None] * 11),
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
        rejected = (scratch / rejects_name(0)).read_text()

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


async def test_an_upsert_updates_by_keys_and_keeps_the_last_of_a_file(
    here: World, tmp_path: Path
) -> None:
    planned = columns(sku="text", qty="bigint")
    first = csv(tmp_path / "a.csv", "sku,qty", "a,1", "b,2", "a,3", "x,oops")
    second = csv(tmp_path / "b.csv", "sku,qty", "b,20", "c,30", ",7")
    keyed = {"mode": "upsert", "keys": ["sku"]}

    one = await here.load(job("imp_1", part(first, planned), **keyed))
    two = await here.load(job("imp_2", part(second, planned), **keyed))

    rows = await here.rows("SELECT sku, qty FROM ws_wsp_1.t ORDER BY sku")
    assert rows == [("a", 3), ("b", 20), ("c", 30)]
    assert (one.rows_read, one.rows_loaded, one.rows_rejected) == (4, 2, 2)
    assert {(r.line, r.reason) for r in one.tables[0].rejects} == {
        (2, "duplicate_key"),
        (5, "not_a_bigint"),
    }
    (table,) = two.tables
    assert (table.rows_loaded, table.rows_updated) == (2, 1)
    assert [(r.column, r.reason) for r in table.rejects] == [("sku", "missing_value")]
    count = "SELECT row_count FROM data_import.datasets"
    assert await here.rows(count) == [(3,)]


async def test_an_upsert_into_a_table_with_duplicates_is_refused(
    here: World, tmp_path: Path
) -> None:
    planned = columns(sku="text", qty="bigint")
    path = csv(tmp_path / "a.csv", "sku,qty", "a,1", "a,2")
    await here.load(job("imp_1", part(path, planned)))

    with pytest.raises(LoadRefused, match=r"same sku already.*\(sku\)=\(a\)") as no:
        await here.load(job("imp_2", part(path, planned), mode="upsert", keys=["sku"]))

    assert no.value.code == "data_import.duplicates_in_table"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("evolve", [(1, None), (2, 5)]), ("freeze", [(1,), (2,)])],
)
async def test_a_new_column_is_added_or_left_out(
    here: World, tmp_path: Path, policy: str, expected: list[tuple[int, ...]]
) -> None:
    old = csv(tmp_path / "a.csv", "n", "1")
    new = csv(tmp_path / "b.csv", "n,m", "2,5")
    await here.load(job("imp_1", part(old, columns(n="bigint"))))

    two = columns(n="bigint", m="bigint")
    result = await here.load(job("imp_2", part(new, two), schema_policy=policy))

    rows = await here.rows("SELECT * FROM ws_wsp_1.t ORDER BY _id")
    assert [row[1:] for row in rows] == expected
    (table,) = result.tables
    assert bool(table.added_columns) == (policy == "evolve")
    assert [one.code for one in table.warnings] == (
        [] if policy == "evolve" else ["column_left_out"]
    )


async def test_a_new_column_is_refused_where_none_is_wanted(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n,m", "1,2")
    await here.load(job("imp_1", part(path, columns(n="bigint"))))

    with pytest.raises(LoadRefused, match="no column 'm'"):
        two = columns(n="bigint", m="bigint")
        await here.load(job("imp_2", part(path, two), schema_policy="reject"))


async def test_the_types_of_the_table_win(here: World, tmp_path: Path) -> None:
    texts = csv(tmp_path / "a.csv", "code,n", "00A,1")
    numbers = csv(tmp_path / "b.csv", "code,n", "007,x")
    await here.load(job("imp_1", part(texts, columns(code="text", n="bigint"))))

    result = await here.load(
        job("imp_2", part(numbers, columns(code="bigint", n="text")))
    )
    good = csv(tmp_path / "c.csv", "code,n", "007,2")
    await here.load(job("imp_3", part(good, columns(code="bigint", n="text"))))

    rows = await here.rows("SELECT code, n FROM ws_wsp_1.t ORDER BY _id")
    assert rows == [("00A", 1), ("007", 2)]
    assert result.rows_rejected == 1
    told = {one.code for one in result.warnings}
    assert told == {"type_of_table", "nothing_loaded"}


async def test_the_same_file_by_the_same_plan_is_recognised(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1")
    await here.load(job("imp_1", part(path, columns(n="bigint"))))

    again = await here.load(job("imp_2", part(path, columns(n="bigint"))))

    assert again.tables[0].repeats == "imp_1"
    assert [one.code for one in again.warnings] == ["imported_before"]
    assert len(await here.rows()) == 2


async def test_several_tables_are_loaded_together_or_not_at_all(
    here: World, tmp_path: Path
) -> None:
    good = csv(tmp_path / "a.csv", "n", "1")
    bad = csv(tmp_path / "b.csv", "n", "x")
    parts = [part(good, columns(n="bigint")), part(bad, columns(n="bigint"), "u")]

    with pytest.raises(LoadRefused):
        await here.load(job("imp_1", *parts, max_rejects=0))

    assert await here.rows("SELECT to_regclass('ws_wsp_1.t')::text") == [(None,)]
    await here.load(job("imp_1", *parts))
    assert await here.rows() == [(1, 1)]
    assert await here.rows("SELECT count(*) FROM ws_wsp_1.u") == [(0,)]


async def test_a_replace_takes_the_place_of_all_rows(
    here: World, tmp_path: Path
) -> None:
    old = csv(tmp_path / "a.csv", "n", "1")
    new = csv(tmp_path / "b.csv", "m,k", "x,2", "y,3")
    await here.load(job("imp_1", part(old, columns(n="bigint"))))

    two = columns(m="text", k="bigint")
    result = await here.load(job("imp_2", part(new, two), mode="replace"))

    assert await here.rows() == [(2, "x", 2), (3, "y", 3)]
    assert result.tables[0].kept_until is not None
    assert await here.rows("SELECT row_count FROM data_import.datasets") == [(2,)]
