"""Passwords, hashed by argon2id as pwdlib has it."""

from collections.abc import Callable

import anyio
import anyio.to_thread
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST, LONGEST = 10, 256
"""Characters. What is longer costs time and is no safer."""
_AT_ONCE = 2
"""Each takes 64 MiB and a core for a while: a flood of logins waits, and not the rest."""


class Passwords:
    """Of one process."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(),))
        self._limiter = anyio.CapacityLimiter(_AT_ONCE)
        self._nobody_s: str | None = None

    async def hash(self, password: str) -> str:
        """What is stored in place of it."""
        return await self._run(self._hasher.hash, password)

    async def is_right(self, password: str, hashed: str | None) -> bool:
        """None: there is no such person, which takes as long to find out."""
        if hashed is not None:
            return await self._run(self._hasher.verify, password, hashed)
        if self._nobody_s is None:
            self._nobody_s = await self.hash("nobody has this password")
        await self._run(self._hasher.verify, password, self._nobody_s)
        return False

    async def _run[*P, T](self, work: Callable[[*P], T], *given: *P) -> T:
        return await anyio.to_thread.run_sync(work, *given, limiter=self._limiter)
