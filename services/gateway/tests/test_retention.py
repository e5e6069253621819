"""What is older than a workspace keeps it goes by itself, and once."""

import asyncio
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.deletion.retention import BATCH, Retention
from onemanage.gateway.deletion.retention_days import KINDS, in_force, read_days
from onemanage.gateway.deletion.retention_store import RetentionStore
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks.store import TaskRow

from .conftest import Accept
from .psd_samples import World

PATH = f"/v1/workspaces/{OWNER_WORKSPACE}/retention"


def _retention(world: World, pool: Pool, **installation: int) -> Retention:
    return Retention(RetentionStore(pool), world.gateway.dispatcher, installation)


@pytest.fixture
def beside(world: World, pool: Pool) -> Retention:
    """Another process, on a database of its own with one workspace."""
    return _retention(world, pool, export=7)


async def _ordered(pool: Pool) -> list[dict[str, Any]]:
    """What stands in the outbox."""
    rows = await pool.fetch("SELECT * FROM tasks ORDER BY created_at, name")
    return [dict(row) for row in rows]


async def _end(pool: Pool, task_id: str, deleted: int) -> None:
    await pool.execute(
        "UPDATE tasks SET state = 'completed', finished_at = now(), "
        "result = jsonb_build_object('counts', jsonb_build_object('export', $2::int)) "
        "WHERE id = $1",
        task_id,
        deleted,
    )


async def _put(world: World, body: dict[str, Any]) -> httpx.Response:
    async with world.client() as client:
        return await client.put(PATH, json=body)


async def test_it_is_off_until_somebody_says_otherwise(world: World) -> None:
    async with world.client() as client:
        found = (await client.get(PATH)).json()

    assert found == {"own": {}, "in_force": dict.fromkeys(KINDS)}
    assert await world.gateway.retention.sweep() == 0


async def test_a_workspace_says_how_long_it_keeps_what(world: World) -> None:
    answer = await _put(world, {"export": 7, "file": None})

    assert answer.status_code == 200, answer.text
    assert answer.json()["own"] == {"export": 7, "file": None}
    assert answer.json()["in_force"]["export"] == 7
    assert (await _put(world, {})).json()["own"] == {}
    for wrong in ({"export": 0}, {"export": -1}, {"session": 3}, {"file": "x"}):
        assert (await _put(world, wrong)).status_code == 422, wrong
    async with world.client() as client:
        foreign = await client.get(f"/v1/workspaces/{new_id('wsp')}/retention")
    assert foreign.status_code == 404


def test_the_workspace_s_own_word_counts() -> None:
    installation = read_days("export=7, file=365")

    found = in_force({"file": None, "plan": 3}, installation)

    assert (found["export"], found["file"], found["plan"]) == (7, None, 3)
    for wrong in ("export", "export=", "export=0", "nothing=3", "export=-1"):
        with pytest.raises(ValueError, match="is none of"):
            read_days(wrong)


@pytest.mark.usefixtures("owner")
async def test_two_processes_order_it_once_and_the_next_when_it_has_ended(
    pool: Pool, beside: Retention
) -> None:
    counts = await asyncio.gather(beside.sweep(), beside.sweep(), beside.sweep())
    assert sum(counts) == 1
    (task,) = await _ordered(pool)
    assert (task["name"], task["subject"]) == (
        "data_import.delete",
        "tasks.data_import.automatic",
    )

    assert await beside.sweep() == 0  # it has not ended
    await _end(pool, task["id"], BATCH)
    assert await beside.sweep() == 1  # there was as much as it may take
    _, following = await _ordered(pool)
    await _end(pool, following["id"], BATCH - 1)
    assert await beside.sweep() == 0  # nothing is left that is so old
    await pool.execute("UPDATE retention_runs SET ordered_at = now() - interval '25 h'")
    assert await beside.sweep() == 1


@pytest.mark.usefixtures("owner")
async def test_what_a_task_needs_stays(
    pool: Pool, beside: Retention, accept: Accept
) -> None:
    needed = new_id("exp")
    await accept(command={"export_id": needed})

    await beside.sweep()

    _, task = await _ordered(pool)
    assert needed in task["command"]


async def _old_file(pool: Pool) -> str:
    file_id = new_id("fil")
    await pool.execute(
        "INSERT INTO files (id, workspace_id, name, size, sha256, media_type, "
        "object_key, created_at) VALUES ($1, $2, 'a', 1, '', 'a/b', 'x', "
        "now() - interval '31 days')",
        file_id,
        OWNER_WORKSPACE,
    )
    return file_id


@pytest.mark.usefixtures("owner")
async def test_old_files_go_with_what_was_made_of_them_but_for_those_in_use(
    world: World, pool: Pool, accept: Accept
) -> None:
    old, used = await _old_file(pool), await _old_file(pool)
    young = await _old_file(pool)
    await pool.execute("UPDATE files SET created_at = now() WHERE id = $1", young)
    waiting = (await accept(command={"document_id": "x"}, file_id=used)).task
    assert isinstance(waiting, TaskRow)

    assert await _retention(world, pool, file=30).sweep() == 1

    left = await pool.fetch("SELECT id FROM files ORDER BY id")
    assert [row["id"] for row in left] == sorted([used, young])
    tasks = [row for row in await _ordered(pool) if row["id"] != waiting.id]
    assert sorted(row["name"] for row in tasks) == [
        "data_import.delete",
        "imaging.delete",
        "psd.delete",
    ]
    assert all(old in row["command"] for row in tasks)
    assert [row["held"] for row in tasks if row["name"] == "imaging.delete"] == [True]
