"""Orders of images while others ask for many by address: whether tasks wait for them.

    make bench NAME=image_lanes

An order by POST of a 0.4-megapixel JPEG, one after the other, alone and while 32
connections ask for images that nobody has made yet. The ratio is of the medians. Both
share two cores and one worker, whose quick children let tasks go before them.
"""

import asyncio
import os
import statistics
import tempfile
from pathlib import Path

import anyio
import httpx
from anyio import to_thread

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.image_http import Ours, shrink
from tests.bench.parts import image_inputs, summary
from tests.bench.parts.http_load import Plan, load
from tests.bench.parts.rates import set_no_rates

ORDERS = 24
ROUNDS = 3
CONNECTIONS = 32
AT_MOST = {"order_under_flood": 2.0}
"""Of two cores, one is always somebody else's."""


class Flood:
    """Asks until it is stopped; counts what was made and what was refused."""

    def __init__(self, stack: Stack, ours: Ours) -> None:
        self._stack, self._ours = stack, ours
        self._number = 1000
        self.statuses: dict[int, int] = {}

    async def run(self) -> None:
        headers = {"Authorization": f"Bearer {self._stack.owner_api_key}"}
        async with httpx.AsyncClient(
            base_url=self._stack.base_url, headers=headers, timeout=60
        ) as client:
            await asyncio.gather(*(self._ask(client) for _ in range(CONNECTIONS)))

    async def _ask(self, client: httpx.AsyncClient) -> None:
        while True:
            self._number += 1
            answer = await client.get(self._ours.address(self._number))
            status = answer.status_code
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status != 200:
                await asyncio.sleep(0.05)


async def measure(folder: Path) -> dict[str, list[float]]:
    picture = await to_thread.run_sync(image_inputs.jpeg, folder / "photo.jpg", 12)
    small = folder / "small.jpg"
    await to_thread.run_sync(shrink, picture, small)
    data_dir = folder / "data"
    data_dir.mkdir()
    (port,) = free_ports(1)
    found: dict[str, list[float]] = {"alone": [], "under flood": []}
    async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
        ours = await to_thread.run_sync(Ours, stack, picture, small)
        flood = Flood(stack, ours)
        for number in range(ROUNDS):
            for kind in found:
                flooding = None
                if kind == "under flood":
                    flooding = asyncio.create_task(flood.run())
                    await asyncio.sleep(1)
                first = 1 + ORDERS * (2 * number + (flooding is not None))
                requests = [ours.order(n) for n in range(first, first + ORDERS)]
                core = max(os.sched_getaffinity(0))
                plan = Plan(int(stack.base_url.rpartition(":")[2]), 1, requests)
                seen = await to_thread.run_sync(load, plan, core)
                if flooding is not None:
                    flooding.cancel()
                found[kind].append(seen.median)
                print(f"{kind:<12} {seen.median * 1e3:.1f} ms", flush=True)
        print("answers to the flood by status:", flood.statuses)
    return found


def main() -> None:
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as name:
        found = anyio.run(measure, Path(name))
    alone, under = (statistics.median(values) for values in found.values())
    summary.say("image_lanes", {"order_under_flood": under / alone}, at_most=AT_MOST)


if __name__ == "__main__":
    main()
