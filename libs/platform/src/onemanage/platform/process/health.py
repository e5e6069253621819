"""A file that is touched while the process works: its readiness and its health.

onemanage-healthy            exit code 0 if HEALTH_FILE was touched within 15 s
onemanage-healthy ADDRESS    exit code 0 if the address answers with success
"""

# Each container asks every ten seconds, and what that costs is to be imported: what only
# some need is imported where they need it.
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

_EVERY = 5.0
_TOUCHED_WITHIN = 3 * _EVERY
_ANSWERED_WITHIN = 3.0


async def keep_healthy(file: str | None, is_working: Callable[[], bool]) -> None:
    """Touch ``file`` every five seconds for as long as ``is_working()``; for ever."""
    import asyncio

    if file is None:
        return
    path = Path(file)
    while True:
        if is_working():
            path.touch()
        await asyncio.sleep(_EVERY)


def main() -> None:
    """What a container's health check runs: a word without blanks for every engine."""
    try:
        if len(sys.argv) > 1:
            import urllib.request

            with urllib.request.urlopen(sys.argv[1], timeout=_ANSWERED_WITHIN):
                return
        age = time.time() - Path(os.environ["HEALTH_FILE"]).stat().st_mtime
    except (OSError, KeyError, ValueError) as error:
        raise SystemExit(f"not healthy: {error!r}") from None
    if age > _TOUCHED_WITHIN:
        raise SystemExit(f"not healthy: HEALTH_FILE was last touched {age:.0f} s ago")
