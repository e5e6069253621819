"""What only the whole system shows of the guarantees; the rest is in tests/faults."""

import asyncio
import base64
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec

from onemanage.local.stack import Stack
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client, connect
from tests.running_stack import storage_of

from .conftest import Upload, ended


async def _on_nats(stack: Stack, ask: Any) -> Any:
    client = await connect(stack.addresses.nats_url, "test")
    try:
        return await ask(client)
    finally:
        await client.close()


async def _consumers(client: Client) -> dict[str, Any]:
    """Durable ones; what a process follows events by ends with it."""
    found = {}
    for stream in topology.streams(1):
        listed = await management.request(client, f"CONSUMER.LIST.{stream['name']}")
        for consumer in listed["consumers"]:
            if "durable_name" in consumer["config"]:
                found[consumer["name"]] = consumer["config"], consumer["created"]
    return found


def test_starting_the_gateway_leaves_every_consumer_as_it_was(
    stack: Stack, client: httpx.Client
) -> None:
    """Statement 9."""
    before = asyncio.run(_on_nats(stack, _consumers))
    old = stack.runner.pid("gateway")
    os.kill(old, signal.SIGTERM)
    while stack.runner.pid("gateway") == old or not _is_ready(stack):
        time.sleep(0.1)

    assert asyncio.run(_on_nats(stack, _consumers)) == before


def test_who_waits_for_a_task_is_told_where_it_is_when_the_gateway_stops(
    stack: Stack, upload: Upload, poster: Path
) -> None:
    worker, gateway = stack.runner.pid("psd-worker"), stack.runner.pid("gateway")
    os.kill(worker, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor() as threads:
            answer = threads.submit(upload, poster, Prefer="wait=20")
            time.sleep(1)
            os.kill(gateway, signal.SIGTERM)
            response = answer.result(timeout=15)
    finally:
        os.kill(worker, signal.SIGCONT)
        while not _is_ready(stack):
            time.sleep(0.1)
    assert response.status_code == 202
    assert response.json()["state"] in ("queued", "running")


def _is_ready(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.base_url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


async def _traces(client: Client) -> dict[str, set[str]]:
    """Trace id -> subjects of the events that carry it."""
    found: dict[str, set[str]] = {}
    sequence = 1
    while True:
        body = {"seq": sequence, "next_by_subj": "events.>"}
        try:
            path = f"STREAM.MSG.GET.{topology.EVENTS}"
            message = (await management.request(client, path, body))["message"]
        except management.JetStreamRefused:
            return found
        headers = base64.b64decode(message.get("hdrs", "")).decode()
        for line in headers.splitlines():
            if line.startswith("traceparent: "):
                trace_id = line.split("-")[1]
                found.setdefault(trace_id, set()).add(message["subject"])
        sequence = message["seq"] + 1


def test_one_trace_spans_gateway_worker_and_event_handler(
    stack: Stack, client: httpx.Client, upload: Upload, poster: Path
) -> None:
    """Statement 19: the previews are ordered by a handler, and made by its worker."""
    answer = upload(poster, Prefer="wait=30")
    document = answer.json()["result"]["id"]
    while not client.get(f"/v1/previews?document_id={document}").json()["items"]:
        time.sleep(0.1)

    traces = asyncio.run(_on_nats(stack, _traces))

    wanted = {
        "events.psd.parse_export.accepted",
        "events.psd.parse_export.completed",
        "events.preview.publish.accepted",
        "events.preview.publish.started",
    }
    assert wanted <= traces[answer.headers["X-Request-Id"]]


def test_a_cancelled_parse_leaves_nothing_in_the_bucket(
    stack: Stack, client: httpx.Client, upload: Upload, slow_document: Path
) -> None:
    task = upload(slow_document, Prefer="respond-async").json()
    while client.get(f"/v1/tasks/{task['id']}").json()["progress"] is None:
        time.sleep(0.02)

    answer = client.delete(f"/v1/tasks/{task['id']}", headers={"Prefer": "wait=20"})

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert client.get(task["resource"]).status_code == 404
    storage = storage_of(stack)
    while [key for key in asyncio.run(storage.keys("artifacts/")) if task["id"] in key]:
        time.sleep(0.1)
    assert client.delete(f"/v1/tasks/{task['id']}").status_code == 200


def test_a_failed_parse_is_retried_under_its_id_and_fails_again_for_the_same_reason(
    client: httpx.Client, upload: Upload, poster: Path
) -> None:
    half = poster.read_bytes()[: poster.stat().st_size // 2]
    failed = upload(half, Prefer="wait=30").json()

    again = client.post(
        f"/v1/tasks/{failed['task_id']}/retry", headers={"Prefer": "wait=30"}
    )

    assert again.status_code == 422
    assert again.json()["task_id"] == failed["task_id"]
    task = client.get(f"/v1/tasks/{failed['task_id']}").json()
    assert (task["state"], task["run"]) == ("failed", 2)
    assert ended(client, task)["error"]["code"].startswith("psd.")


def test_dead_letters_are_for_administrators_and_empty_where_nothing_died(
    client: httpx.Client,
) -> None:
    answer = client.get("/v1/dead-letters")
    assert answer.status_code == 200
    assert msgspec.json.decode(answer.content)["next_cursor"] is None
    assert client.get("/v1/dead-letters/999999").status_code == 404
