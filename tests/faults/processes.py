"""Processes of actor.py: started, looked at, killed, and never left behind."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from onemanage.contracts.registry import Lane
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import ACK_WAIT, eventually
from onemanage.testing.samples import parse_command

ROOT = Path(__file__).parents[2]
_numbers = itertools.count()


class Actor:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process, record: Path) -> None:
        self._process, self._record = process, record

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """By SIGTERM; the exit code. pytest's own timeout bounds the wait."""
        self.send(signal.SIGTERM)
        return await self._process.wait()

    async def ended(self) -> int:
        return await self._process.wait()

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None


class Stage:
    """Where actors are started; what all of them have recorded."""

    def __init__(self, directory: Path, worker_url: str, handlers_url: str) -> None:
        self._directory = directory
        self._nats_url = {"worker": worker_url, "handlers": handlers_url}
        self._file = directory / "record.jsonl"
        self._file.touch()
        self._actors: list[Actor] = []

    async def worker(self, *options: str, **environment: str) -> Actor:
        return await self._start("worker", environment, options)

    async def doomed_worker(self, **environment: str) -> Actor:
        """One that may be dead before it is ready."""
        return await self._start("worker", environment, (), doomed=True)

    async def handlers(self, **environment: str) -> Actor:
        return await self._start("handlers", environment, ())

    async def without_nats(self, kind: str) -> Actor:
        """One that has begun to look for a server where none is."""
        nowhere = {"NATS_URL": "nats://127.0.0.1:1"}
        return await self._start(kind, nowhere, (), begins_with="NATS: ")

    def said(self, what: str, **facts: Any) -> list[dict[str, Any]]:
        lines = map(json.loads, self._file.read_text(encoding="utf-8").splitlines())
        return [
            line
            for line in lines
            if line["what"] == what and facts.items() <= line.items()
        ]

    def began(self, task_id: str) -> list[dict[str, Any]]:
        return self.said("began", task_id=task_id)

    def logs(self) -> str:
        return "".join(log.read_text() for log in self._directory.glob("*er*-*.log"))

    async def _start(
        self,
        kind: str,
        environment: dict[str, str],
        options: Sequence[str],
        *,
        doomed: bool = False,
        begins_with: str = "",
    ) -> Actor:
        """When it is ready, or has said what it begins with."""
        number = next(_numbers)
        health = self._directory / f"{kind}-{number}.healthy"
        log = self._directory / f"{kind}-{number}.log"
        given = {
            **os.environ,
            "NATS_URL": self._nats_url[kind],
            "TASK_ACK_WAIT": str(ACK_WAIT),
            "HEALTH_FILE": str(health),
            "RECORD": str(self._file),
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.actor", kind, *options),
                env=given,
                stdout=file,
                stderr=file,
            )
        actor = Actor(process, self._file)
        self._actors.append(actor)
        await eventually(
            lambda: health.exists()
            or actor.has_ended
            or (begins_with and begins_with in log.read_text())
        )
        assert doomed or not actor.has_ended, log.name
        return actor

    async def close(self) -> None:
        for actor in self._actors:
            if not actor.has_ended:
                await actor.kill()


@asynccontextmanager
async def stage(
    directory: Path, worker_url: str, handlers_url: str | None = None
) -> AsyncIterator[Stage]:
    """Both enter NATS at ``worker_url`` where only that is given."""
    made = Stage(directory, worker_url, handlers_url or worker_url)
    try:
        yield made
    finally:
        await made.close()


async def send(client: Client, what: str, lane: Lane = "low") -> str:
    """A task that does this; its id."""
    made = parse_command(what)
    await CommandPublisher(client).send(made, lane)
    return made.task_id
