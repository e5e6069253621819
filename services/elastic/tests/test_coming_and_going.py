"""Real workers come and go at an ECI on this machine, as the reconciler decides.

The service's way whole: what waits is seen on NATS, decisions are rows, groups are asked
for by the SDK, and run tests/faults/actor.py as worker of psd.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from onemanage.elastic.domain.groups import Bounds
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.reconciler import Reconciler
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import ACK_WAIT, Servers, settled, stored
from onemanage.testing.samples import parse_command

from .conftest import Begin, Rows, Told
from .eci_server import EciServer, Group, eci_server
from .test_eci_driver import SMALL, driver_of

# Aliyun's SDK takes the time so.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

ROOT = Path(__file__).parents[3]
TASKS = 120


def actor(_: Group) -> list[str]:
    return [sys.executable, "-m", "tests.faults.actor", "worker"]


def launch_of(folder: Path, servers: Servers) -> Launch:
    settings = {
        **os.environ,
        "NATS_URL": servers.nats_url_of("psd"),
        "TASK_ACK_WAIT": str(ACK_WAIT),
        "RECORD": str(folder / "record"),
        "PYTHONPATH": str(ROOT),
        "SLOTS": "2",
        "LOG_LEVEL": "WARNING",
    }
    (folder / "psd.json").write_text(json.dumps(settings))
    return Launch(
        installation="acme",
        environments=folder,
        sizes=[SMALL],
        heavy_sizes=[SMALL],
        idle_seconds=1,
        age_seconds=60,
    )


async def flood(nats: Client) -> list[str]:
    commands = [parse_command("sleep 0.1") for _ in range(TASKS)]
    for command in commands:
        await CommandPublisher(nats).send(command, "low")
    return sorted(command.task_id for command in commands)


async def looking(process: Reconciler, until: Callable[[], Awaitable[bool]]) -> None:
    """As its own loop does, and sooner."""
    async with asyncio.timeout(60):
        while not await until():
            await process.look()
            await asyncio.sleep(0.2)


def all_left(server: EciServer) -> Callable[[], Awaitable[bool]]:
    async def condition() -> bool:
        processes = [group.process for group in server.groups.values()]
        return bool(processes) and all(
            process is not None and process.returncode is not None
            for process in processes
        )

    return condition


async def ends(nats: Client) -> Counter[str]:
    """How often each task was said to be completed."""
    return Counter(
        event["task_id"]
        for subject, event in await stored(nats, topology.EVENTS)
        if subject == "events.psd.parse_export.completed"
    )


async def test_a_flood_brings_workers_one_of_them_dies_and_all_leave_when_it_is_over(
    begin: Begin,
    told: Told,
    servers: Servers,
    nats: Client,
    rows: Rows,
    tmp_path: Path,
) -> None:
    async with eci_server(actor) as (server, address):
        driver = driver_of(address, launch_of(tmp_path, servers))
        process = await begin(driver, bounds={"psd": Bounds(most=4, most_heavy=0)})
        task_ids = await flood(nats)

        async def one_works() -> bool:
            return (tmp_path / "record").exists()

        await looking(process, one_works)
        assert server.created == 4
        begun = json.loads((tmp_path / "record").read_text().splitlines()[0])
        os.kill(begun["pid"], signal.SIGKILL)
        await looking(process, all_left(server))
        await settled(nats)
        await process.look()

        assert await ends(nats) == dict.fromkeys(task_ids, 1)
        states = Counter(group.told()["Status"] for group in server.groups.values())
        assert states["Failed"] == 1 and states["Succeeded"] >= 3
        left = await rows("SELECT DISTINCT state FROM groups")
        assert [row["state"] for row in left] == ["gone"]
        assert (
            len(server.groups)
            == (await rows("SELECT count(*) AS n FROM groups"))[0]["n"]
        )
