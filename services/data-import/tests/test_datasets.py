"""Data sets and their rows, on a real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from onemanage.contracts.datasets.datasets import (
    DatasetColumn,
    ListRows,
    RowFilter,
    RowPage,
    RowSort,
)
from onemanage.data_import.datasets.datasets import NoDataset
from onemanage.data_import.domain.row_pages import PAGE_BYTES, InvalidRows
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase

from .dataset_samples import (
    COLUMNS,
    ROWS,
    STRANGER,
    WORKSPACE,
    World,
    open_world,
)

COLUMNS_AND_NUMBER = COLUMNS | {"number": "bigint"}
NUMBERED = list(enumerate(ROWS, start=1))


@pytest.fixture
async def world(database: MakeDatabase, storage: Storage) -> AsyncIterator[World]:
    async with open_world(await database("data_import"), storage) as opened:
        yield opened


async def rows(world: World, dataset_id: str, **asked: Any) -> RowPage:
    query = ListRows(workspace_id=WORKSPACE, dataset_id=dataset_id, **asked)
    page: RowPage = await world.datasets.rows(query)
    return page


def where(column: str, operator: str, value: Any = None) -> dict[str, Any]:
    given = {"values": value} if operator == "in" else {"value": value}
    return {"filters": [RowFilter(column=column, operator=operator, **given)]}


async def test_a_data_set_shows_its_columns_as_the_catalogue_has_them(
    world: World,
) -> None:
    dataset_id = await world.table()

    found = await world.datasets.get(WORKSPACE, dataset_id)

    assert (found.name, found.row_count, found.column_count) == ("orders", 6, 11)
    assert [column.name for column in found.columns][:3] == ["名称", "sold", "count"]
    assert found.columns[3:5] == [
        DatasetColumn(name="price", type="numeric", precision=12, scale=4),
        DatasetColumn(name="exact", type="numeric"),
    ]
    assert [column.type for column in found.columns[5:]] == [
        *("double", "date", "time", "timestamp", "timestamptz"),
        "interval",
    ]


async def test_data_sets_are_listed_by_name_a_page_at_a_time(world: World) -> None:
    for name in ("b", "a", "表", "c"):
        await world.table(name, {"x": "text"}, [])

    first = await world.datasets.list(WORKSPACE, 3, None)
    second = await world.datasets.list(WORKSPACE, 3, first.items[-1].name)

    assert [item.name for item in first.items] == ["a", "b", "c"]
    assert (first.has_more, second.has_more) == (True, False)
    assert [item.name for item in second.items] == ["表"]
    assert (first.items[0].column_count, first.items[0].columns) == (1, [])


async def test_what_belongs_to_another_workspace_is_not_there(world: World) -> None:
    dataset_id = await world.table(workspace_id=STRANGER)

    assert (await world.datasets.list(WORKSPACE, 10, None)).items == []
    with pytest.raises(NoDataset):
        await world.datasets.get(WORKSPACE, dataset_id)
    with pytest.raises(NoDataset):
        await rows(world, dataset_id)


async def test_values_come_as_json_has_them_without_loss(world: World) -> None:
    page = await rows(world, await world.table())

    assert page.rows[0] == [
        *("中文 “引号”", True, "9223372036854775807", "12.5000", "0.10", 0.1),
        *("0001-01-01", "23:59:59.123456", "0001-01-01T00:00:00"),
        *("9999-12-31T23:59:59.999999Z", "-178:00:00.5"),
    ]
    assert page.rows[1][:6] == [
        *("", False, -5, "-0.0001", "123456789012345678.123456789", "NaN")
    ]
    assert page.rows[2] == [None] * 11
    assert page.last is None
    assert msgspec.json.decode(msgspec.json.encode(page), type=RowPage) == page


async def test_columns_come_in_the_order_they_are_asked_for(world: World) -> None:
    dataset_id = await world.table()

    page = await rows(world, dataset_id, columns=["price", "名称"], limit=1)

    assert page.columns == ["price", "名称"]
    assert page.rows == [["12.5000", "中文 “引号”"]]


@pytest.mark.parametrize(
    ("column", "operator", "value", "found"),
    [
        ("count", "eq", "42", [5, 6]),
        ("count", "ne", "42", [1, 2, 3, 4]),
        ("count", "lt", "0", [2]),
        ("count", "le", "0", [2, 4]),
        ("price", "gt", "1", [1, 5]),
        ("price", "ge", "1", [1, 5, 6]),
        ("count", "in", ["0", "-5"], [2, 4]),
        ("名称", "contains", "LINE TWO", [4]),
        ("名称", "contains", "引", [1]),
        ("名称", "starts_with", "A ", [4]),
        ("名称", "eq", "", [2]),
        ("名称", "eq", "\\.", [6]),
        ("名称", "is_null", "true", [3]),
        ("名称", "is_null", "false", [1, 2, 4, 5, 6]),
        ("sold", "eq", "true", [1, 4]),
        ("weight", "eq", "0.30000000000000004", [5]),
        ("weight", "eq", "NaN", [2]),
        ("day", "lt", "1900-01-01", [1]),
        ("hour", "ge", "23:00", [1]),
        ("seen", "eq", "2024-02-29T12:30:15", [4]),
        ("sent", "eq", "2024-02-29T13:30:15+01:00", [4]),
        ("span", "ge", "25:30:00", [2, 4, 6]),
        ("span", "eq", "P1DT1H30M", [4]),
        ("span", "in", ["3650 days", "0s"], [5]),
        ("名称", "eq", "'; DROP TABLE datasets; --", []),
    ],
)
async def test_filters_find_what_they_say(
    world: World, column: str, operator: str, value: Any, found: list[int]
) -> None:
    dataset_id = await world.table(
        columns=COLUMNS_AND_NUMBER, rows=[(*row, str(n)) for n, row in NUMBERED]
    )

    page = await rows(
        world, dataset_id, columns=["number"], **where(column, operator, value)
    )

    assert [row[0] for row in page.rows] == found


@pytest.mark.parametrize(
    "column", ["名称", "sold", "count", "price", "weight", "day", "span"]
)
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_of_two_give_every_row_once_in_the_order_of_the_sort(
    world: World, column: str, descending: bool
) -> None:
    dataset_id = await world.table()
    sort = RowSort(column=column, descending=descending)
    whole = await rows(world, dataset_id, sort=sort)

    pages = [await rows(world, dataset_id, sort=sort, limit=2)]
    while pages[-1].last is not None:
        after = pages[-1].last
        pages.append(await rows(world, dataset_id, sort=sort, limit=2, after=after))

    assert [row for page in pages for row in page.rows] == whole.rows
    assert [len(page.rows) for page in pages] == [2, 2, 2]
    assert whole.rows[-1] == [None] * 11  # NULL is last either way


async def test_names_with_quotes_semicolons_and_placeholders_are_only_names(
    world: World,
) -> None:
    names = ['a"b; DROP TABLE x; --', "100%", ":name $1", "select", " ", "left"]
    dataset_id = await world.table(
        "t'; --", dict.fromkeys(names, "text"), [tuple("uvwxyz")]
    )

    for name, value in zip(names, "uvwxyz", strict=True):
        page = await rows(
            world,
            dataset_id,
            columns=[name],
            sort=RowSort(column=name),
            **where(name, "eq", value),
        )
        assert (page.columns, page.rows) == ([name], [[value]])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (where("nothing", "eq", "1"), "no column 'nothing'"),
        (where("_id", "eq", "1"), "no column '_id'"),
        (where("count", "like", "1"), "Unknown operator 'like'"),
        (where("count", "eq", "one"), "count is bigint: 'one' is not a whole number"),
        (where("count", "eq", "9223372036854775808"), "64 bits"),
        (where("price", "gt", "much"), "'much' is not a number"),
        (where("day", "eq", "31.12.2024"), "a date like"),
        (where("count", "contains", "1"), "contains is for text"),
        (where("count", "eq"), "there is is_null"),
        (where("count", "is_null", "maybe"), "true or false"),
        (where("count", "in", []), "takes 1 to"),
        (where("名称", "eq", "a\0b"), "NUL"),
        ({"columns": ["count", "count"]}, "named twice"),
        ({"sort": RowSort(column="nothing")}, "no column 'nothing'"),
        ({"limit": 0}, "1 to 1000 rows"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    world: World, asked: dict[str, Any], words: str
) -> None:
    dataset_id = await world.table()

    with pytest.raises(InvalidRows, match=words):
        await rows(world, dataset_id, **asked)


async def test_a_page_fits_into_a_message_and_says_what_is_cut(world: World) -> None:
    long = "长" * 50_000
    dataset_id = await world.table(
        columns={"a": "text", "b": "bigint"},
        rows=[(long, str(number)) for number in range(100)],
    )

    first = await rows(world, dataset_id)
    second = await rows(world, dataset_id, after=first.last, limit=1)

    assert len(msgspec.json.encode(first)) < PAGE_BYTES + 10_000
    assert 1 < len(first.rows) < 100
    assert (first.cut[0].row, first.cut[0].column) == (0, "a")
    assert first.cut[0].characters == 50_000
    assert long.startswith(str(first.rows[0][0]))
    assert second.rows[0][1] == len(first.rows)


async def test_a_row_of_1500_columns_of_long_texts_fits_too(world: World) -> None:
    names = {f"c{number}": "text" for number in range(1500)}
    dataset_id = await world.table(columns=names, rows=[])
    filled = ", ".join(f"{name} = repeat(chr(1), 10000)" for name in list(names)[:300])
    await world.add("orders", names, [("",) * 1500])
    await world.execute(f'UPDATE "ws_wsp_1".orders SET {filled}')

    page = await rows(world, dataset_id)

    assert len(page.rows[0]) == 1500
    assert len(page.cut) == 300
    assert len(msgspec.json.encode(page)) < 2 * PAGE_BYTES


async def test_a_question_that_takes_too_long_is_ended_and_says_what_to_do(
    world: World,
) -> None:
    dataset_id = await world.table(columns={"a": "text"}, rows=[("a",)])
    await world.execute(
        'ALTER TABLE "ws_wsp_1".orders RENAME TO really; '
        'CREATE VIEW "ws_wsp_1".orders AS '
        'SELECT _id, a || pg_sleep(60)::text AS a FROM "ws_wsp_1".really'
    )

    with pytest.raises(InvalidRows, match="takes longer than we let it"):
        await rows(world, dataset_id)
