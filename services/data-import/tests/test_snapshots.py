"""Snapshots and profiles follow the table; dropping leaves nothing. Real servers."""

import io
from collections.abc import AsyncIterator
from datetime import datetime

import msgspec
import polars as pl
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.datasets.datasets import (
    ColumnProfile,
    DatasetExport,
    DatasetProfile,
    DatasetSnapshot,
    ValueCount,
)
from onemanage.contracts.datasets.tasks import (
    DropDataset,
    ExportDataset,
    SnapshotDataset,
)
from onemanage.data_import.datasets.datasets import NoDataset
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import MakeDatabase

from .dataset_samples import (
    COLUMNS,
    ROWS,
    STRANGER,
    WORKSPACE,
    World,
    open_world,
)


@pytest.fixture
async def world(database: MakeDatabase, storage: Storage) -> AsyncIterator[World]:
    async with open_world(await database("data_import"), storage) as opened:
        yield opened


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


def command(dataset_id: str) -> SnapshotDataset:
    return SnapshotDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        dataset_id=dataset_id,
        import_id="imp_1",
    )


async def snapshot(world: World, dataset_id: str) -> DatasetSnapshot:
    made: DatasetSnapshot = await world.snapshots.snapshot(command(dataset_id), _silent)
    return made


async def profile(world: World, made: DatasetSnapshot) -> DatasetProfile:
    data = await world.storage.get_bytes(made.profile_key)
    return msgspec.json.decode(data, type=DatasetProfile)


async def drop(world: World, dataset_id: str, created_at: datetime) -> None:
    order = DropDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        dataset_id=dataset_id,
        name="orders",
        created_at=created_at,
    )
    await world.snapshots.drop(order)


async def export(world: World, dataset_id: str) -> str:
    order = ExportDataset(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        export_id=new_id("exp"),
        dataset_id=dataset_id,
    )
    made: DatasetExport = await world.exports.export(order, _silent)
    return made.export_id


async def test_the_snapshot_holds_every_row_in_the_types_of_the_columns(
    world: World,
) -> None:
    made = await snapshot(world, await world.table())

    data = await world.storage.get_bytes(made.snapshot_key)
    frame = pl.read_parquet(io.BytesIO(data))
    assert (made.row_count, made.column_count) == (6, 11)
    assert made.snapshot_size == len(data)
    assert frame.columns == list(COLUMNS)
    assert frame.schema["price"] == pl.Decimal(12, 4)
    assert frame.schema["exact"] == pl.Decimal(27, 9)
    assert frame.schema["sent"] == pl.Datetime("us", "UTC")
    assert [str(day) for day in frame["day"][:2]] == ["0001-01-01", "9999-12-31"]
    assert frame["名称"].to_list() == [row[0] for row in ROWS]


async def test_the_profile_says_what_is_in_each_column(world: World) -> None:
    made = await snapshot(world, await world.table())

    found = await profile(world, made)
    columns = {column.name: column for column in found.columns}
    assert (found.name, found.row_count, found.import_id) == ("orders", 6, "imp_1")
    assert found.first_rows[4][0] == "=1+1"
    count = columns["count"]
    assert (count.count, count.nulls, count.distinct) == (5, 1, 4)
    assert (count.min, count.max) == ("-5", "9223372036854775807")
    assert count.top[0] == ValueCount(value="42", count=2)
    assert sum(bin.count for bin in count.histogram) == 5
    weight = columns["weight"]
    assert (weight.count, weight.distinct) == (5, 5)
    assert (weight.min, weight.max) == (
        "-1.7976931348623157e+308",
        "0.30000000000000004",
    )
    day = columns["day"]
    assert (day.histogram[0].low, day.histogram[-1].high) == (
        "0001-01-01",
        "9999-12-31",
    )
    span = columns["span"]
    assert (span.min, span.max, span.distinct) == ("-178:00:00.5", "86400:00:00", 5)
    assert span.quantiles[2].value == "25:30:00"
    assert sum(bin.count for bin in span.histogram) == 5
    assert isinstance(columns["sold"], ColumnProfile)
    assert columns["sold"].top == [
        ValueCount(value="false", count=3),
        ValueCount(value="true", count=2),
    ]


async def test_a_table_without_rows_or_columns_has_a_profile_too(world: World) -> None:
    empty = await snapshot(world, await world.table(rows=[]))
    bare = await snapshot(world, await world.table("bare", {}, [()]))

    found = await profile(world, empty)
    assert [column.count for column in found.columns] == [0] * 11
    assert found.columns[2].histogram == []
    assert (bare.row_count, (await profile(world, bare)).columns) == (1, [])


