"""What comes of files of unusual forms, planned and imported on real servers."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from onemanage.contracts.imports.imports import ListRejects
from onemanage.contracts.imports.plans import PlanChanges
from onemanage.data_import import queries
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import MakeDatabase

from .import_samples import WORKSPACE, World, changed, open_world


@pytest.fixture
async def world(
    storage: Storage, database: MakeDatabase, nats: Client
) -> AsyncIterator[World]:
    async with open_world(storage, await database("data_import"), nats) as opened:
        yield opened


async def test_a_nul_character_is_a_reject_with_its_line(world: World) -> None:
    document = await world.plan(1, "i\0d,name\n1,Ann\n2,B\0b\n3,Eve\n")
    done = await world.run(1, document, changes=PlanChanges())
    assert (done.read, done.loaded, done.rejected) == (3, 2, 1)
    query = ListRejects(workspace_id=WORKSPACE, import_id="imp_1")
    (reject,) = (await queries.list_rejects(query, world.deps)).items
    told = reject.line, reject.column, reject.reason, reject.value
    assert told == (3, "name", "nul_byte", "B␀b")


async def test_a_nul_character_in_a_row_that_cannot_be_split_is_told(
    world: World,
) -> None:
    document = await world.plan(1, "id,name\n1,Ann\n2,B\0b,c\n")
    done = await world.run(1, document, changes=PlanChanges())
    assert (done.read, done.loaded, done.rejected) == (2, 1, 1)


async def test_empty_fields_behind_rows_are_left_out_and_the_import_says_so(
    world: World,
) -> None:
    rows = "1,Ann,\n" * 25 + "2,Bob,x\n"
    document = await world.plan(1, "id,name\n" + rows)
    done = await world.run(1, document, changes=PlanChanges())
    assert (done.read, done.loaded, done.rejected) == (26, 25, 1)
    told = {one.code for one in done.tables[0].warnings}
    assert {"long_rows", "too_many_fields"} <= told


async def test_rows_that_are_not_to_be_filled_are_rejects_and_no_warning_more(
    world: World,
) -> None:
    document = await world.plan(1, "id,name,note\n" + "1,Ann\n2,Bob,x\n" * 5)
    (table,) = document.plan.tables
    assert table.dialect.short_rows == "fill"
    other = replace(table, dialect=replace(table.dialect, short_rows="reject"))
    done = await world.run(1, document, changes=changed([other]))
    assert (done.read, done.loaded, done.rejected) == (10, 5, 5)
    assert "short_rows" not in {one.code for one in done.tables[0].warnings}
