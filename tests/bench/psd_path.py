"""What the way through the system adds to a small document.

    make bench NAME=psd_path

From ``POST /v1/psd/documents`` with ``Prefer: wait`` to its 200: the upload, the task's
row, its command, the worker, a child, the layers' images in object storage, the rows
and the event. Beside it, in turns, the domain alone exports the same file in a warm
process of its own, to a folder. Both are wall seconds, the median of the rounds; a
ratio is the whole by the domain's. The documents are made here from a seed.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import numpy as np
from anyio import to_thread
from psd_tools import PSDImage

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.export import export_document
from tests.bench.parts import summary
from tests.bench.parts.rates import set_no_rates

ROUNDS = 15
WARM = 3
"""Rounds that are not counted."""
TARGETS = {"layers_77": 2.0, "layers_8": 2.0}


def of_layers(path: Path, layers: int, width: int, height: int, side: int) -> Path:
    """Slopes, each somewhere on the canvas."""
    chance = np.random.default_rng(layers)
    document = PSDImage.new("RGB", (width, height))
    for number in range(layers):
        slope = np.linspace(0, 200, side)[:, None, None] + chance.integers(0, 9, (4,))
        pixels = (slope).astype(np.uint8)
        left, top = chance.integers(0, (width - side, height - side))
        document.create_pixel_layer_from_array(
            pixels, f"layer {number}", left=int(left), top=int(top)
        )
    document.save(path)
    return path


def posted(client: httpx.Client, document: bytes) -> float:
    """Wall seconds until the answer, which must be the result."""
    begun = time.monotonic()
    answer = client.post(
        "/v1/psd/documents",
        content=document,
        headers={"Content-Type": "application/octet-stream", "Prefer": "wait=60"},
    )
    seconds = time.monotonic() - begun
    answer.raise_for_status()
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:300]}")
    return seconds


def exported(path: Path, folder: Path) -> float:
    """Wall seconds of the domain alone."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        begun = time.monotonic()
        export_document(path, Path(out), Limits(), lambda progress: None)
        return time.monotonic() - begun


def measure(stack: Stack, path: Path, settle: Callable[[httpx.Client], None]) -> float:
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    document = path.read_bytes()
    whole, alone = [], []
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=90) as client:
        for number in range(WARM + ROUNDS):
            seconds = posted(client, document), exported(path, path.parent)
            settle(client)
            if number >= WARM:
                whole.append(seconds[0])
                alone.append(seconds[1])
    found = statistics.median(whole), statistics.median(alone)
    print(
        f"{path.stem:<10} {path.stat().st_size / 1e6:5.2f} MB  whole {found[0]:.3f} s "
        f"(least {min(whole):.3f})  domain {found[1]:.3f} s (least {min(alone):.3f})  "
        f"{found[0] / found[1]:.2f}x",
        flush=True,
    )
    return found[0] / found[1]


def settled(client: httpx.Client) -> None:
    """What follows from an upload, previews for one, is over: it would disturb the next."""
    ended = ("completed", "failed", "cancelled")
    while True:
        answer = client.get("/v1/tasks", params={"limit": 20}).raise_for_status()
        if all(task["state"] in ended for task in answer.json()["items"]):
            return
        time.sleep(0.05)


async def compare(folder: Path) -> dict[str, float]:
    paths = [
        of_layers(folder / "layers_77.psd", 77, 1400, 1000, 160),
        of_layers(folder / "layers_8.psd", 8, 800, 600, 300),
    ]
    (port,) = free_ports(1)
    data_dir = folder / "data"
    data_dir.mkdir()
    found = {}
    async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
        for path in paths:
            found[path.stem] = await to_thread.run_sync(measure, stack, path, settled)
    return found


def main() -> None:
    set_no_rates()
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found = anyio.run(compare, Path(folder))
    summary.say("psd_path", found, at_most=TARGETS)


if __name__ == "__main__":
    main()
