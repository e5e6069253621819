"""Uploads in parts through the whole system."""

import hashlib
import os
import random
import signal
from typing import Any

import httpx

from onemanage.local.stack import Stack

from .conftest import ended

MIB = 1024**2
DATA = random.Random("parts").randbytes(96 * MIB)
SHA256 = hashlib.sha256(DATA).hexdigest()


def sent(client: httpx.Client) -> dict[str, Any]:
    """An upload whose parts are put to storage itself."""
    body = {"name": "noise.bin", "size": len(DATA), "sha256": SHA256}
    upload: dict[str, Any] = client.post("/v1/uploads", json=body).json()
    size = upload["part_size"]
    with httpx.Client(timeout=60) as storage:
        for part in upload["addresses"]["items"]:
            at = (part["number"] - 1) * size
            data = DATA[at : at + size]
            storage.put(part["url"], content=data).raise_for_status()
    return upload


def test_an_upload_is_completed_although_its_worker_is_killed(
    client: httpx.Client, stack: Stack
) -> None:
    upload = sent(client)
    at = f"/v1/uploads/{upload['id']}"
    task = client.post(
        f"{at}/complete", headers={"Prefer": "respond-async"}
    ).raise_for_status()
    while client.get(task.headers["Location"]).json()["state"] == "queued":
        pass
    os.kill(stack.runner.pid("gateway-worker"), signal.SIGKILL)

    done = ended(client, task.json())

    assert done["state"] == "completed"
    file = client.get(done["resource"]).json()
    assert (file["size"], file["sha256"]) == (len(DATA), SHA256)
    assert client.get(file["url"]).content == DATA
    assert client.get(at).json()["state"] == "completed"
