"""Handlers whose servers are away, against a real JetStream."""

from typing import Any

import pytest

from onemanage.contracts.base import Event
from onemanage.platform.messaging import handlers, topology
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually, stored

from .handling import PROJECT, accepted, consuming, handled


async def test_a_handler_that_finds_a_server_away_keeps_its_event_until_it_is_back(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "pauses", lambda _: [0.02] * 20)
    tries = 0

    async def on_task_event_project_task(event: Event, seen: list[Any]) -> None:
        nonlocal tries
        tries += 1
        if tries <= 2 * handlers.ATTEMPTS:
            raise ConnectionRefusedError
        seen.append(event.task_id)

    seen: list[Any] = []
    async with consuming(nats, on_task_event_project_task, deps=seen):
        await EventPublisher(nats).publish(accepted("tsk_1"))
        await handled(nats, PROJECT, 1)

    assert seen == ["tsk_1"]
    assert await stored(nats, topology.DLQ) == []


async def test_stops_while_a_server_is_away_are_no_failures_of_the_handler(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, tries = True, 0

    async def on_task_event_project_task(event: Event, seen: list[Any]) -> None:
        nonlocal tries
        tries += 1
        if away:
            raise ConnectionRefusedError
        seen.append(event.task_id)

    seen: list[Any] = []
    await EventPublisher(nats).publish(accepted("tsk_1"))
    for _ in range(handlers.ATTEMPTS + 2):
        async with consuming(nats, on_task_event_project_task, deps=seen):
            await eventually(lambda: tries)
        tries = 0
    away = False
    async with consuming(nats, on_task_event_project_task, deps=seen):
        await handled(nats, PROJECT, 1)
    assert seen == ["tsk_1"]
    assert await stored(nats, topology.DLQ) == []


async def test_an_event_that_a_server_refuses_alone_keeps_no_others_away(
    nats: Client,
) -> None:
    async def on_task_event_project_task(event: Event, seen: list[Any]) -> None:
        if event.task_id == "tsk_refused":
            raise ConnectionRefusedError
        seen.append(event.task_id)

    seen: list[Any] = []
    others = [f"tsk_{number}" for number in range(200)]
    async with consuming(nats, on_task_event_project_task, deps=seen):
        for task_id in ("tsk_refused", *others):
            await EventPublisher(nats).publish(accepted(task_id))
        # Those of its own lane wait behind it: about one in eight.
        await eventually(lambda: len(seen) > 0.7 * len(others))
