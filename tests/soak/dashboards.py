"""Real work of every kind on a stack that is watched; then every panel is looked at.

    make dashboards [MINUTES=10]

The whole stack runs with workers that come and go and with a Prometheus of
infra/observability. Documents, images, tables, webhooks, bad input and a flood are
worked on while a worker, NATS and the storage are killed once each. Afterwards each
expression of the dashboards is asked over that time, and each alert whether it could
be. Needs `prometheus` on PATH. Its exit status is 1 where a panel shows nothing.
"""

import argparse
import json
import math
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import NamedTuple

import anyio
import httpx
from anyio import to_thread

from onemanage.contracts.base import new_id
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from onemanage.platform.messaging.nats import connect, publish
from tests.soak.mixture import Mixture, poster_in, webhooks
from tests.soak.processes import cpu_children
from tests.soak.prometheus import FOLDER, NoPrometheus, Prometheus, watching

SCRAPE = "5s"
RATE = "20s"
"""What Grafana makes of $__rate_interval: four times as long."""
STEP = 5
_SETTINGS = {
    "OBSERVE": "1",
    "TASK_ACK_WAIT": "3",
    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
    "ELASTIC_IDLE_SECONDS": "10",
    "ELASTIC_SIZES": '["small"]',
    "ELASTIC_HEAVY_SIZES": '["large"]',
    "ELASTIC_PRICES": '{"small": {"hour": 0.3}, "large": {"hour": 1.6}}',
}


class Shown(NamedTuple):
    """What a line of a panel has shown over the run."""

    dashboard: str
    panel: str
    line: str
    series: int
    samples: int
    """Numbers of all series; what is no number is none."""
    most: float


def expressions() -> Iterator[tuple[str, str, str, str]]:
    """Dashboard, panel, line and expression of each, as Grafana has them."""
    for file in sorted((FOLDER / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                name = target["legendFormat"]
                yield file.stem, panel["title"], name, target["expr"]


def looked_at(prometheus: Prometheus, begun: float, ended: float) -> Iterator[Shown]:
    """Each line, over the time of the run."""
    for dashboard, panel, line, expression in expressions():
        asked = expression.replace("$__rate_interval", RATE)
        found = prometheus.ask(
            "query_range", query=asked, start=begun, end=ended, step=STEP
        )["result"]
        values = [float(value) for one in found for _, value in one["values"]]
        numbers = [value for value in values if math.isfinite(value)]
        shown = (len(found), len(numbers), max(numbers, default=0.0))
        yield Shown(dashboard, panel, line, *shown)


@asynccontextmanager
async def watched_stack(folder: Path) -> AsyncIterator[Stack]:
    """The whole stack, each process with its figures; workers come and go."""
    get_temp_dir()  # multiprocessing's, for the runner in this process: gone at exit
    os.environ |= {**_SETTINGS, "TMPDIR": str(folder)}
    tempfile.tempdir = None  # so that it is read from the environment again
    (port,) = free_ports(1)
    output = log_file(folder / "services.log")
    async with open_stack(folder / "data", port, output, is_elastic=True) as stack:
        yield stack


async def strike(stack: Stack, mixture: Mixture, seconds: float) -> None:
    """What a night may bring, spread over the run."""
    part = seconds / 7
    await anyio.sleep(part)
    print("a flood of documents")
    await to_thread.run_sync(mixture.flood)
    await _poison(stack)
    await _kill_a_child(stack, part)
    for name in ("psd-worker", "nats", "s3"):
        print(f"{name} is killed")
        os.kill(stack.runner.pid(name), signal.SIGKILL)
        await anyio.sleep(part)
    await anyio.sleep(2 * part)
    mixture.over.set()


async def _kill_a_child(stack: Stack, seconds: float) -> None:
    """Of the worker's, in the middle of its call: for want of memory, say."""
    until = anyio.current_time() + seconds
    print("a child of psd-worker is killed")
    while anyio.current_time() < until:
        for child in cpu_children(stack.runner.pid("psd-worker"))[:1]:
            os.kill(child, signal.SIGKILL)
            await anyio.sleep_until(until)
        await anyio.sleep(0.05)


async def _poison(stack: Stack) -> None:
    """A command that is none, so that there is a dead letter."""
    print("a message that is no command")
    client = await connect(stack.addresses.nats_url, "dashboards")
    try:
        await publish(client, "tasks.psd.low", b"nothing", msg_id=new_id("bad"))
    finally:
        await client.close()


async def observe(folder: Path, minutes: float) -> bool:
    """Run it and print the tables; whether each panel shows something."""
    poster = await to_thread.run_sync(poster_in, folder)
    async with watched_stack(folder) as stack:
        key = {"Authorization": f"Bearer {stack.owner_api_key}"}
        with (
            watching(stack.figures, folder, SCRAPE) as prometheus,
            httpx.Client(base_url=stack.base_url, headers=key, timeout=60) as client,
            webhooks(client),
        ):
            begun = time.time()
            mixture = Mixture(client, poster)
            async with anyio.create_task_group() as group:
                group.start_soon(to_thread.run_sync, mixture.run)
                await strike(stack, mixture, 60 * minutes)
            print("done:", dict(mixture.done))
            print("not done:", dict(mixture.failed))
            found = list(looked_at(prometheus, begun, time.time()))
            rules = prometheus.ask("rules")["groups"]
    empty = _say_panels(found)
    broken = _say_alerts([rule for group in rules for rule in group["rules"]])
    return not (empty or broken)


def _say_panels(found: list[Shown]) -> int:
    """How many show nothing, or nothing but zero."""
    print(f"\n{'series':>6} {'numbers':>7} {'most':>10}  panel")
    for one in found:
        name = f"{one.dashboard}: {one.panel}: {one.line}"
        said = "" if one.most else "  ← ZERO" if one.samples else "  ← NOTHING"
        print(f"{one.series:6} {one.samples:7} {one.most:10.4g}  {name}{said}")
    empty = sum(not one.most for one in found)
    print(f"{len(found) - empty} of {len(found)} lines have shown something")
    return empty


def _say_alerts(rules: list[dict[str, str]]) -> int:
    """How many Prometheus could not evaluate."""
    print("\nAlerts:")
    for rule in rules:
        print(f"  {rule['health']:4} {rule['state']:8} {rule['name']}")
    return sum(rule["health"] != "ok" for rule in rules)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    minutes: float = parser.parse_args().minutes
    folder = Path(tempfile.mkdtemp(prefix="onemanage-dashboards-"))
    try:
        holds = anyio.run(observe, folder, minutes)
    except NoPrometheus as error:
        raise SystemExit(str(error)) from None
    if holds:
        shutil.rmtree(folder)
    else:
        print(f"\nLogs: {folder}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
