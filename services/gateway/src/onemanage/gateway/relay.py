"""The outbox: what is committed is published, at once or, failing that, again.

A row is published by the process that wrote it; a sweeper publishes what remained,
of any process. Both use the task id as the message id, so JetStream stores it once.
"""

import asyncio

import anyio
import msgspec
from loguru import logger

from onemanage.contracts.base import Status, event_id
from onemanage.contracts.files import FileUploadCompleted
from onemanage.contracts.registry import Lane, command_spec
from onemanage.gateway.store import FileRow, Store, TaskRow
from onemanage.platform.commands import CommandPublisher
from onemanage.platform.events import EventPublisher
from onemanage.platform.nats import Client, PublishUnconfirmed
from onemanage.platform.telemetry import TRACEPARENT, traced

_EVERY = 2.0
_BATCH = 200
_PUBLISHERS = 8
_PATIENCE = 5.0
_HOUSEKEEPING_EVERY = 300


class Relay:
    """``submit`` hands a committed row over; ``run`` works until it is cancelled."""

    def __init__(self, client: Client, store: Store) -> None:
        self._store = store
        self._commands = CommandPublisher(client)
        self._events = EventPublisher(client)
        self._client = client
        self._queue: asyncio.Queue[TaskRow | FileRow] = asyncio.Queue()

    def submit(self, row: TaskRow | FileRow) -> None:
        self._queue.put_nowait(row)

    async def run(self) -> None:
        async with anyio.create_task_group() as group:
            for _ in range(_PUBLISHERS):
                group.start_soon(self._work)
            group.start_soon(self._sweep)

    async def drained(self) -> None:
        """Return when everything submitted has been tried."""
        await self._queue.join()

    async def _work(self) -> None:
        while True:
            row = await self._queue.get()
            try:
                await self._publish(row)
            except PublishUnconfirmed as error:
                logger.warning("Not published yet, the sweeper will: {}", error)
            except Exception:  # the row stands as it was; the sweeper comes by
                logger.exception("{} could not be published", row.id)
            finally:
                self._queue.task_done()

    async def _sweep(self) -> None:
        turn = 0
        while True:
            try:
                if turn % _HOUSEKEEPING_EVERY == 0:
                    await self._store.forget_idempotency_keys()
                if self._client.is_connected and self._queue.empty():
                    for task in await self._store.unpublished(_BATCH):
                        self.submit(task)
                    for file in await self._store.unannounced_files(_BATCH):
                        self.submit(file)
            except Exception as error:  # PostgreSQL is away: look again
                logger.warning("The outbox could not be swept: {!r}", error)
            turn += 1
            await asyncio.sleep(_EVERY)

    async def _publish(self, row: TaskRow | FileRow) -> None:
        if isinstance(row, FileRow):
            await self._announce(row)
            return
        with traced(
            {TRACEPARENT: row.traceparent or ""},
            task_id=row.id,
            workspace_id=row.workspace_id,
        ):
            await self._send(row)

    async def _send(self, row: TaskRow) -> None:
        spec = command_spec(row.name)
        if spec is None:
            raise LookupError(f"{row.name} is not in the subject registry")
        fields = {
            **row.command,
            "type": row.name,
            "task_id": row.id,
            "workspace_id": row.workspace_id,
        }
        command = msgspec.convert(fields, spec.type)
        lane: Lane = "high" if row.lane == "high" else "low"
        await self._commands.send(command, lane, patience=_PATIENCE)
        await self._store.mark_published(row.id)

    async def _announce(self, file: FileRow) -> None:
        await self._events.publish(
            FileUploadCompleted(
                event_id=event_id(file.id, Status.COMPLETED),
                task_id=file.id,
                workspace_id=file.workspace_id,
                status=Status.COMPLETED,
                file_id=file.id,
                name=file.name,
                size=file.size,
                sha256=file.sha256,
                media_type=file.media_type,
                object_key=file.object_key,
            )
        )
        await self._store.mark_announced(file.id)
