"""What a request takes of each part of a running system, from outside: seconds of CPU of
each process, commits and bytes of PostgreSQL, messages of NATS.

The requests of a kind are sent as fast as they are taken, so the rate is that of a full
machine. What the same processes take while nothing happens is no request's.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx
from nats.js.api import StreamConfig
from PIL import Image

from onemanage.local.sample import build_poster
from onemanage.local.stack import SERVICES, Stack
from onemanage.platform.messaging.nats import Client

from . import image_inputs
from .cores import all_cpu_seconds, tree

SERVERS = ("nats", "postgres", "s3")
AT_ONCE = 16
ROWS = 10_000
_IDLE_SECONDS = 5.0
_ASYNC = {"Prefer": "respond-async"}
_PROBE = "BENCH_SCALE"
_PROBES = 6_000
_UPLOAD_MIB = 256
_COMMITS_FOR = 2.0
_CLIENTS = 32
STREAMS = ("TASKS", "EVENTS")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counters of a moment, or what they grew by. Commits are those that write."""

    cpu: dict[str, float]
    commits: float
    wal_bytes: float
    messages: float
    tasks: float
    seconds: float

    def since(self, other: "Figures") -> "Figures":
        return Figures(
            {name: spent - other.cpu[name] for name, spent in self.cpu.items()},
            self.commits - other.commits,
            self.wal_bytes - other.wal_bytes,
            self.messages - other.messages,
            self.tasks - other.tasks,
            self.seconds - other.seconds,
        )

    def each(self, requests: int, idle: "Figures") -> "Figures":
        """Of one request, without what passes by itself in that time."""
        by_itself = self.seconds / idle.seconds

        def own(found: float, unasked: float) -> float:
            return max(0.0, found - unasked * by_itself) / requests

        return Figures(
            {name: own(spent, idle.cpu[name]) for name, spent in self.cpu.items()},
            own(self.commits, idle.commits),
            own(self.wal_bytes, idle.wal_bytes),
            own(self.messages, idle.messages),
            self.tasks / requests,
            self.seconds / requests,
        )


class System:
    """A stack, its counters, and somebody who asks it for work."""

    def __init__(
        self, stack: Stack, database: asyncpg.Connection, nats: Client
    ) -> None:
        self._stack, self._database, self._nats = stack, database, nats
        headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
        self.http = httpx.AsyncClient(
            base_url=stack.base_url, headers=headers, timeout=120
        )

    async def measured(
        self, requests: int, send: Callable[[int], Awaitable[None]]
    ) -> Figures:
        """What that many took, all told, once all that follows from them has ended."""
        before = await self._now()
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with slots:
                await send(number)

        async with asyncio.TaskGroup() as group:
            for number in range(requests):
                group.create_task(one(number))
        await self.settle()
        return (await self._now()).since(before)

    async def idle(self) -> Figures:
        before = await self._now()
        await asyncio.sleep(_IDLE_SECONDS)
        return (await self._now()).since(before)

    async def settle(self) -> None:
        """Until no task waits or runs, and none has followed."""
        calm = 0
        while calm < 3:
            open_ = await self._database.fetchval(
                "SELECT count(*) FROM gateway.tasks WHERE state IN ('queued', 'running')"
            )
            calm = 0 if open_ else calm + 1
            await asyncio.sleep(0.05)

    async def commits_per_second(self) -> float:
        """Of connections that each write a row and wait until it is on the disk."""
        await self._database.execute("CREATE TABLE public.bench (n int)")
        pool = await asyncpg.create_pool(
            self._stack.addresses.database_admin_url,
            min_size=_CLIENTS,
            max_size=_CLIENTS,
        )
        until, done = time.monotonic() + _COMMITS_FOR, 0

        async def write() -> None:
            nonlocal done
            async with pool.acquire() as connection:
                while time.monotonic() < until:
                    await connection.execute("INSERT INTO public.bench VALUES (1)")
                    done += 1

        await asyncio.gather(*(write() for _ in range(_CLIENTS)))
        await pool.close()
        await self._database.execute("DROP TABLE public.bench")
        return done / _COMMITS_FOR

    async def upload_seconds(self) -> float:
        """Of CPU that the gateway takes for a GB in the body of a request."""
        block = os.urandom(1 << 20)

        async def body() -> AsyncIterator[bytes]:
            for _ in range(_UPLOAD_MIB):
                yield block

        before = await self._now()
        answer = await self.http.post("/v1/files?name=large", content=body())
        answer.raise_for_status()
        taken = (await self._now()).since(before).cpu["gateway"]
        return taken / (_UPLOAD_MIB * (1 << 20) / 1e9)

    async def messages_per_second(self) -> float:
        """That one stream stores and confirms, many on their way at once."""
        stream = self._nats.jetstream()
        await stream.add_stream(StreamConfig(name=_PROBE, subjects=[_PROBE]))
        slots = asyncio.Semaphore(_CLIENTS * AT_ONCE)

        async def publish() -> None:
            async with slots:
                await stream.publish(_PROBE, bytes(600))

        began = time.monotonic()
        await asyncio.gather(*(publish() for _ in range(_PROBES)))
        rate = _PROBES / (time.monotonic() - began)
        await stream.delete_stream(_PROBE)
        return rate

    async def _now(self) -> Figures:
        names = [*SERVERS, *(service.name for service in SERVICES)]
        pids = {name: self._stack.runner.pid(name) for name in names}
        cpu = {name: all_cpu_seconds(tree(pid)) for name, pid in pids.items()}
        jetstream = self._nats.jetstream()
        states = [(await jetstream.stream_info(name)).state for name in STREAMS]
        row = await self._database.fetchrow(
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8, "
            "pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8, "
            "(SELECT count(*) FROM gateway.tasks)::float8"
        )
        assert row is not None  # an aggregate has a row
        messages = float(sum(state.last_seq for state in states))
        return Figures(cpu, row[0], row[1], messages, row[2], time.monotonic())


