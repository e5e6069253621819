"""Plans, imports and resubmissions on real PostgreSQL and S3, with the real child."""

import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no types
from msgspec.structs import replace

from onemanage.contracts.base import (
    ErrorInfo,
    Event,
    ListPlace,
    Status,
    artifacts_prefix,
    event_id,
)
from onemanage.contracts.imports.imports import (
    IMPORT,
    GetImport,
    ListImports,
    ListRejects,
    RunImport,
)
from onemanage.contracts.imports.plans import PLAN, GetPlan, ImportPlan
from onemanage.data_import import queries
from onemanage.data_import.handlers import (
    on_data_import_run_ended_discard_plan,
    on_data_import_run_ended_discard_rows,
)
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import MakeDatabase

from .import_samples import ORDERS, WORKSPACE, World, changed, open_world, with_amounts


@pytest.fixture
async def world(
    storage: Storage, database: MakeDatabase, nats: Client
) -> AsyncIterator[World]:
    async with open_world(storage, await database("data_import"), nats) as opened:
        yield opened


async def test_a_plan_is_kept_for_its_workspace_alone(world: World) -> None:
    document = await world.plan(1, ORDERS)

    query = GetPlan(workspace_id=WORKSPACE, plan_id="pln_1")
    brief = await queries.get_plan(query, world.deps)
    (table,) = brief.tables
    assert (table.table, table.rows, table.ragged) == ("orders", 4, 1)
    assert (table.column_count, table.remembered_from) == (2, None)
    assert document.plan.findings[0].rows == 4
    with pytest.raises(QueryFailed, match="no plan"):
        other = GetPlan(workspace_id="wsp_2", plan_id="pln_1")
        await queries.get_plan(other, world.deps)


async def test_an_import_says_what_it_read_loaded_and_rejected(world: World) -> None:
    done = await world.run(1, await world.plan(1, ORDERS))

    assert (done.read, done.loaded, done.rejected, done.updated) == (4, 2, 2, 0)
    assert done.plan_id == "pln_1"
    assert [source.name for source in done.sources] == ["orders.csv"]
    (table,) = done.tables
    counts = {(one.reason, one.column, one.count) for one in table.reject_counts}
    assert counts == {("not_a_numeric", "amount", 1), ("too_many_fields", None, 1)}
    assert table.rejects_key is not None
    rejects = (await world.deps.storage.get_bytes(table.rejects_key)).decode()
    assert rejects.splitlines()[0].endswith('"_line","_column","_error"')
    assert len(rejects.splitlines()) == 1 + 2
    assert done == await world.shown("imp_1")
    with pytest.raises(QueryFailed, match="no import"):
        other = GetImport(workspace_id="wsp_2", import_id="imp_1")
        await queries.get_import(other, world.deps)


async def test_an_import_that_is_run_again_is_the_one_it_was(world: World) -> None:
    document = await world.plan(1, ORDERS)
    first = await world.run(1, document)
    again = await world.run(1, document)

    assert again == first
    page = await queries.list_imports(ListImports(workspace_id=WORKSPACE), world.deps)
    assert page.items == [first]


async def test_imports_are_listed_newest_first_page_by_page(world: World) -> None:
    document = await world.plan(1, ORDERS)
    for number in (1, 2, 3):
        await world.run(number, document)

    first = await queries.list_imports(
        ListImports(workspace_id=WORKSPACE, limit=2), world.deps
    )
    last = first.items[-1]
    # Of no row, as if the last one had gone.
    place = ListPlace(created_at=last.created_at, id=f"{last.import_id[:-1]}1x")
    second = await queries.list_imports(
        ListImports(workspace_id=WORKSPACE, place=place), world.deps
    )
    with pytest.raises(QueryFailed, match="older release"):
        older = ListImports(workspace_id=WORKSPACE, before="imp_2")
        await queries.list_imports(older, world.deps)

    assert [one.import_id for one in first.items] == ["imp_3", "imp_2"]
    assert (first.has_more, second.has_more) == (True, False)
    assert [one.import_id for one in second.items] == ["imp_1"]
    assert second.items[0].tables[0].repeats is None
    assert first.items[0].tables[0].repeats == "imp_2"


