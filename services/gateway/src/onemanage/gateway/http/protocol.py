"""HTTP as uvicorn reads it, within limits of size and time.

uvicorn on httptools has a limit for neither: half a header is waited for without end,
headers may be of any length. What holds here, for each connection:

- All headers of a request come within ``header_seconds`` and ``max_header_bytes``.
- An answer is read: where nothing of it leaves for ``idle_seconds``, it is cut off.
- A body that nobody reads any more, because the answer is out, is thrown away up to
  ``max_drained_bytes`` and ``drain_seconds``. Closing at once would reset the
  connection, and the client would never read why. All who do so have one pace.
- At most ``_MAX_PIPELINED`` requests wait for the one before them.

How long a body may take stands in body_limits.py.
"""

import asyncio
import secrets
from typing import Any

from loguru import logger
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from onemanage.gateway.http.connections import Connections, Full
from onemanage.gateway.http.problems import MEDIA_TYPE, Problem, encoded
from onemanage.gateway.settings import EdgeSettings

_MAX_HEADERS = 100
_MAX_PIPELINED = 16


class _Unacceptable(Exception):
    """Raised out of a callback of the parser, which stops for good."""


class EdgeConfig(Config):
    """uvicorn's configuration, and what our protocol needs beside it."""

    def __init__(self, app: Any, settings: EdgeSettings, **given: Any) -> None:
        super().__init__(
            app,
            http=EdgeProtocol,
            # Nothing here speaks it, and its connections would leave our protocol.
            ws="none",
            # Nothing here believes who a proxy says the client is.
            proxy_headers=False,
            timeout_keep_alive=settings.keep_alive_seconds,
            log_config=None,
            access_log=False,
            server_header=False,
            **given,
        )
        self.limits, self.open_connections = settings, Connections(settings)


class _ClosedKindly(asyncio.Transport):
    """What uvicorn writes an answer to: closing it is left to the protocol."""

    def __init__(self, protocol: "EdgeProtocol") -> None:
        super().__init__()
        self._protocol = protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._protocol.is_refused:
            self._protocol.transport.write(data)

    def is_closing(self) -> bool:
        return self._protocol.transport.is_closing()

    def close(self) -> None:
        self._protocol.close()


class EdgeProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config, EdgeConfig)  # they are only made together
        self._limits, self._all = config.limits, config.open_connections
        self._head_timer: asyncio.TimerHandle | None = None
        self._drain_timer: asyncio.TimerHandle | None = None
        self._send_timer: asyncio.TimerHandle | None = None
        self._in_head, self._in_body = True, False
        # Bytes: of a head that is not whole; named in it; of a body's frames since its
        # last byte, such as trailers; thrown away.
        self._head_bytes = self._named_bytes = self._frame_bytes = self._drained = 0
        self._closes = False
        self.is_refused = False
        """Nothing more is read, nor written."""

    # ---- a connection begins and ends ------------------------------------------------

    def connection_made(  # type: ignore[override]  # uvicorn narrows it the same way
        self, transport: asyncio.Transport
    ) -> None:
        """Count it, or turn it away with a 503."""
        peer = transport.get_extra_info("peername")
        full = self._all.admit(self, peer[0] if isinstance(peer, tuple) else None)
        if full is not None:
            self.transport = transport
            self._say(_too_many(full))
            transport.close()
            return
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give its place back."""
        self._all.left(self)
        for timer in (self._head_timer, self._drain_timer, self._send_timer):
            if timer is not None:
                timer.cancel()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def abort(self) -> None:
        """End it at once: another needs its place."""
        self.transport.abort()

    def close(self) -> None:
        """Once what is written has left, and the rest of the request has come."""
        if self.is_refused:
            return  # it closes already
        if self._in_body:
            self._closes = True
            self._drain()
            return
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._watch_sending()

    def timeout_keep_alive_handler(self) -> None:
        """It was idle for too long."""
        self.close()

    # ---- the head of a request -------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Count the bytes before the parser has them."""
        if self._drain_timer is not None and not self._may_drain(len(data)):
            return
        if self.is_refused:
            return  # the parser has stopped: the rest is thrown away
        if self._in_head:
            self._head_bytes += len(data)
        else:
            self._frame_bytes += len(data)
        super().data_received(data)
        if self.is_refused or self.transport.is_closing():
            return
        size = self._head_bytes if self._in_head else self._frame_bytes
        if size > self._limits.max_header_bytes:
            self._turn_away(self._too_long())
        elif self._in_head and not self._answering():
            self._await_head()

    def on_message_begin(self) -> None:
        """A new request: its names are counted anew."""
        super().on_message_begin()
        self._named_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Part of the address."""
        self._count_named(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or trailer."""
        self._count_named(len(name) + len(value))
        super().on_header(name, value)
        if len(self.headers) > _MAX_HEADERS:
            raise _Unacceptable

    def _count_named(self, size: int) -> None:
        self._named_bytes += size
        if self._named_bytes > self._limits.max_header_bytes:
            raise _Unacceptable

    def on_headers_complete(self) -> None:
        """The head is whole; the body has its own limits."""
        if len(self.pipeline) >= _MAX_PIPELINED:
            raise _Unacceptable
        self._in_head, self._in_body = False, True
        self._head_bytes = self._frame_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._all.works(self)
        super().on_headers_complete()
        self.cycle.transport = _ClosedKindly(self)

    def on_body(self, body: bytes) -> None:
        """Part of the body, without its frame."""
        self._frame_bytes = 0
        super().on_body(body)

    def _unsupported_upgrade_warning(self) -> None:
        """To offer an upgrade is no fault; it is passed over."""

    def _await_head(self) -> None:
        if self._head_timer is None:
            seconds = self._limits.header_seconds
            self._head_timer = self.loop.call_later(seconds, self._head_overdue)

    def _head_overdue(self) -> None:
        self._head_timer = None
        if self._answering() or self.transport.is_closing():
            return
        if not self._head_bytes:
            self.transport.close()  # nobody has asked, so nobody waits for an answer
            return
        seconds = self._limits.header_seconds
        detail = f"The headers took longer than the {seconds:g} s allowed here."
        self._turn_away(Problem(408, "headers_too_slow", detail, max_seconds=seconds))

    # ---- the rest of a request, and its answer ---------------------------------------

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._in_head, self._in_body = True, False
        if self._drain_timer is not None:
            self._end_drain()

    def on_response_complete(self) -> None:
        """The answer is sent: the rest of the body is thrown away."""
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._in_body and self.cycle.response_complete:
            self.cycle.body.clear()  # nobody will read it, and the cycle is kept
            self._drain()
        elif not self._answering():
            self._all.waits(self)

    def _drain(self) -> None:
        """Throw away what still comes, for as long and as much as is allowed."""
        self._unset_keepalive_if_required()
        if self._closes and self.transport.can_write_eof():
            self.transport.write_eof()  # so that the client sees the answer's end
        if self._drain_timer is None:
            seconds = self._limits.drain_seconds
            self._drain_timer = self.loop.call_later(seconds, self.abort)
            self.flow.resume_reading()

    def _may_drain(self, size: int) -> bool:
        self._drained += size
        if self._drained > self._limits.max_drained_bytes:
            self.abort()
            return False
        pause = self._all.drained(size, self.loop.time())
        if pause:
            self.flow.pause_reading()
            self.loop.call_later(pause, self._drain_on)
        return True

    def _drain_on(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def _end_drain(self) -> None:
        """The whole request has come after all."""
        assert self._drain_timer is not None  # or there would be nothing to end
        self._drain_timer.cancel()
        self._drain_timer, self._drained = None, 0
        self.flow.resume_reading()
        if self._closes:
            self.close()
            return
        self._all.waits(self)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def pause_writing(self) -> None:
        """The client does not read: it has so long to begin."""
        super().pause_writing()
        self._watch_sending()

    def resume_writing(self) -> None:
        """The client reads again."""
        super().resume_writing()
        if self._send_timer is not None and not self.transport.is_closing():
            self._send_timer.cancel()
            self._send_timer = None

    def _watch_sending(self) -> None:
        """Cut the connection off where the client does not read what is sent."""
        if self._send_timer is None:
            self._look_again(self.transport.get_write_buffer_size())

    def _look_again(self, left: int) -> None:
        seconds = self._limits.idle_seconds
        self._send_timer = self.loop.call_later(seconds, self._check_sent, left)

    def _check_sent(self, before: int) -> None:
        self._send_timer = None
        left = self.transport.get_write_buffer_size()
        if left >= before:
            self.abort()
        elif left:
            self._look_again(left)

    # ---- what is refused before it is a request --------------------------------------

    def send_400_response(self, msg: str) -> None:
        """uvicorn's word for whatever its parser cannot go on with."""
        is_long = self._named_bytes > self._limits.max_header_bytes
        if is_long or len(self.headers or ()) > _MAX_HEADERS:
            self._turn_away(self._too_long())
            return
        detail = "This is not HTTP/1.1 as it is written; send it by an HTTP client."
        self._turn_away(Problem(400, "bad_http", detail))

    def _too_long(self) -> Problem:
        most = self._limits.max_header_bytes
        detail = (
            f"The address and the headers may have {most} bytes and {_MAX_HEADERS} "
            "headers; send fewer or shorter ones."
        )
        return Problem(431, "headers_too_large", detail, max_bytes=most)

    def _turn_away(self, problem: Problem) -> None:
        """Answer, where no other answer is under way, and close."""
        is_late = self._answering() and (self.cycle.response_started or self.pipeline)
        if not is_late:
            self._say(problem)
        self.is_refused = self._closes = True
        if self._answering():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._drain()

    def _say(self, problem: Problem) -> None:
        trace_id = secrets.token_hex(16)
        logger.bind(trace_id=trace_id).warning("Refused at the edge: {}", problem.code)
        self.transport.write(_message(problem, trace_id))


def _too_many(full: Full) -> Problem:
    again = {"Retry-After": "1"}
    if full == "address":
        detail = (
            "Your address holds too many connections here; close some, or reuse one."
        )
        return Problem(429, "too_many_connections", detail, headers=again)
    detail = "All connections are taken at the moment; try again shortly."
    return Problem(503, "all_connections_taken", detail, headers=again)


def _message(problem: Problem, trace_id: str) -> bytes:
    body = encoded(problem, trace_id)
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        "x-request-id": trace_id,
        **(problem.headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return STATUS_LINE[problem.status] + lines.encode("latin-1") + b"\r\n" + body
