"""Server-sent events: how a frame looks, and how a stream of them is answered.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

HEARTBEAT = b": still here\r\n"
"""A comment; a blank line ends what it stands in."""
HEARTBEAT_SECONDS = 15.0
"""Proxies close a connection on which nothing comes for a minute."""
RETRY_MILLISECONDS = 2000
"""After which a client comes again."""
_END = b"\r\n"
_HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "keep-alive",
    "X-Accel-Buffering": "no",
}
_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "One of the stream, by its fields.",
    "properties": {
        "id": {"type": "string", "description": "For Last-Event-ID."},
        "event": {
            "type": "string",
            "description": "Of a task's stream: task, or the status that is told.",
            "examples": ["progress"],
        },
        "data": {
            "type": "string",
            "description": "JSON: the task (TaskOut), or the event.",
            "examples": ['{"progress":{"step":"images","done":3,"total":17}}'],
        },
        "retry": {
            "type": "integer",
            "description": "Milliseconds.",
            "examples": [2000],
        },
    },
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream of events.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
    204: {"description": "The client has seen the end (Last-Event-ID)."},
}


def frame(
    data: bytes | None = None,
    *,
    id: str | int | None = None,
    event: str | None = None,
    retry: int | None = None,
) -> bytes:
    """``data`` is one line, as JSON is. Without it, nothing is told to whoever listens:
    the client keeps ``id`` and ``retry``.
    """
    lines = [
        b"" if id is None else b"id: %s\r\n" % str(id).encode(),
        b"" if event is None else b"event: %s\r\n" % event.encode(),
        b"" if data is None else b"data: %s\r\n" % data,
        b"" if retry is None else b"retry: %d\r\n" % retry,
    ]
    return b"".join(lines) + _END


class EventStream(StreamingResponse):
    """Sends frames as they come, and lets them go when the client has.

    What is sent to many is encoded once: ``frames`` gives bytes, several frames at a
    time where there are several.
    """

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncGenerator[bytes]) -> None:
        super().__init__(frames, headers=_HEADERS)
        self._frames = frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, headers = self.status_code, self.raw_headers
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        body: dict[str, Any] = {"type": "http.response.body", "more_body": True}
        with anyio.CancelScope() as streaming:
            watching = asyncio.create_task(_watch(receive, streaming.cancel))
            try:
                async with aclosing(self._frames) as frames:
                    async for data in frames:
                        await send(body | {"body": data})
            finally:
                watching.cancel()
            await send({"type": "http.response.body", "body": b""})


async def _watch(receive: Receive, gone: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone()
