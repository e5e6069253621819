"""The real SDK, and groups as ECI tells of them, against an ECI on this machine."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onemanage.elastic.drivers.driver import (
    DriverAway,
    GroupOrder,
    NoStock,
    OutOfQuota,
    StartRefused,
    TooDear,
)
from onemanage.elastic.drivers.eci import EciDriver
from onemanage.elastic.drivers.eci_api import EciApi
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.drivers.settings import EciSettings
from onemanage.testing.fixtures import eventually

from .eci_server import KEY_ID, REGION, SECRET, Asked, EciServer, Group, eci_server

# Aliyun's SDK takes the time so.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

SMALL, LARGE, HEAVY = "2-4Gi", "ecs.c7.xlarge", "8-32Gi"


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    settings = {"DATABASE_URL": "postgresql://psd:pass word+%&=ü@db/x"}
    (tmp_path / "psd.json").write_text(json.dumps(settings))
    return Launch(
        installation="acme",
        environments=tmp_path,
        sizes=[SMALL, LARGE],
        heavy_sizes=[HEAVY],
        idle_seconds=120,
        age_seconds=7200,
    )


@pytest.fixture
async def eci() -> AsyncIterator[tuple[EciServer, str]]:
    async with eci_server() as made:
        yield made


@pytest.fixture
def server(eci: tuple[EciServer, str]) -> EciServer:
    return eci[0]


@pytest.fixture
def driver(eci: tuple[EciServer, str], launch: Launch) -> EciDriver:
    return driver_of(eci[1], launch)


def driver_of(
    address: str, launch: Launch, secret: str = SECRET, **settings: Any
) -> EciDriver:
    given = EciSettings(
        **{
            "eci_region": REGION,
            "eci_access_key_id": KEY_ID,
            "eci_access_key_secret": secret,
            "eci_image": "registry-vpc.example.com/acme/{service}:1",
            "eci_vswitches": ["vsw-b", "vsw-g"],
            "eci_security_group": "sg-1",
            "eci_role": "onemanage-worker",
            **settings,
        }
    )
    return EciDriver(EciApi(REGION, KEY_ID, secret, address), given, launch)


def order(*, heavy: bool = False, service: str = "psd") -> GroupOrder:
    token = secrets.token_hex(10)
    name = f"onemanage-{service}-{token}"
    return GroupOrder(token=token, name=name, service=service, heavy=heavy)


def refuse(code: str, **asked: Any) -> Any:
    """A rule for requests that ask for this."""

    def rule(given: Asked) -> str | None:
        return code if asked.items() <= given.items() else None

    return rule


async def test_a_group_is_asked_for_with_all_that_a_worker_needs(
    server: EciServer, driver: EciDriver
) -> None:
    wanted = order()
    started = await driver.start(wanted)
    [group] = server.groups.values()
    assert (started.provider_id, started.size, started.spot) == (group.id, SMALL, True)
    asked = dict(group.asked)
    [container] = asked.pop("Container")
    assert container.pop("EnvironmentVar") == [
        {"Key": "DATABASE_URL", "Value": "postgresql://psd:pass word+%&=ü@db/x"},
        {"Key": "COMPUTE_GROUP", "Value": wanted.token},
    ]
    assert container == {
        "Name": "worker",
        "Image": "registry-vpc.example.com/acme/psd:1",
        "Command": ["onemanage-psd-worker"],
        "Arg": [
            *("--exit-when-idle", "120", "--exit-after", "7200"),
            *("--wait-tasks-timeout", "105"),
        ],
        "EnvironmentVarHide": "True",
    }
    assert asked.pop("ClientToken").startswith(wanted.token)
    assert [tag["Key"] for tag in asked.pop("Tag")] == [
        *("onemanage:installation", "onemanage:token", "onemanage:service"),
        *("onemanage:size", "onemanage:spot"),
    ]
    assert asked == {
        "ContainerGroupName": wanted.name,
        "VSwitchId": "vsw-b,vsw-g",
        "ScheduleStrategy": "VSwitchOrdered",
        "SecurityGroupId": "sg-1",
        "RamRoleName": "onemanage-worker",
        "RestartPolicy": "Never",
        "AutoMatchImageCache": "True",
        "AutoCreateEip": "False",
        "TerminationGracePeriodSeconds": "120",
        "Cpu": "2.0",
        "Memory": "4.0",
        "SpotStrategy": "SpotAsPriceGo",
    }


async def test_a_heavy_group_is_of_the_larger_size(
    server: EciServer, driver: EciDriver
) -> None:
    assert (await driver.start(order(heavy=True))).size == HEAVY
    [group] = server.groups.values()
    assert (group.asked["Cpu"], group.asked["Memory"]) == ("8.0", "32.0")


async def test_groups_are_told_of_as_they_are(
    server: EciServer, driver: EciDriver
) -> None:
    wanted = [order(), order()]
    for each in wanted:
        await driver.start(each)
    first, second = server.groups.values()
    first.status = "Running"
    second.status, second.warnings = "ScheduleFailed", ["no machine was found"]
    seen = {group.token: group for group in await driver.seen()}
    running, failed = (seen[each.token] for each in wanted)
    assert (running.state, running.service, running.size) == ("running", "psd", SMALL)
    assert (running.zone, running.spot, running.reason) == (f"{REGION}-b", True, None)
    assert running.started_at == first.created.replace(microsecond=0)
    assert failed.state == "ended"
    assert failed.reason == "ScheduleFailed; Failed: no machine was found"


async def test_the_same_order_again_is_the_same_group(
    server: EciServer, driver: EciDriver
) -> None:
    wanted = order()
    first = await driver.start(wanted)
    assert (await driver.start(wanted)).provider_id == first.provider_id
    assert server.created == 1


async def test_two_who_order_at_the_same_moment_get_the_same_group(
    server: EciServer, driver: EciDriver
) -> None:
    wanted = order()
    started = await asyncio.gather(*(driver.start(wanted) for _ in range(4)))
    assert len({group.provider_id for group in started}) == server.created == 1


async def test_an_answer_that_got_lost_leaves_one_group_and_the_repeat_finds_it(
    server: EciServer, driver: EciDriver
) -> None:
    wanted = order()
    server.rules = [refuse("NoStock", Cpu="2.0")]

    def lose(_: Asked) -> None:
        server.lose_answers = 1

    server.rules.append(lose)
    with pytest.raises(DriverAway):
        await driver.start(wanted)
    # The other size has a machine again: asked for first, it would be a second group.
    server.rules = []
    assert (await driver.start(wanted)).size == LARGE
    assert server.created == 1


async def test_sizes_are_tried_in_order_and_spot_machines_before_others(
    server: EciServer, driver: EciDriver
) -> None:
    tried: list[tuple[str, str]] = []

    def no_spot(asked: Asked) -> str | None:
        tried.append((asked.get("InstanceType", "cores"), asked["SpotStrategy"]))
        return "NoStock" if asked["SpotStrategy"] != "NoSpot" else None

    server.rules = [no_spot]
    started = await driver.start(order())
    assert tried == [
        ("cores", "SpotAsPriceGo"),
        (LARGE, "SpotAsPriceGo"),
        ("cores", "NoSpot"),
    ]
    assert (started.size, started.spot) == (SMALL, False)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NoStock", NoStock),
        ("Zone.NotOnSale", NoStock),
        ("RecommendEmpty.InstanceTypeFamily", NoStock),
        ("QuotaExceeded", OutOfQuota),
        ("QuotaExceed.ElasticQuota", OutOfQuota),
        ("Account.Arrearage", OutOfQuota),
        ("InvalidSpotPriceLimit.LowerThanPublicPrice", TooDear),
        ("Forbidden.RAM", StartRefused),
    ],
)
async def test_a_refusal_says_why_and_starts_nothing(
    server: EciServer, driver: EciDriver, code: str, kind: type[StartRefused]
) -> None:
    server.rules = [refuse(code)]
    with pytest.raises(kind, match=code) as caught:
        await driver.start(order())
    assert type(caught.value) is kind
    assert await driver.seen() == []


async def test_only_spot_machines_where_they_are_too_dear_are_none(
    eci: tuple[EciServer, str], launch: Launch
) -> None:
    server, address = eci
    driver = driver_of(address, launch, eci_spot="only", eci_spot_limit=0.05)
    code = "InvalidSpotPriceLimit.LowerThanPublicPrice"
    server.rules = [refuse(code, SpotPriceLimit="0.05")]
    with pytest.raises(TooDear):
        await driver.start(order())
    assert server.created == 0


@pytest.mark.parametrize("code", ["Throttling.User", "InternalError"])
async def test_an_answer_that_leaves_it_open_is_no_refusal(
    server: EciServer, driver: EciDriver, code: str
) -> None:
    server.rules = [refuse(code)]
    with pytest.raises(DriverAway, match=code):
        await driver.start(order())


async def test_nobody_at_the_address_is_away(launch: Launch) -> None:
    driver = driver_of("http://127.0.0.1:9", launch)
    for call in (driver.start(order()), driver.seen(), driver.end("eci-1")):
        with pytest.raises(DriverAway):
            await call


async def test_a_wrong_secret_is_named(
    eci: tuple[EciServer, str], launch: Launch
) -> None:
    driver = driver_of(eci[1], launch, secret="another")
    with pytest.raises(DriverAway, match="SignatureDoesNotMatch"):
        await driver.seen()


async def test_all_pages_are_read_and_only_groups_of_this_installation(
    server: EciServer, driver: EciDriver
) -> None:
    await driver.start(order())
    [group] = server.groups.values()
    foreign = [{"Key": "onemanage:installation", "Value": "other"}]
    for number in range(45):
        await server.add({**group.asked, "ContainerGroupName": f"more-{number}"})
        await server.add({**group.asked, "Tag": foreign})
    server.pages = 0
    assert len(await driver.seen()) == 46
    assert server.pages == 3


async def test_ending_a_group_ends_its_process_and_again_is_nothing(
    launch: Launch,
) -> None:
    def sleeping(_: Group) -> list[str]:
        return [sys.executable, "-c", "import time; time.sleep(600)"]

    async with eci_server(sleeping) as (server, address):
        driver = driver_of(address, launch)
        started = await driver.start(order())
        [group] = server.groups.values()
        assert [each.state for each in await driver.seen()] == ["running"]
        await driver.end(started.provider_id)
        process = group.process
        assert process is not None
        await eventually(lambda: process.returncode is not None)
        assert await driver.seen() == []
        await driver.end(started.provider_id)


async def test_a_group_whose_worker_has_ended_says_how(launch: Launch) -> None:
    def failing(group: Group) -> list[str]:
        status = 1 if group.asked["ContainerGroupName"].endswith("bad") else 0
        return [sys.executable, "-c", f"raise SystemExit({status})"]

    async with eci_server(failing) as (_, address):
        driver = driver_of(address, launch)
        for name in ("good", "bad"):
            token = secrets.token_hex(10)
            await driver.start(
                GroupOrder(token=token, name=f"a-{name}", service="psd", heavy=False)
            )

        async def all_ended() -> bool:
            return {group.state for group in await driver.seen()} == {"ended"}

        await eventually(all_ended)
        told = {group.name: group.reason for group in await driver.seen()}
        assert told == {"a-good": "Succeeded", "a-bad": "Failed"}
