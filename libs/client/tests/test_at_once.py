"""Many things at once, in threads and in an event loop."""

import asyncio
import sys
import threading
import time

import pytest

from onemanage.client import AsyncOneManage, OneManageError, async_many, many
from onemanage.client.outcomes import Outcome

from .answering import Answer, answering


def test_each_of_many_has_an_outcome_and_none_stops_the_others() -> None:
    at_work, most = set[int](), [0]
    seen: list[Outcome[int, int]] = []

    def act(number: int) -> int:
        at_work.add(number)
        most[0] = max(most[0], len(at_work))
        time.sleep(0.002)
        at_work.discard(number)
        if number % 5 == 0:
            raise OneManageError(f"not {number}")
        return number * number

    found = many(act, range(20), at_once=4, on_done=seen.append)

    assert [one.item for one in found] == list(range(20))
    assert [one.item for one in found if one.error] == [0, 5, 10, 15]
    assert found[7].unwrap() == 49
    with pytest.raises(OneManageError, match="not 5"):
        found[5].unwrap()
    assert len(seen) == 20
    assert 1 < most[0] <= 4


def test_what_is_nobody_s_input_stops_all_and_is_raised() -> None:
    begun: list[int] = []

    def act(number: int) -> None:
        begun.append(number)
        if number == 3:
            raise ZeroDivisionError
        time.sleep(0.001)

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        many(act, range(10_000), at_once=2)

    assert len(begun) < 1000  # whatever turn the machine gives to whom
    assert threading.active_count() == before


async def test_the_same_in_an_event_loop_ends_when_it_is_cancelled() -> None:
    begun: list[int] = []

    async def act(number: int) -> int:
        begun.append(number)
        await asyncio.sleep(0 if number < 10 else 60)
        return number

    first = await async_many(act, range(10), at_once=3)
    running = asyncio.create_task(async_many(act, range(10, 99), at_once=3))
    while len(begun) < 13:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert [one.result for one in first] == list(range(10))
    assert len(begun) == 13
    assert len(asyncio.all_tasks()) == 1


async def test_no_module_is_looked_for_while_requests_are_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """httpcore looks for sniffio with each request where that is not installed."""
    sought: list[str] = []

    class Looking:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            sought.append(name)

    with answering(Answer(200, b'{"id": "fil_1"}')) as server:
        async with AsyncOneManage("om_live_key", url=server.url) as client:
            await client.files.get("fil_1")  # which loads what it needs
            monkeypatch.setattr(sys, "meta_path", [Looking, *sys.meta_path])
            await async_many(client.files.get, ["fil_1"] * 20, at_once=4)

    assert len(server.asked) == 21
    assert sought == []


def test_none_at_once_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        many(print, [1], at_once=0)
