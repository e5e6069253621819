"""What the gateway costs: accepting, telling events, knowing a key, taking uploads.

    make bench NAME=gateway

- ``accept``: orders accepted a second, with everything that is on, by a bare FastAPI
  route that inserts a row (parts/bare_server.py). Each has a core to itself in turn,
  PostgreSQL, NATS and the client the other; workers stand still. Rounds alternate, and
  the median of their ratios is told: more is better. Before it, what a request costs
  when it goes less far.
- ``delivery``: CPU of the gateway for one event to one of 1,000 clients of /v1/events,
  by 20 us. ``client``: what each of them adds to its memory, by 60 KB.
- ``statements``: of PostgreSQL for a key that was seen in the last second, in 1,000.
- ``upload``: MiB by which the gateway grows while it takes 2 GiB, by 100; ``parts``:
  MB while MIB are sent in parts, by 10.

CLIENTS, EVENTS, ORDERS, ROUNDS and UPLOAD_MIB in the environment make it smaller.
Needs two cores.
"""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import asyncpg
import httpx
from anyio import to_thread

from onemanage.contracts.base import Progress, Status, new_id
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.gateway.access.callers import Callers
from onemanage.gateway.access.key_store import KeyStore
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, open_pool
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import connect
from tests.bench import upload_parts
from tests.bench.parts import accepting, summary
from tests.bench.parts.accepting import Accepting
from tests.bench.parts.cores import cpu_seconds, pin, tree
from tests.bench.parts.event_clients import Clients, Plan
from tests.bench.parts.rates import set_no_rates
from tests.bench.parts.world import resident

CLIENTS = int(os.environ.get("CLIENTS", "1000"))
EVENTS = int(os.environ.get("EVENTS", "200"))
UPLOAD_MIB = int(os.environ.get("UPLOAD_MIB", "2048"))
CALLS = 1000
A_SECOND = 20
"""Events: slow enough that none waits for the one before it."""
MIB = 1024**2
DELIVERY_SECONDS, CLIENT_BYTES, UPLOAD_BYTES = 20e-6, 60_000, 100 * MIB
AT_LEAST = {"accept": 1.0}
AT_MOST = {"delivery": 1.0, "client": 1.0, "statements": 0.0}
AT_MOST |= {"upload": 1.0, "parts": 1.0}


class Counting:
    """A pool that counts what it is asked."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.asked = 0

    async def fetchrow(self, query: str, *given: object) -> asyncpg.Record | None:
        self.asked += 1
        return await self._pool.fetchrow(query, *given)


async def telling(stack: Stack) -> dict[str, float]:
    """One event after the other to all clients at once."""
    pid = stack.runner.pid("gateway")
    request = (
        "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {stack.owner_api_key}\r\n\r\n"
    )
    plan = Plan(accepting.port_of(stack), CLIENTS, EVENTS, request)
    nats = await connect(stack.addresses.nats_url, "bench")
    publisher, task_id = EventPublisher(nats), new_id("tsk")
    before = resident(pid)
    async with Clients(plan) as clients:
        each = (resident(pid) - before) / CLIENTS
        began, used = time.monotonic(), cpu_seconds(pid)
        for number in range(EVENTS):
            progress = Progress(step="images", done=number, total=EVENTS)
            event = make_event(
                PARSE_EXPORT,
                Status.PROGRESS,
                task_id,
                OWNER_WORKSPACE,
                step=str(number),
                progress=progress,
            )
            await publisher.publish(event)
            due = began + (number + 1) / A_SECOND
            await asyncio.sleep(max(0, due - time.monotonic()))
        await clients.heard()
        used = (cpu_seconds(pid) - used) / (CLIENTS * EVENTS)
    await nats.close()
    print(f"events   {CLIENTS} clients: {used * 1e6:5.1f} us CPU a delivery")
    print(f"         {each / 1000:5.1f} KB a client", flush=True)
    return {"delivery": used / DELIVERY_SECONDS, "client": each / CLIENT_BYTES}


async def knowing(stack: Stack) -> dict[str, float]:
    """A key that was seen a moment ago."""
    pool = await open_pool(stack.addresses.database_url("gateway"))
    counting = Counting(pool)
    keys = KeyStore(counting)  # type: ignore[arg-type]  # it asks by fetchrow alone
    callers = Callers(keys, keys)
    await callers.caller(stack.owner_api_key)
    counting.asked, began = 0, time.perf_counter()
    for _ in range(CALLS):
        await callers.caller(stack.owner_api_key)
    took = (time.perf_counter() - began) / CALLS
    await pool.close()
    print(
        f"keys     {counting.asked} statements in {CALLS} calls, "
        f"{took * 1e6:5.1f} us each",
        flush=True,
    )
    return {"statements": float(counting.asked)}


def uploading(stack: Stack) -> dict[str, float]:
    """Resident memory over what it was, at the worst moment."""
    pid = stack.runner.pid("gateway")
    before = peak = resident(pid)
    block = os.urandom(MIB)

    def body() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(UPLOAD_MIB):
            peak = max(peak, resident(pid))
            yield block

    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=600) as client:
        began = time.monotonic()
        client.post("/v1/files", content=body()).raise_for_status()
        rate = UPLOAD_MIB / (time.monotonic() - began)
    grown = (peak - before) / MIB
    print(f"upload   {UPLOAD_MIB} MiB at {rate:.0f} MiB/s: grown by {grown:.1f} MiB")
    return {"upload": (peak - before) / UPLOAD_BYTES}


async def in_parts(stack: Stack) -> dict[str, float]:
    """None of the bytes come by the gateway."""
    told = await upload_parts.measured(stack)
    grown = told["gateway_grown_mb"]
    print(f"in parts {told['mib']} MiB: grown by {grown:.1f} MB", flush=True)
    return {"parts": grown / upload_parts.MOST_GROWN}


async def run(folder: Path) -> dict[str, float]:
    (port,) = free_ports(1)
    async with open_stack(folder, port, log_file(folder / "log")) as stack:
        core, other = sorted(os.sched_getaffinity(0))[:2]
        pin(tree(os.getpid()), other)
        pin([stack.runner.pid("gateway")], core)
        workers = [
            pid
            for name in ("psd-worker", "preview-worker", "imaging-worker")
            for pid in tree(stack.runner.pid(name))
        ]
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            async with Accepting(stack, core, other) as bench:
                found = await to_thread.run_sync(bench.ratios)
            found |= await telling(stack)
            found |= await knowing(stack)
            found |= await to_thread.run_sync(uploading, stack)
            found |= await in_parts(stack)
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)
    return found


def main() -> None:
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        ratios = anyio.run(run, Path(folder))
    summary.say("gateway", ratios, at_least=AT_LEAST, at_most=AT_MOST, places=3)


if __name__ == "__main__":
    main()
