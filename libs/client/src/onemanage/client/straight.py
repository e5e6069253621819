"""Large answers, read by the standard library in longer steps than httpx takes.

httpx reads 64 KiB at most, by three calls of the system; several threads that do so
mostly wait for one another. This is a transport of it, for both twins: what is around
an answer stays httpx's.
"""

from __future__ import annotations

import socket
import ssl
import threading
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection

import httpx

from onemanage.client.threads import async_run

STEP_BYTES = 128 * 1024
"""At a time, of each connection. What is longer the allocator takes from the system
each time."""


def is_straight(url: str) -> bool:
    """Whether no proxy stands between, which is httpx's to talk to."""
    proxies = urllib.request.getproxies()
    return "all" not in proxies and httpx.URL(url).scheme not in proxies


class Straight(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """For requests without a body to one server. Connections are kept until it is
    closed; whoever waits for one then is told that it broke."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._idle: list[HTTPConnection] = []
        self._busy: set[HTTPConnection] = set()
        self._context: ssl.SSLContext | None = None
        self._is_closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer as soon as its headers are there. Raises httpx.HTTPError."""
        connection = self._taken(request.url)
        try:
            answer = _answer(connection, request)
            if self._is_closed:  # nobody waits for it any more
                raise httpx.ReadError("the client was closed meanwhile")
        except BaseException:
            self._give_back(connection, is_whole=False)
            raise
        headers = [(_bytes(name), _bytes(value)) for name, value in answer.getheaders()]
        body = _Body(answer, lambda whole: self._give_back(connection, is_whole=whole))
        return httpx.Response(answer.status, headers=headers, stream=body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The same, waited for in a thread."""
        return await async_run(self.handle_request, request)

    def close(self) -> None:
        """Also what others are reading."""
        with self._turn:
            self._is_closed = True
            left = [*self._idle, *self._busy]
        for connection in left:
            _shut(connection)

    async def aclose(self) -> None:
        """Nothing here waits."""
        self.close()

    def _taken(self, url: httpx.URL) -> HTTPConnection:
        with self._turn:
            connection = self._idle.pop() if self._idle else self._made(url)
            self._busy.add(connection)
        return connection

    def _made(self, url: httpx.URL) -> HTTPConnection:
        if url.scheme == "http":
            return HTTPConnection(url.host, url.port or 80)
        if self._context is None:
            self._context = httpx.create_ssl_context()
        return HTTPSConnection(url.host, url.port or 443, context=self._context)

    def _give_back(self, connection: HTTPConnection, *, is_whole: bool) -> None:
        """To be used again, by its old line where all was read of that."""
        if not is_whole:
            _shut(connection)
        with self._turn:
            self._busy.discard(connection)
            self._idle.append(connection)
            is_late = self._is_closed
        if is_late:
            _shut(connection)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Of one answer. ``end`` is told whether all of it was read."""

    def __init__(self, answer: HTTPResponse, end: Callable[[bool], None]) -> None:
        self._answer, self._end = answer, end

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._read():
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await async_run(self._read):
            yield chunk

    def close(self) -> None:
        """Whoever still reads is told that the line broke."""
        self._end(self._answer.isclosed() and not self._answer.length)

    async def aclose(self) -> None:
        """Nothing here waits."""
        self.close()

    def _read(self) -> bytes:
        with _faults(httpx.ReadTimeout, httpx.ReadError):
            chunk = self._answer.read(STEP_BYTES)
        if not chunk and self._answer.length:
            text = f"it ended {self._answer.length:,} bytes too early"
            raise httpx.RemoteProtocolError(text)
        return chunk


def _answer(connection: HTTPConnection, request: httpx.Request) -> HTTPResponse:
    times = request.extensions["timeout"]
    if connection.sock is None:
        connection.timeout = times["connect"]
        with _faults(httpx.ConnectTimeout, httpx.ConnectError):
            connection.connect()
    with _faults(httpx.ReadTimeout, httpx.ReadError):
        connection.sock.settimeout(times["read"])
        target = request.url.raw_path.decode("ascii")
        own = {"skip_host": True, "skip_accept_encoding": True}
        connection.putrequest(request.method, target, **own)
        for name, value in request.headers.raw:
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()


@contextmanager
def _faults(
    late: type[httpx.TimeoutException], broken: type[httpx.NetworkError]
) -> Iterator[None]:
    """What the standard library raises, as httpx says it."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
    except HTTPException as error:
        raise httpx.RemoteProtocolError(str(error)) from error


def _shut(connection: HTTPConnection) -> None:
    """Wakes whoever waits for it, too, which to close it alone does not."""
    line = connection.sock
    if line is not None:
        with suppress(OSError):  # the other side may have done so
            line.shutdown(socket.SHUT_RDWR)
    connection.close()


def _bytes(text: str) -> bytes:
    """Of a header, as it came."""
    return text.encode("iso-8859-1")
