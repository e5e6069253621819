"""What is committed is published, at once or, failing that, again.

A row is published by the process that gave it its turn; a sweeper (dispatcher.py)
hands over what remained, of any process. Whoever it is uses the same message id, so
JetStream stores it once.
"""

import asyncio
import time
from datetime import timedelta
from typing import Any

import anyio
import msgspec
from loguru import logger
from nats.errors import Error as NatsError

from onemanage.contracts.base import ErrorInfo, Event, Status, event_id, utc_now
from onemanage.contracts.files import FileUploadCompleted
from onemanage.contracts.registry import AnyTask, cancel_subject, subject_of, task_named
from onemanage.gateway.store import FileRow
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.queues import lane_of
from onemanage.gateway.tasks.store import TaskRow
from onemanage.gateway.tasks.stream import TaskStream
from onemanage.platform.messaging import management
from onemanage.platform.messaging.commands import CommandPublisher
from onemanage.platform.messaging.events import EventPublisher, make_event
from onemanage.platform.messaging.nats import (
    Client,
    MessageTooLarge,
    PublishUnconfirmed,
)
from onemanage.platform.process.telemetry import TRACEPARENT, traced

_PUBLISHERS = 8
_PATIENCE_SECONDS = 5.0
_LATER_SECONDS = 60.0
_STORED_LONG_AGO = timedelta(minutes=5)
"""Less than the ten for which JetStream knows a repetition."""
_NOBODY_CAN = timedelta(minutes=10)
"""After which no release beside this one is going to send what this one cannot."""
_UNWELL = (management.JetStreamRefused, NatsError, TimeoutError)
"""What a question to JetStream may raise."""
_TOO_LARGE = ErrorInfo(
    code="task.too_large",
    message="this order is larger than any message to a worker may be; send several "
    "smaller orders",
)
_UNSENDABLE = ErrorInfo(
    code="task.unsendable",
    message="this order cannot be read by the release that is running; hand the task "
    "id to your operator, or retry it after the next upgrade",
    retryable=True,
)
_LOST = ErrorInfo(
    code="task.lost",
    message="the order was lost on its way to a worker, and no copy of it is kept; send "
    "the request that it came from again",
    retryable=True,
)


