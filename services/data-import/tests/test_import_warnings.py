"""What an import says of itself: that nothing was loaded, and what its plan warned of."""

import importlib
from typing import Any

from onemanage.contracts.imports.plans import ChangedTable, PlanChanges

service_tests: Any = importlib.import_module("services.data-import.tests.test_service")
bad_value_tests: Any = importlib.import_module(
    "services.data-import.tests.test_domain_bad_values"
)
world = service_tests.world


async def test_an_import_that_loads_nothing_is_not_plainly_completed(
    world: Any,
) -> None:
    document = await world.plan(1, "Order,Amount\n1,abc\n2,def\n")
    done = await world.run(1, document)
    assert (done.status, done.read, done.loaded) == ("nothing_loaded", 2, 0)
    assert (await world.shown("imp_1")).status == "nothing_loaded"
    assert done.tables[0].warnings[0].code == "nothing_loaded"


async def test_a_table_without_rows_is_completed(world: Any) -> None:
    document = await world.plan(1, "Order,Amount\n1,2\n")
    done = await world.run(1, document)
    assert done.status == "completed"
    assert not done.tables[0].warnings


async def test_warnings_of_the_plan_are_those_of_the_import(world: Any) -> None:
    document = await world.plan(1, "Order,Amount\n007,5%\n008,6.5%\n")
    done = await world.run(1, document, changes=PlanChanges())
    told = {one.code: one.message for one in done.tables[0].warnings}
    assert told.keys() == {"leading_zeros", "number_format"}
    assert told["leading_zeros"].startswith("order: ")


async def test_what_was_changed_is_warned_of_no_more(world: Any) -> None:
    document = await world.plan(1, "Order,Amount\n007,5%\n008,6.5%\n")
    (table,) = document.plan.tables
    columns = [
        {"position": 1, "name": "order", "type": "bigint"},
        {"position": 2, "name": "amount", "type": "text"},
    ]
    fields = {"table": "t", "file_id": table.file_id, "columns": columns}
    changed = [service_tests.msgspec.convert(fields, ChangedTable)]
    done = await world.run(1, document, changes=PlanChanges(tables=changed))
    assert (done.loaded, done.tables[0].warnings) == (2, [])


async def test_rejects_saved_with_semicolons_and_commas_are_read_by_the_plan(
    world: Any,
) -> None:
    document = await world.plan(1, "Order,Amount\n1,1.50\n2,abc\n")
    await world.run(1, document)
    fixed = await world.file(
        9, "\ufeffOrder;Amount;_line;_column;_error\r\n2;1234,5;3;amount;x\r\n", "r.csv"
    )
    done = await world.run(2, document, sources=[fixed], resubmits="imp_1")
    assert (done.read, done.loaded) == (1, 1)


async def _with(world: Any, policy: str, **options: Any) -> Any:
    document = await world.plan(1, "Order,Amount\n1,1.50\n2,abc\n3,2.25\n")
    tables = [service_tests.with_amounts(one) for one in document.plan.tables]
    made = service_tests.changed(tables, on_bad_value=policy, **options)
    return await world.run(1, document, changes=made)


async def test_bad_values_are_null_where_that_is_wanted_and_are_counted(
    world: Any,
) -> None:
    done = await _with(world, "null")
    (table,) = done.tables
    assert (done.read, done.loaded, done.rejected) == (3, 3, 0)
    (warning,) = [one for one in table.warnings if one.code == "bad_values_null"]
    assert warning.message.startswith("amount: 1 value") and "line 3" in warning.message


async def test_errors_of_a_workbook_that_become_null_are_counted_too(
    world: Any,
) -> None:
    book = bad_value_tests.workbook(7, "#N/A", 8, "#N/A")
    document = await world.plan(1, book, name="found.xlsx")
    done = await world.run(1, document, changes=PlanChanges())
    (table,) = done.tables
    assert (done.read, done.loaded, done.rejected) == (4, 4, 0)
    told = {one.code: one.message for one in table.warnings}
    assert told.keys() == {"errors_null", "bad_values_null"}
    assert told["bad_values_null"].startswith("x: 2 values")
    assert "line 3" in told["bad_values_null"]


async def test_a_column_of_many_bad_values_is_text_as_it_was_proposed(
    world: Any,
) -> None:
    rows = [f"{at},{at if at > 10 else f'{at} b'}" for at in range(1_000)]
    document = await world.plan(1, "\n".join(["key,house", *rows]) + "\n")
    done = await world.run(1, document)
    assert (done.loaded, done.rejected) == (1_000, 0)
    found = await world.deps.datasets.get("wsp_1", done.tables[0].dataset_id)
    assert {one.name: one.type for one in found.columns}["house"] == "text"


async def test_a_column_is_text_where_a_bad_value_is_wanted_as_text(
    world: Any,
) -> None:
    done = await _with(world, "text")
    assert (done.loaded, done.rejected) == (3, 0)
    found = await world.deps.datasets.get("wsp_1", done.tables[0].dataset_id)
    types = {one.name: one.type for one in found.columns}
    assert (types["order"], types["amount"]) == ("bigint", "text")


async def test_a_column_says_more_than_the_options(world: Any) -> None:
    document = await world.plan(1, "Order,Amount\n1,1.50\n2,abc\n3,2.25\n")
    (table,) = [service_tests.with_amounts(one) for one in document.plan.tables]
    column = service_tests.msgspec.structs.replace(
        table.columns[1], on_bad_value="reject"
    )
    table.columns[1] = column
    made = service_tests.changed([table], on_bad_value="null")
    done = await world.run(1, document, changes=made)
    assert (done.loaded, done.rejected) == (2, 1)
