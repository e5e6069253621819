"""One event of a stream, whatever a newer server calls it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from httpx_sse import ServerSentEvent

ENDED = frozenset({"completed", "failed", "cancelled"})
"""States of a task after which nothing more is heard of it."""


@dataclass(frozen=True)
class Event:
    """What has happened. ``data`` is all that was said of it."""

    id: str
    """Give it back as ``last_event_id``, to hear what comes after it."""
    name: str
    """``task`` for the task as it stands, ``progress``, ``completed``, …; ``reset`` where
    events may have been missed; ``message`` where the stream names none."""
    data: Any = field(repr=False)

    @property
    def type(self) -> str:
        """As docs/webhooks.md names it, such as ``psd.parse_export.completed``."""
        return str(self._of("type") or self.name)

    @property
    def task_id(self) -> str | None:
        """Of the task that it is about."""
        found: str | None = self._of("id" if self.name == "task" else "task_id")
        return found

    @property
    def status(self) -> str:
        """Of the task: accepted, started, progress, completed, failed, cancelled, …"""
        return str(self._of("state" if self.name == "task" else "status") or self.name)

    @property
    def progress(self) -> dict[str, Any] | None:
        """``step``, ``done`` and ``total``, where it tells of progress."""
        found: dict[str, Any] | None = self._of("progress")
        return found

    @property
    def is_end(self) -> bool:
        """Whether a run of the task ends with it."""
        return self.status in ENDED

    def _of(self, name: str) -> Any:
        return self.data.get(name) if isinstance(self.data, dict) else None


EventGenerator = Generator[Event, None, None]
AsyncEventGenerator = AsyncGenerator[Event, None]


def no_events() -> Iterator[ServerSentEvent]:
    """None at all."""
    return iter(())


async def async_no_events() -> AsyncIterator[ServerSentEvent]:
    """None at all."""
    for event in no_events():
        yield event


def read_event(told: ServerSentEvent) -> Event:
    """Data that is no JSON is given as text."""
    try:
        data: Any = msgspec.json.decode(told.data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        data = told.data
    return Event(id=told.id, name=told.event or "message", data=data)