class Relay:
    """``submit`` hands a committed row over; ``run`` works until it is cancelled."""

    def __init__(self, client: Client, outbox: Outbox) -> None:
        self._outbox = outbox
        self._commands = CommandPublisher(client)
        self._events = EventPublisher(client)
        self.client = client
        self.stream = TaskStream(client)
        self._queue: asyncio.Queue[TaskRow | FileRow] = asyncio.Queue()
        self._at_hand: set[str] = set()
        self._put_off: dict[str, float] = {}
        """Rows that this release cannot send, as after a rollback, and until when."""

    @property
    def is_connected(self) -> bool:
        """Whether NATS is in reach now."""
        return self.client.is_connected

    @property
    def put_off(self) -> list[str]:
        """Ids of rows that the sweeper is to leave alone for now."""
        now = time.monotonic()
        self._put_off = {row: at for row, at in self._put_off.items() if at > now}
        return list(self._put_off)

    def submit(self, row: TaskRow | FileRow) -> None:
        """A released or cancelled task, or a file; one that is at hand is left alone."""
        if row.id not in self._at_hand:
            self._at_hand.add(row.id)
            self._queue.put_nowait(row)

    async def ask_to_stop(self, task_id: str) -> None:
        """Tell whichever worker runs it. It is asked again until it has stopped."""
        try:
            await self.client.publish(cancel_subject(task_id))
        except NatsError as error:
            logger.warning("Not asked to stop yet, the sweeper will: {!r}", error)

    async def run(self) -> None:
        """Publish what is submitted, until cancelled."""
        async with anyio.create_task_group() as group:
            for _ in range(_PUBLISHERS):
                group.start_soon(self._work)

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
                self._put_off[row.id] = time.monotonic() + _LATER_SECONDS
            finally:
                self._at_hand.discard(row.id)
                self._queue.task_done()

    async def _publish(self, row: TaskRow | FileRow) -> None:
        if isinstance(row, FileRow):
            await self._announce(row)
            return
        with traced(
            {TRACEPARENT: row.traceparent or ""},
            f"send {row.name}",
            "producer",
            task_id=row.id,
            workspace_id=row.workspace_id,
        ):
            spec = task_named(row.name)
            if spec is None:
                await self._leave_unknown(row)
                return
            sequence, is_heavy = None, False
            if row.state == "cancelled" or row.cancel_requested_at:
                await self._tell_end(row, spec, Status.CANCELLED)
            else:
                sequence, is_heavy = await self._send_or_fail(row, spec)
            now = await self._outbox.mark_published(row.id, row.run, sequence, is_heavy)
            if now is not None and now.state == "cancelled" and sequence is not None:
                # It was taken back before anybody knew where its message stands.
                await self.stream.remove(now)

    async def _send_or_fail(
        self, row: TaskRow, spec: AnyTask
    ) -> tuple[int | None, bool]:
        """Where it lies in TASKS, and whether it is heavy.

        What can never be sent ends here: it would stand before others for ever.
        """
        if row.command is None:
            await self._tell_end(row, spec, Status.FAILED, error=_LOST)
            return None, False
        try:
            return await self._send(row, spec)
        except MessageTooLarge as error:
            logger.error("{} fails, as it is too large: {}", row.name, error)
            await self._tell_end(row, spec, Status.FAILED, error=_TOO_LARGE)
        except msgspec.ValidationError as error:
            if not _is_overdue(row):
                raise
            logger.error("{} fails, as it cannot be read: {}", row.name, error)
            await self._tell_end(row, spec, Status.FAILED, error=_UNSENDABLE)
        return None, False

    async def _leave_unknown(self, row: TaskRow) -> None:
        """Another release may know it. No event can be told of what this one does not."""
        if not _is_overdue(row):
            raise LookupError(f"{row.name} is not in the subject registry")
        logger.error("{} fails, as no release knows it", row.name)
        await self._outbox.fail(row.id, row.run, _UNSENDABLE)

    async def _send(self, row: TaskRow, spec: AnyTask) -> tuple[int, bool]:
        fields = {
            **row.command,
            "type": row.name,
            "task_id": row.id,
            "workspace_id": row.workspace_id,
            "run": row.run,
        }
        resent_since = None
        if row.published_at or _age(row) > _STORED_LONG_AGO:
            resent_since = row.released_at
        command = msgspec.convert(fields, spec.command)
        sequence = await self._commands.send(
            command,
            lane_of(row.subject),
            patience=_PATIENCE_SECONDS,
            resent_since=resent_since,
        )
        return sequence, spec.is_heavy(command)

    async def withdraw(self, row: TaskRow) -> Event | None:
        """End a queued task that no worker has been given; the event that says so.

        None where one may have it, where its end was said before, or where that cannot
        be known now: then it is asked to stop, again and again.
        """
        spec = task_named(row.name)
        if row.state != "queued" or spec is None or not self.is_connected:
            return None
        try:
            if row.published_at is not None:
                given = await self.stream.was_given_out(row, spec)
                if given or not await self.stream.holds(row):
                    return None
            ended = await self._tell_end(row, spec, Status.CANCELLED)
            if row.sequence is not None:
                await self.stream.remove(row)
        except (*_UNWELL, PublishUnconfirmed) as error:
            logger.warning("Not withdrawn yet, the sweeper will: {!r}", error)
            return None
        return ended

    async def _tell_end(
        self, row: TaskRow, spec: AnyTask, status: Status, **facts: Any
    ) -> Event | None:
        """Of what no worker has: it is accepted, and it has ended. None where another
        end was told before."""
        ids = row.id, row.workspace_id
        accepted = make_event(spec, Status.ACCEPTED, *ids, run=row.run)
        await self._events.publish(accepted, patience=_PATIENCE_SECONDS)
        ended = make_event(spec, status, *ids, run=row.run, **facts)
        before = await self._events.publish_first(ended, patience=_PATIENCE_SECONDS)
        if before is None or before.subject == subject_of(ended):
            return ended
        return None

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
            ),
            patience=_PATIENCE_SECONDS,
        )
        await self._outbox.mark_announced(file.id)


def _is_overdue(row: TaskRow) -> bool:
    return _age(row) > _NOBODY_CAN


def _age(row: TaskRow) -> timedelta:
    """Since it had its turn, or was taken back before."""
    since = row.released_at or row.finished_at or utc_now()
    return utc_now() - since