async def test_rejects_are_paged_and_picked_by_reason(world: World) -> None:
    await world.run(1, await world.plan(1, ORDERS))

    async def page(**asked: Any) -> list[tuple[int, str]]:
        query = ListRejects(workspace_id=WORKSPACE, import_id="imp_1", **asked)
        found = await queries.list_rejects(query, world.deps)
        return [(one.number, one.reason) for one in found.items]

    both = await page()
    assert {reason for _, reason in both} == {"not_a_numeric", "too_many_fields"}
    assert await page(limit=1) + await page(after=1) == both
    assert [reason for _, reason in await page(reason="not_a_numeric")] == [
        "not_a_numeric"
    ]
    assert await page(column="order") == await page(table="others") == []


async def test_rejects_put_right_go_where_their_import_went(world: World) -> None:
    document = await world.plan(1, ORDERS, "Order,Amount\n5,x\n")
    tables = [msgspec.structs.replace(one, table="o") for one in document.plan.tables]
    first = await world.run(
        1, document, changes=changed([with_amounts(one) for one in tables])
    )
    key = first.tables[1].rejects_key
    assert key is not None
    rejects = (await world.deps.storage.get_bytes(key)).decode()

    # As a spreadsheet would save it: other separators, other order of columns.
    fixed = await world.file(9, "_line;Amount;Order\n2;7.50;5\n", "fixed.csv")
    done = await world.run(
        2,
        document,
        sources=[fixed],
        resubmits="imp_1",
        resubmitted_part=2,
    )

    assert "5,x" in rejects
    assert [table.dataset_id for table in done.tables] == [first.tables[0].dataset_id]
    assert (done.resubmits, done.read, done.loaded) == ("imp_1", 1, 1)
    assert done.tables[0].added_columns == []


async def test_a_file_that_has_none_of_the_columns_is_no_rejects_file(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)
    await world.run(1, document)
    other = await world.file(9, "a,b\n1,2\n", "other.csv")

    with pytest.raises(InvalidInput) as refused:
        await world.run(2, document, sources=[other], resubmits="imp_1")

    assert refused.value.code == "data_import.not_these_rejects"


async def test_the_next_file_of_the_same_kind_gets_the_plan_of_the_last(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)
    tables = [with_amounts(table) for table in document.plan.tables]
    changes = changed(tables, mode="upsert", keys=["order"])
    await world.run(1, document, changes=changes)

    later = "Order,Amount\n7,8.25\n8,x1\n9,\n10,x2\n"
    plan = (await world.plan(2, later, name="orders (2).csv")).plan

    (findings,) = plan.findings
    assert findings.remembered_from == "imp_1"
    assert plan.tables[0].table == "orders"
    assert plan.tables[0].columns == tables[0].columns
    assert plan.options == changes.options
    amount = findings.columns[1]
    assert (amount.nulls, amount.invalid, amount.first_invalid_line) == (1, 2, 3)
    assert [one.code for one in findings.warnings] == ["remembered"]
    assert [one.code for one in amount.warnings] == ["remembered_type"]
    assert findings.first_rows == [["7", "8.25"], ["9", None]]


async def test_what_was_remembered_can_be_declined(world: World) -> None:
    document = await world.plan(1, ORDERS)
    tables = [replace(table, table="mine") for table in document.plan.tables]
    await world.run(1, document, changes=changed(tables))

    plan = (await world.plan(2, ORDERS, remember=False)).plan

    assert plan.tables[0].table == "orders"
    assert plan.findings == document.plan.findings
    assert (await world.plan(3, ORDERS)).plan.tables[0].table == "mine"


