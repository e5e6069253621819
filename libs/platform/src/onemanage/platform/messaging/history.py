"""What EVENTS has of a run: how often it was begun, and whether it has ended.

JetStream counts deliveries. That is not how often a task was tried: a message may be
delivered to a worker that is stopping, or wait there while another task takes the
worker down. And a worker may die between saying that a task is completed and
acknowledging its message. The events tell; the stream keeps them for seven days.
"""

import asyncio
from datetime import datetime, timedelta

import msgspec

from onemanage.contracts.base import TERMINAL, Status, event_id
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import MSG_ID, Client
from onemanage.platform.messaging.stored_events import events_since

# The two streams may be led by nodes whose clocks differ.
_CLOCKS_APART = timedelta(minutes=1)


class History(msgspec.Struct, frozen=True):
    """Of one run."""

    attempts: int = 0
    """The number of the last one that a worker has begun."""
    ended: bool = False


def started_step(attempt: int) -> str:
    """Tells the started events of one run apart."""
    return str(attempt) if attempt > 1 else ""


async def history_of(
    client: Client, spec: AnyTask, task_id: str, run: int, since: datetime
) -> History:
    """Look through the events of this kind of task since ``since``, headers only.

    Raises nats.errors.Error or TimeoutError where JetStream cannot say.
    """
    endings = {str(event_id(task_id, status, run=run)) for status in TERMINAL}
    starts = {
        str(event_id(task_id, Status.STARTED, started_step(attempt), run)): attempt
        for attempt in range(1, topology.TASK_MAX_DELIVER + 1)
    }
    attempts = 0
    for message_id in await _message_ids(client, spec, since):
        if message_id in endings:
            return History(attempts, ended=True)
        attempts = max(attempts, starts.get(message_id or "", 0))
    return History(attempts)


async def progress_told(
    client: Client, spec: AnyTask, task_id: str, run: int, since: datetime
) -> int:
    """How far the run was said to have come since ``since``; -1 where nothing was said.

    Raises as ``history_of`` does.
    """
    done = -1
    for body in await _bodies(client, spec, since):
        event = msgspec.json.decode(body, type=_Told)
        if (event.task_id, event.run) == (task_id, run):
            done = max(done, event.progress.done)
    return done


class _Done(msgspec.Struct):
    done: int


class _Told(msgspec.Struct):
    task_id: str
    progress: _Done
    run: int = 1


async def _bodies(client: Client, spec: AnyTask, since: datetime) -> list[bytes]:
    subject = spec.event_subject(Status.PROGRESS)
    messages = await events_since(client, subject, since - _CLOCKS_APART)
    return [message.data for message in messages]


async def _message_ids(
    client: Client, spec: AnyTask, since: datetime
) -> list[str | None]:
    subjects = [spec.event_subject(s) for s in (Status.STARTED, *TERMINAL)]
    found = await asyncio.gather(
        *(
            events_since(client, subject, since - _CLOCKS_APART, headers_only=True)
            for subject in subjects
        )
    )
    return [(m.headers or {}).get(MSG_ID) for messages in found for m in messages]
