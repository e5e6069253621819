"""Several things at once: as tasks of an event loop, or in threads.

The async source calls ``async_each``; its sync twin ``each``, which does the same.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
AsyncAct = Callable[[T], Awaitable[R]]
Act = Callable[[T], R]

_END = object()
LEAVE = object()
"""Given back by whoever acts and takes nothing more."""
_GRACE = 5.0
"""Seconds that a thread has to end when all are to stop; it may wait for the line."""


async def async_each(
    items: AsyncIterator[T],
    act: Callable[[T], Awaitable[object]],
    at_once: int,
    stop: Callable[[], None],
) -> None:
    """Act on each item; they are taken one by one, when there is somebody to act.

    What is raised first ends all others, and is raised. ``stop`` is called then, for
    what nobody can interrupt.
    """
    import asyncio

    turn = asyncio.Lock()

    async def work() -> None:
        while True:
            async with turn:
                try:
                    item = await items.__anext__()
                except StopAsyncIteration:
                    return
            if await act(item) is LEAVE:
                return

    workers = [asyncio.create_task(work()) for _ in range(at_once)]
    try:
        await asyncio.gather(*workers)
    except BaseException:
        stop()
        raise
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


def each(
    items: Iterator[T],
    act: Callable[[T], object],
    at_once: int,
    stop: Callable[[], None],
) -> None:
    """The same in threads, which end between two items, or where ``stop`` makes them."""
    turn, is_over = threading.Lock(), threading.Event()
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        fault: BaseException | None = None
        try:
            while not is_over.is_set():
                with turn:
                    item = next(items, _END)
                if item is _END:
                    break
                if act(item) is LEAVE:  # type: ignore[arg-type]  # it is not _END
                    break
        except BaseException as error:  # whatever it is, the caller is told
            fault = error
            is_over.set()  # here, as the caller may be slow to hear of it
        ended.put(fault)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            fault = ended.get()
            if fault is not None:
                raise fault
    except BaseException:
        is_over.set()
        stop()
        raise
    finally:
        for thread in threads:
            thread.join(_GRACE)
