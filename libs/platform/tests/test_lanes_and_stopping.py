"""Which task a worker takes next, and what it leaves behind when it stops."""

import asyncio

import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.psd.documents import ParseExport
from onemanage.contracts.registry import Lane
from onemanage.platform.messaging import delivery, topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import ACK_WAIT, eventually, settled, stored, working


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))


class Gate:
    """A task that runs until it is let through, and tells who has run."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.began: list[str] = []
        self.ended: list[str] = []

        async def task(command: ParseExport) -> None:
            self.began.append(command.file_name)
            await self.open.wait()
            self.ended.append(command.file_name)

        self.task = task  # TaskIQ takes functions, no methods


async def send(client: Client, name: str, lane: Lane = "low") -> None:
    command = ParseExport(
        task_id=new_id("tsk"),
        workspace_id="wsp_1",
        document_id="doc_1",
        file_id="fil_1",
        file_key="files/1",
        file_name=name,
    )
    await CommandPublisher(client).send(command, lane)


async def completed(client: Client) -> int:
    subjects = [subject for subject, _ in await stored(client, topology.EVENTS)]
    return subjects.count("events.psd.parse_export.completed")


async def test_a_reserved_slot_serves_the_high_lane_while_the_low_one_is_full(
    nats: Client, process_settings: ProcessSettings
) -> None:
    gate = Gate()
    async with working(process_settings, gate.task, slots=3, reserved=1):
        for number in range(6):
            await send(nats, f"low {number}")
        await eventually(lambda: len(gate.began) == 2)
        await send(nats, "high", "high")
        await eventually(lambda: "high" in gate.began)
        assert sorted(gate.began) == ["high", "low 0", "low 1"]
        gate.open.set()
        await settled(nats)
    assert len(gate.ended) == 7


async def test_the_high_lane_may_take_every_slot(
    nats: Client, process_settings: ProcessSettings
) -> None:
    gate = Gate()
    async with working(process_settings, gate.task, slots=3, reserved=1):
        for number in range(4):
            await send(nats, str(number), "high")
        await eventually(lambda: len(gate.began) == 3)
        gate.open.set()
        await settled(nats)
    assert gate.ended == ["0", "1", "2", "3"]


async def test_a_worker_with_one_slot_serves_both_lanes(
    nats: Client, process_settings: ProcessSettings
) -> None:
    gate = Gate()
    gate.open.set()
    async with working(process_settings, gate.task, slots=1):
        await send(nats, "low")
        await send(nats, "high", "high")
        await settled(nats)
    assert sorted(gate.ended) == ["high", "low"]


async def test_a_backlog_far_longer_than_the_ack_wait_is_not_delivered_again(
    nats: Client, process_settings: ProcessSettings
) -> None:
    runs: list[str] = []

    async def task(command: ParseExport) -> None:
        runs.append(command.file_name)
        await asyncio.sleep(ACK_WAIT / 3)

    for number in range(8):
        await send(nats, str(number))
    async with working(process_settings, task, slots=1):
        await settled(nats)
    assert runs == [str(number) for number in range(8)]


async def test_a_worker_that_stops_finishes_what_runs(
    nats: Client, process_settings: ProcessSettings
) -> None:
    gate = Gate()
    async with working(process_settings, gate.task) as stop:
        await send(nats, "running")
        await eventually(lambda: gate.began)
        stop.set()
        await asyncio.sleep(1.5 * ACK_WAIT)
        assert gate.ended == []
        gate.open.set()
    assert gate.began == gate.ended == ["running"]
    await settled(nats)
    assert await completed(nats) == 1


async def test_what_comes_while_a_worker_stops_starts_elsewhere_at_once(
    nats: Client, process_settings: ProcessSettings
) -> None:
    leaving, staying = Gate(), Gate()
    staying.open.set()
    async with working(process_settings, leaving.task, slots=2) as stop:
        await send(nats, "running", "high")
        await eventually(lambda: leaving.began)
        stop.set()
        async with working(process_settings, staying.task):
            await send(nats, "new low")
            await send(nats, "new high", "high")
            await eventually(lambda: len(staying.ended) == 2)
        leaving.open.set()
    assert leaving.ended == ["running"]
    assert sorted(staying.ended) == ["new high", "new low"]


async def test_what_waits_for_a_slot_goes_back_when_the_worker_stops(
    nats: Client, process_settings: ProcessSettings
) -> None:
    leaving, staying = Gate(), Gate()
    staying.open.set()
    async with working(process_settings, leaving.task, slots=2) as stop:
        # Two high ones are asked for beside the low one: one of the three must wait.
        await send(nats, "low")
        await eventually(lambda: len(leaving.began) == 1)
        await send(nats, "high 1", "high")
        await send(nats, "high 2", "high")
        await eventually(lambda: len(leaving.began) == 2)
        stop.set()
        async with working(process_settings, staying.task):
            await eventually(lambda: staying.ended)
        leaving.open.set()
    assert sorted(leaving.ended) == ["high 1", "low"]
    assert staying.ended == ["high 2"]
    await settled(nats)
    assert await completed(nats) == 3


async def test_an_idle_worker_stops_by_itself(
    nats: Client, process_settings: ProcessSettings
) -> None:
    async with asyncio.timeout(5):
        async with working(process_settings, Gate().task) as stop:
            await asyncio.sleep(0.2)
            stop.set()


async def test_two_workers_share_the_work_and_none_is_done_twice(
    nats: Client, process_settings: ProcessSettings
) -> None:
    gates = Gate(), Gate()
    async with (
        working(process_settings, gates[0].task, slots=2),
        working(process_settings, gates[1].task, slots=2),
    ):
        for number in range(20):
            await send(nats, str(number), "high")
        await eventually(lambda: all(len(gate.began) == 2 for gate in gates))
        for gate in gates:
            gate.open.set()
        await settled(nats)
    ended = gates[0].ended + gates[1].ended
    assert sorted(ended, key=int) == [str(number) for number in range(20)]


async def test_another_domain_is_not_touched(
    nats: Client, process_settings: ProcessSettings
) -> None:
    gate = Gate()
    gate.open.set()
    async with working(process_settings, gate.task, task_name="preview.publish"):
        await send(nats, "a.psd")
        await asyncio.sleep(0.3)
    assert gate.began == []
    assert len(await stored(nats, topology.TASKS)) == 1
