"""What a line of the subject registry says."""

from typing import Literal

import msgspec

from onemanage.contracts.base import Command, Event, Query, Status

Lane = Literal["high", "low"]
LANES: tuple[Lane, ...] = ("high", "low")


class CommandSpec(msgspec.Struct, frozen=True):
    """A task: its name is also the middle of its events' subjects."""

    name: str
    type: type[Command]
    worker: str
    """The service whose worker carries it out, as in ``tasks.<worker>.high``."""
    producers: tuple[str, ...]
    timeout: float = 300.0
    """Seconds one attempt may take."""

    def subject(self, lane: Lane) -> str:
        return f"tasks.{self.worker}.{lane}"

    def event_subject(self, status: Status) -> str:
        return f"events.{self.name}.{status}"


class EventSpec(msgspec.Struct, frozen=True):
    subject: str
    type: type[Event]
    producer: str


class QuerySpec(msgspec.Struct, frozen=True):
    subject: str
    question: type[Query]
    answer: type[msgspec.Struct]
    owner: str
    scans: bool = False
    """Whether it may have to read all that the workspace has."""


class ConsumerSpec(msgspec.Struct, frozen=True):
    """An event handler: one durable consumer that sees ``subject`` alone."""

    handler: str
    service: str
    subject: str

    @property
    def durable(self) -> str:
        return f"consumer_{self.handler}"
