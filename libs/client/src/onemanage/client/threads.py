"""Waiting, and work on files: in a thread beside an event loop, or here.

The async source calls ``async_run`` and ``async_sleep``; its sync twin, which is made of
it, calls ``run`` and ``sleep``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

sleep = time.sleep


async def async_sleep(seconds: float) -> None:
    """Let others work meanwhile."""
    import asyncio  # which whoever works without it need not load

    await asyncio.sleep(seconds)


def run(function: Callable[..., T], *arguments: Any) -> T:
    """Call it."""
    return function(*arguments)


async def async_run(function: Callable[..., T], *arguments: Any) -> T:
    """Call it in a thread."""
    import asyncio

    return await asyncio.to_thread(function, *arguments)


run_out = run


async def async_run_out(function: Callable[..., T], *arguments: Any) -> T:
    """The same; whoever is cancelled meanwhile waits until it has ended. For what ends
    soon, and must not go on beside what cleans up after it."""
    import asyncio

    running = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # looked at: being cancelled is told instead
        raise
