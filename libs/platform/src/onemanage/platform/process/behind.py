"""Work that nobody waits for, and that may be lost when a server is away."""

import asyncio
from collections.abc import Coroutine

from loguru import logger

from onemanage.platform.messaging.outage import FROM_SERVERS


class Behind:
    """What one process does behind its answers."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def do(self, what: str, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin it. Where a server is away it is left undone, and ``what`` is logged."""

        async def done() -> None:
            try:
                await work
            except FROM_SERVERS as error:
                logger.warning("{} was left undone: {!r}", what, error)

        task = asyncio.create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def done(self) -> None:
        """Returns when all of it has ended, what began meanwhile too."""
        while self._tasks:
            await asyncio.wait(self._tasks)
