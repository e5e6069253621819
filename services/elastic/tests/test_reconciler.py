"""Decisions that are carried out, on real NATS and PostgreSQL, whatever dies meanwhile.

The cloud is one of our own behind the driver's interface (kept_driver.py).
"""

import asyncio
from collections import Counter
from typing import Any

import pytest

from onemanage.elastic.drivers.driver import (
    DriverAway,
    GroupOrder,
    OutOfQuota,
    StartRefused,
    TooDear,
)
from onemanage.elastic.reconciler import Reconciler
from onemanage.elastic.store import NotLeading
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually, stored
from onemanage.testing.samples import parse_command

from .conftest import LAPSED, Begin, Rows, Told
from .kept_driver import KeptDriver, Killed

LATER = "UPDATE groups SET ordered_at = ordered_at - interval '1 h'"
NO_HOLD = "UPDATE holds SET until = now() - interval '1 s'"


async def events(nats: Client) -> list[tuple[str, str]]:
    """Subject and token of what was told of groups, in its order."""
    return [
        (subject.rpartition(".")[2], event["task_id"])
        for subject, event in await stored(nats, topology.EVENTS)
        if subject.startswith("events.compute.group.")
    ]


def tokens(cloud: KeptDriver) -> list[str]:
    return sorted(str(group.token) for group in cloud.groups.values())


async def test_a_backlog_becomes_a_decision_groups_and_events(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows, nats: Client
) -> None:
    told.waits(kinds={"psd.parse_export": 24}, oldest=3.0)
    process = await begin()

    await process.look()

    (decision,) = await rows("SELECT * FROM decisions")
    groups = await rows("SELECT * FROM groups ORDER BY token")
    assert (decision["starts"], decision["reason"]) == (
        2,
        "24 tasks have not started, 120 s of work for 0 slots",
    )
    assert [row["token"] for row in groups] == tokens(cloud)
    assert {(row["state"], row["size"], row["price"]) for row in groups} == {
        ("starting", "2-4Gi", 0.1)
    }
    assert [order.name for order in cloud.calls] == [
        f"onemanage-psd-{order.token}" for order in cloud.calls
    ]
    assert await events(nats) == []

    told.waits()
    cloud.become("running")
    await process.look()
    cloud.become("ended", reason="its workers were idle")
    await process.look()

    assert Counter(await events(nats)) == Counter(
        (what, token) for what in ("started", "completed") for token in tokens(cloud)
    )
    gone = await rows("SELECT state, end_reason FROM groups")
    assert {tuple(row.values()) for row in gone} == {("gone", "its workers were idle")}


async def test_what_lies_before_the_workers_counts_as_well(
    begin: Begin, cloud: KeptDriver, nats: Client
) -> None:
    for _ in range(24):
        await CommandPublisher(nats).send(parse_command())

    await (await begin()).look()

    assert len(cloud.groups) == 2


