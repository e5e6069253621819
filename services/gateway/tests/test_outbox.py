"""Turns, and what is still to be published, on a real PostgreSQL."""

import asyncio

from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.store import TaskRow, TaskStore

from .conftest import SUBJECT, Accept

LATER = "UPDATE tasks SET {0} = {0} - interval '3 s'"


async def _waiting(accept: Accept, count: int) -> list[str]:
    rows = [(await accept(window=0)).task for _ in range(count)]
    return [row.id for row in rows if row is not None]


def _ids(rows: list[TaskRow]) -> list[str]:
    return [row.id for row in rows]


async def test_turns_are_given_to_the_oldest_up_to_the_window(
    accept: Accept, outbox: Outbox
) -> None:
    ids = await _waiting(accept, 5)

    assert _ids(await outbox.release(SUBJECT, OWNER_WORKSPACE, 3)) == ids[:3]
    assert _ids(await outbox.release(SUBJECT, OWNER_WORKSPACE, 3)) == []
    assert _ids(await outbox.release(SUBJECT, OWNER_WORKSPACE, 4)) == ids[3:4]


async def test_a_start_or_an_end_makes_room_for_the_next(
    accept: Accept, outbox: Outbox, tasks: TaskStore
) -> None:
    ids = await _waiting(accept, 3)
    await outbox.release(SUBJECT, OWNER_WORKSPACE, 1)

    for state, ended, following in (
        ("running", ids[0], ids[1]),
        ("failed", ids[1], ids[2]),
    ):
        await tasks.project(
            task_id=ended,
            workspace_id=OWNER_WORKSPACE,
            name="psd.parse_export",
            state=state,
        )
        assert _ids(await outbox.release(SUBJECT, OWNER_WORKSPACE, 1)) == [following]


async def test_two_who_release_at_once_give_each_turn_once(
    accept: Accept, outbox: Outbox, pool: Pool
) -> None:
    ids = await _waiting(accept, 40)
    other = Outbox(pool)

    rounds = await asyncio.gather(
        *(
            each.release(SUBJECT, OWNER_WORKSPACE, 8 * turn)
            for turn in range(1, 6)
            for each in (outbox, other)
        )
    )
    rounds.append(await outbox.release(SUBJECT, OWNER_WORKSPACE, 64))

    given = [task_id for rows in rounds for task_id in _ids(rows)]
    assert sorted(given) == sorted(ids)


async def test_turns_are_of_one_workspace_and_one_subject(
    accept: Accept, stranger: bytes, outbox: Outbox
) -> None:
    for subject in (SUBJECT, "tasks.psd.high"):
        await accept(window=0, subject=subject)
        await accept(stranger, window=0, subject=subject)

    (released,) = await outbox.release(SUBJECT, "wsp_2", 64)

    assert (released.workspace_id, released.subject) == ("wsp_2", SUBJECT)


async def test_stalled_is_each_pair_that_waits_with_nothing_ahead_of_it(
    pool: Pool, outbox: Outbox
) -> None:
    await pool.execute(
        "INSERT INTO tasks (id, workspace_id, name, subject) "
        "SELECT 'tsk_' || n, 'wsp_' || n % 7, 'psd.parse_export', "
        "       'tasks.psd.' || CASE n % 2 WHEN 0 THEN 'low' ELSE 'high' END "
        "FROM generate_series(1, 3000) AS n"
    )
    assert len(await outbox.stalled()) == 14

    await outbox.release("tasks.psd.high", "wsp_3", 1)
    await outbox.release("tasks.psd.low", "wsp_0", 3000)

    wanted = {(f"tasks.psd.{x}", f"wsp_{n}") for x in ("low", "high") for n in range(7)}
    wanted -= {("tasks.psd.high", "wsp_3"), ("tasks.psd.low", "wsp_0")}
    assert set(await outbox.stalled()) == wanted


async def test_only_what_has_had_its_turn_is_still_to_be_published(
    accept: Accept, outbox: Outbox, pool: Pool
) -> None:
    released = (await accept()).task
    assert released is not None
    await _waiting(accept, 1)

    assert await outbox.unpublished(10) == []  # who accepted it has two seconds
    await pool.execute(LATER.format("released_at"))
    assert _ids(await outbox.unpublished(10)) == [released.id]
    await outbox.mark_published(released.id, 1)
    assert await outbox.unpublished(10) == []


async def test_what_was_cancelled_while_it_waited_is_still_to_be_published(
    accept: Accept, outbox: Outbox, tasks: TaskStore, pool: Pool
) -> None:
    (task_id,) = await _waiting(accept, 1)
    await tasks.cancel(OWNER_WORKSPACE, task_id)
    await pool.execute(LATER.format("finished_at"))

    assert _ids(await outbox.unpublished(10)) == [task_id]
    await outbox.mark_published(task_id, 1)
    assert await outbox.unpublished(10) == []


async def test_the_word_of_a_worker_proves_that_a_command_was_published(
    accept: Accept, outbox: Outbox, tasks: TaskStore, pool: Pool
) -> None:
    row = (await accept()).task
    assert row is not None
    await tasks.project(
        task_id=row.id,
        workspace_id=OWNER_WORKSPACE,
        name=row.name,
        state="cancelled",
        finished_at=row.created_at,
    )
    await pool.execute(LATER.format("finished_at"))

    assert await outbox.unpublished(10) == []


async def test_a_task_is_to_be_cancelled_until_it_has_ended(
    accept: Accept, outbox: Outbox, tasks: TaskStore, pool: Pool
) -> None:
    row = (await accept()).task
    assert row is not None
    await tasks.cancel(OWNER_WORKSPACE, row.id)

    assert await outbox.to_cancel(10) == []  # it was asked a moment ago
    await pool.execute(LATER.format("cancel_requested_at"))
    assert _ids(await outbox.to_cancel(10)) == [row.id]
    await tasks.project(
        task_id=row.id, workspace_id=OWNER_WORKSPACE, name=row.name, state="cancelled"
    )
    assert await outbox.to_cancel(10) == []


async def test_a_file_is_announced_until_that_is_confirmed(
    file: FileRow, outbox: Outbox, pool: Pool
) -> None:
    await pool.execute("UPDATE files SET created_at = now() - interval '3 s'")

    assert [found.id for found in await outbox.unannounced_files(10)] == [file.id]
    await outbox.mark_announced(file.id)
    assert await outbox.unannounced_files(10) == []
