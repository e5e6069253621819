"""One event as clients of /v1/events see it: decoded, cut and encoded once for all."""

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import cached_property, lru_cache

import msgspec
from loguru import logger

from onemanage.contracts.base import TERMINAL, Event
from onemanage.contracts.registry import EVENTS
from onemanage.gateway.http.event_stream import frame
from onemanage.gateway.tasks import answers
from onemanage.platform.messaging.events import NewerEvent, UnknownEvent, decode_event
from onemanage.platform.messaging.stored_events import EventAt

_PREFIX = "events."
TYPES = frozenset(
    spec.subject.removeprefix(_PREFIX) for spec in EVENTS if not spec.is_inner
)
"""What a client may be told of."""


class _Head(msgspec.Struct):
    """Whom an event concerns, read without the rest."""

    workspace_id: str
    task_id: str


_head = msgspec.json.Decoder(_Head)


class Entry:
    """An event in its place in the stream."""

    def __init__(self, event: EventAt) -> None:
        self.sequence, self.payload = event.sequence, event.payload
        self.subject = event.subject
        self.type = event.subject.removeprefix(_PREFIX)

    @cached_property
    def head(self) -> _Head | None:
        """None where the payload is no event."""
        try:
            return _head.decode(self.payload)
        except (msgspec.DecodeError, ValueError) as error:
            logger.debug("Passed over on {}: {}", self.subject, error)
            return None

    @cached_property
    def event(self) -> Event | None:
        """None where this release cannot read it."""
        try:
            return decode_event(self.subject, self.payload)
        except (UnknownEvent, NewerEvent, msgspec.DecodeError, ValueError) as error:
            logger.debug("Passed over on {}: {}", self.subject, error)
            return None

    @cached_property
    def frame(self) -> bytes:
        """Empty where there is nothing to show."""
        if self.event is None:
            return b""
        data = msgspec.json.encode(answers.event(self.event))
        return frame(data, id=self.sequence)


class Wanted(msgspec.Struct, frozen=True):
    """Which events a client follows. Those of another workspace, never."""

    workspace_id: str
    types: frozenset[str] = TYPES
    task_id: str | None = None
    task_name: str = ""
    run: int = 1
    """Of the task: with the end of this run, or a later one, nothing more is wanted."""

    @property
    def subject(self) -> str:
        """A filter that NATS knows, around these."""
        return f"{_PREFIX}{self.task_name}.*" if self.task_id else f"{_PREFIX}>"

    def has(self, entry: Entry) -> bool:
        """Whether it is among them."""
        if entry.type not in self.types or not self.concerns(entry):
            return False
        return bool(entry.frame)

    def ends_with(self, entry: Entry) -> bool:
        """Whether it is the end of the task, be its type among those wanted or not."""
        if self.task_id is None or not self.concerns(entry):
            return False
        event = entry.event
        return event is not None and event.status in TERMINAL and event.run >= self.run

    def concerns(self, entry: Entry) -> bool:
        """Whether it is of the workspace, and of the task where there is one."""
        head = entry.head
        return (
            head is not None
            and head.workspace_id == self.workspace_id
            and self.task_id in (None, head.task_id)
        )


def types_like(patterns: Sequence[str]) -> frozenset[str]:
    """All types that a pattern names, where ``*`` stands for any characters.

    Raises LookupError with the first pattern that names none.
    """
    return frozenset().union(*map(_types_like, patterns)) if patterns else TYPES


@lru_cache(256)
def _types_like(pattern: str) -> frozenset[str]:
    named = re.compile(translate(pattern))  # which never goes back, however many stars
    found = frozenset(filter(named.match, TYPES))
    if not found:
        raise LookupError(pattern)
    return found
