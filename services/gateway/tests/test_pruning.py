"""Tasks that ended long ago keep who, what, when and how."""

from onemanage.contracts.base import new_id
from onemanage.gateway.deletion.pruning import prune
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks import answers
from onemanage.gateway.tasks.store import TaskStore

from .conftest import Accept

_DAY = 86_400.0


async def _ended(
    pool: Pool, tasks: TaskStore, accept: Accept, days: int, state: str = "completed"
) -> str:
    task_id = new_id("tsk")
    await accept(task_id=task_id)
    await tasks.project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name="psd.parse_export",
        state=state,
        progress={"step": "images", "done": 1, "total": 1},
        result={"name": "secret.psd"} if state == "completed" else None,
        error=None if state == "completed" else {"code": "a", "message": "b"},
    )
    await pool.execute(
        "UPDATE tasks SET finished_at = now() - make_interval(days => $2) "
        "WHERE id = $1",
        task_id,
        days,
    )
    return task_id


async def test_what_ended_long_ago_keeps_how_it_ended_and_no_more(
    pool: Pool, tasks: TaskStore, accept: Accept
) -> None:
    old = await _ended(pool, tasks, accept, 91)
    failed = await _ended(pool, tasks, accept, 91, "failed")
    young = await _ended(pool, tasks, accept, 89)
    waiting = (await accept()).task

    assert await prune(pool, 90 * _DAY) == 2
    assert await prune(pool, 90 * _DAY) == 0

    row = await tasks.get(OWNER_WORKSPACE, old)
    assert row is not None and row.pruned_at is not None
    assert (row.command, row.progress, row.result) == (None, None, None)
    shown = answers.task(row)
    assert (shown["state"], shown["name"], shown["result"]) == (
        "completed",
        "psd.parse_export",
        None,
    )
    assert shown["pruned_at"] and shown["created_at"] and shown["finished_at"]
    ended = await tasks.get(OWNER_WORKSPACE, failed)
    assert ended is not None and ended.error == {"code": "a", "message": "b"}
    kept = await tasks.get(OWNER_WORKSPACE, young)
    assert kept is not None and kept.result and kept.pruned_at is None
    assert waiting is not None
    unended = await tasks.get(OWNER_WORKSPACE, waiting.id)
    assert unended is not None and unended.command


async def test_many_are_pruned_in_one_go(
    pool: Pool, tasks: TaskStore, accept: Accept
) -> None:
    await pool.execute(
        "INSERT INTO tasks (id, workspace_id, name, state, result, finished_at, "
        "published_at) SELECT 'tsk_' || n, 'wsp_1', 'psd.render', 'completed', "
        "'{\"a\": 1}', now() - interval '1 year', now() FROM generate_series(1, 1200) n"
    )

    assert await prune(pool, 90 * _DAY) == 1200
