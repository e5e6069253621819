"""HEAD, wherever there is GET."""

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """Answers HEAD as GET, of which only the head is sent.

    What is streamed is broken off at its first piece, so that nothing is read for
    nobody. Range means something to GET alone (RFC 9110, 14.2).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        with anyio.CancelScope() as rest:
            is_ended = False

            async def send_head(message: Message) -> None:
                nonlocal is_ended
                if message["type"] == "http.response.start":
                    await send(message)
                elif not is_ended:
                    is_ended = True
                    await send({"type": "http.response.body", "body": b""})
                    if message.get("more_body"):
                        rest.cancel()

            headers = [each for each in scope["headers"] if each[0] != b"range"]
            asked = {**scope, "method": "GET", "headers": headers}
            try:
                await self._app(asked, receive, send_head)
            finally:
                scope["route"] = asked.get("route")
