"""Tasks that a worker gives back because it must go, and what they have left then."""

import asyncio
from typing import Any

import msgspec
import pytest

from onemanage.contracts.psd.documents import ParseExport
from onemanage.platform.messaging import delivery, topology
from onemanage.platform.messaging.commands import (
    CommandPublisher,
    envelope_of,
    message_id,
)
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import eventually, letters, settled, stored, working
from onemanage.testing.samples import parse_command


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BACKOFF", (0.05, 0.05, 0.05))


class Stubborn:
    """A task that lasts until its worker must go; and raises, once it is told to."""

    def __init__(self) -> None:
        self.begun = 0
        self.fails = False

        async def task(_: ParseExport) -> None:
            self.begun += 1
            if self.fails:
                raise RuntimeError("out of luck")
            await asyncio.Event().wait()

        self.task = task  # TaskIQ takes functions, no methods

    async def is_handed_over(self, settings: ProcessSettings) -> None:
        before = self.begun
        async with working(settings, self.task, wait_tasks_timeout=0.01):
            await eventually(lambda: self.begun > before)


async def history(client: Client) -> list[tuple[str, int | None]]:
    events: list[tuple[str, Any]] = await stored(client, topology.EVENTS)
    return [
        (subject.rpartition(".")[2], event.get("attempt")) for subject, event in events
    ]


async def test_a_task_that_was_handed_over_again_and_again_has_three_attempts_left(
    nats: Client, process_settings: ProcessSettings
) -> None:
    task = Stubborn()
    await CommandPublisher(nats).send(parse_command(), "low")
    for _ in range(4):
        await task.is_handed_over(process_settings)
    task.fails = True
    async with working(process_settings, task.task):
        await settled(nats)
    assert task.begun == 4 + 3
    assert await history(nats) == [
        ("accepted", None),
        *[("started", 1), ("handed_over", 1)] * 4,
        *[("started", 1), ("started", 2), ("started", 3)],
        ("failed", None),
    ]
    assert [letter["reason"] for letter in await letters(nats)] == ["raised"]


async def test_an_attempt_that_failed_before_a_hand_over_still_counts(
    nats: Client, process_settings: ProcessSettings
) -> None:
    task = Stubborn()
    task.fails = True
    await CommandPublisher(nats).send(parse_command(), "low")
    async with working(process_settings, task.task):
        await eventually(lambda: task.begun)
        task.fails = False
    await task.is_handed_over(process_settings)
    task.fails = True
    async with working(process_settings, task.task):
        await settled(nats)
    assert await history(nats) == [
        *[("accepted", None), ("started", 1), ("started", 2), ("handed_over", 2)],
        *[("started", 2), ("started", 3), ("failed", None)],
    ]


async def test_tasks_that_were_handed_over_run_side_by_side_elsewhere(
    nats: Client, process_settings: ProcessSettings
) -> None:
    """Those that were begun when a worker was lost do not: one of them was to blame."""
    task = Stubborn()
    for _ in range(3):
        await CommandPublisher(nats).send(parse_command(), "high")
    for number in (3, 6):
        async with working(process_settings, task.task, wait_tasks_timeout=0.01):
            await eventually(lambda number=number: task.begun == number)  # type: ignore[misc]
    task.fails = True
    async with working(process_settings, task.task):
        await settled(nats)
    assert task.begun == 3 * (2 + 3)


async def test_the_first_start_of_a_retry_is_not_taken_for_the_second_of_before(
    nats: Client, process_settings: ProcessSettings
) -> None:
    """It would be left to a worker that is not there, until its ack_wait ends."""
    task = Stubborn()
    task.fails = True
    command = parse_command()
    async with working(process_settings, task.task):
        for run in (1, 2):
            again = msgspec.structs.replace(command, run=run)
            known = message_id(command.task_id, run)
            await publish(nats, "tasks.psd.low", envelope_of(again), msg_id=known)
            await settled(nats)
    starts = [attempt for what, attempt in await history(nats) if what == "started"]
    assert starts == [1, 2, 3] * 2
