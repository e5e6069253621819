"""How far it goes: what a request takes of each part, and which part is full first.

    make bench NAME=scale

Requests of three kinds are sent to the whole stack on this machine: an image of 0.4 MP,
the sample poster with its previews, a table of 10,000 rows. What each took of each
process, of PostgreSQL's commits and of NATS's messages feeds a model (capacity.py),
which is then grown to a thousand million requests a day. Where it says that a part is
full, a simulation of single requests has to queue there. The rates that are printed are
those of one worker of each kind, whose slots wait for storage and disk as well: the model
counts what is used up, and more workers use what those leave.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import anyio
import asyncpg

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.up import open_stack
from onemanage.platform.messaging.nats import connect

from .parts import demands, summary
from .parts.capacity import DAY, Part, Step, grown, simulate, with_workers
from .parts.demands import CORES, KINDS, SERVERS, Figures, System
from .parts.rates import set_no_rates

MIX = {"image": 0.9, "psd": 0.07, "import": 0.03}
"""Shares of the requests of the system that is grown."""
A_DAY = 1e9
MOST_CORES = 64
"""Of one database server, and of one machine of a storage that is not a cloud's."""
MOST_NATS_CORES = 8
WORKERS = (1, 10, 100, 1_000, 10_000)
SIMULATED = 20_000
"""Requests; those of one part are enough to see a queue that grows."""
AT_LEAST = {"queues_where_said": 1.0}
_WORKER = "workers"


async def measure(folder: Path) -> tuple[dict[str, Figures], float, float]:
    """By kind what one takes; commits and messages in a second at the most."""
    (port,) = free_ports(1)
    async with open_stack(folder, port, log_file(folder / "log")) as stack:
        nats = await connect(stack.addresses.nats_url, "bench")
        database = await asyncpg.connect(stack.addresses.database_admin_url)
        system, found = System(stack, database, nats), {}
        async with system.http:
            for name, (begin, count) in KINDS.items():
                send = await begin(system)
                await system.measured(demands.AT_ONCE, lambda n: send(10_000 + n))
                idle = await system.idle()
                found[name] = (await system.measured(count, send)).each(count, idle)
                told(name, found[name])
            uploading = await system.upload_seconds()
            commits = await system.commits_per_second()
            messages = await system.messages_per_second()
        await database.close()
        await nats.close()
    print(f"\nan upload: {uploading:.1f} s of a gateway's CPU for a GB", end=", ")
    print(f"{3600 / uploading:,.0f} GB an hour of each")
    return found, commits, messages


def told(name: str, each: Figures) -> None:
    print(
        f"\n{name}: {1 / each.seconds:.1f} requests/s here, {each.tasks:.1f} tasks each"
    )
    print(
        f"  {each.commits:.0f} commits, {each.wal_bytes / 1024:.0f} KiB of WAL, ",
        end="",
    )
    print(f"{each.messages:.0f} messages; ms of CPU:")
    for part, spent in sorted(each.cpu.items(), key=lambda pair: -pair[1]):
        if spent >= 0.0005:
            print(f"  {part:<22}{spent * 1e3:8.1f}", flush=True)


def parts_of(
    found: dict[str, Figures], commits: float, messages: float
) -> tuple[Part, ...]:
    """Of the mix: what can be had more of, and what there is once in a cell."""

    def mixed(of: Sequence[float]) -> float:
        return sum(share * one for share, one in zip(MIX.values(), of, strict=True))

    each = [found[name] for name in MIX]
    by_name = {name: mixed([one.cpu[name] for one in each]) for name in each[0].cpu}
    workers = sum(cpu for name, cpu in by_name.items() if name.endswith("-worker"))
    others = {
        name: cpu
        for name, cpu in by_name.items()
        if name not in SERVERS and not name.endswith("-worker")
    }
    return (
        *(Part(name, cpu) for name, cpu in others.items()),
        Part(_WORKER, workers),
        Part("PostgreSQL's cores", by_name["postgres"], most=MOST_CORES),
        Part(
            "PostgreSQL's commits", mixed([e.commits for e in each]) / commits, most=1
        ),
        Part("NATS's cores", by_name["nats"], most=MOST_NATS_CORES),
        Part("NATS's messages", mixed([e.messages for e in each]) / messages, most=1),
        Part("storage's cores", by_name["s3"], most=MOST_CORES),
    )


def queues_where_said(steps: Sequence[Step]) -> float:
    """Share of the steps where, at a tenth more than the system can, the longest wait is
    at a part that the model says cannot keep up."""
    right = 0
    for number, step in enumerate(steps):
        rate = 1.1 * step.full.requests_per_second
        waits = simulate(step.parts, rate, SIMULATED, number).waits
        slow = {part.name for part in step.parts if part.requests_per_second < rate}
        right += max(waits, key=waits.__getitem__) in slow
    return right / len(steps)


def grow(parts: Sequence[Part]) -> list[Step]:
    print(f"\nmix: {MIX}; one cell, all else at its largest:")
    for workers in WORKERS:
        step = with_workers(parts, workers, _WORKER)
        a_day = step.requests_per_second * DAY
        print(f"  {workers:6} workers {a_day:14,.0f} a day; full: {step.full.name}")
    print(f"\nfrom one of each to {A_DAY:,.0f} a day:")
    steps = list(grown(parts, A_DAY / DAY))
    for step in steps:
        at_most = step.full.requests_per_second
        seen = simulate(step.parts, 0.8 * at_most, SIMULATED, 1)
        print(
            f"  {step.change:<28}{step.requests_per_second * DAY:16,.0f} a day;"
            f" at 80 %: p50 {seen.median * 1e3:6.0f} ms, p99 {seen.p99 * 1e3:6.0f} ms;"
            f" full: {step.full.name}"
        )
    return steps


def main() -> None:
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found, commits, messages = anyio.run(measure, Path(folder))
    print(
        f"\nat most: {commits:,.0f} commits/s, {messages:,.0f} messages/s, {CORES} cores"
    )
    parts = parts_of(found, commits, messages)
    for part in parts:
        print(f"  {part.name:<24}{part.seconds * 1e3:8.2f} ms a request of the mix")
    steps = grow(parts)
    ratios = {"queues_where_said": queues_where_said(steps)}
    summary.say("scale", ratios, at_least=AT_LEAST)


if __name__ == "__main__":
    main()
