"""A client that hangs up takes its question back."""

import asyncio

from loguru import logger
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READS = frozenset({"GET", "HEAD"})
_DISCONNECT = "http.disconnect"


class HangingUp:
    """Cancels a read whose client is gone, and with it what it waits for.

    Until the answer begins; whoever streams one looks after that. What changes anything
    goes on to its end: it may have been accepted.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _READS or _has_body(scope):
            await self._app(scope, receive, send)
        else:
            await _Reading(self._app, scope, receive, send).run()


class _Reading:
    """One request without a body; it alone receives, as uvicorn wakes only one."""

    def __init__(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._receive_next, self._send_on = receive, send
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        self._has_begun = self._is_dropped = False
        self._answering = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def run(self) -> None:
        watching = asyncio.create_task(self._watch())
        try:
            await self._answering
        except asyncio.CancelledError:
            if not self._is_dropped:
                raise
            logger.info("The client has hung up")
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            message = await self._receive_next()
            self._received.put_nowait(message)
            if message["type"] == _DISCONNECT:
                self._is_dropped = not self._has_begun and self._answering.cancel()
                return

    async def _receive(self) -> Message:
        message = await self._received.get()
        if message["type"] == _DISCONNECT:
            self._received.put_nowait(message)  # for whoever asks again
        return message

    async def _send(self, message: Message) -> None:
        self._has_begun = True
        await self._send_on(message)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
