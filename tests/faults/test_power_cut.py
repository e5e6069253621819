"""A power cut: what the server had confirmed is on the disk as the cut leaves it.

A copy of the data directory would prove nothing: it also has what the kernel still
holds in memory and a power cut would lose. So the server's data is on a file system of
its own, in an image file, and the image has only what was written to the device. The
server is frozen, the image is copied, and a second server starts on the copy.

The file system is mounted for the server's process alone, and gone when it ends.
"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.psd.documents import ParseExport
from onemanage.local.child import Command
from onemanage.local.nats import nats_nodes
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.nats import Client, connect, publish
from onemanage.testing.fixtures import eventually, stored

from .nodes import PASSWORD, Node, started

CONTAINERS = Path(__file__).parents[2] / "infra" / "nats.conf"
JETSTREAM = re.compile(r"^jetstream \{.*?^\}", re.MULTILINE | re.DOTALL)
STORE_DIR = re.compile(r"store_dir: .*")
ALWAYS = "sync_interval: always"

IMAGE_SIZE = 64 * 1024**2
# The file system writes nothing by itself within the minutes of a test: it saves nothing
# by luck, and does not change while it is copied.
MOUNT = 'mount -o loop,commit=300 "$1" "$2" && shift 2 && exec "$@"'
PUBLISHERS = 32
BEFORE_THE_CUT = 500

type Change = Callable[[str], str]


def as_made_locally(config: str) -> str:
    return config


def as_in_containers(config: str) -> str:
    """With the JetStream settings of infra/nats.conf, but for the directory."""
    place = STORE_DIR.findall(config)[0]
    (block,) = JETSTREAM.findall(CONTAINERS.read_text(encoding="utf-8"))
    block = STORE_DIR.sub(lambda _: place, block)
    return JETSTREAM.sub(lambda _: block, config)


def with_the_server_s_default(config: str) -> str:
    assert ALWAYS in config
    return config.replace(ALWAYS, "")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Where images can be mounted; afterwards they are removed, for they are large."""
    try:
        make_image(tmp_path / "probe.img")
        place = tmp_path / "probe"
        place.mkdir()
        command = mounted(tmp_path / "probe.img", place, ("true",))
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"mounting takes root, mkfs.ext4 and a loop device: {error}")
    yield tmp_path
    for image in tmp_path.glob("*.img"):
        image.unlink()


def make_image(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(IMAGE_SIZE)
    subprocess.run(("mkfs.ext4", "-q", "-F", str(path)), check=True)


def mounted(image: Path, place: Path, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The command, where the image is mounted; no other process sees the mount."""
    command = ("unshare", "--mount", "sh", "-c", MOUNT, "sh")
    return (*command, str(image), str(place), *arguments)


@asynccontextmanager
async def node_on(image: Path, change: Change) -> AsyncIterator[Node]:
    """A node with its JetStream data on the image."""
    directory = image.with_suffix("")
    (process,), url = nats_nodes(directory, PASSWORD, 1)
    home = directory / process.name
    config = home / "nats.conf"
    config.write_text(change(config.read_text(encoding="utf-8")), encoding="utf-8")
    place = home / "jetstream"
    place.mkdir()
    assert isinstance(process.command, Command)
    arguments = mounted(image, place, tuple(process.command.arguments))
    process = replace(process, command=replace(process.command, arguments=arguments))
    async with started([process], url, directory / "nats.log") as cluster:
        yield cluster.nodes[0]


async def confirmed_until_the_cut(node: Node, image: Path, copy: Path) -> set[str]:
    """Ids of the tasks whose commands were confirmed; `copy` is what the cut leaves."""
    confirmed: set[str] = set()

    async def publish_all(client: Client) -> None:
        while True:
            command = ParseExport(
                task_id=new_id("tsk"),
                workspace_id="wsp_1",
                document_id="doc_1",
                file_id="fil_1",
                file_key="files/1",
                file_name="a.psd",
            )
            payload = envelope_of(command)
            await publish(client, "tasks.psd.low", payload, msg_id=command.task_id)
            confirmed.add(command.task_id)

    client = await connect(node.url, "test")
    await topology.declare(client)
    publishers = [asyncio.create_task(publish_all(client)) for _ in range(PUBLISHERS)]
    await eventually(lambda: len(confirmed) >= BEFORE_THE_CUT)
    await node.freeze()
    await asyncio.sleep(0.2)  # for the confirmations that are on their way
    shutil.copyfile(image, copy)
    for publisher in publishers:
        publisher.cancel()
    await asyncio.wait(publishers)
    await client.close()
    return confirmed


async def after_a_power_cut(
    directory: Path, change: Change
) -> tuple[set[str], set[str]]:
    """Ids of the tasks: confirmed before the cut, and found after it."""
    before, after = directory / "before.img", directory / "after.img"
    make_image(before)
    async with node_on(before, change) as node:
        confirmed = await confirmed_until_the_cut(node, before, after)
    async with node_on(after, change) as node:
        client = await connect(node.url, "test")
        found = await stored(client, topology.TASKS)
        await client.close()
    return confirmed, {envelope["task_id"] for _, envelope in found}


@pytest.mark.parametrize("shipped", [as_made_locally, as_in_containers])
async def test_a_power_cut_loses_no_confirmed_command(
    directory: Path, shipped: Change
) -> None:
    confirmed, found = await after_a_power_cut(directory, shipped)
    assert len(confirmed) >= BEFORE_THE_CUT
    assert confirmed <= found


async def test_the_server_s_own_default_loses_some_so_the_cut_is_real(
    directory: Path,
) -> None:
    confirmed, found = await after_a_power_cut(directory, with_the_server_s_default)
    assert confirmed - found
