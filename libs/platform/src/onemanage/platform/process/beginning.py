"""Whoever begins may be told to end before what it needs is there."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT set it, and wake the loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread
            loop.add_signal_handler(number, stop.set)


class StoppedFirst(Exception):
    """``stop`` was set before the work had begun; nothing of it is left."""


async def begun[T](work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T:
    """What ``work`` gives. Raises StoppedFirst."""
    told = asyncio.create_task(stop.wait())
    beginning = asyncio.create_task(work)
    try:
        await asyncio.wait({told, beginning}, return_when=asyncio.FIRST_COMPLETED)
        if beginning.done():
            return beginning.result()
    finally:
        told.cancel()
        beginning.cancel()
        await asyncio.wait({beginning})
    raise StoppedFirst
