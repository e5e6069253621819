"""From the child's FIFO into COPY: both ends at once, and both must end well."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

from onemanage.data_import.datasets.tables import Connection
from onemanage.data_import.domain.casting.encoding import Encoded, Encoding
from onemanage.platform.sandbox.clock import Clock
from onemanage.platform.sandbox.function import ChildFunction
from onemanage.platform.sandbox.sandbox import Sandbox

_ENCODE_TABLE = ChildFunction(
    "onemanage.data_import.domain.casting.encode:encode_table", Encoded, Encoded
)
_PIPE_BYTES = 1 << 20


async def copy_from_child(
    connection: Connection,
    sandbox: Sandbox,
    encoding: Encoding,
    copy: Callable[[AsyncIterator[bytes]], Awaitable[int]],
    *,
    timeout: float,
    folders: Sequence[Path],
    port: int | None,
    on_progress: Callable[[Encoded], Awaitable[None]],
) -> Encoded:
    """Run the child, and ``copy`` on what it writes.

    The child reads and writes in ``folders`` and may connect to ``port``. ``timeout``
    is what it may run: what it waits for PostgreSQL does not count.

    Raises what the side raised that failed first. A child that dies closes the FIFO,
    which to COPY is an end like any other: so only the child's own word counts.
    """
    os.mkfifo(encoding.fifo, 0o600)
    clock = Clock(timeout)
    fifo = _Fifo(encoding.fifo, clock)
    child = asyncio.create_task(
        sandbox.run(
            _ENCODE_TABLE,
            encoding,
            timeout=clock,
            folders=folders,
            port=port,
            on_progress=on_progress,
        )
    )
    copying = asyncio.create_task(_unless_lost(connection, copy(fifo.read())))
    try:
        encoded, taken = await _both(child, copying)
    finally:
        for side in (child, copying):
            side.cancel()
        await asyncio.gather(child, copying, return_exceptions=True)
        fifo.close()
        encoding.fifo.unlink()
    if taken != encoded.rows_loaded:
        raise RuntimeError(f"PostgreSQL took {taken} of {encoded.rows_loaded} rows")
    return encoded


async def _both(
    child: asyncio.Task[Encoded], copying: asyncio.Task[int]
) -> tuple[Encoded, int]:
    """What both return. Raises what the one raised that failed first."""
    await asyncio.wait({child, copying}, return_when=asyncio.FIRST_EXCEPTION)
    if copying.done() and not child.done() and _cut_short(copying.exception()):
        await asyncio.wait({child})
    if child.done() and (error := child.exception()) is not None:
        if not copying.done() or _cut_short(copying.exception()):
            raise error
    if copying.done() and (error := copying.exception()) is not None:
        raise error
    return await child, await copying


async def _unless_lost(connection: Connection, copy: Awaitable[int]) -> int:
    """What ``copy`` returns. Raises ConnectionError where the server goes away.

    asyncpg itself does not notice that while it waits for room to write.
    """
    lost = asyncio.Event()

    def end(_: object) -> None:
        lost.set()

    connection.add_termination_listener(end)
    copying, losing = asyncio.ensure_future(copy), asyncio.ensure_future(lost.wait())
    try:
        await asyncio.wait({copying, losing}, return_when=asyncio.FIRST_COMPLETED)
        if not copying.done():
            raise ConnectionError("PostgreSQL went away in the middle of a COPY.")
        return copying.result()
    finally:
        copying.cancel()
        losing.cancel()
        await asyncio.wait({copying, losing}, timeout=1)
        connection.remove_termination_listener(end)


def _cut_short(error: BaseException | None) -> bool:
    """Whether COPY ended as it does when the child dies."""
    return error is None or isinstance(error, asyncpg.BadCopyFileFormatError)


class _Fifo:
    """The reading end; opened at once, so that the child does not wait for it.

    The child's clock goes only while somebody waits here for what it writes.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._clock.stand()
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with suppress(OSError):  # it may be more than an ordinary user may have
            fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    async def read(self) -> AsyncIterator[bytes]:
        """Until the writer closes it. Before it opens it there is nothing to read."""
        await self._readable()
        while True:
            try:
                data = os.read(self._fd, _PIPE_BYTES)
            except BlockingIOError:
                await self._readable()
                continue
            if not data:
                self._clock.go()  # what it still does, it does without us
                return
            yield data
            await asyncio.sleep(0)

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._fd, ready.set)
        self._clock.go()
        try:
            await ready.wait()
        finally:
            self._clock.stand()
            loop.remove_reader(self._fd)

    def close(self) -> None:
        os.close(self._fd)
