"""A client that asks again while the installation is struck."""

import io
import time
from typing import Any

import httpx
from PIL import Image
from psd_tools import PSDImage


def ordered(client: httpx.Client, name: str) -> httpx.Response:
    """The answer that accepts a document, asked for again until there is one."""
    headers = {"Idempotency-Key": name, "Prefer": "respond-async"}
    while True:
        try:
            answer = client.post(
                "/v1/psd/documents",
                params={"name": name},
                content=_document(),
                headers=headers,
            )
        except httpx.TransportError as error:
            print("asked again:", repr(error))
        else:
            if answer.is_success:
                return answer
            assert answer.status_code >= 500, answer.text
        time.sleep(1)


def ended(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """The task once it has ended; pytest's own timeout bounds the wait."""
    task: dict[str, Any] = accepted.raise_for_status().json()
    while task["state"] in ("queued", "running"):
        time.sleep(0.5)
        try:
            answer = client.get(f"/v1/tasks/{task['id']}")
        except httpx.TransportError as error:
            print("asked again:", repr(error))
        else:
            task = answer.json() if answer.is_success else task
    return task


def _document() -> bytes:
    """Of one layer."""
    document = PSDImage.new("RGB", (64, 64))
    document.create_pixel_layer(Image.new("RGB", (64, 64), "red"), name="Only")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def documents(client: httpx.Client) -> list[str]:
    """The names of all."""
    path = "/v1/psd/documents"
    page = client.get(path, params={"limit": 100}).raise_for_status().json()
    items: list[dict[str, Any]] = page["items"]
    while cursor := page["next_cursor"]:
        asked = client.get(path, params={"limit": 100, "cursor": cursor})
        page = asked.raise_for_status().json()
        items += page["items"]
    return [one["name"] for one in items]
