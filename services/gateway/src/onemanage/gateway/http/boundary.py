"""The outermost of the app: a trace for each request, and an answer to every error."""

from loguru import logger
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onemanage.gateway.gateway import RATE
from onemanage.gateway.http import problems
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
        with traced(Headers(scope=scope)) as trace_id:
            await self._answered(scope, receive, send, trace_id)

    async def _answered(
        self, scope: Scope, receive: Receive, send: Send, trace_id: str
    ) -> None:
        is_begun = False

        async def send_traced(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = trace_id
                headers.raw.extend(scope.get(RATE, ()))
            await send(message)

        try:
            await self._app(scope, receive, send_traced)
        except Exception as error:  # whatever it is: somebody waits for an answer
            if is_begun:
                logger.warning("An answer is broken off: {!r}", error)
                raise
            answer = await problems.answer(Request(scope), error)
            await answer(scope, receive, send_traced)
