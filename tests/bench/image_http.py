"""Images over HTTP beside thumbor and sharp: one that is there, one to be made, an order.

    make bench NAME=image_http

A 12-megapixel JPEG, 400 pixels wide, by its address, over connections that are kept
alive; the client has the other core. Of a hit the serving process has a core to itself.
Of a miss all that takes part shares one core: ours with gateway, NATS, PostgreSQL, S3
and every service, the source in object storage at first and on the worker's disk then;
thumbor's with the source on its own disk and results kept as files; sharp's a bare HTTP
server of node, as fast as anything with libvips can be. Ratios of both are of answers per
second of processor time, ours by theirs: more is better. On a core that nobody else uses
those are answers per second; on a busy machine nothing else can be compared.

``order`` is an order by POST of a 0.4-megapixel JPEG, one at a time, on both cores: its
median by sharp's for the same picture, by what that was before there were images by
address (``ORDER_BEFORE``): less is better. Where a peer cannot be installed its ratios
are left out, and the bench says so. Needs two cores.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio
import httpx
from anyio import to_thread
from PIL import Image

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import image_inputs, sharp_server, summary, thumbor_peer
from tests.bench.parts.cores import all_cpu_seconds, cpu_seconds, pin, tree
from tests.bench.parts.http_load import Load, Plan, load
from tests.bench.parts.rates import set_no_rates
from tests.bench.parts.sharp_server import SharpServer
from tests.bench.parts.thumbor_peer import WIDTH, Thumbor

ROUNDS = 5
HIT_SECONDS = 4.0
HIT_CONNECTIONS = 32
MISSES = 24
"""Of one round."""
MISS_CONNECTIONS = 4
ORDERS = 24
ORDER_BEFORE = 9.3
"""Times sharp's median, at the commit before the first image by address (9e0c1c6d): 58
milliseconds by image_order.py there, 6.2 by sharp here, one after the other on a quiet
machine."""
AT_LEAST = {"hit": 2.0, "miss": 1.0, "miss_by_sharp": 0.7}
AT_MOST = {"order": 0.6}


@dataclass(frozen=True, slots=True)
class Side:
    """One that is measured: requests by their number, the process that serves.

    None where it has no such.
    """

    name: str
    port: int
    pid: int
    hit: str | None
    miss: Callable[[int], str]
    order: Callable[[int], str] | None = None


class Ours:
    def __init__(self, stack: Stack, picture: Path, small: Path) -> None:
        self._stack = stack
        headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
        with httpx.Client(
            base_url=stack.base_url, headers=headers, timeout=60
        ) as client:
            self._file_id, self._small_id = (
                self._uploaded(client, path) for path in (picture, small)
            )
            for _ in range(20):
                answer = client.get(self.address(0))
                if answer.status_code != 503:  # its worker is still starting
                    break
                time.sleep(0.5)
            answer.raise_for_status()

    def side(self) -> Side:
        port = int(self._stack.base_url.rpartition(":")[2])
        pid = self._stack.runner.pid("gateway")
        return Side("onemanage", port, pid, self._miss(0), self._miss, order=self.order)

    def _uploaded(self, client: httpx.Client, path: Path) -> str:
        answer = client.post("/v1/files?name=photo.jpg", content=path.read_bytes())
        found: str = answer.raise_for_status().json()["id"]
        return found

    def address(self, number: int) -> str:
        """Another height, which none of them reaches, makes another recipe with the same
        work."""
        return f"/v1/images/{self._file_id}/w_{WIDTH},h_{1000 + number}/q_80,f_jpg"

    def _miss(self, number: int) -> str:
        return self._request("GET", self.address(number))

    def order(self, number: int) -> str:
        """Another name makes another recipe, with the same work."""
        variant = {"name": f"v{number}", "output": {"format": "jpeg", "quality": 80}}
        recipe = {
            "operations": [{"op": "resize", "width": WIDTH}],
            "variants": [variant],
        }
        body = json.dumps({"file_id": self._small_id, "recipe": recipe})
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
        self.found: dict[str, dict[str, list[float]]] = {
            kind: {} for kind in ("hit", "miss", "order")
        }
        """Answers per second of processor time, of orders the median's seconds, by kind
        and side."""
        self._used = 1  # number 0 is the hit

    def round(self, sides: list[Side]) -> None:
        for side in sides:
            self._hit(side)
        numbers = range(self._used, self._used + MISSES)
        self._used += MISSES
        for side in sides:
            self._miss(side, [side.miss(number) for number in numbers])
        for side in sides:
            self._order(side, numbers)

    def _hit(self, side: Side) -> None:
        if side.hit is None:
            return
        pin(tree(os.getpid()), self._other)
        pin([side.pid], self._core)
        before = cpu_seconds(side.pid)
        plan = Plan(side.port, HIT_CONNECTIONS, [side.hit], HIT_SECONDS)
        seen = load(plan, self._other)
        used = (cpu_seconds(side.pid) - before) / seen.answers
        told = f"CPU {used * 1e6:4.0f} us, {seen.rate:.0f}/s, {seen.size} bytes"
        self._note("hit", side, 1 / used, told)

    def _miss(self, side: Side, requests: list[str]) -> None:
        pin(tree(os.getpid()), self._core)
        before = all_cpu_seconds(tree(os.getpid()))
        seen = load(Plan(side.port, MISS_CONNECTIONS, requests), self._other)
        used = (all_cpu_seconds(tree(os.getpid())) - before) / seen.answers
        told = f"CPU {used * 1e3:.1f} ms, {seen.rate:.1f}/s, {seen.median * 1e3:.0f} ms"
        self._note("miss", side, 1 / used, told)

    def _order(self, side: Side, numbers: range) -> None:
        if side.order is None:
            return
        for pid in tree(os.getpid()):
            os.sched_setaffinity(pid, {self._core, self._other})
        requests = [side.order(number) for number in numbers]
        seen = load(Plan(side.port, 1, requests), self._other)
        self._note("order", side, seen.median, f"{seen.median * 1e3:.1f} ms")

    def _note(self, kind: str, side: Side, value: float, more: str) -> None:
        self.found[kind].setdefault(side.name, []).append(value)
        print(f"{kind:<5} {side.name:<10} {value:8.3f}  {more}", flush=True)

    def ratios(self) -> dict[str, float]:
        """Those that the peers which are there allow."""
        middle = {
            kind: {side: statistics.median(values) for side, values in sides.items()}
            for kind, sides in self.found.items()
        }
        ratios = {}
        for kind, peer, name in (
            ("hit", "thumbor", "hit"),
            ("miss", "thumbor", "miss"),
            ("miss", "sharp", "miss_by_sharp"),
            ("order", "sharp", "order"),
        ):
            sides = middle[kind]
            print(name, {side: round(value, 4) for side, value in sides.items()})
            if peer in sides:
                ratios[name] = sides["onemanage"] / sides[peer]
        if "order" in ratios:
            print(f"an order takes {ratios['order']:.2f} times what sharp takes")
            ratios["order"] /= ORDER_BEFORE
        return ratios


async def measure(folder: Path, thumbor: Thumbor, sharp: SharpServer) -> Bench:
    picture = await to_thread.run_sync(image_inputs.jpeg, folder / "photo.jpg", 12)
    small = folder / "small.jpg"
    await to_thread.run_sync(shrink, picture, small)
    data_dir = folder / "data"
    data_dir.mkdir()
    (port,) = free_ports(1)
    async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
        ours = await to_thread.run_sync(Ours, stack, picture, small)
        return await to_thread.run_sync(
            compare, ours.side(), thumbor, sharp, picture, small
        )


def shrink(picture: Path, small: Path) -> None:
    """0.4 megapixels."""
    with Image.open(picture) as image:
        image.resize((730, 548)).save(small, quality=90)


def compare(
    ours: Side, thumbor: Thumbor, sharp: SharpServer, picture: Path, small: Path
) -> Bench:
    bench = Bench()
    copies = 1 + ROUNDS * MISSES
    sides = [ours]
    with ExitStack() as stack:
        if thumbor.missing:
            print(f"thumbor cannot be installed: {thumbor.missing}")
        else:
            (port,) = free_ports(1)
            pid = stack.enter_context(thumbor.serving(port, picture, copies))
            hit = thumbor_peer.request(0)
            sides.append(Side("thumbor", port, pid, hit, thumbor_peer.request))
            load(Plan(port, 1, [hit]), 0)  # makes what is hit
        if sharp.missing:
            print(f"sharp cannot be installed: {sharp.missing}")
        else:
            (port,) = free_ports(1)
            pid = stack.enter_context(sharp.serving(port, picture, small))
            order = partial(sharp_server.request, picture="small")
            sides.append(Side("sharp", port, pid, None, sharp_server.request, order))
        for _ in range(ROUNDS):
            bench.round(sides)
        if not thumbor.missing and thumbor.kept() != copies:
            raise RuntimeError("thumbor has not kept its results: its hits are none")
    return bench


def main() -> None:
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as name:
        folder = Path(name)
        thumbor, sharp = Thumbor(folder / "thumbor"), SharpServer(folder / "sharp")
        bench = anyio.run(measure, folder, thumbor, sharp)
    summary.say(
        "image_http", bench.ratios(), at_least=AT_LEAST, at_most=AT_MOST, places=3
    )


if __name__ == "__main__":
    main()
