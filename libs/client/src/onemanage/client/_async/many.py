"""One thing done to many: so many at the same time, and none stops the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from onemanage.client.at_once import AsyncAct, async_each
from onemanage.client.errors import OneManageError
from onemanage.client.outcomes import Outcome

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


async def async_many(
    act: AsyncAct[ItemT, ResultT],
    items: Iterable[ItemT],
    *,
    at_once: int = 16,
    on_done: Callable[[Outcome[ItemT, ResultT]], object] | None = None,
) -> list[Outcome[ItemT, ResultT]]:
    """What has become of each item, in their order.

    ``items`` are taken as somebody is free to act on them, ``at_once`` of them.
    ``on_done`` is told as soon as one has ended. OneManageError and OSError are the
    item's own fault; whatever else is raised stops all, as does whoever interrupts.
    """
    if at_once < 1:
        raise ValueError(f"at_once is {at_once}; it must be 1 or more.")
    done: dict[int, Outcome[ItemT, ResultT]] = {}

    async def numbered() -> AsyncIterator[tuple[int, ItemT]]:
        for one in enumerate(items):
            yield one

    async def work(one: tuple[int, ItemT]) -> None:
        number, item = one
        try:
            outcome: Outcome[ItemT, ResultT] = Outcome(item, await act(item))
        except (OneManageError, OSError) as error:
            outcome = Outcome(item, error=error)
        done[number] = outcome
        if on_done is not None:
            on_done(outcome)

    await async_each(numbered(), work, at_once, _nothing)
    return [done[number] for number in sorted(done)]


def _nothing() -> None:
    """Whoever acts ends by itself."""
