"""Requests are counted here, and written down in batches."""

import asyncio
from collections import Counter

from loguru import logger

from onemanage.gateway.limits.store import LimitStore

_EVERY_SECONDS = 2.0


class Counting:
    """Of one process. What it has counted and not written goes with it if it is killed:
    requests of two seconds, and the pixels of images that were made at once.
    """

    def __init__(self, store: LimitStore) -> None:
        self._store = store
        self._requests: Counter[str] = Counter()
        self._pixels: Counter[str] = Counter()

    def request(self, workspace_id: str) -> None:
        """One that was let in."""
        self._requests[workspace_id] += 1

    def pixels(self, workspace_id: str, worked: int) -> None:
        """Of an image that was made at once, without a task."""
        self._pixels[workspace_id] += worked

    async def run(self) -> None:
        """Write down what was counted, again and again, until it is cancelled."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                await self.write()
            except Exception as error:  # PostgreSQL is away: it is kept until then
                logger.warning("Usage could not be written down: {!r}", error)

    async def close(self) -> None:
        """Before the process ends."""
        try:
            await self.write()
        except Exception as error:
            logger.warning("Some requests are not counted: {!r}", error)

    async def write(self) -> None:
        """All that was counted until now, by whomever, is in its day afterwards."""
        requests, self._requests = self._requests, Counter()
        pixels, self._pixels = self._pixels, Counter()
        try:
            if requests or pixels:
                await self._store.count(requests, pixels)
        except BaseException:
            self._requests += requests
            self._pixels += pixels
            raise
        await self._store.roll_up()
