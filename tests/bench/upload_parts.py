"""A large file in parts: how fast it is, and what the gateway and its worker take.

    make bench NAME=upload_parts

`MIB` is its size, 1024 where nothing is said. Four clients put parts to storage at
once, all of the stack on this machine. Printed are MB/s of the parts, MB/s from the
completion to the file (joined, read whole and hashed), and by how many MB the largest
resident size of both processes has grown meanwhile. The same bytes hashed in memory
are named beside them. A ratio is that growth by what it may be, 10 MB.
"""

import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio
import httpx

from onemanage.local.addresses import free_ports
from onemanage.local.output import log_file
from onemanage.local.stack import Stack
from onemanage.local.up import open_stack
from tests.bench.parts import summary

MIB = int(os.environ.get("MIB", "1024"))
AT_ONCE = 4
_MEGABYTE = 1_000_000
MOST_GROWN = 10.0
"""Megabytes: none of the file is in either process."""


def peak(pid: int) -> float:
    """MB of the process, at its largest."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) * 1024 / _MEGABYTE


async def sent(api: httpx.AsyncClient, upload: dict[str, Any], data: bytes) -> None:
    """All parts, page by page."""
    limit = anyio.CapacityLimiter(AT_ONCE)
    async with httpx.AsyncClient(timeout=120) as storage:

        async def put(part: dict[str, Any]) -> None:
            async with limit:
                answer = await storage.put(part["url"], content=data[: part["size"]])
                answer.raise_for_status()

        first: int | None = 1
        while first:
            at = f"/v1/uploads/{upload['id']}/parts?from={first}"
            page = (await api.get(at)).raise_for_status().json()
            async with anyio.create_task_group() as group:
                for part in page["items"]:
                    group.start_soon(put, part)
            first = page["next_from"]


async def measured(stack: Stack) -> dict[str, float]:
    pids = {name: stack.runner.pid(name) for name in ("gateway", "gateway-worker")}
    before = {name: peak(pid) for name, pid in pids.items()}
    headers = {"Authorization": f"Bearer {stack.owner_api_key}"}
    size = MIB << 20
    async with httpx.AsyncClient(
        base_url=stack.base_url, headers=headers, timeout=120
    ) as api:
        body = {"name": "noise.bin", "size": size}
        upload = (await api.post("/v1/uploads", json=body)).raise_for_status().json()
        part = os.urandom(upload["part_size"])
        begun = time.perf_counter()
        await sent(api, upload, part)
        put = time.perf_counter() - begun
        begun = time.perf_counter()
        at = f"/v1/uploads/{upload['id']}/complete"
        task = (await api.post(at, headers={"Prefer": "wait=30"})).json()
        while task["state"] in ("queued", "running"):
            task = (await api.get(f"/v1/tasks/{task['id']}")).json()
            await anyio.sleep(0.2)
        assert task["state"] == "completed", task
        completed = time.perf_counter() - begun
    begun = time.perf_counter()
    hashlib.sha256(part).hexdigest()
    alone = time.perf_counter() - begun
    return {
        "mib": MIB,
        "parts_mb_per_s": round(size / put / _MEGABYTE),
        "completion_mb_per_s": round(size / completed / _MEGABYTE),
        "sha256_mb_per_s": round(len(part) / alone / _MEGABYTE),
        **{
            f"{name}_grown_mb": round(peak(pid) - before[name], 1)
            for name, pid in pids.items()
        },
    }


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (port,) = free_ports(1)
        output = log_file(Path(folder) / "services.log")
        async with open_stack(Path(folder) / "data", port, output) as stack:
            found = await measured(stack)
    print(json.dumps(found, indent=2))
    grown = {
        name: found[f"{name}_grown_mb"] / MOST_GROWN
        for name in ("gateway", "gateway-worker")
    }
    summary.say("upload_parts", grown, at_most=dict.fromkeys(grown, 1.0))


if __name__ == "__main__":
    anyio.run(main)
