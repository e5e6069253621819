"""Connections that mean no good, held open against one port, run beside the bench.

Of five kinds in equal numbers: half of the headers, half of a body, silence, large
headers that do not end, chunked JSON without a key. All bytes are harmless. A
connection that the server closes is opened again after a pause, so that their number
stays what it is, but for that pause. The Plan comes on standard input; a line is printed when all are open,
and the end of standard input ends them.
"""

import asyncio
import contextlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

_REOPENED_AFTER = 1.0
_RAMP = 10.0
"""Seconds over which they are opened: closed together, they would come in waves."""
_DRIP = 2.0
"""Seconds between the bytes of those who send slowly."""
_SAMPLED_EVERY = 0.2
_CHUNK = b" " * 16_384


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    connections: int
    key: str
    """Of the workspace that sends half bodies."""


async def half_headers(writer: asyncio.StreamWriter, _: str) -> None:
    writer.write(b"GET /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Sl")
    while True:
        await asyncio.sleep(_DRIP)
        writer.write(b"o")
        await writer.drain()


async def half_body(writer: asyncio.StreamWriter, key: str) -> None:
    writer.write(
        b"POST /v1/files?name=a.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Authorization: Bearer " + key.encode() + b"\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n"
        + b"x" * 50_000
    )
    await writer.drain()


async def silence(writer: asyncio.StreamWriter, _: str) -> None:
    return


async def large_headers(writer: asyncio.StreamWriter, _: str) -> None:
    writer.write(b"GET /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    for number in range(30):  # more is closed at once, and cannot be held
        writer.write(b"X-H%d: %s\r\n" % (number, b"h" * 1000))
        await writer.drain()


async def chunks_without_a_key(writer: asyncio.StreamWriter, _: str) -> None:
    writer.write(
        b"POST /v1/presets HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    while True:
        writer.write(b"%x\r\n%s\r\n" % (len(_CHUNK), _CHUNK))
        await writer.drain()
        await asyncio.sleep(_DRIP)


KINDS = (half_headers, half_body, silence, large_headers, chunks_without_a_key)


class Crowd:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._opened: set[int] = set()
        self.open = 0
        self.all_open = asyncio.Event()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(self._plan.connections):
                group.create_task(self._hold(number))

    async def _hold(self, number: int) -> None:
        await asyncio.sleep(_RAMP * number / self._plan.connections)
        while True:
            # The server may close at any moment; that is what it should do.
            with contextlib.suppress(OSError):
                await self._once(number)
            await asyncio.sleep(_REOPENED_AFTER)

    async def _once(self, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._plan.port)
        self._opened.add(number)
        self.open += 1
        if len(self._opened) == self._plan.connections:
            self.all_open.set()
        kind = KINDS[number % len(KINDS)]
        sending = asyncio.create_task(kind(writer, self._plan.key))
        try:
            while await reader.read(65_536):
                pass
        finally:
            self.open -= 1
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            writer.close()


class Hostile:
    """The process that holds them, from here."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.held = 0
        """How many were open at once, on average; known at the end."""

    async def __aenter__(self) -> "Hostile":
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(Path(__file__))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(self._plan)).encode() + b"\n")
        if not await self._process.stdout.readline():
            raise RuntimeError("the hostile connections were never all open")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self.held = int(await self._process.stdout.readline())
        await self._process.wait()


async def main() -> None:
    line = await asyncio.to_thread(sys.stdin.readline)
    crowd = Crowd(Plan(**json.loads(line)))
    running = asyncio.create_task(crowd.run())
    await crowd.all_open.wait()
    print("open", flush=True)
    seen = [crowd.open]
    ending = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    while not ending.done():
        await asyncio.wait([ending], timeout=_SAMPLED_EVERY)
        seen.append(crowd.open)
    print(round(sum(seen) / len(seen)), flush=True)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


if __name__ == "__main__":
    asyncio.run(main())
