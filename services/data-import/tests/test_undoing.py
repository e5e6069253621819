"""What an import did can be taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.imports.undoing import Undo
from onemanage.testing.fixtures import MakeDatabase
from tests.loads import WORKSPACE, World, columns, csv, job, part, world


@pytest.fixture
async def here(database: MakeDatabase, tmp_path: Path) -> AsyncIterator[World]:
    async with world(await database("data_import"), tmp_path) as made:
        yield made


async def test_an_undone_append_leaves_the_other_rows(
    here: World, tmp_path: Path
) -> None:
    planned = columns(n="bigint")
    for number in (1, 2, 3):
        path = csv(tmp_path / "a.csv", "n", str(number), str(number))
        await here.load(job(f"imp_{number}", part(path, planned)))

    undone = await Undo(here.url).undo("imp_2", WORKSPACE)
    again = await Undo(here.url).undo("imp_2", WORKSPACE)

    rows = await here.rows("SELECT n FROM ws_wsp_1.t ORDER BY _id")
    assert rows == [(1,), (1,), (3,), (3,)]
    assert (undone.rows_removed, again.rows_removed) == (2, 0)
    assert undone.undone_at == again.undone_at
    assert await here.rows("SELECT row_count FROM data_import.datasets") == [(4,)]
    status = "SELECT status FROM data_import.imports WHERE import_id = 'imp_2'"
    assert await here.rows(status) == [("undone",)]


async def test_an_undone_replace_brings_the_table_back(
    here: World, tmp_path: Path
) -> None:
    old = csv(tmp_path / "a.csv", "n", "1")
    new = csv(tmp_path / "b.csv", "m", "x", "y")
    await here.load(job("imp_1", part(old, columns(n="bigint"))))
    await here.load(job("imp_2", part(new, columns(m="text")), mode="replace"))

    undone = await Undo(here.url).undo("imp_2", WORKSPACE)
    await here.load(job("imp_3", part(old, columns(n="bigint"))))

    assert (undone.rows_removed, undone.rows_restored) == (2, 1)
    assert await here.rows("SELECT _id, n FROM ws_wsp_1.t") == [(1, 1), (4, 1)]


async def test_a_replace_with_later_imports_is_not_undone_before_them(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1")
    planned = columns(n="bigint")
    await here.load(job("imp_1", part(path, planned)))
    await here.load(job("imp_2", part(path, planned), mode="replace"))
    await here.load(job("imp_3", part(path, planned)))

    for import_id, later in (("imp_2", "imp_3"), ("imp_1", "imp_2")):
        with pytest.raises(LoadRefused, match=f"{later} came later"):
            await Undo(here.url).undo(import_id, WORKSPACE)

    for import_id in ("imp_3", "imp_2", "imp_1"):
        await Undo(here.url).undo(import_id, WORKSPACE)
    assert await here.rows() == []


async def test_an_upsert_that_updated_rows_cannot_be_undone(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1")
    for import_id in ("imp_1", "imp_2"):
        one = part(path, columns(n="bigint"))
        await here.load(job(import_id, one, mode="upsert", keys=["n"]))

    with pytest.raises(LoadRefused, match="updated 1 rows"):
        await Undo(here.url).undo("imp_2", WORKSPACE)

    assert (await Undo(here.url).undo("imp_1", WORKSPACE)).rows_removed == 1


async def test_another_workspaces_import_is_not_found(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1")
    await here.load(job("imp_1", part(path, columns(n="bigint"))))

    with pytest.raises(LoadRefused) as no:
        await Undo(here.url).undo("imp_1", "wsp_2")

    assert no.value.code == "data_import.not_found"


async def test_kept_tables_are_dropped_when_their_time_is_over(
    here: World, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "n", "1")
    await here.load(job("imp_1", part(path, columns(n="bigint"))))
    one = part(path, columns(n="bigint"))
    await here.load(job("imp_2", one, mode="replace"))
    assert await Undo(here.url).sweep() == 0
    connection = await asyncpg.connect(here.url)
    await connection.execute(
        "UPDATE import_tables SET kept_until = now() - '1 s'::interval WHERE kept_until IS NOT NULL"
    )
    await connection.close()

    assert await Undo(here.url).sweep() == 1

    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'ws_wsp_1'"
    assert await here.rows(tables) == [("t",)]
    with pytest.raises(LoadRefused, match="kept no longer"):
        await Undo(here.url).undo("imp_2", WORKSPACE)
