"""A forwarder between the reader in its child and the database.

ConnectorX resolves names by itself, retries for 30 s, waits for ever for a database
that has gone silent, and reads as fast as it can into a queue without an end. So it
connects to this forwarder in the parent, which

- connects to the one address that was checked,
- passes on only so much as the reader asks for, so that memory stays constant,
- knows whether it is the database that keeps the reader waiting, and gives it up then.
"""

import asyncio
import mmap
import struct
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from onemanage.data_import.sources.errors import SourceFailed
from onemanage.data_import.sources.kinds import LOOPBACK

_CHUNK = 256 * 1024
"""Bytes that are passed on at once."""
_AHEAD = 8 * 1024**2
"""Bytes that are passed on while the reader is busy with what it has."""
_DRAINED = 0.002
"""Seconds of waiting after which the reader's queue must be empty."""
_HANG_UPS = 3
"""Connections that the database may end; the reader begins others by itself."""
_SINCE = struct.Struct("d")


class Patience(NamedTuple):
    """Seconds."""

    connect: float = 10.0
    silence: float = 60.0
    """Without a byte of the database while the reader waits for it."""


class Demand:
    """Says across processes since when the reader waits, in a shared page of a file.

    The reader holds the interpreter while it waits, so nothing of its own could say it.
    """

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SINCE.size)

    def __enter__(self) -> None:
        _SINCE.pack_into(self._page, 0, time.monotonic())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _SINCE.pack_into(self._page, 0, 0.0)

    def waited(self) -> float:
        """Seconds since when the reader waits; 0.0 while it is busy."""
        (since,) = _SINCE.unpack_from(self._page, 0)
        return max(time.monotonic() - since, 0.0) if since else 0.0

    def close(self) -> None:
        """Give its page of memory back."""
        self._page.close()


class Forwarder:
    """Serves one reader, at ``port`` of this machine's loopback."""

    def __init__(
        self, kind: str, address: str, port: int, demand: Demand, patience: Patience
    ) -> None:
        self._kind, self._upstream = kind, (address, port)
        self._demand, self._patience = demand, patience
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._hang_ups = 0
        self._closed = False
        self._last_byte = time.monotonic()
        self._failed = asyncio.Event()
        self.port = 0
        self.failure: SourceFailed | None = None

    async def open(self) -> None:
        """Raises SourceFailed where nobody answers at the address."""
        _, writer = await self._connect()
        writer.close()
        self._server = await asyncio.start_server(
            self._begin, LOOPBACK, 0, limit=_CHUNK
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nobody is served from here on; connections that are open are cut."""
        self._closed = True
        if self._server is not None:
            self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def watch(self, give_up: Callable[[], object]) -> None:
        """Calls ``give_up`` once ``failure`` is set."""
        step = min(self._patience.silence / 4, 1.0)
        while self.failure is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(step):
                    await self._failed.wait()
            quiet = time.monotonic() - self._last_byte
            if min(self._demand.waited(), quiet) > self._patience.silence:
                text = (
                    f"The database said nothing for {self._patience.silence:g} s. It may"
                    " be overloaded, or something other than a database may be there."
                )
                self._fail(SourceFailed("database.silent", text))
        give_up()

    def _fail(self, failure: SourceFailed) -> None:
        if self.failure is None:
            self.failure = failure
            self._failed.set()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(self._patience.connect):
                return await asyncio.open_connection(*self._upstream, limit=_CHUNK)
        except (OSError, TimeoutError):
            text = "Nothing answers at this host and port. Check both."
            raise SourceFailed("database.unreachable", text) from None

    def _begin(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._closed:  # it was accepted at that very moment
            writer.close()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        # A task that is cancelled before it begins closes nothing by itself.
        task.add_done_callback(lambda _: writer.close())

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            await self._pass_on(reader, writer)
        except SourceFailed as failure:
            self._fail(failure)
        except OSError:
            pass  # one side is gone; whoever still reads at the other sees its end

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        upstream, to_database = await self._connect()
        up = asyncio.create_task(_pump(reader, to_database))
        let_in = asyncio.Event()
        down = asyncio.create_task(self._answers(upstream, writer, let_in))
        try:
            done, _ = await asyncio.wait((up, down), return_when="FIRST_COMPLETED")
            # Who was let in and says goodbye may see the database's end before its own.
            if down in done and up not in done and not let_in.is_set():
                self._hung_up()
        finally:
            to_database.close()  # first, as what waits here may be cancelled again
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    def _hung_up(self) -> None:
        self._hang_ups += 1
        # It has answered, if curtly; the reader's pause before it tries again is no
        # silence of the database.
        self._last_byte = time.monotonic()
        if self._hang_ups >= _HANG_UPS:
            text = (
                "The database ends the connection before it can be asked; see that user,"
                " password, database name and TLS are right, and that the port is the"
                " one of such a database."
            )
            self._fail(SourceFailed("database.access_denied", text))

    async def _answers(
        self,
        upstream: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        let_in: asyncio.Event,
    ) -> None:
        """``let_in`` is set once MySQL has accepted user and password."""
        ahead, first = 0, True
        while chunk := await upstream.read(_CHUNK):
            self._last_byte = time.monotonic()
            if first and self._kind == "mysql":
                first = self._is_handshake(chunk)
                if chunk[3:5] == b"\x02\0":
                    let_in.set()
            while ahead >= _AHEAD:
                if self._demand.waited() > _DRAINED:
                    ahead = 0
                else:
                    await asyncio.sleep(_DRAINED)
            ahead += len(chunk)
            writer.write(chunk)
            await writer.drain()

    def _is_handshake(self, chunk: bytes) -> bool:
        """Sees a refusal that MySQL's reader would ask for again and again, for 30 s."""
        number_in_row = chunk[3] if len(chunk) > 3 else 0
        if number_in_row == 2 and chunk[4:5] == b"\xff":
            number = int.from_bytes(chunk[5:7], "little")
            text = f"MySQL refuses user, password or database (error {number})."
            self._fail(SourceFailed("database.access_denied", text))
        return number_in_row < 2


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()


class ForwarderEnd(NamedTuple):
    """What the reader needs in its child."""

    port: int
    demand_path: Path


@asynccontextmanager
async def open_forwarder(
    kind: str, address: str, port: int, patience: Patience
) -> AsyncIterator[ForwarderEnd]:
    """A forwarder for as long as the block runs; the block is cancelled when it fails.

    Raises SourceFailed in place of whatever the block then raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demand"
        path.write_bytes(_SINCE.pack(0.0))
        demand = Demand(path)
        forwarder = Forwarder(kind, address, port, demand, patience)
        try:
            await forwarder.open()
            async with _watched(forwarder):
                yield ForwarderEnd(forwarder.port, path)
        finally:
            await forwarder.close()
            demand.close()


@asynccontextmanager
async def _watched(forwarder: Forwarder) -> AsyncIterator[None]:
    body = asyncio.current_task()
    assert body is not None  # the block runs in a task
    watching = asyncio.create_task(forwarder.watch(body.cancel))
    try:
        yield
    except asyncio.CancelledError:
        if forwarder.failure is None:
            raise
        body.uncancel()
        raise forwarder.failure from None
    except Exception:
        if forwarder.failure is None:
            raise
        raise forwarder.failure from None
    finally:
        watching.cancel()
