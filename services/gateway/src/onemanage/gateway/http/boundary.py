"""The outermost of the app: a trace for each request, and an answer to every error."""

import time

from loguru import logger
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onemanage.gateway.gateway import RATE
from onemanage.gateway.http import problems
from onemanage.gateway.http.measuring import count
from onemanage.platform.process.telemetry import traced


class Boundary:
    """One trace per request, told in X-Request-Id and bound to every log line.

    Errors are answered in here and not, as Starlette would, outside of all middleware:
    there the trace has ended, and the answer could not name it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with traced(Headers(scope=scope), "request", "server") as trace_id:
            await self._answered(scope, receive, send, trace_id)

    async def _answered(
        self, scope: Scope, receive: Receive, send: Send, trace_id: str
    ) -> None:
        status, sent, begun = 0, 0, time.monotonic()

        async def send_traced(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = trace_id
                headers.raw.extend(scope.get(RATE, ()))
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_traced)
        except Exception as error:  # whatever it is: somebody waits for an answer
            if status:
                logger.warning("An answer is broken off: {!r}", error)
                raise
            answer = await problems.answer(Request(scope), error)
            await answer(scope, receive, send_traced)
        finally:
            count(scope, status, time.monotonic() - begun, sent)
