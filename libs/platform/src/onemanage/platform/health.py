"""A file that is touched while the process works: its readiness and its health."""

import asyncio
from collections.abc import Callable
from pathlib import Path

_EVERY = 5.0


async def keep_healthy(file: str | None, is_working: Callable[[], bool]) -> None:
    """Touch ``file`` every five seconds for as long as ``is_working()``; for ever."""
    if file is None:
        return
    path = Path(file)
    while True:
        if is_working():
            path.touch()
        await asyncio.sleep(_EVERY)
