"""Many things at once, in threads and in an event loop."""

import asyncio
import threading
import time

import pytest

from onemanage.client import OneManageError, async_many, many
from onemanage.client.outcomes import Outcome


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


def test_none_at_once_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        many(print, [1], at_once=0)
