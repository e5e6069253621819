"""A server on loopback that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    """With its query."""
    headers: dict[str, str]
    """Names in small letters."""
    body: bytes


@dataclass
class Answer:
    """``cut`` breaks the connection after so many bytes of the body; 0 before any."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Answers = Callable[[Asked], Answer]
"""One that depends on what was asked."""


@dataclass
class Server:
    url: str
    answers: list[Answer | Answers] = field(default_factory=list)
    """Given one after another; the last one again and again."""
    asked: list[Asked] = field(default_factory=list)

    def next(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return found if isinstance(found, Answer) else found(asked)

    @property
    def keys(self) -> list[str | None]:
        """The Idempotency-Key of each request."""
        return [one.headers.get("idempotency-key") for one in self.asked]


def told(value: Any, status: int = 200, **headers: str) -> Answer:
    """JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Content-Type", "application/json")
    return Answer(status, json.dumps(value).encode(), named)


def problem(
    status: int, code: str, retry_after: str | None = None, **more: Any
) -> Answer:
    """As the API says no."""
    body = {
        "type": f"https://onemanage.dev/problems/{code}",
        "title": code,
        "status": status,
        "detail": f"It is {code}.",
        "trace_id": "0" * 32,
        **more,
    }
    headers = {"Content-Type": "application/problem+json"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return Answer(status, json.dumps(body).encode(), headers)


def stream(*frames: str, cut: bool = False) -> Answer:
    """Server-sent events; ``cut`` breaks the connection after them."""
    body = "".join(f"{frame}\n\n" for frame in frames).encode()
    headers = {"Content-Type": "text/event-stream"}
    return Answer(200, body, headers, len(body) if cut else None)


def broken() -> Answer:
    """The connection breaks where an answer should be."""
    return Answer(cut=0)


@contextmanager
def answering(
    *answers: Answer | Answers, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Give these answers."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made.daemon_threads = True
    scheme = "http"
    if tls is not None:
        scheme = "https"
        made.socket = tls.wrap_socket(
            made.socket, server_side=True, do_handshake_on_connect=False
        )
    server = Server(f"{scheme}://127.0.0.1:{made.server_port}", list(answers))
    made.script = server.next  # type: ignore[attr-defined]  # for the handler
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5  # of a connection that is kept and not used again

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # the client let go, as tests make it do
            self.close_connection = True

    def _answer(self) -> None:
        script: Callable[[Asked], Answer] = self.server.script  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = script(Asked(self.command, self.path, headers, self._body()))
        if answer.cut != 0:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            length = len(answer.body) + (answer.cut is not None)
            if answer.status != 204:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: object) -> None:
        """Tests say what they find."""
