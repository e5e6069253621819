"""What TASKS and the workers have of a task: asked for the few rows where it matters."""

import base64
from typing import Any

from nats.errors import NoRespondersError

from onemanage.contracts.registry import AnyTask, holder_subject, task_named
from onemanage.gateway.tasks.queues import lane_of
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import message_id
from onemanage.platform.messaging.history import Histories
from onemanage.platform.messaging.nats import MSG_ID, Client

_ANSWERED_WITHIN_SECONDS = 1.0


class TaskStream:
    """Raises JetStreamRefused, TimeoutError or a NatsError where NATS is not well."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._histories = Histories(client)

    async def holds(self, row: TaskRow) -> bool:
        """Whether its message lies there. A stream that was put back counts anew."""
        if row.sequence is None:
            return False
        try:
            path = f"STREAM.MSG.GET.{topology.TASKS}"
            found = await management.request(self._client, path, {"seq": row.sequence})
        except management.JetStreamRefused as refusal:
            if refusal.code == management.NO_MESSAGE:
                return False
            raise
        wanted = f"{MSG_ID}: {message_id(row.id, row.run)}"
        return wanted in _headers(found["message"]).splitlines()

    async def was_given_out(self, row: TaskRow, spec: AnyTask) -> bool:
        """Whether any worker has been given a message as late as this one."""
        consumer = topology.worker_consumer(
            spec.worker, lane_of(row.subject), 0
        ).durable
        path = f"CONSUMER.INFO.{topology.TASKS}.{consumer}"
        info = await management.request(self._client, path)
        given: int = info["delivered"]["stream_seq"]
        return row.sequence is None or given >= row.sequence

    async def remove(self, row: TaskRow) -> None:
        """Take its command out of the stream. Nothing happens where it is not there."""
        path = f"STREAM.MSG.DELETE.{topology.TASKS}"
        try:
            body = {"seq": row.sequence, "no_erase": True}
            await management.request(self._client, path, body)
        except management.JetStreamRefused:
            # What the server says of a missing message depends on where it misses it.
            if await self.holds(row):
                raise

    async def is_in_hand(self, task_id: str) -> bool:
        """Whether a worker says that it has the task. Of one that hangs nothing comes."""
        try:
            subject = holder_subject(task_id)
            await self._client.ask(subject, b"", timeout=_ANSWERED_WITHIN_SECONDS)
        except (TimeoutError, NoRespondersError):
            return False
        return True

    async def has_ended(self, row: TaskRow) -> bool:
        """Whether EVENTS has its end, which then is on its way to the row."""
        spec = task_named(row.name)
        if spec is None:
            return False
        since = row.released_at or row.created_at
        history = await self._histories.of(spec, row.id, row.run, since)
        return history.ended


def _headers(message: dict[str, Any]) -> str:
    return base64.b64decode(message.get("hdrs", "")).decode()
