"""The Python client beside what one would write by hand, and beside curl.

    make bench NAME=client

``many``: 200 small images, each sent with a recipe and its result saved, by
``async_many`` and ``images.transform``, 16 at once; beside a loop of asyncio and httpx
with 16 connections. ``upload`` and ``download``: a file of `MIB` mebibytes, 1024 where
nothing is said, by ``files.upload`` and ``files.download``, hashed on the way; beside
curl, which hashes nothing. Ratios of these are of the other's time to the client's, so
more is better. ``peak_mb`` is what the client's process took at most for the two.
``import`` and ``help`` are times of ``from onemanage.client import OneManage`` to
``import httpx``, and of ``onemanage --help`` to ``import typer``: less is better.

`ROUNDS` (3) by turns, medians, of ``many`` three times as many; all processes share the
machine.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
from anyio import to_thread
from PIL import Image

from onemanage.client import AsyncOneManage, async_many
from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import image_inputs, summary
from tests.bench.parts.rates import set_no_rates

MIB = int(os.environ.get("MIB", "1024"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
IMAGES, AT_ONCE, WIDTH = 200, 16, 100
STARTS = 9
"""Of each interpreter."""
AT_LEAST = {"many": 0.9, "upload": 0.85, "download": 0.85}
AT_MOST = {"peak_mb": 60.0, "import": 1.6, "help": 2.0}
_TRANSFER = """
import sys
from onemanage.client import OneManage
with OneManage() as client:
    if sys.argv[1] == "upload":
        print(client.files.upload(sys.argv[2], name=sys.argv[3]).id)
    else:
        client.files.download(sys.argv[2], sys.argv[3], overwrite=True)
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print(int(line.split()[1]) * 1024 / 1e6)
"""


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def recipe(variant: str) -> Any:
    """Another name makes another recipe, with the same work."""
    output = {"format": "jpeg", "quality": 80}
    return {
        "operations": [{"op": "resize", "width": WIDTH}],
        "variants": [{"name": variant, "output": output}],
    }


def pictures(folder: Path) -> list[Path]:
    """Small ones, no two alike."""
    pixels = image_inputs.photo(640, 480, 7)
    paths = []
    for number in range(IMAGES):
        path = folder / f"{number:03}.jpg"
        part = pixels[number % 80 : 400 + number % 80, number : 400 + number]
        Image.fromarray(part).save(path, "JPEG", quality=85)
        paths.append(path)
    return paths


async def by_client(stack: Stack, paths: list[Path], out: Path, made: Any) -> None:
    """As `image run` does it."""
    async with AsyncOneManage(stack.owner_api_key, url=stack.base_url) as client:

        async def act(path: Path) -> object:
            return await client.images.transform(path, recipe=made, to=out / path.name)

        for outcome in await async_many(act, paths, at_once=AT_ONCE):
            outcome.unwrap()


async def by_hand(stack: Stack, paths: list[Path], out: Path, made: Any) -> None:
    """The shortest that one would write."""
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    left = iter(paths)
    async with httpx.AsyncClient(
        base_url=stack.base_url,
        headers=headers,
        timeout=60,
        limits=httpx.Limits(max_connections=AT_ONCE),
    ) as api:

        async def again(method: str, url: str, **given: Any) -> httpx.Response:
            for _ in range(3):
                try:
                    return (await api.request(method, url, **given)).raise_for_status()
                except httpx.TransportError as error:
                    fault = error  # a connection that was kept too long, mostly
            raise fault

        async def work() -> None:
            for path in left:
                answer = await again(
                    "POST",
                    "/v1/images/transformations",
                    params={"recipe": json.dumps(made), "name": path.name},
                    content=path.read_bytes(),
                    headers={
                        "Content-Type": "application/octet-stream",
                        "Prefer": "wait=30",
                    },
                )
                task = answer.json()
                assert task["state"] == "completed", task
                url = task["result"]["variants"][0]["url"]
                image = await again("GET", url)
                (out / path.name).write_bytes(image.content)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def many(stack: Stack, folder: Path) -> float:
    """Time by hand to that of the client."""
    paths = pictures(folder)
    times: dict[str, list[float]] = {"hand": [], "client": []}
    for number in range(3 * ROUNDS + 1):
        for name, way in (("hand", by_hand), ("client", by_client)):
            out = folder / f"{name}{number}"
            out.mkdir()
            made = recipe(out.name)
            took = seconds(lambda: asyncio.run(way(stack, paths, out, made)))
            assert len(list(out.iterdir())) == IMAGES
            if number:  # the first is for warming up
                times[name].append(took)
    return statistics.median(times["hand"]) / statistics.median(times["client"])


def large(stack: Stack, folder: Path) -> dict[str, float]:
    """A file there and back, by curl and by the client."""
    source, target = folder / "large.bin", folder / "back.bin"
    block = os.urandom(1 << 20)
    with source.open("wb") as file:
        for _ in range(MIB):
            file.write(block)
    times: dict[str, list[float]] = {}
    peaks = []
    for number in range(ROUNDS):

        def timed(name: str, command: list[str]) -> list[str]:
            environment = os.environ | {
                "ONEMANAGE_API_KEY": stack.owner_api_key,
                "ONEMANAGE_URL": stack.base_url,
            }
            os.sync()  # or who comes next pays for what the one before has written
            begun = time.perf_counter()
            told = subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True
            ).stdout
            times.setdefault(name, []).append(time.perf_counter() - begun)
            return told.split()

        curl = ["curl", "-sSf", "-H", f"Authorization: Bearer {stack.owner_api_key}"]
        own = [sys.executable, "-c", _TRANSFER]
        at, name = f"{stack.base_url}/v1/files", f"large{number}.bin"
        send = [*curl, "-X", "POST", "-T", str(source), f"{at}?name={name}"]
        timed("curl_upload", send)
        file_id, peak = timed("upload", [*own, "upload", str(source), name])
        peaks.append(float(peak))
        fetch = [*curl, "-o", str(target), f"{at}/{file_id}/content"]
        ways = {
            "curl_download": fetch,
            "download": [*own, "download", file_id, str(target)],
        }
        for way in sorted(ways, reverse=bool(number % 2)):  # by turns
            target.unlink(missing_ok=True)
            peaks.extend(map(float, timed(way, ways[way])))
    middle = {name: statistics.median(took) for name, took in times.items()}
    print(json.dumps({name: round(took, 2) for name, took in middle.items()}))
    return {
        "upload": middle["curl_upload"] / middle["upload"],
        "download": middle["curl_download"] / middle["download"],
        "peak_mb": max(peaks),
    }


def starts() -> dict[str, float]:
    """Of interpreters, by turns."""
    programs = {
        "httpx": ["-c", "import httpx"],
        "client": ["-c", "from onemanage.client import OneManage"],
        "typer": ["-c", "import typer"],
        "command": ["-m", "onemanage.client.cli", "--help"],
    }
    times: dict[str, list[float]] = {}
    for name, arguments in programs.items():
        ran = subprocess.run([sys.executable, *arguments], capture_output=True)
        if ran.returncode == 0:  # it may not be installed
            times[name] = []
    for _ in range(STARTS):
        for name, took in times.items():
            command = [sys.executable, *programs[name]]
            took.append(
                seconds(
                    lambda: subprocess.run(command, capture_output=True, check=True)
                )
            )
    middle = {name: statistics.median(took) for name, took in times.items()}
    print(json.dumps({name: round(took, 3) for name, took in middle.items()}))
    found = {"import": middle["client"] / middle["httpx"]}
    if "command" in middle and "typer" in middle:
        found["help"] = middle["command"] / middle["typer"]
    return found


async def main() -> None:
    set_no_rates()
    found = await to_thread.run_sync(starts)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (port,) = free_ports(1)
        data_dir = folder / "data"
        data_dir.mkdir()
        async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
            found["many"] = await to_thread.run_sync(many, stack, folder)
            found |= await to_thread.run_sync(large, stack, folder)
    summary.say("client", found, at_least=AT_LEAST, at_most=AT_MOST)


if __name__ == "__main__":
    anyio.run(main)
