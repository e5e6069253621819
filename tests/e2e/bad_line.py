"""A line that breaks: a forward proxy on loopback that cuts connections by their bytes.

Whoever asks through it sends whole addresses, so one proxy is the line to the gateway and
to storage alike. It parses nothing but where a connection goes.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from anyio.from_thread import start_blocking_portal


@dataclass
class BadLine:
    """``cuts`` says of the next connections to ``to`` after how many bytes, both ways
    together, each is cut; all others are left alone."""

    to: int = 0
    """A port."""
    cuts: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Methods of HTTP: the answer to the first request of a next connection is lost,
    though the server has given it."""
    port: int = 0
    cut: int = 0
    """Connections that were cut."""
    carried: int = 0
    """Bytes of connections to ``to``."""
    _is_down: bool = False
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self._is_down:
            writer.transport.abort()
            return
        carried = asyncio.create_task(self._carried(reader, writer))
        self._open[carried] = writer
        carried.add_done_callback(self._open.pop)

    async def _carried(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                await self._joined(reader, writer)
            finally:
                writer.transport.abort()

    async def _taken_down(self, server: asyncio.Server) -> None:
        self._is_down = True  # to those as well that are accepted at this moment
        server.close()
        left = dict(self._open)
        for carried, writer in left.items():
            carried.cancel()
            writer.transport.abort()  # also of one that has not begun
        await asyncio.gather(*left, return_exceptions=True)

    async def _joined(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n")
        method, address, _ = head.decode().split()
        target = urlsplit(address)
        far = await asyncio.open_connection(target.hostname, target.port)
        far[1].write(head)
        counts = target.port == self.to
        back = left = [self.cuts.pop(0)] if self.cuts and counts else None
        if counts and method in self.lost:
            self.lost.remove(method)
            back = [0]
        ways = [
            asyncio.create_task(self._carry(reader, far[1], left, counts)),
            asyncio.create_task(self._carry(far[0], writer, back, counts)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            far[1].transport.abort()  # first: we may be cancelled while we wait
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        left: list[int] | None,
        counts: bool,
    ) -> None:
        while chunk := await source.read(1 << 16):
            if left is not None:
                chunk = chunk[: left[0]]
                left[0] -= len(chunk)
            self.carried += len(chunk) * counts
            sink.write(chunk)
            await sink.drain()
            if left is not None and not left[0]:
                self.cut += 1
                return
        if sink.can_write_eof():
            sink.write_eof()


@contextmanager
def bad_line(to: str) -> Iterator[BadLine]:
    """One that carries, in a thread of its own; it is bad to a server by its address."""
    line = BadLine(urlsplit(to).port or 80)
    with start_blocking_portal() as portal:
        server = portal.call(asyncio.start_server, line._connected, "127.0.0.1", 0)
        line.port = server.sockets[0].getsockname()[1]
        try:
            yield line
        finally:
            portal.call(line._taken_down, server)
