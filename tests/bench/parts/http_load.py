"""A light HTTP/1.1 client, run beside a server: connections kept alive, no pipelining.

What it is to send it reads from standard input, as a Plan; what it saw it prints.
"""

import asyncio
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    connections: int
    requests: list[str]
    """Whole requests, as they go over the wire."""
    seconds: float | None = None
    """So long they are repeated; without it each is sent once."""
    status: int = 200
    """That every answer has."""


@dataclass(frozen=True, slots=True)
class Load:
    answers: int
    seconds: float
    size: int
    """Bytes of the last body."""
    median: float
    """Seconds that half the answers took at most."""

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the last is answered.

    Any other status, or no Content-Length, ends it with an error.
    """

    def __init__(self, requests: Iterator[bytes], until: float, status: int) -> None:
        self._requests, self._until = requests, until
        self._begins = f"HTTP/1.1 {status} ".encode()
        self._buffer = bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers = self.size = 0
        self.took: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(_END)
        if not found:
            return
        if not head.startswith(self._begins):
            self._fail(bytes(self._buffer[:600]).decode(errors="replace"))
            return
        size = int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0])
        if len(body) < size:
            return
        self._buffer.clear()
        self.answers, self.size = self.answers + 1, size
        self.took.append(time.monotonic() - self._sent)
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"the server closed the connection: {error}")

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None or time.monotonic() > self._until:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.monotonic()
        self._transport.write(request)

    def _fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(reason))
            self._transport.close()


async def send(plan: Plan) -> Load:
    encoded = [request.encode() for request in plan.requests]
    begun = time.monotonic()
    requests, until = iter(encoded), float("inf")
    if plan.seconds is not None:
        requests, until = itertools.cycle(encoded), begun + plan.seconds
    loop = asyncio.get_running_loop()
    connections = [
        (
            await loop.create_connection(
                lambda: Connection(requests, until, plan.status),
                "127.0.0.1",
                plan.port,
            )
        )[1]
        for _ in range(plan.connections)
    ]
    await asyncio.gather(*(connection.done for connection in connections))
    return Load(
        answers=sum(connection.answers for connection in connections),
        seconds=time.monotonic() - begun,
        size=max(connection.size for connection in connections),
        median=statistics.median(
            seconds for connection in connections for seconds in connection.took
        ),
    )


def load(plan: Plan, core: int) -> Load:
    """In a process of its own, on this core. Raises RuntimeError with what it said."""
    command = ["taskset", "-c", str(core), sys.executable, __file__]
    done = subprocess.run(
        command, input=json.dumps(asdict(plan)), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-900:])
    return Load(**json.loads(done.stdout))


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    print(json.dumps(asdict(asyncio.run(send(plan)))))


if __name__ == "__main__":
    main()
