"""What EVENTS has of a run: how often it was begun, and whether it has ended.

JetStream counts deliveries. That is not how often a task was tried: a message may be
delivered to a worker that is stopping, or wait there while another task takes the
worker down. And a worker may die between saying that a task is completed and
acknowledging its message. The events tell; the stream keeps them for seven days.
"""

import asyncio
from collections.abc import Callable, Set
from datetime import datetime, timedelta

import msgspec

from onemanage.contracts.base import TERMINAL, Status, event_id
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.event_ids import EventIds
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.stored_events import events_since

# The two streams may be led by nodes whose clocks differ.
_CLOCKS_APART = timedelta(minutes=1)


class History(msgspec.Struct, frozen=True):
    """Of one run."""

    starts: int = 0
    """The number of the last time that a worker has begun it."""
    attempts: int = 0
    """Of those the ones that count: that were not handed over."""
    ended: bool = False


def started_step(start: int) -> str:
    """Tells the started events of one run apart; and, unlike a bare number, the second
    start of the first run from the first of the second."""
    return f"start-{start}" if start > 1 else ""


def handed_over_step(start: int) -> str:
    """Tells apart which of a run's starts were handed over."""
    return f"handed_over-{start}"


class Histories:
    """Of all tasks that one process asks about."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ids: dict[str, EventIds] = {}

    async def of(
        self, spec: AnyTask, task_id: str, run: int, since: datetime
    ) -> History:
        """By the events of this kind of task since ``since``.

        Raises nats.errors.Error or TimeoutError where JetStream cannot say.
        """
        endings = {str(event_id(task_id, status, run=run)) for status in TERMINAL}
        handed_over, begun, *ended = await asyncio.gather(
            self._of_subject(spec.handed_over_subject, since),
            *(
                self._of_subject(spec.event_subject(status), since)
                for status in (Status.STARTED, *TERMINAL)
            ),
        )

        def told(step: Callable[[int], str], ids: Set[str | None]) -> set[int]:
            return {
                start
                for start in range(1, topology.TASK_MAX_DELIVER + 1)
                if str(event_id(task_id, Status.STARTED, step(start), run)) in ids
            }

        given_back = told(handed_over_step, handed_over)
        # A release before this one told its further starts by their bare numbers.
        starts = max(
            told(started_step, begun) | told(str, begun) | given_back, default=0
        )
        is_ended = any(not endings.isdisjoint(ids) for ids in ended)
        return History(starts, starts - len(given_back), is_ended)

    async def _of_subject(self, subject: str, since: datetime) -> Set[str | None]:
        for ids in self._ids.values():
            ids.forget()
        found = self._ids.get(subject)
        if found is None:
            found = self._ids[subject] = EventIds(self._client, subject)
        return await found.since(since - _CLOCKS_APART)


async def progress_told(
    client: Client, spec: AnyTask, task_id: str, run: int, since: datetime
) -> int:
    """How far the run was said to have come since ``since``; -1 where nothing was said.

    Raises as ``Histories.of`` does.
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
