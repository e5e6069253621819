"""One look of the reconciler at a thousand groups: processor time, and memory."""

import asyncio
import gc
import resource
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from anyio import to_thread

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.compute import GetWaiting, ServiceWaiting, Waiting
from onemanage.elastic.domain.groups import Bounds, Group, Policy, Price, name_of
from onemanage.elastic.drivers.driver import GroupOrder, SeenGroup
from onemanage.elastic.observing import Observer
from onemanage.elastic.reconciler import Reconciler
from onemanage.elastic.settings import SERVICES
from onemanage.elastic.store import Store
from onemanage.local.addresses import Addresses
from onemanage.local.output import log_file
from onemanage.local.servers import servers_in_thread
from onemanage.platform.database.migrations import migrate
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.answering import answer_queries
from onemanage.platform.messaging.nats import Client, connect

GROUPS = 1000
ENDED_TODAY = 3000
LOOKS = 60
WARM = 10
MOST_CPU = 1.0
"""Seconds of one look."""
MOST_GROWN = 4.0
"""MB, from the tenth look to the last."""
_MB = 1_000_000
_SIZE = "2-4Gi"


class Listed:
    """A cloud with so many groups, all of which run."""

    def __init__(self, groups: list[Group]) -> None:
        self.groups = [
            SeenGroup(
                provider_id=f"eci-{group.token}",
                name=name_of(group.service, group.token),
                token=group.token,
                service=group.service.replace("_", "-"),
                state="running",
                size=_SIZE,
                zone="h",
                started_at=group.started_at,
            )
            for group in groups
        ]

    async def start(self, order: GroupOrder) -> SeenGroup:
        raise AssertionError(f"{order.name} is one too many")

    async def seen(self) -> list[SeenGroup]:
        return list(self.groups)

    async def end(self, provider_id: str) -> None:
        raise AssertionError(f"{provider_id} is ended")


async def get_waiting(_: GetWaiting, services: tuple[str, ...]) -> Waiting:
    """So much that every bound is reached."""
    return Waiting(
        services=[
            ServiceWaiting(service=each, kinds={"psd.parse_export": 10_000}, oldest=60)
            for each in services
        ]
    )


def a_group(number: int, *, live: bool) -> Group:
    ordered = utc_now() - timedelta(seconds=60 + number % 600)
    return Group(
        token=f"{number:020x}",
        decision_id="dec_1",
        service=SERVICES[number % len(SERVICES)],
        heavy=False,
        state="running" if live else "gone",
        reason="tasks wait",
        ordered_at=ordered,
        price=0.3,
        size=_SIZE,
        zone="h",
        provider_id=f"eci-{number:020x}",
        started_at=ordered,
        ended_at=None if live else ordered + timedelta(seconds=30),
        told_start=True,
        told_end=not live,
    )


@asynccontextmanager
async def reconciler(addresses: Addresses) -> AsyncIterator[Reconciler]:
    """With its rows, and a gateway that tells of a flood."""
    url = addresses.database_url("elastic")
    await to_thread.run_sync(migrate, "elastic", url, addresses.database_admin_url)
    live = [a_group(number, live=True) for number in range(GROUPS)]
    ended = [a_group(GROUPS + number, live=False) for number in range(ENDED_TODAY)]
    policy = Policy(
        bounds={each: Bounds(most=GROUPS // len(SERVICES)) for each in SERVICES},
        prices={_SIZE: Price(hour=0.3)},
        sizes=(_SIZE,),
        budget_hour=1e6,
        budget_day=1e6,
    )
    client: Client = await connect(addresses.nats_url, "bench")
    await topology.declare(client)
    stop = asyncio.Event()
    answering = asyncio.create_task(
        answer_queries(client, [get_waiting], SERVICES, stop)
    )
    async with open_sessions(url) as sessions:
        store = Store(sessions, new_id("prc"))
        assert await store.lead(600)
        for start in range(0, len(live + ended), 500):
            await store.save((live + ended)[start : start + 500])
        observer = Observer(client)
        await observer.open()
        yield Reconciler(client, store, Listed(live), observer, policy, 60.0)
    stop.set()
    await answering
    await client.close()


def peak_mb() -> float:
    """Of this process, at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB


async def looked(addresses: Addresses) -> dict[str, float]:
    times, warm = [], 0.0
    async with reconciler(addresses) as process:
        for number in range(LOOKS):
            begun = time.process_time()
            await process.look()
            times.append(time.process_time() - begun)
            if number == WARM:
                gc.collect()
                warm = peak_mb()
    return {
        "reconciler_cpu_ms": statistics.median(times) * 1000,
        "reconciler_cpu_worst_ms": max(times) * 1000,
        "reconciler_grown_mb": peak_mb() - warm,
    }


def measured(folder: Path) -> dict[str, float]:
    """Milliseconds of processor time of a look, median and worst; MB grown."""
    log = log_file(folder / "servers.log")
    with servers_in_thread(folder, log, throwaway=True) as addresses:
        return asyncio.run(looked(addresses))


def ratios(found: dict[str, float]) -> dict[str, float]:
    """To what they may be."""
    return {
        "reconciler_cpu": found["reconciler_cpu_worst_ms"] / 1000 / MOST_CPU,
        "reconciler_memory": found["reconciler_grown_mb"] / MOST_GROWN,
    }


AT_MOST = {"reconciler_cpu": 1.0, "reconciler_memory": 1.0}
