"""Doing again and again what clears up after those who could not."""

import asyncio
from collections.abc import Awaitable, Callable

from loguru import logger


async def sweep_for_ever(
    what: str, sweep: Callable[[], Awaitable[int]], every: float
) -> None:
    """Call ``sweep`` every so many seconds; it returns how many of ``what`` it took."""
    while True:
        try:
            if count := await sweep():
                logger.info("{} {} deleted", count, what)
        except Exception as error:  # something is away: sweep again in a while
            logger.warning("{} could not be swept: {!r}", what.capitalize(), error)
        await asyncio.sleep(every)
