"""How soon the system is there, and what the main job costs.

    make bench NAME=spine

Seconds until the stack is ready; seconds from an upload to the last preview of the
sample poster; megabytes by which the gateway grows while it takes a file of 300 MB.
Each as a ratio to its target, so below 1 holds.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
from anyio import to_thread

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.sample import build_poster
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import summary

MIB = 1024**2
ROUNDS = 3
TARGETS = {"ready_seconds": 6.0, "job_seconds": 3.0, "upload_growth_mib": 100.0}


async def measure(folder: Path) -> dict[str, float]:
    poster = folder / "poster.psd"
    await to_thread.run_sync(build_poster, poster)
    ready, jobs, growth = [], [], 0.0
    for number in range(ROUNDS):
        data_dir = folder / str(number)
        data_dir.mkdir()
        (port,) = free_ports(1)
        begun = time.monotonic()
        async with open_stack(data_dir, port, log_file(data_dir / "log")) as stack:
            ready.append(time.monotonic() - begun)
            jobs.append(await to_thread.run_sync(job, stack, poster))
            if number == 0:
                growth = await to_thread.run_sync(upload_growth, stack)
    return {
        "ready_seconds": statistics.median(ready),
        "job_seconds": statistics.median(jobs),
        "upload_growth_mib": growth,
    }


def client_of(stack: Stack) -> httpx.Client:
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    return httpx.Client(base_url=stack.base_url, headers=headers, timeout=60)


def job(stack: Stack, poster: Path) -> float:
    """Upload, parse, export, and every promised preview."""
    begun = time.monotonic()
    with client_of(stack) as client:
        headers = {"Content-Type": "application/octet-stream", "Prefer": "wait=30"}
        answer = client.post(
            "/v1/psd/documents", content=poster.read_bytes(), headers=headers
        )
        answer.raise_for_status()
        document_id = answer.json()["result"]["id"]
        while not client.get(
            "/v1/previews", params={"document_id": document_id}
        ).json()["items"]:
            time.sleep(0.02)
    return time.monotonic() - begun


def upload_growth(stack: Stack) -> float:
    """MiB of resident memory over what it was, at the worst moment."""
    pid = stack.runner.pid("gateway")
    before = peak = resident(pid)

    def body() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(300):
            peak = max(peak, resident(pid))
            yield os.urandom(MIB)

    with client_of(stack) as client:
        client.post("/v1/files", content=body()).raise_for_status()
    return (peak - before) / MIB


def resident(pid: int) -> int:
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found = anyio.run(measure, Path(folder))
    for name, value in found.items():
        print(f"{name:<20} {value:8.2f}   target {TARGETS[name]:g}")
    ratios = {name: value / TARGETS[name] for name, value in found.items()}
    summary.say("spine", ratios, at_most=dict.fromkeys(TARGETS, 1.0), places=3)


if __name__ == "__main__":
    main()
