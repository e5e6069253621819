"""The steps of a merge and its chunks as rows, on a real PostgreSQL."""

import asyncio
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.contracts.imaging.images import GenerateBackground
from onemanage.contracts.psd.merge_pictures import cut_out_of
from onemanage.contracts.psd.merges import hand_over_of, preparation_of
from onemanage.gateway.batches.store import NoRoom
from onemanage.gateway.merges.store import MergeOrder, MergeStore
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.store import TaskStore

FAILED = {"code": "data_import.no_dataset", "message": "Gone.", "retryable": False}


@pytest.fixture
def merges(pool: Pool) -> MergeStore:
    return MergeStore(pool)


def _order(**changes: Any) -> MergeOrder:
    task_id = new_id("tsk")
    merge = {"merge_id": f"mrg_{task_id[4:]}", "template_id": "tpl_1", "spec": {}}
    given: dict[str, Any] = {
        "task_id": task_id,
        "workspace_id": OWNER_WORKSPACE,
        "resource": "/v1/merges/mrg_1",
        "hand_over": {"dataset_id": "dst_1"},
        "prepare": merge,
        "finish": merge,
        "traceparent": None,
        "idempotency_key": None,
        "fingerprint": b"1",
    }
    return MergeOrder(**given | changes)


async def _accepted(merges: MergeStore, order: MergeOrder) -> str:
    row, is_new = await merges.accept(order)
    assert row is not None and is_new
    return row.id


async def _ended(
    tasks: TaskStore, task_id: str, name: str, state: str = "completed", **told: Any
) -> None:
    row = await tasks.project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name=name,
        state=state,
        **told,
    )
    assert row is not None


async def _looked_through(
    outbox: Outbox, tasks: TaskStore, merge: str, **more: Any
) -> None:
    """Three chunks are to be made."""
    rows = {"object_key": "k", "row_count": 9}
    await _ended(tasks, hand_over_of(merge), "data_import.hand_over", result=rows)
    await outbox.finished_held()
    name, result = "psd.prepare_merge", {"chunks": 3, **more}
    await _ended(tasks, preparation_of(merge), name, result=result)


async def _chunks(pool: Pool, merge: str) -> list[Any]:
    return await pool.fetch(
        "SELECT id, state, subject, command ->> 'chunk' AS chunk FROM tasks "
        "WHERE parent_id = $1 AND name = 'psd.merge_rows' ORDER BY created_at",
        merge,
    )


async def test_each_step_waits_for_the_one_before_and_is_given_what_it_made(
    merges: MergeStore, outbox: Outbox, tasks: TaskStore
) -> None:
    merge = await _accepted(merges, _order())
    assert await outbox.finished_held() == []
    assert await merges.step(merge) == "data_import.hand_over"
    rows = {"object_key": "k", "row_count": 9}
    await _ended(tasks, hand_over_of(merge), "data_import.hand_over", result=rows)

    assert len(await outbox.finished_held()) == 1

    step = await tasks.get(OWNER_WORKSPACE, preparation_of(merge))
    whole = await tasks.get(OWNER_WORKSPACE, merge)
    assert step is not None and whole is not None
    assert (step.held, step.command["handed_over"]) == (False, rows)
    assert whole.held and await outbox.finished_held() == []


async def test_chunks_are_made_once_and_the_whole_waits_for_all_of_them(
    merges: MergeStore, outbox: Outbox, tasks: TaskStore, pool: Pool
) -> None:
    merge = await _accepted(merges, _order())
    await _looked_through(outbox, tasks, merge)
    assert await outbox.finished_held() == []  # its chunks are not there yet

    waking = await asyncio.gather(*(Outbox(pool).fan_out() for _ in range(4)))

    assert [one for one in waking if one] == [{("tasks.psd.low", OWNER_WORKSPACE)}]
    chunks = await _chunks(pool, merge)
    assert [chunk["chunk"] for chunk in chunks] == ["0", "1", "2"]
    for chunk in chunks:
        assert await outbox.finished_held() == []
        await _ended(tasks, chunk["id"], "psd.merge_rows")
    assert await outbox.finished_held() == [("tasks.psd.low", OWNER_WORKSPACE)]
    whole = await tasks.get(OWNER_WORKSPACE, merge)
    assert whole is not None and whole.command["chunks"] == 3
    assert await outbox.fan_out() == set()


