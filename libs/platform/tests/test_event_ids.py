"""What is read of EVENTS is read once, and never takes what is gone for what is there."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.event_ids import EventIds
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.messaging.stored_events import events_since

SUBJECT = "events.psd.parse_export.completed"
OTHER = "events.psd.parse_export.failed"


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


async def test_a_thousand_that_ask_at_once_read_the_stream_twice_at_most(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        await publish(nats, SUBJECT, b"{}", msg_id=str(number))
    reads = 0

    async def counted(*args: object, **named: object) -> object:
        nonlocal reads
        reads += 1
        return await events_since(*args, **named)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(f"{EventIds.__module__}.events_since", counted)
    ids = EventIds(nats, SUBJECT)
    moment = long_ago()
    found = await asyncio.gather(*(ids.since(moment) for _ in range(1000)))
    assert all(each == {str(number) for number in range(30)} for each in found)
    assert reads <= 2


async def test_what_was_said_before_somebody_asks_is_always_found(nats: Client) -> None:
    ids, moment = EventIds(nats, SUBJECT), long_ago()

    async def say_and_ask(name: str) -> bool:
        await publish(nats, SUBJECT, b"{}", msg_id=name)
        return name in await ids.since(moment)

    assert all(await asyncio.gather(*(say_and_ask(str(n)) for n in range(100))))


async def test_another_kind_of_event_is_not_among_them(nats: Client) -> None:
    await publish(nats, OTHER, b"{}", msg_id="other")
    await publish(nats, SUBJECT, b"{}", msg_id="ours")
    assert await EventIds(nats, SUBJECT).since(long_ago()) == {"ours"}


async def test_who_asks_for_an_earlier_time_is_told_of_that_too(nats: Client) -> None:
    await publish(nats, SUBJECT, b"{}", msg_id="early")
    await asyncio.sleep(0.05)
    late = datetime.now(UTC)
    await publish(nats, SUBJECT, b"{}", msg_id="late")
    ids = EventIds(nats, SUBJECT)
    assert await ids.since(late) == {"late"}
    assert await ids.since(long_ago()) == {"early", "late"}


async def test_a_stream_that_lost_its_end_is_read_anew(nats: Client) -> None:
    """As when an older store was put back: what is told then is not what was."""
    ids = EventIds(nats, SUBJECT)
    for name in ("kept", "lost"):
        await publish(nats, SUBJECT, b"{}", msg_id=name)
    assert await ids.since(long_ago()) == {"kept", "lost"}
    info = await management.request(nats, f"STREAM.INFO.{topology.EVENTS}")
    last = info["state"]["last_seq"]
    path = f"STREAM.MSG.DELETE.{topology.EVENTS}"
    await management.request(nats, path, {"seq": last})
    await publish(nats, SUBJECT, b"{}", msg_id="new")
    assert await ids.since(long_ago()) == {"kept", "new"}
