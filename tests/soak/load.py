"""Clients of several workspaces that keep sending, until they are told to stop."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
from anyio.abc import TaskGroup

from tests.soak.client import Client
from tests.soak.ledger import ENDED
from tests.soak.samples import Samples

PER_SECOND = 0.4
"""Actions of one workspace: two cores carry four such, and faults, with room left."""
AT_ONCE = 16
BURST = 30
BURST_EVERY = 75.0
WAITS = (0, 0, 2, 5)
_CANCELLED, _RETRIED = 0.25, 0.6
_CANCEL_AFTER = (0.0, 0.05, 0.5, 2.0, 6.0)
_FOLLOWED_EVERY = 1.5


class Load:
    """What one workspace does, by a random sequence of its own."""

    def __init__(self, client: Client, samples: Samples, seed: str) -> None:
        self._client, self._samples = client, samples
        self._random = random.Random(seed)
        self._name = seed
        self._count = 0
        self._open: list[str] = []
        """Tasks whose end nobody here has heard of."""
        self._documents: list[str] = []
        self._files: dict[str, list[str]] = {"light": [], "heavy": []}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._actions: tuple[tuple[int, Callable[[], Coroutine[Any, Any, None]]], ...]
        self._actions = (
            (38, self._light),
            (6, self._heavy),
            (20, self._by_file),
            (10, self._invalid),
            (4, self._no_document),
            (14, self._renewal),
        )

    async def run(self, seconds: float) -> None:
        """Send for so long; returns when everything sent has been answered."""
        until = time.monotonic() + seconds
        weights = [weight for weight, _ in self._actions]
        burst_at = time.monotonic() + self._random.uniform(5, BURST_EVERY)
        async with anyio.create_task_group() as group:
            group.start_soon(self._follow, until)
            while time.monotonic() < until:
                _, action = self._random.choices(self._actions, weights)[0]
                await self._slots.acquire()
                group.start_soon(self._with_slot, action)
                if time.monotonic() > burst_at:
                    burst_at += BURST_EVERY
                    self._burst(group)
                await asyncio.sleep(self._random.expovariate(PER_SECOND))

    def _burst(self, group: TaskGroup) -> None:
        for _ in range(BURST):
            group.start_soon(self._light)

    async def _with_slot(self, action: Callable[[], Awaitable[None]]) -> None:
        try:
            await action()
        finally:
            self._slots.release()

    async def _light(self) -> None:
        await self._parse("light", self._random.choice(self._samples.light))

    async def _invalid(self) -> None:
        await self._parse("invalid", self._samples.truncated)

    async def _no_document(self) -> None:
        await self._client.refused(self._key(), self._samples.not_a_document)

    async def _heavy(self) -> None:
        if self._files["heavy"] and self._random.random() < 0.6:
            await self._parse("heavy", self._random.choice(self._files["heavy"]))
            return
        file_id = await self._client.upload(self._key(), self._samples.heavy)
        if file_id is not None:
            self._files["heavy"].append(file_id)
            await self._parse("heavy", file_id)

    async def _by_file(self) -> None:
        if not self._files["light"] or self._random.random() < 0.3:
            content = self._random.choice(self._samples.light)
            file_id = await self._client.upload(self._key(), content)
            if file_id is None:
                return
            self._files["light"].append(file_id)
        await self._parse("by_file", self._random.choice(self._files["light"]))

    async def _renewal(self) -> None:
        if not self._documents:
            return
        document_id = self._random.choice(self._documents)
        wait = self._random.choice(WAITS)
        task = await self._client.renew(self._key(), wait, document_id)
        await self._afterwards(task)

    async def _parse(self, kind: str, source: bytes | str) -> None:
        wait = self._random.choice(WAITS)
        await self._afterwards(
            await self._client.parse(kind, self._key(), wait, source)
        )

    async def _afterwards(self, task: dict[str, Any] | None) -> None:
        """Some tasks are cancelled: queued, running or long done."""
        if task is None:
            return
        self._hear(task)
        if self._random.random() < _CANCELLED:
            await asyncio.sleep(self._random.choice(_CANCEL_AFTER))
            await self._client.cancel(task["id"], self._random.choice(WAITS))

    async def _follow(self, until: float) -> None:
        """Look at tasks now and then; what has failed is tried again, or left."""
        while time.monotonic() < until:
            await asyncio.sleep(_FOLLOWED_EVERY)
            if not self._open:
                continue
            task_id = self._open.pop(self._random.randrange(len(self._open)))
            task = await self._client.task(task_id)
            if task is not None:
                self._hear(task)
                if task["state"] == "failed" and self._random.random() < _RETRIED:
                    await self._client.retry(task_id, self._random.choice(WAITS))
                    self._open.append(task_id)

    def _hear(self, task: dict[str, Any]) -> None:
        is_known_failure = task["state"] == "failed" and "run" in task
        if task["state"] not in ENDED or (
            task["state"] == "failed" and not is_known_failure
        ):
            self._open.append(task["id"])
        result = task.get("result") or {}
        if task["state"] == "completed" and task["name"] == "psd.parse_export":
            self._documents.append(result["id"])

    def _key(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"