async def test_chunks_wait_for_files_to_lose_their_background(
    merges: MergeStore, outbox: Outbox, tasks: TaskStore, pool: Pool, file: FileRow
) -> None:
    merge = await _accepted(merges, _order())
    gone = new_id("fil")
    await _looked_through(outbox, tasks, merge, cut_outs=[file.id, gone])

    waking = await asyncio.gather(*(Outbox(pool).fan_out() for _ in range(4)))

    assert [one for one in waking if one] == [{("tasks.imaging.low", OWNER_WORKSPACE)}]
    assert await merges.cut_outs(merge) == {"queued": 1}  # what is gone has none
    cut_out = await tasks.get(OWNER_WORKSPACE, cut_out_of(merge, file.id))
    assert cut_out is not None and cut_out.command["file_key"] == file.object_key
    ids = {"type": cut_out.name, "task_id": cut_out.id, "workspace_id": "wsp_1"}
    sent = msgspec.convert(cut_out.command | ids, GenerateBackground)
    assert sent.spec == BackgroundSpec(with_mask=False)
    assert await outbox.fan_out() == set()
    assert await outbox.finished_held() == []

    name = "background.generation"
    await _ended(tasks, cut_out.id, name, "failed", error=FAILED)

    assert await outbox.fan_out() == {("tasks.psd.low", OWNER_WORKSPACE)}
    for chunk in await _chunks(pool, merge):
        await _ended(tasks, chunk["id"], "psd.merge_rows")
    assert len(await outbox.finished_held()) == 1
    whole = await tasks.get(OWNER_WORKSPACE, merge)
    assert whole is not None and whole.command["error"] is None  # rows have it


async def test_why_a_step_has_failed_is_told_to_the_end(
    merges: MergeStore, outbox: Outbox, tasks: TaskStore, pool: Pool
) -> None:
    merge = await _accepted(merges, _order())
    name = "data_import.hand_over"
    await _ended(tasks, hand_over_of(merge), name, "failed", error=FAILED)
    await outbox.finished_held()
    step = await tasks.get(OWNER_WORKSPACE, preparation_of(merge))
    assert step is not None and step.command["error"] == FAILED
    name = "psd.prepare_merge"
    await _ended(tasks, preparation_of(merge), name, "failed", error=FAILED)

    assert await outbox.fan_out() == set()
    assert len(await outbox.finished_held()) == 1

    whole = await tasks.get(OWNER_WORKSPACE, merge)
    assert whole is not None and whole.command["error"] == FAILED
    assert "chunks" not in whole.command and await _chunks(pool, merge) == []


async def test_cancelling_takes_every_step_along(
    merges: MergeStore, tasks: TaskStore, outbox: Outbox
) -> None:
    merge = await _accepted(merges, _order())

    cancelled = await tasks.cancel(OWNER_WORKSPACE, merge)

    assert cancelled is not None and cancelled.state == "cancelled"
    for step in (preparation_of(merge), hand_over_of(merge)):
        row = await tasks.get(OWNER_WORKSPACE, step)
        assert row is not None and row.state == "cancelled"
    assert await outbox.finished_held() == []


async def test_cancelling_while_chunks_are_written_leaves_none_behind(
    merges: MergeStore, tasks: TaskStore, outbox: Outbox, pool: Pool, file: FileRow
) -> None:
    for count in range(6):
        merge = await _accepted(merges, _order())
        cut_outs = [file.id][: count % 2]
        await _looked_through(outbox, tasks, merge, cut_outs=cut_outs)

        await asyncio.gather(
            outbox.fan_out(), tasks.cancel(OWNER_WORKSPACE, merge), outbox.fan_out()
        )

        chunks = await _chunks(pool, merge)
        assert {chunk["state"] for chunk in chunks} <= {"cancelled"}
        assert set(await merges.cut_outs(merge)) <= {"cancelled"}
        assert await outbox.fan_out() == set()


async def test_a_merge_that_has_no_room_leaves_no_row(
    merges: MergeStore, pool: Pool
) -> None:
    with pytest.raises(NoRoom):
        await merges.accept(_order(), most=2)

    assert await pool.fetchval("SELECT count(*) FROM tasks") == 0


async def test_the_same_key_is_the_same_merge(merges: MergeStore, pool: Pool) -> None:
    first = await _accepted(merges, _order(idempotency_key="once"))

    row, is_new = await merges.accept(_order(idempotency_key="once"))

    assert row is not None and (row.id, is_new) == (first, False)
    assert await pool.fetchval("SELECT count(*) FROM tasks") == 3