async def images(system: System) -> Callable[[int], Awaitable[None]]:
    """Each another width of one photo of 0.4 MP."""
    found = BytesIO()
    Image.fromarray(image_inputs.photo(776, 518, 4)).save(found, "JPEG", quality=90)
    answer = await system.http.post("/v1/files?name=a.jpg", content=found.getvalue())
    file_id = answer.raise_for_status().json()["id"]

    async def send(number: int) -> None:
        operations = [{"op": "resize", "width": 100 + number}]
        variants = [{"name": "v", "output": {"format": "jpeg", "quality": 80}}]
        body = {
            "file_id": file_id,
            "recipe": {"operations": operations, "variants": variants},
        }
        answer = await system.http.post(
            "/v1/images/transformations", json=body, headers=_ASYNC
        )
        answer.raise_for_status()

    return send


async def documents(system: System) -> Callable[[int], Awaitable[None]]:
    """The sample poster, taken apart, with a preview of each layer."""
    with TemporaryDirectory() as folder:
        build_poster(Path(folder) / "poster.psd")
        poster = (Path(folder) / "poster.psd").read_bytes()
    headers = {"Content-Type": "application/octet-stream", **_ASYNC}

    async def send(_: int) -> None:
        answer = await system.http.post(
            "/v1/psd/documents", content=poster, headers=headers
        )
        answer.raise_for_status()

    return send


async def tables(system: System) -> Callable[[int], Awaitable[None]]:
    """A CSV file of 10,000 rows: planned, then loaded."""
    lines = (f"{n},item {n},{n % 977}.50,2026-03-{n % 28 + 1:02}" for n in range(ROWS))
    rows = "\n".join(lines)

    async def send(number: int) -> None:
        content = f"id,name,price_{number},day\n{rows}\n"
        answer = await system.http.post(
            "/v1/imports/plans",
            params={"name": f"scale_{number}.csv"},
            content=content.encode(),
            headers={"Content-Type": "text/csv", "Prefer": "wait=60"},
        )
        plan = answer.raise_for_status().json()
        body = {"plan_id": plan["id"], "tables": plan["tables"]}
        answer = await system.http.post("/v1/imports", json=body, headers=_ASYNC)
        answer.raise_for_status()

    return send


KINDS = {"image": (images, 200), "psd": (documents, 40), "import": (tables, 20)}
"""By name: how it is sent, and how often."""
CORES = len(os.sched_getaffinity(0))
