"""What a line of the subject registry says."""

from typing import Literal

import msgspec

from onemanage.contracts.base import Event, Query, QuickQuestion

Lane = Literal["high", "low"]
HANDLER_PREFIX = "consumer_"
"""Of the durable names of event handlers, so that a retired one is told from others'."""
LANES: tuple[Lane, ...] = ("high", "low")


class EventSpec(msgspec.Struct, frozen=True):
    subject: str
    type: type[Event]
    producer: str
    is_inner: bool = False
    """Whether it is between services, or for operators: no client is told of it."""


class QuerySpec(msgspec.Struct, frozen=True):
    subject: str
    question: type[Query]
    answer: type[msgspec.Struct]
    owner: str
    scans: bool = False
    """Whether it may have to read all that the workspace has."""
    asker: str = "gateway"
    """The one service that may ask."""


class QuickSpec(msgspec.Struct, frozen=True):
    subject: str
    question: type[QuickQuestion]
    answer: type[msgspec.Struct]
    owner: str
    """Its workers answer."""
    askers: tuple[str, ...] = ("gateway",)

    @property
    def free_subject(self) -> str:
        """For a worker that can begin at once; ``subject`` is for any."""
        return f"{self.subject}.free"


class ConsumerSpec(msgspec.Struct, frozen=True):
    """An event handler: one durable consumer that sees ``subjects`` alone."""

    handler: str
    service: str
    subjects: tuple[str, ...]

    @property
    def durable(self) -> str:
        """The consumer's name on the server."""
        return f"{HANDLER_PREFIX}{self.handler}"
