"""Images over HTTP beside thumbor: one that is there already, and one to be made.

    make bench NAME=image_http

A 12-megapixel JPEG, 400 pixels wide, over connections that are kept alive; the client
has the other core. Of a hit the serving process has a core to itself, ours the
gateway's, which asks PostgreSQL for the API key each time. Of a miss all that takes
part shares one core: ours from POST to the task's result, with NATS, PostgreSQL, S3
and every service; thumbor's with the source on its own disk and results kept as files.
Ratios are of answers per second, ours by thumbor's, so more is better. Where thumbor
cannot be installed there are none, and the bench says so. Needs two cores.
"""

import json
import os
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
from anyio import to_thread

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import image_inputs, summary, thumbor_peer
from tests.bench.parts.cores import cpu_seconds, pin, tree
from tests.bench.parts.http_load import Load, Plan, load
from tests.bench.parts.rates import set_no_rates
from tests.bench.parts.thumbor_peer import WIDTH, Thumbor

ROUNDS = 5
HIT_SECONDS = 4.0
HIT_CONNECTIONS = 32
MISSES = 24
"""Of one round."""
MISS_CONNECTIONS = 4
AT_LEAST = {"hit": 1.0, "miss": 0.95}


@dataclass(frozen=True, slots=True)
class Side:
    """One that is measured. ``pid`` is of the process that serves."""

    name: str
    port: int
    pid: int
    hit: str
    miss: Callable[[int], str]


class Ours:
    def __init__(self, stack: Stack, picture: Path) -> None:
        self._stack = stack
        headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
        with httpx.Client(
            base_url=stack.base_url, headers=headers, timeout=60
        ) as client:
            answer = client.post(
                "/v1/files?name=photo.jpg", content=picture.read_bytes()
            )
            answer.raise_for_status()
            self._file_id = answer.json()["id"]
            answer = client.post(
                "/v1/images/transformations",
                json=self._body("first"),
                headers={"Prefer": "wait=30"},
            )
            answer.raise_for_status()
            self._image = f"{answer.json()['resource']}/images/first"

    def side(self) -> Side:
        port = int(self._stack.base_url.rpartition(":")[2])
        pid = self._stack.runner.pid("gateway")
        return Side(
            "onemanage", port, pid, self._request("GET", self._image), self._miss
        )

    def _body(self, variant: str) -> dict[str, Any]:
        """Another name makes another recipe, with the same work."""
        return {
            "file_id": self._file_id,
            "recipe": {
                "operations": [{"op": "resize", "width": WIDTH}],
                "variants": [
                    {"name": variant, "output": {"format": "jpeg", "quality": 80}}
                ],
            },
        }

    def _miss(self, number: int) -> str:
        body = json.dumps(self._body(f"v{number}"))
        more = (
            "Content-Type: application/json\r\nPrefer: wait=30\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
        return self._request("POST", "/v1/images/transformations", more) + body

    def _request(self, method: str, path: str, more: str = "") -> str:
        key = self._stack.owner_api_key
        return (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
            f"Authorization: Bearer {key}\r\n{more}\r\n"
        )


class Bench:
    """Rounds of all sides, one after the other."""

    def __init__(self) -> None:
        self._core, self._other = sorted(os.sched_getaffinity(0))[:2]
        self.rates: dict[str, dict[str, list[float]]] = {"hit": {}, "miss": {}}
        self._used = 1  # number 0 is the hit

    def round(self, sides: list[Side]) -> None:
        for side in sides:
            self._hit(side)
        numbers = range(self._used, self._used + MISSES)
        self._used += MISSES
        for side in sides:
            self._miss(side, [side.miss(number) for number in numbers])

    def _hit(self, side: Side) -> None:
        pin(tree(os.getpid()), self._other)
        pin([side.pid], self._core)
        before = cpu_seconds(side.pid)
        plan = Plan(side.port, HIT_CONNECTIONS, [side.hit], HIT_SECONDS)
        seen = load(plan, self._other)
        used = (cpu_seconds(side.pid) - before) / seen.answers
        self._note("hit", side, seen, f"CPU {used * 1e6:4.0f} us, {seen.size} bytes")

    def _miss(self, side: Side, requests: list[str]) -> None:
        pin(tree(os.getpid()), self._core)
        seen = load(Plan(side.port, MISS_CONNECTIONS, requests), self._other)
        self._note("miss", side, seen, f"{seen.answers} made")

    def _note(self, kind: str, side: Side, seen: Load, more: str) -> None:
        self.rates[kind].setdefault(side.name, []).append(seen.rate)
        print(f"{kind:<5} {side.name:<10} {seen.rate:8.1f}/s  {more}", flush=True)


async def measure(folder: Path, thumbor: Thumbor) -> Bench:
    picture = await to_thread.run_sync(image_inputs.jpeg, folder / "photo.jpg", 12)
    port, other = free_ports(2)
    data_dir = folder / "data"
    data_dir.mkdir()
    async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
        ours = await to_thread.run_sync(Ours, stack, picture)
        return await to_thread.run_sync(compare, ours.side(), thumbor, other, picture)


def compare(ours: Side, thumbor: Thumbor, port: int, picture: Path) -> Bench:
    bench = Bench()
    if thumbor.missing:
        print(f"thumbor cannot be installed: {thumbor.missing}")
        for _ in range(ROUNDS):
            bench.round([ours])
        return bench
    copies = 1 + ROUNDS * MISSES
    with thumbor.serving(port, picture, copies) as pid:
        hit = thumbor_peer.request(0)
        theirs = Side("thumbor", port, pid, hit, thumbor_peer.request)
        load(Plan(port, 1, [hit]), 0)  # makes what is hit
        for _ in range(ROUNDS):
            bench.round([ours, theirs])
        if thumbor.kept() != copies:
            raise RuntimeError("thumbor has not kept its results: its hits are none")
    return bench


def main() -> None:
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as name:
        folder = Path(name)
        thumbor = Thumbor(folder / "thumbor")
        bench = anyio.run(measure, folder, thumbor)
    ratios = {}
    for kind, rates in bench.rates.items():
        found = {side: statistics.median(values) for side, values in rates.items()}
        told = ", ".join(f"{side} {rate:.1f}/s" for side, rate in found.items())
        print(f"{kind:<5} {told}")
        if "thumbor" in found:
            ratios[kind] = found["onemanage"] / found["thumbor"]
    summary.say("image_http", ratios, at_least=AT_LEAST, places=3)


if __name__ == "__main__":
    main()
