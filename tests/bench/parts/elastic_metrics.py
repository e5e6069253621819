"""What figures cost: a drain with them against one without, and the page of a busy process."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

from onemanage.local.nats import nats_nodes
from onemanage.local.output import log_file
from onemanage.local.runner import running
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.process.figures import HTTP_REQUESTS, HTTP_SECONDS
from onemanage.platform.process.metrics import Counter, Histogram
from onemanage.platform.process.metrics_server import serving_metrics

from . import receiver

AT_LEAST = {"drain_with_figures": 0.97}
AT_MOST = {"page_seconds": 0.020}

_TASKS = 5_000
_PAIRS = 5
_PAGES = 100
_ROUTES = 160
"""As many as the gateway has; each by two methods, which they are not."""


async def measure(folder: Path) -> dict[str, float]:
    """``drain_with_figures``: no-op tasks of a second of this process's own processor
    time, the median of pairs. Without figures nothing is counted; with them, a page is
    asked for every second as well. ``page_seconds``: of the same time, the median for a
    page of a process that has answered every route, and for reading it.
    """
    (process,), url = nats_nodes(folder, "bench", 1)
    async with running(log_file(folder / "log")) as runner:
        await runner.start(process)
        client = await connect(url, "bench")
        await topology.declare(client)
        ratio = await _drains(client, url)
        await client.close()
    return {"drain_with_figures": ratio, "page_seconds": await _pages()}


async def _drains(client: Client, url: str) -> float:
    async def drained() -> float:
        return await receiver.drain_ours(
            client, url, _TASKS, events=True, clock=time.process_time
        )

    def nothing(*_: object, **__: object) -> None:
        """In place of counting."""

    ratios = []
    for number in range(_PAIRS + 1):
        with patch.object(Counter, "add", nothing):
            with patch.object(Histogram, "observe", nothing):
                without = await drained()
        async with _asked_every_second():
            with_them = await drained()
        if number:  # the first warms up
            ratios.append(with_them / without)
            print(f"drain   without {without:7.0f}/s   with {with_them:7.0f}/s")
    return statistics.median(ratios)


@asynccontextmanager
async def _asked_every_second() -> AsyncIterator[None]:
    async def ask() -> None:
        while True:
            await _page()
            await asyncio.sleep(1)

    async with serving_metrics(_ADDRESS):
        asking = asyncio.create_task(ask())
        yield
        asking.cancel()


_ADDRESS = "127.0.0.1:9109"


async def _page() -> int:
    """Its bytes."""
    host, _, port = _ADDRESS.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
    size = len(await reader.read())
    writer.close()
    await writer.wait_closed()
    return size


async def _pages() -> float:
    for number in range(_ROUTES):
        for method in ("GET", "POST"):
            route = f"/v1/things/{number}/{{thing_id}}"
            HTTP_SECONDS.observe(0.1, route, method)
            for status in ("2xx", "4xx"):
                HTTP_REQUESTS.add(route, method, status)
    took = []
    async with serving_metrics(_ADDRESS):
        for _ in range(_PAGES):
            begun = time.process_time()
            size = await _page()
            took.append(time.process_time() - begun)
    print(f"page    {size} bytes in {1000 * statistics.median(took):.1f} ms")
    return statistics.median(took)
