"""What a good client feels of hostile ones, on a real running stack on loopback.

    make bench NAME=hostile

``accept``: p99 of accepting a task while 500 hostile connections are held open (half
headers, half bodies, silence, large headers, chunked JSON without a key), by the p99 of
the same gateway without them. ``query``: p99 of listing one's data sets while another
workspace sends 200 sorts of three million rows, by the p99 without. ``memory``: MiB by
which the gateway has grown at the worst moment, by 64. Rounds alternate, and the median
of their ratios is told. Workers stand still meanwhile, so that only accepting is
measured.
"""

import asyncio
import os
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import asyncpg
import httpx

from onemanage.contracts.base import new_id
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import burst, summary
from tests.bench.parts.hostile_load import Hostile, Plan
from tests.bench.parts.rates import set_no_rates
from tests.bench.parts.world import resident

ROUNDS = 7
ASKED = 300
"""Requests of the good client in one round."""
CONNECTIONS = 570
"""Of which 500 and more are open at any moment: one that is closed pauses a second."""
SORTS = 200
ROWS = 3_000_000
GROWTH = 64 * 1024**2
AT_MOST = {"accept": 1.5, "query": 3.0, "memory": 1.0}
_FILE = b"8BPS\0\1" + bytes(6) + b"\0\3" + bytes(3) + b"\1" + bytes(3) + b"\1\0\10\0\3"
_TABLE = """
    CREATE SCHEMA "ws_{workspace}";
    CREATE TABLE "ws_{workspace}".large (_id bigint PRIMARY KEY, a text, b bigint);
    INSERT INTO "ws_{workspace}".large
    SELECT n, md5(n::text), n::bigint * 7919 % 1000003 FROM generate_series(1, {rows}) AS n;
    INSERT INTO data_import.datasets
    VALUES ('{dataset}', '{workspace}', 'large', 'ws_{workspace}', 'large', {rows},
            {rows} + 1, now(), now(), 'imp_1')
"""


@dataclass
class Bench:
    stack: Stack
    hostile_key: str
    ratios: dict[str, list[float]] = field(
        default_factory=lambda: {"accept": [], "query": []}
    )
    peak: int = 0

    @property
    def port(self) -> int:
        return int(self.stack.base_url.rpartition(":")[2])

    @property
    def resident(self) -> int:
        return resident(self.stack.runner.pid("gateway"))

    def client(self, key: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.stack.base_url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    def note(self, kind: str, quiet: float, loud: float) -> None:
        self.ratios[kind].append(loud / quiet)
        print(
            f"{kind:<7} p99 {quiet * 1e3:7.2f} ms quiet, {loud * 1e3:7.2f} ms loud, "
            f"{loud / quiet:5.2f}x; gateway {self.resident / 1024**2:6.1f} MiB",
            flush=True,
        )


async def p99(
    client: httpx.AsyncClient, method: str, path: str, **body: object
) -> float:
    """Seconds, of ASKED requests one after the other."""
    took = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        answer = await client.request(method, path, **body)  # type: ignore[arg-type]  # json or nothing
        took.append(time.perf_counter() - begun)
        answer.raise_for_status()
    return statistics.quantiles(took, n=100)[98]


async def accept(bench: Bench, client: httpx.AsyncClient, file_id: str) -> float:
    return await p99(client, "POST", "/v1/psd/documents", json={"file_id": file_id})


async def accepting(bench: Bench, client: httpx.AsyncClient, file_id: str) -> None:
    quiet = await accept(bench, client, file_id)
    hostile = Hostile(Plan(bench.port, CONNECTIONS, bench.hostile_key))
    async with hostile, watched(bench):
        loud = await accept(bench, client, file_id)
    print(f"        {hostile.held} hostile connections were open at once", flush=True)
    bench.note("accept", quiet, loud)


async def querying(bench: Bench, client: httpx.AsyncClient, dataset_id: str) -> None:
    quiet = await p99(client, "GET", "/v1/datasets")
    request = (
        f"GET /v1/datasets/{dataset_id}/rows?sort=a&limit=100 HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nAuthorization: Bearer {bench.hostile_key}\r\n\r\n"
    )
    plan = burst.Plan(bench.port, SORTS, request)
    async with burst.Burst(plan) as sorts, watched(bench):
        loud = await p99(client, "GET", "/v1/datasets")
        told = await sorts.statuses()
    print(f"        the sorts were answered {told}", flush=True)
    bench.note("query", quiet, loud)


@asynccontextmanager
async def watched(bench: Bench) -> AsyncIterator[None]:
    """Notes the gateway's worst moment."""

    async def watch() -> None:
        while True:
            bench.peak = max(bench.peak, bench.resident)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


async def hostile_workspace(stack: Stack) -> tuple[str, str]:
    """Its API key, and its data set of three million rows."""
    key, workspace, dataset = new_api_key(), new_id("wsp"), new_id("dst")
    gateway = await asyncpg.connect(stack.addresses.database_url("gateway"))
    await gateway.execute("INSERT INTO workspaces VALUES ($1, 'Hostile')", workspace)
    await gateway.execute(
        "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
        "VALUES ('key_2', $1, $2, 'hostile')",
        *(workspace, hash_api_key(key)),
    )
    await gateway.close()
    owner = await asyncpg.connect(stack.addresses.database_url("data_import"))
    await owner.execute(
        _TABLE.format(workspace=workspace, dataset=dataset, rows=ROWS), timeout=600
    )
    await owner.execute(f'VACUUM ANALYZE "ws_{workspace}".large', timeout=600)
    await owner.close()
    return key, dataset


async def measure(stack: Stack) -> Bench:
    key, dataset_id = await hostile_workspace(stack)
    bench = Bench(stack, key)
    headers = {"Prefer": "respond-async"}
    workers = [stack.runner.pid(name) for name in ("psd-worker", "preview-worker")]
    async with bench.client(stack.owner_api_key) as client:
        client.headers.update(headers)
        answer = await client.post("/v1/files?name=a.psd", content=_FILE)
        answer.raise_for_status()
        file_id = answer.json()["id"]
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            await accept(bench, client, file_id)  # all that is made once is made
            await p99(client, "GET", "/v1/datasets")
            before = bench.resident
            for _ in range(ROUNDS):
                await accepting(bench, client, file_id)
                await querying(bench, client, dataset_id)
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
    bench.ratios["memory"] = [max(0, bench.peak - before) / GROWTH]
    return bench


async def run(folder: Path) -> dict[str, float]:
    (port,) = free_ports(1)
    async with open_stack(folder, port, log_file(folder / "log")) as stack:
        bench = await measure(stack)
    return {name: statistics.median(seen) for name, seen in bench.ratios.items()}


def main() -> None:
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        ratios = anyio.run(run, Path(folder))
    summary.say("hostile", ratios, at_most=AT_MOST, places=3)


if __name__ == "__main__":
    main()
