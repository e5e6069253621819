"""The same request on many connections at once, run beside the bench.

The Plan comes on standard input. A line is printed once all are sent, and then how
often each status came.
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    connections: int
    request: str
    """Whole, as it goes over the wire."""


class Burst:
    """The process that sends them, from here."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    async def __aenter__(self) -> "Burst":
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(Path(__file__))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(self._plan)).encode() + b"\n")
        if not await self._process.stdout.readline():
            raise RuntimeError("the requests were never sent")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._process.wait()

    async def statuses(self) -> dict[str, int]:
        """Once all are answered."""
        assert self._process.stdout is not None
        counted: dict[str, int] = json.loads(await self._process.stdout.readline())
        return counted


async def main() -> None:
    plan = Plan(**json.loads(sys.stdin.readline()))
    lines = [
        await asyncio.open_connection("127.0.0.1", plan.port)
        for _ in range(plan.connections)
    ]
    for _, writer in lines:
        writer.write(plan.request.encode())
    print("sent", flush=True)
    heads = await asyncio.gather(*(reader.readline() for reader, _ in lines))
    for _, writer in lines:
        writer.close()
    print(json.dumps(Counter(head.split(b" ")[1].decode() for head in heads)))


if __name__ == "__main__":
    asyncio.run(main())