async def test_another_file_with_the_same_headers_gets_a_table_of_its_own(
    world: World,
) -> None:
    await world.run(1, await world.plan(1, ORDERS, name="customers.csv"))

    plan = (await world.plan(2, "Order,Amount\n7,8\n", name="products.csv")).plan

    assert plan.tables[0].table == "products"
    assert plan.findings[0].remembered_from is None


async def test_a_workbook_with_parts_of_other_names_is_imported(world: World) -> None:
    made, other = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["city", "amount"])
        sheet.write_row(1, 0, ["Oslo", 1.5])
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name).replace(b"xl/", b"excel/")
            target.writestr(name.replace("xl/", "excel/"), data)

    document = await world.plan(1, other.getvalue(), name="orders.xlsx")
    done = await world.run(1, document)

    assert (done.read, done.loaded) == (1, 1)


async def test_a_file_that_is_gone_is_said_by_its_id(world: World) -> None:
    document = await world.plan(1, ORDERS)
    await world.deps.storage.delete_prefix(f"files/{WORKSPACE}/")

    with pytest.raises(InvalidInput) as refused:
        await world.run(1, document)

    assert (refused.value.code, refused.value.where) == ("file.missing", "fil_1")


async def test_no_table_at_all_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.plan(1, "PK\3\4 is how a zip begins, and no more of it is here")

    assert refused.value.code.startswith("data_import.")


def _ended(
    command: RunImport | ImportPlan, kind: type[Event], run: int = 1, **more: Any
) -> Any:
    status = Status.FAILED if kind is IMPORT.Failed else Status.CANCELLED
    return kind(
        event_id=event_id(command.task_id, status, run=run),
        task_id=command.task_id,
        workspace_id=WORKSPACE,
        status=status,
        run=run,
        **more,
    )


async def test_what_a_cancelled_import_has_uploaded_is_deleted(world: World) -> None:
    command = world.command(1, await world.plan(1, ORDERS))
    prefix = artifacts_prefix(WORKSPACE, command.task_id, 1)
    await world.deps.storage.put_bytes(f"{prefix}rejects-0.csv", b"x", "text/csv")

    event = _ended(command, IMPORT.Cancelled)
    await on_data_import_run_ended_discard_rows(event, world.deps)

    assert await world.deps.storage.keys(prefix) == []


async def test_rows_that_were_loaded_before_it_failed_stay_for_its_retry(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)
    done = await world.run(1, document)

    error = ErrorInfo(code="task.failed", message="it failed 3 times")
    event = _ended(world.command(1, document), IMPORT.Failed, error=error)
    await on_data_import_run_ended_discard_rows(event, world.deps)

    assert done.tables[0].rejects_key is not None
    assert await world.deps.storage.get_bytes(done.tables[0].rejects_key)
    assert await world.run(1, document) == done


async def test_rows_of_a_worker_that_was_cut_off_go_when_the_import_was_cancelled(
    world: World,
) -> None:
    command = world.command(1, await world.plan(1, ORDERS))
    await world.service.imports.run(command, world.report)

    event = _ended(command, IMPORT.Cancelled)
    for _ in range(2):
        await on_data_import_run_ended_discard_rows(event, world.deps)

    assert (await world.shown("imp_1")).status == "undone"
    prefix = artifacts_prefix(WORKSPACE, command.task_id, 1)
    assert await world.deps.storage.keys(prefix) == []


async def test_a_cancelled_plan_is_forgotten_but_not_that_of_a_later_run(
    world: World,
) -> None:
    await world.plan(1, ORDERS)
    query = GetPlan(workspace_id=WORKSPACE, plan_id="pln_1")
    plan = await queries.get_plan(query, world.deps)

    for run in (2, 1):
        assert await queries.get_plan(query, world.deps) == plan
        event = _ended(plan, PLAN.Cancelled, run)
        await on_data_import_run_ended_discard_plan(event, world.deps)

    with pytest.raises(QueryFailed):
        await queries.get_plan(query, world.deps)
    assert await world.deps.storage.keys(plan.plan_key) == []
