"""Calls side by side."""

import asyncio

import pytest

from onemanage.platform.process.gather import gather, gather_few


async def _after(seconds: float, value: int) -> int:
    await asyncio.sleep(seconds)
    return value


async def test_values_come_in_the_order_of_the_calls() -> None:
    assert await gather([_after(0.02, 1), _after(0, 2)]) == [1, 2]


async def test_the_first_failure_is_raised_as_it_is_and_stops_the_others() -> None:
    stopped = asyncio.Event()

    async def fail() -> int:
        raise LookupError("this one")

    async def wait() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return 0

    with pytest.raises(LookupError, match="this one"):
        await gather([wait(), fail()])
    assert stopped.is_set()


async def test_so_many_calls_are_made_at_a_time_and_values_keep_their_order() -> None:
    now, most = 0, 0

    async def call(value: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return value

    assert await gather_few(call, [(number,) for number in range(9)], 3) == [*range(9)]
    assert most == 3