async def test_the_newest_snapshot_counts_and_the_older_one_is_gone(
    world: World, storage: Storage
) -> None:
    dataset_id = await world.table(columns={"a": "bigint"}, rows=[("1",)])
    first = await snapshot(world, dataset_id)
    await world.add("orders", {"a": "bigint"}, [("2",)], first_id=2)

    second = await snapshot(world, dataset_id)

    shown = await world.made.snapshot(WORKSPACE, dataset_id)
    assert shown == second
    assert (await profile(world, second)).columns[0].max == "2"
    assert sorted(await storage.keys("artifacts/")) == sorted(
        [second.profile_key, second.snapshot_key]
    )
    assert first.profile_key != second.profile_key
    dataset = await world.datasets.get(WORKSPACE, dataset_id)
    assert dataset.profiled_at == second.taken_at


async def test_a_task_that_runs_again_rewrites_the_same_objects(
    world: World, storage: Storage
) -> None:
    order = command(await world.table())
    await world.snapshots.snapshot(order, _silent)
    before = await storage.keys("artifacts/")

    await world.snapshots.snapshot(order, _silent)

    assert await storage.keys("artifacts/") == before


async def test_a_dropped_data_set_leaves_neither_table_nor_objects(
    world: World, storage: Storage
) -> None:
    dataset_id = await world.table()
    export_id = await export(world, dataset_id)
    await snapshot(world, dataset_id)
    dataset = await world.datasets.get(WORKSPACE, dataset_id)

    await drop(world, dataset_id, dataset.created_at)

    with pytest.raises(NoDataset):
        await world.datasets.get(WORKSPACE, dataset_id)
    assert await storage.keys("artifacts/") == []
    assert await world.made.snapshot(WORKSPACE, dataset_id) is None
    assert await world.made.export(WORKSPACE, export_id) is None
    assert await world.value("SELECT to_regclass('\"ws_wsp_1\".orders')") is None


async def test_a_drop_that_is_repeated_spares_a_new_table_of_that_name(
    world: World,
) -> None:
    dataset_id = await world.table()
    dataset = await world.datasets.get(WORKSPACE, dataset_id)
    await drop(world, dataset_id, dataset.created_at)
    again = await world.table()
    await world.execute(
        f"UPDATE data_import.datasets SET dataset_id = '{dataset_id}' "
        f"WHERE dataset_id = '{again}'"
    )

    await drop(world, dataset_id, dataset.created_at)

    assert (await world.datasets.get(WORKSPACE, dataset_id)).row_count == 6


async def test_objects_that_a_dying_drop_has_left_go_with_its_repetition(
    world: World, storage: Storage
) -> None:
    dataset_id = await world.table()
    await snapshot(world, dataset_id)
    dataset = await world.datasets.get(WORKSPACE, dataset_id)
    await world.made.drop(WORKSPACE, dataset_id, dataset.created_at)
    assert await storage.keys("artifacts/") != []

    await drop(world, dataset_id, dataset.created_at)

    assert await storage.keys("artifacts/") == []


async def test_a_snapshot_of_what_was_dropped_meanwhile_is_not_kept(
    world: World,
) -> None:
    dataset_id = await world.table()
    made = await snapshot(world, dataset_id)
    dataset = await world.datasets.get(WORKSPACE, dataset_id)
    await drop(world, dataset_id, dataset.created_at)

    with pytest.raises(NoDataset):
        await world.made.save(made, dataset)
    with pytest.raises(InvalidInput, match="no data set"):
        await snapshot(world, dataset_id)


async def test_another_workspace_s_data_set_is_neither_profiled_nor_dropped(
    world: World,
) -> None:
    dataset_id = await world.table(workspace_id=STRANGER)
    dataset = await world.datasets.get(STRANGER, dataset_id)

    with pytest.raises(InvalidInput, match="no data set"):
        await snapshot(world, dataset_id)
    await drop(world, dataset_id, dataset.created_at)

    assert (await world.datasets.get(STRANGER, dataset_id)).row_count == 6


async def test_what_a_failed_run_has_left_is_discarded_and_a_later_one_stays(
    world: World,
) -> None:
    made = await snapshot(world, await world.table())

    await world.made.discard(made.task_id, f"artifacts/{WORKSPACE}/{made.task_id}/2/")
    assert await world.made.snapshot(WORKSPACE, made.dataset_id) == made
    await world.made.discard(made.task_id, f"artifacts/{WORKSPACE}/{made.task_id}/1/")

    assert await world.made.snapshot(WORKSPACE, made.dataset_id) is None
