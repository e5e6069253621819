"""NATS comes back with less than it had confirmed, or has no room for more."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.psd.documents import ParseExport
from onemanage.gateway.store import Pool, Store, open_pool
from onemanage.gateway.tasks import dispatcher, recovery
from onemanage.gateway.tasks.dispatcher import Dispatcher
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskStore
from onemanage.gateway.tasks.window import Windows
from onemanage.local import nats as local_nats
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import CommandPublisher, envelope_of
from onemanage.platform.messaging.nats import (
    Client,
    PublishUnconfirmed,
    connect,
    publish,
)
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import (
    ACK_WAIT,
    MakeDatabase,
    eventually,
    stored,
    told,
    working,
)

from .nodes import Node, nats_node

KEY = b"key"
WAITING = 40


def command(task_id: str) -> ParseExport:
    return ParseExport(
        task_id=task_id,
        workspace_id="wsp_1",
        document_id="doc_1",
        file_id="fil_1",
        file_key="files/1",
        file_name="a.psd",
    )


@asynccontextmanager
async def connected(node: Node) -> AsyncIterator[Client]:
    client = await connect(node.url, "test")
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def gateway(
    database: MakeDatabase, client: Client
) -> AsyncIterator[tuple[Pool, Dispatcher]]:
    """Relay and dispatcher on this NATS. No worker says anything: the window is one."""
    pool = await open_pool(await database("gateway"))
    await Store(pool).ensure_owner(KEY)
    outbox = Outbox(pool)
    relay = Relay(client, outbox)
    made = Dispatcher(outbox, relay, Windows())
    running = [asyncio.create_task(part.run()) for part in (relay, made)]
    try:
        yield pool, made
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await pool.close()


async def ordered(
    pool: Pool, given: Dispatcher, count: int, *, before: int = 0
) -> list[str]:
    """Tasks that all have had their turn, though ``before`` others have not ended."""
    found = []
    for _ in range(count):
        fields = {"document_id": "d", "file_id": "f", "file_key": "k", "file_name": "n"}
        accepted = await TaskStore(pool).accept(
            KEY,
            task_id=new_id("tsk"),
            name="psd.parse_export",
            subject="tasks.psd.low",
            window=before + count + 1,
            command=fields,
        )
        assert accepted.task is not None
        given.submit(accepted.task)
        found.append(accepted.task.id)
    return found


async def published(pool: Pool) -> bool:
    left = await pool.fetchval("SELECT count(*) FROM tasks WHERE sequence IS NULL")
    return bool(left == 0)


async def in_tasks(client: Client) -> set[str]:
    return {envelope["task_id"] for _, envelope in await stored(client, topology.TASKS)}


async def test_tasks_that_an_older_store_has_not_heard_of_are_sent_again_and_carried_out(
    tmp_path: Path, database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(dispatcher, "_EVERY_SECONDS", 0.1)
    older = tmp_path / "older"
    async with nats_node(tmp_path) as node, connected(node) as client:
        await topology.declare(client, ack_wait=ACK_WAIT)
        await node.stop()
        shutil.copytree(tmp_path / local_nats.ONE, older)
        await node.start()
        await node.ready()
        async with gateway(database, client) as (pool, given):
            await eventually(lambda: _is_connected(client))
            waiting = await ordered(pool, given, WAITING)
            await eventually(lambda: published(pool))

            await node.stop()
            shutil.rmtree(tmp_path / local_nats.ONE)
            shutil.copytree(older, tmp_path / local_nats.ONE)
            await node.start()
            await node.ready()

            await eventually(lambda: _has_all(client, waiting))
            runs: list[str] = []

            async def parse(command: ParseExport) -> None:
                runs.append(command.task_id)

            settings = ProcessSettings(nats_url=node.url, task_ack_wait=ACK_WAIT)
            async with working(settings, parse):
                await eventually(lambda: _is_empty(client))

    assert sorted(runs) == sorted(waiting)


async def _has_all(client: Client, waiting: list[str]) -> bool:
    return await in_tasks(client) == set(waiting)


async def _is_empty(client: Client) -> bool:
    return not await in_tasks(client)


async def _is_connected(client: Client) -> bool:
    return client.is_connected


async def test_a_consumer_ahead_of_its_stream_is_set_right_by_declaring(
    tmp_path: Path,
) -> None:
    """The messages of TASKS are older than what the server knows of its consumers."""
    older = tmp_path / "older"
    runs: list[str] = []

    async def parse(command: ParseExport) -> None:
        runs.append(command.task_id)

    async with nats_node(tmp_path) as node, connected(node) as client:
        settings = ProcessSettings(nats_url=node.url, task_ack_wait=ACK_WAIT)
        await topology.declare(client, ack_wait=ACK_WAIT)
        sender = CommandPublisher(client)
        for number in range(3):
            await sender.send(command(f"tsk_{number}"))
        await node.stop()
        (messages,) = (tmp_path / local_nats.ONE).rglob("streams/TASKS/msgs")
        shutil.copytree(messages, older)
        await node.start()
        await node.ready()
        await eventually(lambda: _is_connected(client))
        for number in range(3, 6):
            await sender.send(command(f"tsk_{number}"))
        async with working(settings, parse):
            await eventually(lambda: _is_empty(client))
        assert len(runs) == 6

        await node.stop()
        shutil.rmtree(messages)
        shutil.copytree(older, messages)
        await node.start()
        await node.ready()
        await eventually(lambda: _is_connected(client))
        assert {each.consumer for each in await topology.stranded(client)} == {
            "worker_psd_low"
        }

        await topology.declare(client, ack_wait=ACK_WAIT)
        assert not await topology.stranded(client)
        async with working(settings, parse):
            await eventually(lambda: _is_empty(client))
        for number in range(6):
            statuses = await told(client, f"tsk_{number}")
            assert statuses.count("completed") == 1


async def test_a_stream_without_room_is_known_until_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = local_nats.CONFIG.replace(
        "store_dir: {store_dir}", "store_dir: {store_dir}\n  max_file_store: 1MB"
    )
    monkeypatch.setattr(local_nats, "CONFIG", small)
    async with nats_node(tmp_path) as node, connected(node) as client:
        await topology.declare(client, ack_wait=ACK_WAIT)
        body = envelope_of(command("tsk_" + "0" * 200_000))
        taken = 0
        with pytest.raises(PublishUnconfirmed):
            while True:
                await publish(
                    client, "tasks.psd.low", body, msg_id=str(taken), patience=1.0
                )
                taken += 1
        assert taken and "insufficient" in client.refusal

        await management.request(client, f"STREAM.PURGE.{topology.TASKS}")
        await publish(client, "tasks.psd.low", body, msg_id="more")
        assert client.refusal == ""
