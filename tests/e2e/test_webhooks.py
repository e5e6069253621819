"""Webhooks of the whole system, and the receiver that the documentation shows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from onemanage.local.addresses import free_ports

from .conftest import Upload, ended

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


@contextmanager
def documented_receiver(port: int, secret: str) -> Iterator[Iterator[str]]:
    """Gives the lines that it prints: an id and a type for each event it has verified."""
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    environment = {**os.environ, "PORT": str(port), "WEBHOOK_SECRET": secret}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as receiver:
        assert receiver.stdout is not None  # it is a pipe
        try:
            yield iter(receiver.stdout)
        finally:
            receiver.terminate()


def test_the_receiver_of_the_documentation_hears_of_a_document(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    (port,) = free_ports(1)
    asked = {"url": f"http://127.0.0.1:{port}/", "events": ["psd.parse_export.*"]}
    webhook = client.post("/v1/webhooks", json=asked).json()
    path = f"/v1/webhooks/{webhook['id']}"
    with documented_receiver(port, webhook["secret"]) as lines:
        task = ended(client, upload(poster, Prefer="wait=0").json())
        assert task["state"] == "completed"
        heard = [next(lines).split() for _ in range(3)]
    delivered = client.get(f"{path}/deliveries", params={"state": "delivered"}).json()

    assert [kind.rpartition(".")[2] for _, kind in heard] == [
        "accepted",
        "started",
        "completed",
    ]
    assert len({webhook_id for webhook_id, _ in heard}) == 3
    assert {one["task_id"] for one in delivered["items"]} == {task["id"]}
    assert client.delete(path).status_code == 204
