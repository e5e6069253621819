"""What is told of an import fits into one message, and is known to before the commit."""

import importlib
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import utc_now
from onemanage.contracts.datasets.datasets import ListDatasets
from onemanage.contracts.imports.imports import Import, ImportedTable
from onemanage.contracts.imports.plans import RejectCount, Warning
from onemanage.data_import.datasets import queries as dataset_queries
from onemanage.data_import.imports import results
from onemanage.platform.tasks import InvalidInput

service_tests: Any = importlib.import_module("services.data-import.tests.test_service")
world = service_tests.world


def _size(found: Import) -> int:
    return len(msgspec.json.encode(found))


def _import(tables: int) -> Import:
    name = "列" * 21  # as long as a column's name may be
    return Import(
        import_id="imp_1",
        workspace_id="wsp_1",
        task_id="tsk_1",
        status="completed",
        sources=[],
        tables=[
            ImportedTable(
                table=f"t{number}",
                dataset_id="dst_" + "0" * 32,
                mode="append",
                read=9,
                loaded=4,
                updated=0,
                rejected=5,
                added_columns=[name] * 1_599,
                reject_counts=[
                    RejectCount(reason="not_a_timestamp", column=name, count=10**9)
                ]
                * 1_000,
                warnings=[Warning(code="left_out", message="x" * 200)] * 1_599,
            )
            for number in range(tables)
        ],
        read=0,
        loaded=0,
        updated=0,
        rejected=0,
        rows_per_second=0.0,
        seconds=1.0,
        created_at=utc_now(),
    )


@pytest.mark.parametrize("tables", [1, 5, 50, 1_000])
def test_counts_and_warnings_of_all_tables_together_have_room(tables: int) -> None:
    made = results.fitted(_import(tables))
    assert _size(made) <= results.MOST_BYTES
    assert [table.rejected for table in made.tables] == [5] * tables
    assert len({len(table.reject_counts) for table in made.tables}) == 1


def test_what_has_room_is_told_whole() -> None:
    found = _import(1)
    small = msgspec.structs.replace(
        found,
        tables=[
            msgspec.structs.replace(
                found.tables[0],
                reject_counts=found.tables[0].reject_counts[:100],
                warnings=[],
            )
        ],
    )
    assert results.fitted(small) == small


async def test_an_import_of_many_bad_tables_is_told_as_completed(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = await world.plan(1, *["Order,Amount\n1,abc\n2,1.234\n"] * 3)
    room = _size(await world.run(1, document)) - 50
    monkeypatch.setattr(results, "MOST_BYTES", room)

    done = await world.run(2, document)

    assert _size(done) <= room
    assert [table.rejected for table in done.tables] == [2, 2, 2]
    assert sum(len(table.reject_counts) for table in done.tables) < 6
    assert await world.run(2, document) == done  # as a repeat is told


async def test_tables_that_cannot_be_told_are_refused_before_anything_is_loaded(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = await world.plan(1, "Order,Amount\n1,1\n", "Order,Amount\n2,2\n")
    monkeypatch.setattr(results, "MOST_BYTES", 900)

    with pytest.raises(InvalidInput) as refused:
        await world.run(1, document)

    assert refused.value.code == "data_import.too_many_tables"
    query = ListDatasets(workspace_id=service_tests.WORKSPACE)
    assert (await dataset_queries.list_datasets(query, world.deps)).items == []


async def test_a_plan_of_too_many_tables_is_refused(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "MOST_BYTES", 500)
    with pytest.raises(InvalidInput) as refused:
        await world.plan(1, *["Order,Amount\n1,1\n"] * 3)
    assert refused.value.code == "data_import.too_many_tables"
