"""The accepting statement and the projections, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.auth import hash_api_key, new_api_key
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Store, open_pool
from onemanage.platform.testing import MakeDatabase


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    pool = await open_pool(await database("gateway"))
    yield Store(pool)
    await pool.close()


@pytest.fixture
async def owner(store: Store) -> bytes:
    """The hash of the owner's key."""
    hashed = hash_api_key(new_api_key())
    assert hashed is not None
    assert await store.ensure_owner(hashed)
    return hashed


def _order(**changes: Any) -> dict[str, Any]:
    return {
        "task_id": new_id("tsk"),
        "name": "psd.parse_export",
        "lane": "low",
        "command": {"document_id": "doc_1"},
        "fingerprint": b"asked",
    } | changes


async def _file(store: Store, workspace_id: str = OWNER_WORKSPACE) -> FileRow:
    row = FileRow(
        id=new_id("fil"),
        workspace_id=workspace_id,
        name="poster.psd",
        size=1,
        sha256="",
        media_type="image/vnd.adobe.photoshop",
        object_key=f"files/{workspace_id}/x/source",
    )
    return await store.add_file(row, None)


async def test_the_owner_is_made_once(store: Store, owner: bytes) -> None:
    assert not await store.ensure_owner(b"another")
    assert await store.workspace_of(owner) == OWNER_WORKSPACE
    assert await store.workspace_of(b"another") is None


async def test_an_unknown_key_writes_nothing(store: Store, owner: bytes) -> None:
    found = await store.accept(b"unknown", **_order())

    assert found.workspace_id is None and found.task is None
    assert await store.tasks(OWNER_WORKSPACE, 10, None) == []


async def test_the_row_carries_what_the_command_needs_of_its_file(
    store: Store, owner: bytes
) -> None:
    file = await _file(store)

    found = await store.accept(owner, **_order(file_id=file.id))

    assert found.task is not None and found.is_new
    assert found.task.command == {
        "document_id": "doc_1",
        "file_id": file.id,
        "file_key": file.object_key,
        "file_name": "poster.psd",
    }


async def test_a_file_that_is_not_there_writes_nothing(
    store: Store, owner: bytes
) -> None:
    found = await store.accept(owner, **_order(file_id="fil_none"))

    assert found.workspace_id == OWNER_WORKSPACE
    assert not found.has_source and found.task is None


async def test_the_same_idempotency_key_finds_the_first_row(
    store: Store, owner: bytes
) -> None:
    first = await store.accept(owner, **_order(idempotency_key="once"))
    second = await store.accept(owner, **_order(idempotency_key="once"))

    assert first.task is not None and second.task is not None
    assert (first.is_new, second.is_new) == (True, False)
    assert first.task.id == second.task.id


async def test_the_same_idempotency_key_twice_at_once_makes_one_row(
    store: Store, owner: bytes
) -> None:
    await asyncio.gather(
        *(store.accept(owner, **_order(idempotency_key="once")) for _ in range(20))
    )

    assert len(await store.tasks(OWNER_WORKSPACE, 50, None)) == 1


FACTS: list[dict[str, Any]] = [
    {"state": "queued"},
    {"state": "running", "attempt": 1, "started_at": datetime(2026, 1, 1, tzinfo=UTC)},
    {"state": "running", "progress": {"step": "x", "done": 3, "total": 5}},
    {"state": "completed", "result": {"n": 1}, "finished_at": datetime.now(UTC)},
]


async def _apply(store: Store, task_id: str, facts: Any) -> None:
    for fact in facts:
        await store.project(
            task_id=task_id,
            workspace_id=OWNER_WORKSPACE,
            name="psd.parse_export",
            **fact,
        )


async def test_a_task_that_has_ended_stays_as_it_ended_in_any_order_of_events(
    store: Store,
) -> None:
    for order in permutations(FACTS):
        task_id = new_id("tsk")
        await _apply(store, task_id, [*order, *order])

        row = await store.task(OWNER_WORKSPACE, task_id)
        assert row is not None
        assert (row.state, row.result) == ("completed", {"n": 1})


async def test_progress_and_attempts_never_go_back(store: Store) -> None:
    task_id = new_id("tsk")
    late = {"state": "running", "progress": {"step": "x", "done": 1, "total": 5}}

    await _apply(store, task_id, [*FACTS[:3], late, FACTS[1], FACTS[0]])

    row = await store.task(OWNER_WORKSPACE, task_id)
    assert row is not None
    assert (row.state, row.attempt) == ("running", 1)
    assert row.progress["done"] == 3


async def test_an_event_of_another_workspace_changes_nothing(store: Store) -> None:
    task_id = new_id("tsk")
    await _apply(store, task_id, FACTS[:1])

    changed = await store.project(
        task_id=task_id, workspace_id="wsp_2", name="psd.parse_export", state="failed"
    )

    assert changed is None
    row = await store.task(OWNER_WORKSPACE, task_id)
    assert row is not None and row.state == "queued"
