"""What an order for an import says, and what of its plan is looked up."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from onemanage.contracts.imports.imports import RunImport
from onemanage.contracts.imports.plans import Plan, PlanChanges
from onemanage.platform.messaging.nats import Client
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


async def test_a_plan_that_nobody_has_changed_is_imported_as_it_was_proposed(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)

    done = await world.run(1, document, changes=PlanChanges())

    (table,) = done.tables
    assert (done.read, done.loaded, table.table) == (4, 3, "orders")
    ragged = [(one.reason, one.count) for one in table.reject_counts]
    assert ragged == [("too_many_fields", 1)]


async def test_an_order_of_an_older_gateway_is_carried_out_as_it_was_sent(
    world: World,
) -> None:
    """It brought its sources and the whole plan, and one for rejects an empty plan."""
    document = await world.plan(1, ORDERS)
    tables = [with_amounts(table) for table in document.plan.tables]
    common = {"type": "data_import", "workspace_id": WORKSPACE, "run": 1}
    order = common | {
        "task_id": "tsk_1",
        "import_id": "imp_1",
        "sources": document.sources,
        "plan": Plan(tables=tables),
        "plan_id": "pln_of_no_use",
        "expected_rows": 4,
        "resubmits": None,
        "resubmitted_part": 1,
    }
    fixed = await world.file(9, "Order,Amount\n2,7.50\n", "fixed.csv")
    again = order | {
        "task_id": "tsk_2",
        "import_id": "imp_2",
        "sources": [fixed],
        "plan": Plan(tables=[]),
        "resubmits": "imp_1",
    }

    first, second = [
        await world.service.imports.run(
            msgspec.json.decode(msgspec.json.encode(one), type=RunImport), world.report
        )
        for one in (order, again)
    ]

    assert (first.read, first.loaded, first.rejected) == (4, 2, 2)
    assert first.plan_id == "pln_of_no_use"
    assert (second.resubmits, second.loaded) == ("imp_1", 1)


async def test_a_plan_that_is_gone_by_its_turn_ends_the_import_and_says_so(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)
    refused = []
    for prefix in ("", f"artifacts/{WORKSPACE}/tsk_plan_1/"):
        stranger = {} if prefix else {"workspace_id": "wsp_2"}
        if prefix:
            await world.deps.storage.delete_prefix(prefix)
        with pytest.raises(InvalidInput) as caught:
            await world.run(1, document, **stranger)
        refused.append((caught.value.code, caught.value.where))

    assert refused == [("data_import.plan_gone", "pln_1")] * 2


async def test_a_change_that_cannot_be_is_pointed_at_by_its_place_in_the_request(
    world: World,
) -> None:
    document = await world.plan(1, ORDERS)
    (table,) = document.plan.tables
    columns = [msgspec.structs.replace(one, name="same") for one in table.columns]
    tables = [msgspec.structs.replace(table, columns=columns)]

    with pytest.raises(InvalidInput) as refused:
        await world.run(1, document, changes=changed(tables))

    assert refused.value.code == "data_import.invalid_plan"
    assert refused.value.where == "/tables/0/columns/1/name"


async def test_a_plan_that_somebody_may_have_seen_is_not_made_anew(
    world: World,
) -> None:
    first = await world.plan(1, ORDERS)
    await world.run(1, first, changes=changed([with_amounts(first.plan.tables[0])]))

    again = await world.plan(1, ORDERS)  # which would remember the import

    assert again == first