async def test_a_heavy_task_has_a_large_group_at_once(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    told.waits(heavy=1)
    process = await begin()

    for _ in range(3):
        await process.look()

    (order,) = cloud.calls
    assert order.heavy
    (row,) = await rows("SELECT size, price, reason FROM groups")
    assert tuple(row.values()) == ("8-32Gi", 1.6, "1 heavy task has not started")


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_at_the_call_no_group_is_lost_and_none_started_twice(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows, moment: str
) -> None:
    told.waits(kinds={"psd.parse_export": 24})

    def die(order: GroupOrder) -> None:
        raise Killed

    setattr(cloud, moment, die)
    with pytest.raises(Killed):
        await (await begin()).look()
    assert len(cloud.groups) == (moment == "after")
    assert [row["state"] for row in await rows("SELECT state FROM groups")] == [
        *("wanted", "wanted")
    ]
    setattr(cloud, moment, lambda _: None)

    other = await begin()
    await rows(LAPSED)
    for _ in range(3):
        await other.look()

    groups = await rows("SELECT token, provider_id FROM groups ORDER BY token")
    assert [row["token"] for row in groups] == tokens(cloud)
    assert [row["provider_id"] for row in groups] == [
        f"kept-{token}" for token in tokens(cloud)
    ]
    assert len(cloud.groups) == 2
    assert cloud.ended == []


async def test_of_several_processes_one_decides_and_another_takes_over(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    processes = [await begin() for _ in range(4)]

    async def look(process: Reconciler) -> None:
        for _ in range(5):
            await process.look()

    await asyncio.gather(*(look(process) for process in processes))
    assert len(cloud.calls) == 2

    cloud.groups.clear()  # the cloud has lost all of it
    await rows(LATER)
    await rows(LAPSED)
    await asyncio.gather(*(look(process) for process in processes[1:]))
    await rows(NO_HOLD)
    await asyncio.gather(*(look(process) for process in processes[1:]))

    assert len(cloud.groups) == 2
    states = Counter(row["state"] for row in await rows("SELECT state FROM groups"))
    assert states == {"gone": 2, "starting": 2}


async def test_who_was_paused_and_leads_no_longer_writes_nothing(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin()
    seen = cloud.seen

    async def slow() -> Any:
        await rows("UPDATE leader SET holder = 'another'")
        return await seen()

    cloud.seen = slow  # type: ignore[method-assign]  # it takes so long here
    with pytest.raises(NotLeading):
        await process.look()

    assert cloud.calls == []
    assert await rows("SELECT * FROM decisions") == []


async def test_where_nats_is_away_nothing_is_decided_and_nothing_ended(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin()
    await process.look()
    cloud.become("running")
    await process._client.close()
    await rows(LATER)
    cloud.groups.clear()

    await process.look()

    assert cloud.ended == []
    assert {row["state"] for row in await rows("SELECT state FROM groups")} == {
        "starting"
    }


async def test_where_the_gateway_is_away_nothing_is_decided(
    begin: Begin, told: Told, cloud: KeptDriver, servers: Any, nats: Client
) -> None:
    told.is_away = True
    for _ in range(24):
        await CommandPublisher(nats).send(parse_command())
    process = await begin()

    await process.look()
    assert cloud.calls == []

    told.is_away = False
    await process.look()
    assert len(cloud.calls) == 2


async def test_where_the_cloud_does_not_answer_the_same_tokens_are_tried_again(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin()

    def away(_: GroupOrder) -> None:
        raise DriverAway("503 ServiceUnavailable")

    cloud.after = away  # it has started one, and nobody knows
    await process.look()
    await process.look()
    cloud.after = lambda _: None
    cloud.is_away = DriverAway("connection refused")
    await process.look()
    cloud.is_away = None
    await process.look()

    assert len({order.token for order in cloud.calls}) == 2
    assert len(cloud.groups) == 2
    assert {row["state"] for row in await rows("SELECT state FROM groups")} == {
        "starting"
    }


@pytest.mark.parametrize("refusal", [OutOfQuota("50 cores"), TooDear("spot at 0.4")])
async def test_a_refusal_is_told_and_not_asked_for_again_until_later(
    begin: Begin,
    told: Told,
    cloud: KeptDriver,
    rows: Rows,
    nats: Client,
    refusal: StartRefused,
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin()

    def refuse(_: GroupOrder) -> None:
        raise refusal

    cloud.before = refuse
    for _ in range(3):
        await process.look()

    assert len(cloud.calls) == 1  # of two that were wanted the second is not asked for
    (hold,) = await rows("SELECT reason, until > now() AS holds FROM holds")
    assert tuple(hold.values()) == (f"{type(refusal).__name__}: {refusal}", True)
    assert [what for what, _ in await events(nats)] == ["failed", "failed"]
    assert await rows("SELECT FROM groups WHERE state <> 'gone' OR NOT refused") == []

    cloud.before = lambda _: None
    await rows(NO_HOLD)
    await process.look()
    assert len(cloud.groups) == 2

    cloud.become("running")

    async def is_released() -> bool:
        await process.look()
        return await rows("SELECT * FROM holds") == []

    await eventually(is_released)


async def test_groups_that_die_half_way_are_replaced(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows, nats: Client
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin(idle=600.0)
    await process.look()
    cloud.become("running")
    await process.look()

    cloud.become("ended", reason="reclaimed by the cloud")
    await process.look()
    assert len(cloud.groups) == 2  # not at once: what dies young may die again
    (hold,) = await rows("SELECT reason, refusals FROM holds")
    assert hold["reason"].endswith("has died: reclaimed by the cloud")
    assert hold["refusals"] == 1
    await rows(NO_HOLD)
    await process.look()

    assert len(cloud.groups) == 4
    assert Counter(what for what, _ in await events(nats)) == {
        "started": 2,
        "completed": 2,
    }


async def test_groups_without_rows_are_found_and_let_work(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    """As after a database was put back to an earlier state."""
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin()
    await process.look()
    cloud.become("running")
    await rows("DELETE FROM groups")

    for _ in range(2):
        await process.look()

    assert len(cloud.groups) == 2
    assert cloud.ended == []
    found = await rows("SELECT token, state FROM groups ORDER BY token")
    assert [row["token"] for row in found] == tokens(cloud)
    assert {row["state"] for row in found} == {"running"}


async def test_what_ended_a_month_ago_is_forgotten(
    begin: Begin, told: Told, cloud: KeptDriver, rows: Rows
) -> None:
    told.waits(kinds={"psd.parse_export": 24})
    process = await begin()
    await process.look()
    cloud.become("ended")
    told.waits()
    await process.look()
    await rows(
        "WITH older AS (UPDATE decisions SET decided_at = decided_at - interval '31 d')"
        " UPDATE groups SET ended_at = ended_at - interval '31 d'"
    )

    running = asyncio.create_task(process.run())
    left = "SELECT FROM groups UNION ALL SELECT FROM decisions"

    async def is_forgotten() -> bool:
        return not await rows(left)

    await eventually(is_forgotten)
    running.cancel()
    await asyncio.wait([running])

    assert await rows("SELECT * FROM leader") == []  # another may lead at once
