"""Groups as processes, with small real processes in the place of workers."""

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onemanage.elastic.drivers.driver import GroupOrder, SeenGroup
from onemanage.elastic.drivers.launching import Launch, NoEnvironment
from onemanage.elastic.drivers.local import LocalDriver
from onemanage.testing.fixtures import eventually

WORKER = "import sys, time; time.sleep(600)"
PARENT = "import subprocess; subprocess.run(['sleep', '600'])"
SHORT = "raise SystemExit(3)"


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    settings = {"NATS_URL": "nats://psd@127.0.0.1", "PATH": os.environ["PATH"]}
    (tmp_path / "psd.json").write_text(json.dumps(settings))
    return Launch(
        installation=str(tmp_path),
        environments=tmp_path,
        sizes=["small"],
        heavy_sizes=["large"],
        idle_seconds=120,
        age_seconds=7200,
    )


def driver_of(launch: Launch, program: str = WORKER) -> LocalDriver:
    return LocalDriver(launch, lambda _: [sys.executable, "-c", program])


@pytest.fixture
async def driver(launch: Launch) -> AsyncIterator[LocalDriver]:
    made = driver_of(launch)
    yield made
    await made.close()


def order(*, service: str = "psd", heavy: bool = False) -> GroupOrder:
    token = secrets.token_hex(10)
    name = f"onemanage-{service}-{token}"
    return GroupOrder(token=token, name=name, service=service, heavy=heavy)


def running(groups: list[SeenGroup]) -> set[str | None]:
    return {group.token for group in groups if group.state == "running"}


async def test_a_group_is_a_process_that_is_told_its_settings_and_its_token(
    driver: LocalDriver,
) -> None:
    wanted = order(heavy=True)
    group = await driver.start(wanted)
    assert (group.state, group.size, group.name) == ("running", "large", wanted.name)
    process = Path("/proc") / group.provider_id
    # Linux shows nothing for the moment in which the program is being replaced.
    await eventually((process / "environ").read_bytes)
    told = (process / "environ").read_bytes().decode().split("\0")
    assert {"NATS_URL=nats://psd@127.0.0.1", f"COMPUTE_GROUP={wanted.token}"} <= {*told}
    options = (process / "cmdline").read_bytes().decode().split("\0")
    assert options[options.index("--exit-when-idle") + 1] == "120"
    assert options[options.index("--exit-after") + 1] == "7200"


async def test_the_same_order_again_is_the_same_group_and_not_another(
    driver: LocalDriver,
) -> None:
    wanted = order()
    first, again = await asyncio.gather(driver.start(wanted), driver.start(wanted))
    assert first.provider_id == again.provider_id
    assert len(await driver.seen()) == 1


async def test_a_group_that_ends_says_how(driver: LocalDriver, launch: Launch) -> None:
    short = driver_of(launch, SHORT)
    await short.start(order())

    async def ended() -> bool:
        return [group.state for group in await short.seen()] == ["ended"]

    await eventually(ended)
    [group] = await short.seen()
    assert group.reason == "exit status 3"


async def test_an_ended_group_is_gone(driver: LocalDriver) -> None:
    first, second = await driver.start(order()), await driver.start(order())
    await driver.end(first.provider_id)

    async def is_alone() -> bool:
        return running(await driver.seen()) == {second.token}

    await eventually(is_alone)
    await driver.end(first.provider_id)  # nothing to do
    assert running(await driver.seen()) == {second.token}


async def test_who_comes_after_a_driver_that_was_killed_finds_its_groups(
    driver: LocalDriver, launch: Launch
) -> None:
    wanted = order()
    started = await driver.start(wanted)
    other = driver_of(launch)
    [found] = await other.seen()
    told = (found.token, found.name, found.service, found.size, found.state)
    assert told == (wanted.token, wanted.name, "psd", "small", "running")
    assert (await other.start(wanted)).provider_id == started.provider_id
    await other.end(started.provider_id)

    async def is_gone() -> bool:
        return await other.seen() == []

    await eventually(is_gone)


async def test_what_a_worker_starts_is_no_group_of_its_own(launch: Launch) -> None:
    parent = driver_of(launch, PARENT)
    group = await parent.start(order())
    children = Path("/proc") / group.provider_id / "task" / group.provider_id
    await eventually(lambda: (children / "children").read_text())
    assert len(await parent.seen()) == 1
    assert len(await driver_of(launch).seen()) == 1
    child = int((children / "children").read_text())
    await parent.close()
    os.kill(child, signal.SIGKILL)


async def test_groups_of_another_installation_are_not_ours(
    driver: LocalDriver, launch: Launch, tmp_path: Path
) -> None:
    await driver.start(order())
    others = Launch(
        installation=str(tmp_path / "other"),
        environments=tmp_path,
        sizes=["small"],
        heavy_sizes=["large"],
        idle_seconds=1,
        age_seconds=60,
    )
    assert await driver_of(others).seen() == []


async def test_closing_ends_all_groups(launch: Launch) -> None:
    driver = driver_of(launch)
    for _ in range(3):
        await driver.start(order())
    await driver.close()
    assert running(await driver_of(launch).seen()) == set()


async def test_a_service_without_settings_is_refused_and_the_file_is_named(
    driver: LocalDriver,
) -> None:
    with pytest.raises(NoEnvironment, match=r"imaging\.json"):
        await driver.start(order(service="imaging"))
    assert await driver.seen() == []
