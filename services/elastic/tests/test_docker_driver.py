"""Groups as containers of a real engine, where one is at hand."""

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from onemanage.elastic.drivers import docker
from onemanage.elastic.drivers.docker import DockerDriver, open_docker
from onemanage.elastic.drivers.driver import DriverAway, GroupOrder, StartRefused
from onemanage.elastic.drivers.launching import Launch
from onemanage.elastic.drivers.settings import DockerSettings
from onemanage.testing.fixtures import eventually

from .engine import IMAGE, engine, missing

needs_an_engine = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with engine(tmp_path_factory.mktemp("engine")) as made:
        yield made


def launch_of(folder: Path) -> Launch:
    for service in ("psd", "imaging"):
        (folder / f"{service}.json").write_text(json.dumps({"NATS_URL": "nats://n"}))
    return Launch(
        installation=folder.name,
        environments=folder,
        sizes=["small"],
        heavy_sizes=["large"],
        idle_seconds=120,
        age_seconds=7200,
    )


@pytest.fixture
async def driver(socket: Path, tmp_path: Path) -> AsyncIterator[DockerDriver]:
    settings = DockerSettings(
        elastic_docker_socket=socket,
        elastic_docker_image=IMAGE,
        elastic_docker_network="none",
    )
    async with open_docker(settings, launch_of(tmp_path)) as made:
        yield made


def order(*, service: str = "psd", heavy: bool = False) -> GroupOrder:
    token = secrets.token_hex(10)
    name = f"onemanage-{service}-{token}"
    return GroupOrder(token=token, name=name, service=service, heavy=heavy)


@needs_an_engine
async def test_a_container_is_started_once_seen_ended_and_taken_away(
    driver: DockerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = order(heavy=True)
    first = await driver.start(wanted)
    assert (first.state, first.name, first.size) == ("running", wanted.name, "large")
    again = await driver.start(wanted)
    other = await driver.start(order())
    assert again.provider_id == first.provider_id
    seen = {group.provider_id: group for group in await driver.seen()}
    assert seen.keys() == {first.provider_id, other.provider_id}
    assert seen[first.provider_id].token == wanted.token
    await driver.end(first.provider_id)

    async def has_ended() -> bool:
        groups = {group.provider_id: group for group in await driver.seen()}
        return groups[first.provider_id].state == "ended"

    await eventually(has_ended)
    await driver.end(first.provider_id)  # nothing to do
    monkeypatch.setattr(docker, "_KEPT", 0.0)
    assert [group.provider_id for group in await driver.seen()] == [other.provider_id]


@needs_an_engine
async def test_an_image_that_is_not_there_is_a_refusal_that_names_it(
    driver: DockerDriver,
) -> None:
    with pytest.raises(StartRefused, match="imaging"):
        await driver.start(order(service="imaging"))
    assert await driver.seen() == []


async def test_an_engine_that_is_not_there_is_away(tmp_path: Path) -> None:
    settings = DockerSettings(elastic_docker_socket=tmp_path / "nobody.sock")
    async with open_docker(settings, launch_of(tmp_path)) as driver:
        with pytest.raises(DriverAway):
            await driver.start(order())
        with pytest.raises(DriverAway):
            await driver.seen()
