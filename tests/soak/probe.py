"""A small document through the whole system: does it work again, and since when?"""

import asyncio
import itertools
import time

from onemanage.contracts.base import Status, derived_id, event_id
from tests.soak.client import Client

PATIENCE = 120.0
_LOOK_EVERY = 0.1


class Probe:
    def __init__(self, client: Client, document: bytes) -> None:
        self._client, self._document = client, document
        self._numbers = itertools.count(1)

    async def done(self) -> float | None:
        """Send one; the time at which it was parsed, published and could be looked up.

        Seconds since the epoch. None where that took longer than PATIENCE.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._done()
        except TimeoutError:
            return None

    async def _done(self) -> float | None:
        key = f"probe-{next(self._numbers)}"
        task = await self._client.parse("probe", key, 0, self._document)
        if task is None:
            return None
        while task is not None and task["state"] in ("queued", "running"):
            await asyncio.sleep(_LOOK_EVERY)
            task = await self._client.task(task["id"])
        if task is None or task["state"] != "completed":
            return time.time()  # refused by what the fault did to it: the ledger knows
        published = preview_task(task["id"], task["run"])
        for path in (f"/v1/tasks/{published}", task["resource"]):
            while not await self._is_there(path):
                await asyncio.sleep(_LOOK_EVERY)
        return time.time()

    async def _is_there(self, path: str) -> bool:
        answer = await self._client.find(path)
        if answer is None or not answer.is_success:
            return False
        return bool(
            answer.json().get("state", "completed") not in ("queued", "running")
        )


def preview_task(task_id: str, run: int) -> str:
    """The id of the task that publishes what this run has parsed."""
    completed = event_id(task_id, Status.COMPLETED, run=run)
    return derived_id("tsk", str(completed), "preview.publish")
