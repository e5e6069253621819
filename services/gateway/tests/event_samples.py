"""Events that are published, and clients that follow them over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from onemanage.contracts.base import ErrorInfo, Progress, Status, new_id
from onemanage.contracts.registry import task_named
from onemanage.gateway.events.hub import Hub
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import PATIENCE

from .psd_samples import KEY, World


def hub_of(world: World) -> Hub:
    """Tests look at who is there; routes never do."""
    return world.gateway.events._hub


class Frame(msgspec.Struct):
    """What stands between two blank lines."""

    id: str | None = None
    event: str | None = None
    data: Any = None
    retry: int | None = None
    comment: str | None = None

    @property
    def place(self) -> int:
        return int(self.id or "")


class Stream:
    """One answer that goes on."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def frame(self) -> Frame | None:
        """The next one; None where the stream has ended."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line and fields:
                    return _frame(fields)
                name, _, value = line.partition(": ")
                fields[name or "comment"] = value
        assert not fields, "the stream ends within a frame"
        return None

    async def told(self) -> Frame:
        """The next one with data."""
        while (frame := await self.frame()) is not None:
            if frame.data is not None:
                return frame
        raise AssertionError("the stream has ended")

    async def rest(self) -> list[Frame]:
        """All with data, until it ends."""
        frames = []
        while (frame := await self.frame()) is not None:
            frames.append(frame)
        return [each for each in frames if each.data is not None]


def _frame(fields: dict[str, str]) -> Frame:
    data = fields.get("data")
    return Frame(
        id=fields.get("id"),
        event=fields.get("event"),
        data=None if data is None else msgspec.json.decode(data),
        retry=int(fields["retry"]) if "retry" in fields else None,
        comment=fields.get("comment"),
    )


@asynccontextmanager
async def follow(
    port: int,
    key: str = KEY,
    last_id: object = None,
    path: str = "/v1/events",
    **query: Any,
) -> AsyncIterator[Stream]:
    """A client of a stream of events that has been answered.

    Of all types where a task is named, else of psd's alone, where none is said: the
    gateway tells of the world's file whenever it comes to that.
    """
    if "task_id" not in query:
        query = {"type": "psd.*"} | query
    headers = {"Authorization": f"Bearer {key}"}
    if last_id is not None:
        headers["Last-Event-ID"] = str(last_id)
    url = f"http://127.0.0.1:{port}{path}"
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        async with client.stream("GET", url, headers=headers, params=query) as answer:
            yield Stream(answer)


class Teller:
    """Publishes what services would."""

    def __init__(self, nats: Client) -> None:
        self._publisher = EventPublisher(nats)
        self._steps = 0

    async def progress(
        self, task_id: str | None = None, workspace_id: str = OWNER_WORKSPACE
    ) -> str:
        """Of a task; its id."""
        self._steps += 1
        progress = Progress(step="images", done=self._steps, total=0)
        return await self.tell(
            Status.PROGRESS,
            task_id,
            workspace_id,
            step=str(self._steps),
            progress=progress,
        )

    async def failed(self, task_id: str, *, run: int = 1, size: int = 0) -> str:
        error = ErrorInfo(code="psd.damaged", message="x" * size)
        return await self.tell(Status.FAILED, task_id, run=run, error=error)

    async def tell(
        self,
        status: Status,
        task_id: str | None = None,
        workspace_id: str = OWNER_WORKSPACE,
        task: str = "psd.parse_export",
        step: str = "",
        run: int = 1,
        **facts: Any,
    ) -> str:
        spec = task_named(task)
        assert spec is not None
        task_id = task_id or new_id("tsk")
        event = make_event(
            spec, status, task_id, workspace_id, step=step, run=run, **facts
        )
        await self._publisher.publish(event)
        return task_id
