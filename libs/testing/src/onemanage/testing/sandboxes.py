"""Sandboxes for the tests of a service, which all fork from one server."""

import atexit
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from onemanage.platform.sandbox.process import ForkServer
from onemanage.platform.sandbox.sandbox import Sandbox, modules_of


class _LastingServer(ForkServer):
    """It has a service's modules imported, which takes longer than most tests do."""

    def stop(self) -> None:
        """Not with the sandbox of one test, which kills its own children."""


@asynccontextmanager
async def shared_sandbox(
    package: str, *, memory_limit: int = 4 << 30, also: Sequence[str] = ()
) -> AsyncIterator[Sandbox]:
    """Its children find all modules of ``package``, and ``also``, imported, as those of
    the service's worker do. ``memory_limit`` is in bytes.
    """
    preload = (*modules_of(package), *also)
    if preload not in _servers:
        _servers[preload] = _LastingServer(preload)
        atexit.register(ForkServer.stop, _servers[preload])
    sandbox = Sandbox(memory_limit=memory_limit, preload=preload)
    sandbox._children.server = _servers[preload]
    try:
        yield sandbox
    finally:
        await sandbox.close()


_servers: dict[tuple[str, ...], ForkServer] = {}


def is_alive(pid: int) -> bool:
    """Whether the process is there, and not only its exit code."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"
