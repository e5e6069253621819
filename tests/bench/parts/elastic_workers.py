"""A flood on one worker that grows to four, beside four that were there from the start.

Real worker processes of the local driver, decided on by the reconciler on real NATS and
PostgreSQL. A task sleeps, so that cores that others use change little.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from anyio import to_thread

from onemanage.contracts.base import new_id
from onemanage.contracts.compute import GetWaiting, Waiting
from onemanage.elastic.domain.groups import Bounds, Policy
from onemanage.elastic.drivers.driver import GroupOrder
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.drivers.local import LocalDriver
from onemanage.elastic.observing import Observer
from onemanage.elastic.reconciler import Reconciler
from onemanage.elastic.store import Store
from onemanage.local.addresses import Addresses
from onemanage.local.output import log_file
from onemanage.local.servers import servers_in_thread
from onemanage.platform.database.migrations import migrate
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.answering import answer_queries
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client, connect
from onemanage.testing.samples import parse_command

TASKS, SECONDS = 400, 0.5
WORKERS = 4
IDLE = 5.0
EVERY = 1.0
ROOT = Path(__file__).parents[3]
AT_MOST = {
    "flood_to_four_always_there": 1.25,
    "floor_seconds_after_idle": 10.0,
    "container_to_busy_seconds": 1.3,
}


def worker(_: GroupOrder | None = None) -> list[str]:
    """tests/faults/actor.py, whose tasks do what their file's name says."""
    return [sys.executable, "-m", "tests.faults.actor", "worker"]


class Setting:
    """The servers, and what a worker is told of them and of its record."""

    def __init__(self, folder: Path, addresses: Addresses) -> None:
        self.folder, self.addresses = folder, addresses

    def environment(self, record: str) -> dict[str, str]:
        file = self.folder / record
        file.touch()
        return {
            **os.environ,
            "NATS_URL": self.addresses.nats_url_of("psd"),
            "RECORD": str(file),
            "PYTHONPATH": str(ROOT),
            "SLOTS": "2",  # as a worker of psd has, of which one is for who waits
            "LOG_LEVEL": "WARNING",
        }

    def said(self, record: str) -> list[dict[str, Any]]:
        """What the workers of this record say, line by line."""
        return list(map(json.loads, (self.folder / record).read_text().splitlines()))


@asynccontextmanager
async def always_there(
    setting: Setting, record: str, count: int
) -> AsyncIterator[None]:
    """So many workers, ready when the block begins."""
    processes = []
    for number in range(count):
        health = setting.folder / f"{record}-{number}.healthy"
        told = setting.environment(record) | {"HEALTH_FILE": str(health)}
        processes.append(
            (await asyncio.create_subprocess_exec(*worker(), env=told), health)
        )
    while not all(health.exists() for _, health in processes):
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        for process, _ in processes:
            process.send_signal(signal.SIGTERM)
        for process, _ in processes:
            await process.wait()


async def flood(client: Client, setting: Setting, record: str) -> float:
    """Seconds until all are done."""
    begun = time.monotonic()
    commands = [parse_command(f"sleep {SECONDS}") for _ in range(TASKS)]
    for command in commands:
        await CommandPublisher(client).send(command, "low")
    while sum(line["what"] == "ended" for line in setting.said(record)) < TASKS:
        await asyncio.sleep(0.1)
    return time.monotonic() - begun


@asynccontextmanager
async def reconciling(
    client: Client, setting: Setting, driver: LocalDriver
) -> AsyncIterator[None]:
    """The service, with a gateway that has sent all that it had."""
    url = setting.addresses.database_url("elastic")
    admin = setting.addresses.database_admin_url
    await to_thread.run_sync(migrate, "elastic", url, admin)
    stop = asyncio.Event()
    answering = asyncio.create_task(answer_queries(client, [_waiting], None, stop))
    policy = Policy(
        bounds={"psd": Bounds(most=WORKERS - 1, most_heavy=0)},
        target=5.0,
        idle=IDLE,
        cool_down=0.0,
    )
    async with open_sessions(url) as sessions:
        observer = Observer(client)
        await observer.open()
        store = Store(sessions, new_id("prc"))
        process = Reconciler(client, store, driver, observer, policy, EVERY)
        running = asyncio.create_task(process.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    stop.set()
    await answering


async def _waiting(_: GetWaiting, __: None) -> Waiting:
    return Waiting(services=[])


async def grown(client: Client, setting: Setting) -> dict[str, float]:
    """From one worker, as there is need."""
    (setting.folder / "psd.json").write_text(json.dumps(setting.environment("grown")))
    launch = Launch(
        installation=str(setting.folder),
        environments=setting.folder,
        sizes=[],
        heavy_sizes=[],
        idle_seconds=IDLE,
        age_seconds=3600,
    )
    driver = LocalDriver(launch, worker)
    async with (
        always_there(setting, "grown", 1),
        reconciling(client, setting, driver),
    ):
        counting = asyncio.create_task(_container_seconds(driver))
        took = await flood(client, setting, "grown")
        done = time.monotonic()
        containers = await counting
    lines = setting.said("grown")
    in_groups = sum(line["what"] == "ended" and line["group"] != "" for line in lines)
    return {
        "grown_seconds": took,
        "floor_seconds_after_idle": time.monotonic() - done - IDLE,
        "container_seconds": containers,
        "busy_seconds": SECONDS * in_groups,
    }


async def _container_seconds(driver: LocalDriver) -> float:
    """Of all groups together, until there is none any more."""
    total, tick, had = 0.0, 0.1, False
    last = time.monotonic()
    while True:
        running = sum(group.state == "running" for group in await driver.seen())
        now = time.monotonic()
        total, last, had = total + running * (now - last), now, had or running > 0
        if had and not running:
            return total
        await asyncio.sleep(tick)


async def both(folder: Path, addresses: Addresses) -> dict[str, float]:
    """One after the other, on the same servers."""
    setting = Setting(folder, addresses)
    client = await connect(addresses.nats_url, "bench")
    await topology.declare(client)
    async with always_there(setting, "always", WORKERS):
        always = await flood(client, setting, "always")
    figures = {"always_seconds": always, **await grown(client, setting)}
    await client.close()
    return figures


def measured(folder: Path) -> dict[str, float]:
    """Seconds, by name."""
    log = log_file(folder / "servers.log")
    with servers_in_thread(folder, log, throwaway=True) as addresses:
        return asyncio.run(both(folder, addresses))


def ratios(figures: dict[str, float]) -> dict[str, float]:
    """Those that the targets are of."""
    return {
        "flood_to_four_always_there": figures["grown_seconds"]
        / figures["always_seconds"],
        "floor_seconds_after_idle": figures["floor_seconds_after_idle"],
        "container_to_busy_seconds": figures["container_seconds"]
        / figures["busy_seconds"],
    }
