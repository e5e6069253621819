"""Doing again and again what clears up after those who could not."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from loguru import logger

_FIRST_WITHIN = 2.0
"""Seconds."""


async def sweep_for_ever(
    what: str, sweep: Callable[[], Awaitable[int]], every: float
) -> None:
    """Call ``sweep`` every so many seconds; it returns how many of ``what`` it took.

    The first time comes a moment after the start, which has enough to do, and another
    one in each process: those that start together do not all sweep at once.
    """
    await asyncio.sleep(random.uniform(0.5, 1) * min(every, _FIRST_WITHIN))
    while True:
        try:
            if count := await sweep():
                logger.info("{} {} deleted", count, what)
        except Exception as error:  # something is away: sweep again in a while
            logger.warning("{} could not be swept: {!r}", what.capitalize(), error)
        await asyncio.sleep(every)


@asynccontextmanager
async def sweeping(
    what: str, sweep: Callable[[], Awaitable[int]], every: float
) -> AsyncIterator[None]:
    """Inside, it is swept beside everything else."""
    sweeper = asyncio.create_task(sweep_for_ever(what, sweep, every))
    try:
        yield
    finally:
        sweeper.cancel()
