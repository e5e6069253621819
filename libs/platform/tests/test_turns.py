"""Who is at work, and who waits for a turn."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from onemanage.platform.messaging.turns import NoTurn, Turns

PATIENCE = 20.0


async def take(
    turns: Turns, workspace: str, order: list[str], gate: asyncio.Event
) -> None:
    async with turns.turn(workspace, PATIENCE):
        order.append(workspace)
        await gate.wait()


async def test_one_workspace_has_its_share_and_the_others_find_room() -> None:
    turns = Turns(slots=3, share=2, waiting=10)
    async with AsyncExitStack() as at_work:
        for workspace in ("a", "a", "b"):
            await at_work.enter_async_context(turns.turn(workspace, PATIENCE))

        for workspace, own in (("a", True), ("b", False), ("c", False)):
            with pytest.raises(NoTurn) as refused:
                async with turns.turn(workspace, 0.01):
                    pass
            assert refused.value.own is own


async def test_a_slot_that_falls_free_goes_to_the_workspaces_in_turn() -> None:
    turns = Turns(slots=1, share=1, waiting=100)
    order: list[str] = []
    gate = asyncio.Event()
    asked = ["a", "a", "a", "a", "b", "b", "c"]
    running = [asyncio.create_task(take(turns, one, order, gate)) for one in asked]
    await asyncio.sleep(0)

    gate.set()
    await asyncio.gather(*running)

    assert order == ["a", "a", "b", "c", "a", "b", "a"]


async def test_those_who_stop_waiting_leave_their_place_and_no_slot_is_lost() -> None:
    turns = Turns(slots=2, share=2, waiting=100)
    order: list[str] = []
    gate = asyncio.Event()
    running = [asyncio.create_task(take(turns, "a", order, gate)) for _ in range(50)]
    await asyncio.sleep(0)
    for task in running[:40]:
        task.cancel()
    gate.set()
    await asyncio.gather(*running, return_exceptions=True)

    async with AsyncExitStack() as at_work:
        for _ in range(2):
            await at_work.enter_async_context(turns.turn("b", PATIENCE))
    assert order == ["a"] * 12


async def test_a_slot_given_to_somebody_who_stops_that_moment_goes_on() -> None:
    turns = Turns(slots=1, share=1, waiting=100)
    order: list[str] = []
    gate = asyncio.Event()
    first, second, third = (
        asyncio.create_task(take(turns, one, order, gate)) for one in "abc"
    )
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)  # the slot is the second's now, who does not know it yet
    second.cancel()

    gate.set()
    await third
    assert order == ["a", "c"]


async def test_so_many_wait_and_no_more() -> None:
    turns = Turns(slots=1, share=1, waiting=2)
    gate = asyncio.Event()
    running = [asyncio.create_task(take(turns, "a", [], gate)) for _ in range(3)]
    await asyncio.sleep(0)

    with pytest.raises(NoTurn) as refused:
        async with turns.turn("a", PATIENCE):
            pass

    assert refused.value.own
    gate.set()
    await asyncio.gather(*running)
