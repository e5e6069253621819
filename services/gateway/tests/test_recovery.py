"""Rows whose message is nowhere, on a real PostgreSQL and a TASKS that was put back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from onemanage.contracts.psd.documents import ParseExport
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks import recovery
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.recovery import Recovery
from onemanage.gateway.tasks.relay import Relay
from onemanage.gateway.tasks.store import TaskRow, TaskStore
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import ACK_WAIT, eventually, stored, told, working

from .conftest import Accept
from .test_relay import COMMAND


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "_SETTLED_SECONDS", 0.0)


class Gateway:
    """What publishes rows and looks after them; the sweeper's turns are the test's."""

    def __init__(self, nats: Client, pool: Pool) -> None:
        outbox = Outbox(pool)
        self.nats, self.tasks = nats, TaskStore(pool)
        self.relay = Relay(nats, outbox)
        self.recovery = Recovery(nats, outbox, self.relay)

    async def publish(self, row: TaskRow) -> TaskRow:
        self.relay.submit(row)
        await self.relay.drained()
        found = await self.tasks.get(row.workspace_id, row.id)
        assert found is not None and found.published_at and found.sequence
        return found

    async def look(self) -> None:
        await self.recovery.look()
        await self.relay.drained()


@pytest.fixture
async def gateway(nats: Client, pool: Pool) -> AsyncIterator[Gateway]:
    made = Gateway(nats, pool)
    running = asyncio.create_task(made.relay.run())
    yield made
    running.cancel()
    await asyncio.wait([running])


async def _accepted(accept: Accept) -> TaskRow:
    row = (await accept(command=COMMAND)).task
    assert row is not None
    return row


async def _put_back(nats: Client) -> None:
    """An empty TASKS of another life: it knows no message, and counts from one again."""
    await management.request(nats, f"STREAM.DELETE.{topology.TASKS}")
    await topology.declare(nats, ack_wait=ACK_WAIT)


async def _sent(nats: Client) -> list[dict[str, Any]]:
    return [envelope for _, envelope in await stored(nats, topology.TASKS)]


async def test_a_published_row_whose_message_is_gone_is_published_again_under_its_id(
    nats: Client, gateway: Gateway, accept: Accept
) -> None:
    rows = [await gateway.publish(await _accepted(accept)) for _ in range(3)]
    await gateway.look()
    assert len(await _sent(nats)) == 3

    await _put_back(nats)
    fields = COMMAND | {"task_id": "tsk_9", "workspace_id": "wsp_9"}
    other = msgspec.convert(fields | {"type": "psd.parse_export"}, ParseExport)
    await CommandPublisher(nats).send(other)  # it has the sequence of the first now
    for _ in range(2):
        await gateway.look()

    again = {each["task_id"]: each["labels"] for each in await _sent(nats)}
    assert again.keys() == {"tsk_9", *(row.id for row in rows)}
    assert all("resent_since" in again[row.id] for row in rows)
    assert len(await _sent(nats)) == 4


async def test_a_completed_task_whose_event_is_late_is_not_run_again(
    nats: Client, gateway: Gateway, accept: Accept, process_settings: ProcessSettings
) -> None:
    """Nobody projects events here: the row does not know yet."""
    row = await gateway.publish(await _accepted(accept))
    runs = 0

    async def parse(command: ParseExport) -> None:
        nonlocal runs
        runs += 1

    async with working(process_settings, parse):
        await eventually(lambda: _has_ended(nats, row))
        await eventually(lambda: _is_empty(nats))
        for _ in range(3):
            await gateway.look()
        assert await _sent(nats) == []

    # And where the one who sent it again had not seen the end, the worker does.
    await _put_back(nats)
    gateway.relay.submit(row)
    await gateway.relay.drained()
    assert len(await _sent(nats)) == 1
    async with working(process_settings, parse):
        await eventually(lambda: _is_empty(nats))

    assert runs == 1
    assert await told(nats, row.id) == ["accepted", "started", "completed"]


async def _has_ended(nats: Client, row: TaskRow) -> bool:
    return "completed" in await told(nats, row.id)


async def _is_empty(nats: Client) -> bool:
    return not await _sent(nats)


async def test_what_a_worker_has_in_hand_is_left_to_it(
    nats: Client, gateway: Gateway, accept: Accept, process_settings: ProcessSettings
) -> None:
    row = await gateway.publish(await _accepted(accept))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def parse(command: ParseExport) -> None:
        begun.set()
        await go_on.wait()

    async with working(process_settings, parse):
        await begun.wait()
        await gateway.relay.stream.remove(row)
        await gateway.look()
        assert await _sent(nats) == []
        go_on.set()
        await eventually(lambda: _has_ended(nats, row))

    assert await told(nats, row.id) == ["accepted", "started", "completed"]


async def test_what_was_to_be_cancelled_ends_so_when_its_message_is_gone(
    nats: Client, gateway: Gateway, accept: Accept
) -> None:
    row = await gateway.publish(await _accepted(accept))
    await _put_back(nats)
    await gateway.tasks.cancel(OWNER_WORKSPACE, row.id)

    await gateway.look()

    assert await told(nats, row.id) == ["accepted", "cancelled"]
    assert await _sent(nats) == []


async def test_an_order_of_which_no_copy_is_kept_fails_when_its_message_is_gone(
    nats: Client, gateway: Gateway, accept: Accept, pool: Pool
) -> None:
    """As those that services sent themselves, in earlier releases."""
    row = await gateway.publish(await _accepted(accept))
    await pool.execute("UPDATE tasks SET command = NULL")
    await _put_back(nats)

    await gateway.look()

    (_, accepted), (_, failed) = await stored(nats, topology.EVENTS)
    assert failed["error"]["code"] == "task.lost"
    assert accepted["task_id"] == failed["task_id"] == row.id


async def test_what_a_stream_that_was_put_back_keeps_from_its_worker_is_told(
    nats: Client, gateway: Gateway, accept: Accept
) -> None:
    row = await gateway.publish(await _accepted(accept))
    # As the server does with a consumer that is ahead of its stream.
    path = f"CONSUMER.RESET.{topology.TASKS}.worker_psd_low"
    await management.request(nats, path, {"seq": (row.sequence or 0) + 1})

    await gateway.look()
    assert not gateway.recovery.trouble
    await gateway.look()
    assert "worker_psd_low" in gateway.recovery.trouble

    await topology.declare(nats, ack_wait=ACK_WAIT)
    for _ in range(2):
        await gateway.look()
    assert not gateway.recovery.trouble
