"""The port of a process for those who watch it: its figures, its health.

    GET /metrics    every figure, as Prometheus reads it
    GET /healthz    200 while the event loop answers
    GET /readyz     200 where the servers that it needs answer, else 503 and which do not

It is answered by the event loop that the process works in, so that what is told is
whole, and so that a loop that stands still does not say that it is well.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import NamedTuple

import msgspec
from loguru import logger

from onemanage.platform.process import checks
from onemanage.platform.process.figures import FIGURES, SCRATCH_FREE, SERVER_UP

_HEAD_BYTES = 16 << 10
_HEAD_SECONDS = 5.0
_FIRST_AFTER, _CHECK_EVERY = 0.5, 5.0
_LOST = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError)
_JSON = "application/json"


class _Answer(NamedTuple):
    status: HTTPStatus
    media_type: str
    body: bytes


@asynccontextmanager
async def serving_metrics(address: str) -> AsyncIterator[None]:
    """Inside, the address (``127.0.0.1:9100``) answers. Where it cannot be listened to,
    that is logged, and the process works without figures."""
    host, _, port = address.rpartition(":")
    pages = _Pages()
    try:
        server = await asyncio.start_server(
            pages.answer, host.strip("[]"), int(port), limit=_HEAD_BYTES
        )
    except OSError as error:
        logger.error("Nobody will see figures: {} cannot be had: {}", address, error)
        yield
        return
    looking = asyncio.create_task(_keep_looking())
    try:
        yield
    finally:
        looking.cancel()
        server.close()


async def _keep_looking() -> None:
    """Whether the servers are there is asked beforehand, for the page not to wait."""
    await asyncio.sleep(_FIRST_AFTER)  # until it is known what the process needs
    while True:
        away = await checks.down()
        for name in checks.names():
            SERVER_UP.set(float(name not in away), name)
        with suppress(OSError):  # of a folder that is gone nothing is said
            free = shutil.disk_usage(tempfile.gettempdir()).free
            SCRATCH_FREE.set(float(free))
        await asyncio.sleep(_CHECK_EVERY)


class _Pages:
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, ProcessCollector

        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One request, and the connection ends."""
        with suppress(*_LOST):
            async with asyncio.timeout(_HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            method, _, rest = head.partition(b" ")
            path = rest.partition(b" ")[0].partition(b"?")[0].decode("latin-1")
            found = await self._page(method, path)
            writer.write(_written(found, with_body=method != b"HEAD"))
            await writer.drain()
        writer.close()
        with suppress(*_LOST):
            await writer.wait_closed()

    async def _page(self, method: bytes, path: str) -> _Answer:
        if method not in (b"GET", b"HEAD"):
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED)
        if path == "/metrics":
            return self._figures()
        if path == "/healthz":
            return _said({"status": "ok"})
        if path == "/readyz":
            if away := await checks.down():
                return _said({"status": "down", "down": away}, is_well=False)
            return _said({"status": "ready"})
        return _plain(HTTPStatus.NOT_FOUND)

    def _figures(self) -> _Answer:
        from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

        ours = "".join(figure.page() for figure in FIGURES)
        body = ours.encode() + generate_latest(self._process)
        return _Answer(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, body)


def _said(what: object, *, is_well: bool = True) -> _Answer:
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    return _Answer(status, _JSON, msgspec.json.encode(what))


def _plain(status: HTTPStatus) -> _Answer:
    return _Answer(status, "text/plain; charset=utf-8", status.phrase.encode() + b"\n")


def _written(answer: _Answer, *, with_body: bool) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}\r\n"
        f"Content-Type: {answer.media_type}\r\nContent-Length: {len(answer.body)}\r\n"
        "Connection: close\r\nX-Content-Type-Options: nosniff\r\n\r\n"
    )
    return head.encode() + (answer.body if with_body else b"")
