"""What the console has to show on a first start: the sample poster, sent as by anybody."""

import tempfile
from pathlib import Path

import httpx
from anyio import to_thread

from onemanage.local.stack import Stack

NAME = "poster.psd"
_KEY = "first-look"
"""So that a first start that was cut short and comes again sends it once."""


async def send_sample(stack: Stack) -> None:
    """Its layers are there some seconds later. Raises httpx.HTTPError."""
    poster = await to_thread.run_sync(_poster)
    headers = {
        "Authorization": f"Bearer {stack.owner_api_key}",
        "Idempotency-Key": _KEY,
        "Content-Type": "application/octet-stream",
    }
    async with httpx.AsyncClient(base_url=stack.base_url, timeout=30) as client:
        answer = await client.post(
            "/v1/psd/documents", params={"name": NAME}, content=poster, headers=headers
        )
        answer.raise_for_status()


def _poster() -> bytes:
    from onemanage.local.sample import build_poster  # slow to import, needed once

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        build_poster(path)
        return path.read_bytes()
