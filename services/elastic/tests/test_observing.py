"""What is heard and counted of workers and tasks, on real NATS."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from onemanage.contracts.base import utc_now
from onemanage.elastic.domain.deciding import Measured
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually, working
from onemanage.testing.samples import parse_command

from .conftest import LAPSED, Begin, Rows, Told
from .kept_driver import KeptDriver


async def test_how_long_tasks_take_is_heard_and_kept(
    begin: Begin,
    told: Told,
    cloud: KeptDriver,
    rows: Rows,
    nats: Client,
    process_settings: Any,
) -> None:
    process = await begin()

    async def task(_: Any) -> None:
        await asyncio.sleep(0.05)

    async with working(process_settings, task):
        for _ in range(5):
            await CommandPublisher(nats).send(parse_command())

        async def is_measured() -> bool:
            await process.look()
            found = await rows("SELECT count FROM measured")
            return [row["count"] for row in found] == [5]

        await eventually(is_measured)

    (found,) = await rows("SELECT kind, seconds FROM measured")
    assert found["kind"] == "psd.parse_export"
    assert found["seconds"] >= 0.05
    told.waits(kinds={"psd.parse_export": 24})
    await rows(LAPSED)
    other = await begin()
    await other.look()
    (decision,) = await rows("SELECT reason FROM decisions")
    work = 24 * found["seconds"]
    assert f"{work:.0f} s of work" in decision["reason"]


async def test_what_is_measured_while_rows_are_written_is_kept(
    begin: Begin, told: Told, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = await begin()
    watch, learn = process._observer.stopwatch, process._store.learn
    left = ["tsk_2", "tsk_1"]

    def measure() -> None:
        task_id, now = left.pop(), utc_now()
        watch.started(task_id, now)
        watch.ended("psd.parse_export", task_id, now)

    async def slowly(measured: Mapping[str, Measured]) -> None:
        await learn(measured)
        if left:
            measure()

    monkeypatch.setattr(process._store, "learn", slowly)
    measure()
    await process.look()
    await process.look()

    assert await rows("SELECT count FROM measured") == [{"count": 2}]


async def test_workers_that_are_always_there_are_counted_and_ours_are_not(
    begin: Begin, told: Told, cloud: KeptDriver, process_settings: Any
) -> None:
    process = await begin()
    async with working(process_settings, _nothing, slots=9, reserved=1):
        observer = process._observer
        await eventually(lambda: observer.slots_of_others("psd") == 8)
        told.waits(kinds={"psd.parse_export": 48})  # 240 s: eight slots
        await process.look()
        assert cloud.calls == []

    await eventually(lambda: observer.slots_of_others("psd") == 0)
    await process.look()
    assert len(cloud.calls) == 4


async def _nothing(_: Any) -> None: ...
