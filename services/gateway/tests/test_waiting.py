"""What the gateway tells of its queues, on real PostgreSQL and NATS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from onemanage.contracts.compute import NO_WORKSPACE, GetWaiting, Waiting
from onemanage.contracts.psd.documents import HEAVY_BYTES
from onemanage.gateway.handlers import Deps
from onemanage.gateway.queries import QUERIES
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool
from onemanage.gateway.tasks import waiting as counting
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.tasks.waiting import waiting
from onemanage.gateway.tasks.window import Windows
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import ask
from onemanage.testing.fixtures import answering

from .conftest import Accept
from .webhook_samples import recorder


async def test_what_waits_is_counted_by_service_and_kind_over_all_workspaces(
    accept: Accept, stranger: bytes, pool: Pool
) -> None:
    for key in ({}, {"key_hash": stranger}, {"subject": "tasks.psd.high"}):
        await accept(window=0, **key)
    await accept(window=0, name="psd.render")
    await accept(window=0, subject="tasks.imaging.low", name="imaging.transform")

    by_service = {each.service: each.kinds for each in await waiting(pool)}

    assert by_service == {
        "psd": {"psd.parse_export": 3, "psd.render": 1},
        "imaging": {"imaging.transform": 1},
    }


async def test_a_long_queue_is_counted_up_to_a_bound(
    accept: Accept, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_COUNTED", 3)
    for _ in range(5):
        await accept(window=0)

    (psd,) = await waiting(pool)

    assert psd.kinds == {"psd.parse_export": 3}


async def test_the_oldest_is_one_that_somebody_asked_for_and_that_has_not_started(
    accept: Accept, tasks: TaskStore, outbox: Outbox, pool: Pool
) -> None:
    rows = [(await accept(window=0)).task for _ in range(3)]
    ids = [row.id for row in rows if row is not None]
    await tasks.request(
        task_id="tsk_follows",
        workspace_id=OWNER_WORKSPACE,
        name="psd.parse_export",
        subject="tasks.psd.automatic",
        command={},
    )
    for seconds, task_id in ((900, "tsk_follows"), (600, ids[0]), (50, ids[1])):
        await pool.execute(
            "UPDATE tasks SET created_at = now() - make_interval(secs => $1) "
            "WHERE id = $2",
            float(seconds),
            task_id,
        )
    await outbox.release("tasks.psd.low", OWNER_WORKSPACE, 1)
    await tasks.project(
        task_id=ids[0],
        workspace_id=OWNER_WORKSPACE,
        name="psd.parse_export",
        state="running",
    )

    (psd,) = await waiting(pool)

    assert psd.oldest is not None
    assert 50 <= psd.oldest < 600


async def test_where_nothing_waits_nothing_is_told(pool: Pool) -> None:
    assert await waiting(pool) == []


@asynccontextmanager
async def _sending(nats: Client, pool: Pool) -> AsyncIterator[Deps]:
    outbox = Outbox(pool)
    relay = Relay(nats, outbox)
    dispatcher = Dispatcher(outbox, relay, Windows())
    running = asyncio.create_task(relay.run())
    try:
        yield Deps(TaskStore(pool), relay, dispatcher, recorder(pool))
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_document_of_two_gigabytes_is_told_as_heavy_until_it_has_started(
    nats: Client, pool: Pool, accept: Accept, file: FileRow
) -> None:
    order: dict[str, Any] = {"file_id": file.id, "command": {"document_id": "doc_1"}}
    async with _sending(nats, pool) as deps:
        for size in (HEAVY_BYTES - 1, 2_000_000_000):
            await pool.execute(
                "UPDATE files SET size = $1 WHERE id = $2", size, file.id
            )
            row = (await accept(**order)).task
            assert row is not None
            deps.relay.submit(row)
            await deps.relay.drained()

        (psd,) = await waiting(pool)
        assert psd.heavy == 1
        assert row is not None
        await deps.tasks.project(
            task_id=row.id,
            workspace_id=OWNER_WORKSPACE,
            name=row.name,
            state="running",
        )
        assert all(each.heavy == 0 for each in await waiting(pool))


async def test_whoever_decides_on_workers_is_answered(
    nats: Client, pool: Pool, accept: Accept
) -> None:
    await accept(window=0)
    async with _sending(nats, pool) as deps, answering(nats, QUERIES, deps):
        found = await ask(nats, GetWaiting(workspace_id=NO_WORKSPACE), Waiting)

    assert [each.service for each in found.services] == ["psd"]
