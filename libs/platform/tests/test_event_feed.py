"""What one process hears of EVENTS: each event once, in order, whatever is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from onemanage.platform.messaging import event_feed, management, topology
from onemanage.platform.messaging.event_feed import EventFeed
from onemanage.platform.messaging.nats import Client, publish
from onemanage.platform.messaging.stored_events import EventAt, bounds, scan
from onemanage.testing.fixtures import eventually

SUBJECT = "events.psd.render.progress"


async def say(nats: Client, *words: str) -> None:
    for word in words:
        await publish(nats, SUBJECT, word.encode(), msg_id=word)


def words(events: list[EventAt]) -> list[str]:
    return [event.payload.decode() for event in events]


@asynccontextmanager
async def running(
    nats: Client, heard: list[EventAt], **more: Any
) -> AsyncIterator[EventFeed]:
    feed = EventFeed(nats, heard.append, **more)
    await feed.open()
    hearing = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        hearing.cancel()


async def test_what_is_stored_from_now_on_is_told_after_what_was(nats: Client) -> None:
    await say(nats, "1", "2", "3")
    recalled: list[EventAt] = []
    heard: list[EventAt] = []
    begun: list[int] = []
    more = {"past": 2, "recall": recalled.append, "begin": begun.append}
    async with running(nats, heard, **more) as feed:
        assert words(recalled) == ["2", "3"], "before it is open"
        assert (begun, feed.last) == ([1], 3)
        await say(nats, "4", "4", "5")
        await eventually(lambda: feed.last == 5)

    assert words(heard) == ["4", "5"]
    assert [each.sequence for each in heard] == [4, 5]


@pytest.mark.parametrize("is_noticed_by", ["silence", "a gap"])
async def test_what_is_told_while_its_consumer_is_gone_is_told_afterwards(
    nats: Client, monkeypatch: pytest.MonkeyPatch, is_noticed_by: str
) -> None:
    heard: list[EventAt] = []
    async with running(nats, heard) as feed:
        await say(nats, "1")
        await eventually(lambda: feed.last == 1)
        if is_noticed_by == "silence":
            for name in await _consumers(nats):
                path = f"CONSUMER.DELETE.{topology.EVENTS}.{name}"
                await management.request(nats, path)
            await say(nats, "2", "3")
        else:
            receive = EventFeed._receive
            lost: list[str] = []

            async def lose_one(feed: EventFeed, consumer: int, message: Any) -> None:
                if message.data == b"2" and not lost:
                    lost.append("2")
                    return
                await receive(feed, consumer, message)

            monkeypatch.setattr(EventFeed, "_receive", lose_one)
            feed._missed.set()  # so that the next consumer is the one that loses
            await eventually(lambda: feed._consumer == 2)
            await say(nats, "2", "3")
        await eventually(lambda: feed.last == 3)
        await say(nats, "4")
        await eventually(lambda: feed.last == 4)

    assert words(heard) == ["1", "2", "3", "4"]


async def test_the_last_one_that_was_lost_is_noticed_although_nothing_follows(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = EventFeed._receive
    lost: list[str] = []

    async def lose_one(feed: EventFeed, consumer: int, message: Any) -> None:
        if message.data == b"2" and not lost:
            lost.append("2")
            return
        await receive(feed, consumer, message)

    monkeypatch.setattr(EventFeed, "_receive", lose_one)
    heard: list[EventAt] = []
    async with running(nats, heard) as feed:
        await say(nats, "1", "2")
        await eventually(lambda: feed.last == 2)

    assert lost and words(heard) == ["1", "2"]


async def test_where_an_older_store_is_put_back_places_are_told_to_count_anew(
    nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_feed, "_SILENCE_SECONDS", 1.5)
    heard: list[EventAt] = []
    begun: list[int] = []
    async with running(nats, heard, begin=begun.append) as feed:
        await say(nats, "1", "2")
        await eventually(lambda: feed.last == 2)
        await management.request(nats, f"STREAM.DELETE.{topology.EVENTS}")
        await topology.declare(nats)
        await eventually(lambda: begun == [0, 0])
        await say(nats, "3")
        await eventually(lambda: len(heard) == 3)

    assert [each.sequence for each in heard] == [1, 2, 1]


async def test_a_look_through_the_stream_ends_where_it_is_told_to(nats: Client) -> None:
    await say(nats, *"abcdefgh")
    seen: list[EventAt] = []

    def until(last: str) -> Any:
        seen.clear()

        def take(event: EventAt) -> bool:
            seen.append(event)
            return event.payload.decode() != last

        return take

    assert await scan(nats, "events.>", 2, until("d"), 100) == (4, False)
    assert words(seen) == ["b", "c", "d"]
    assert await scan(nats, "events.>", 2, until(""), 3) == (4, False)
    assert await scan(nats, "events.>", 5, until(""), 100) == (8, True)
    assert await scan(nats, "events.psd.compare.*", 1, until(""), 9) == (0, True)
    assert await scan(nats, "events.>", 9, until(""), 9) == (0, True)
    assert await bounds(nats) == (1, 8)


async def _consumers(nats: Client) -> list[str]:
    page = await management.request(nats, f"CONSUMER.LIST.{topology.EVENTS}")
    names = [each["name"] for each in page["consumers"]]
    return [name for name in names if name.startswith("look_up_")]
