"""Many clients of /v1/events, run beside the gateway: each keeps one connection.

The Plan comes on standard input. A line is printed once all have their first frame, and
one once each has had ``events`` more.
"""

import asyncio
import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

_DATA = b"\ndata: "
_FIRST = b"retry: "
_OTHER_FILES = 64


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    clients: int
    events: int
    request: str
    """Whole, as it goes over the wire."""


class Clients:
    """The process that they are in, from here."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    async def __aenter__(self) -> "Clients":
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(Path(__file__))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(self._plan)).encode() + b"\n")
        await self._line()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def heard(self) -> None:
        """Returns when every client has had every event."""
        await self._line()

    async def _line(self) -> None:
        assert self._process.stdout is not None
        if not await self._process.stdout.readline():
            raise RuntimeError("the clients of events were cut off")


class _Client(asyncio.Protocol):
    def __init__(self, plan: Plan) -> None:
        self._plan, self._heard, self._rest = plan, 0, b""
        loop = asyncio.get_running_loop()
        self.first: asyncio.Future[None] = loop.create_future()
        self.all: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._plan.request.encode())

    def data_received(self, data: bytes) -> None:
        seen = self._rest + data
        if not self.first.done() and _FIRST in seen:
            self.first.set_result(None)
        self._heard += seen.count(_DATA)
        self._rest = seen[-(len(_DATA) - 1) :]
        if self._heard >= self._plan.events and not self.all.done():
            self.all.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        for each in (self.first, self.all):
            if not each.done():
                each.set_exception(RuntimeError("the gateway closed the connection"))


async def main() -> None:
    plan = Plan(**json.loads(sys.stdin.readline()))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < plan.clients + _OTHER_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    loop = asyncio.get_running_loop()
    clients = []
    for _ in range(plan.clients):
        _, client = await loop.create_connection(
            lambda: _Client(plan), "127.0.0.1", plan.port
        )
        clients.append(client)
    await asyncio.gather(*(client.first for client in clients))
    print("all are there", flush=True)
    await asyncio.gather(*(client.all for client in clients))
    print("all have heard", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
