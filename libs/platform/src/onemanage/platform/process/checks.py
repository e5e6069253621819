"""What a process needs to work, and whether it is there now."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

type Check = Callable[[], Awaitable[object]]
"""Raises where the server is away."""

PATIENCE_SECONDS = 2.0

_CHECKS: dict[str, Check] = {}


@contextmanager
def checked(name: str, check: Check) -> Iterator[None]:
    """Inside, this process is ready only while ``check`` does not raise."""
    _CHECKS[name] = check
    try:
        yield
    finally:
        if _CHECKS.get(name) is check:
            del _CHECKS[name]


async def down(checks: Mapping[str, Check] | None = None) -> dict[str, str]:
    """What is down, and why, of those given or of all that are ``checked``; nothing
    where the process can work."""
    asked = dict(_CHECKS if checks is None else checks)
    found = await asyncio.gather(*(_why(check) for check in asked.values()))
    return {name: why for name, why in zip(asked, found, strict=True) if why}


def names() -> list[str]:
    """Of the servers that are ``checked``."""
    return list(_CHECKS)


async def _why(check: Check) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await check()
    except Exception as error:  # whatever is wrong with it: it is down, and said so
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return None
