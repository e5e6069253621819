"""A task is one declaration, from which all that is said of it follows."""

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec

from onemanage.contracts.base import (
    AcceptedEvent,
    CancelledEvent,
    Command,
    CompletedEvent,
    Event,
    FailedEvent,
    HandedOverEvent,
    ProgressEvent,
    RequestedEvent,
    StartedEvent,
    Status,
)
from onemanage.contracts.public import public_fields
from onemanage.contracts.specs import EventSpec, Lane

GATEWAY = "gateway"
"""The one service that sends commands."""


@dataclass(frozen=True)
class Task[C: Command, R: msgspec.Struct]:
    """What one worker does at somebody's word, and every event about it.

    The name is the tag of its command and the middle of its events' subjects. The
    types of its events are made here: ``PUBLISH.Completed`` is a ``CompletedEvent`` of
    the result, tagged ``preview.publish.completed``.
    """

    name: str
    """``domain.action`` as in ``psd.parse_export``, or one word."""
    _: KW_ONLY
    command: type[C]
    result: type[R]
    worker: str
    """The service that carries it out, as in ``tasks.<worker>.high``."""
    makes: str | None = None
    """The field of the result that is the id of what it makes."""
    requester: str | None = None
    """The service that asks for it, by ``Requested``, where it follows from a fact."""
    timeout: float = 300.0
    """Seconds one attempt may take."""
    leaves: Literal["artifacts", "merge", "plan", "rows", "previews"] | None = (
        "artifacts"
    )
    """What a run that failed or was cancelled may leave, for its worker's service to
    discard. None where everything goes with the transaction."""
    heavy: Callable[[C], bool] | None = None
    """Of its command: whether it wants a larger machine, by bytes, pixels or rows. It
    runs wherever there is room; elastic compute starts a large worker for it at once.
    None where none of them ever is."""
    title: str | None = None
    """What the types of its events begin with, where several services have a task
    of this action."""

    def __post_init__(self) -> None:
        tag = self.command.__struct_config__.tag
        if tag != self.name:
            raise TypeError(f"{self.command.__name__} is tagged {tag}, not {self.name}")
        if self.requester is not None and "." not in self.name:
            raise TypeError(f"{self.name}: who asks is heard on events.*.*.requested")
        public_fields(self.result)  # who asked for it is shown it

    @cached_property
    def Accepted(self) -> type[AcceptedEvent]:
        """The event that says so: the type to decode and to send."""
        return self._event(AcceptedEvent, Status.ACCEPTED)

    @cached_property
    def Started(self) -> type[StartedEvent]:
        """The event of an attempt that begins."""
        return self._event(StartedEvent, Status.STARTED)

    @cached_property
    def Progress(self) -> type[ProgressEvent]:
        """The event of a run that is under way."""
        return self._event(ProgressEvent, Status.PROGRESS)

    @cached_property
    def HandedOver(self) -> type[HandedOverEvent]:
        """The event of a worker that goes before the task is done."""
        return self._event(HandedOverEvent, "handed_over")

    @cached_property
    def Completed(self) -> type[CompletedEvent[R]]:
        """The event of a good end; editors know ``result`` by the task's own type."""
        return self._event(CompletedEvent, Status.COMPLETED, result=self.result)

    @cached_property
    def Failed(self) -> type[FailedEvent]:
        """The event of a run that has ended in an error."""
        return self._event(FailedEvent, Status.FAILED)

    @cached_property
    def Cancelled(self) -> type[CancelledEvent]:
        """The event of a run that was stopped because somebody asked for it."""
        return self._event(CancelledEvent, Status.CANCELLED)

    @cached_property
    def Requested(self) -> type[RequestedEvent[C]]:
        """Raises LookupError where it follows from no fact."""
        if self.requester is None:
            raise LookupError(
                f"no service may ask for {self.name}: it has no requester"
            )
        return self._event(RequestedEvent, "requested", command=self.command)

    def is_heavy(self, command: C) -> bool:
        """By its own rule."""
        return self.heavy is not None and self.heavy(command)

    def subject(self, lane: Lane) -> str:
        """Where its commands are sent to."""
        return f"tasks.{self.worker}.{lane}"

    def event_subject(self, status: Status) -> str:
        """Where on EVENTS the fact of this status is published."""
        return f"events.{self.name}.{status}"

    @property
    def handed_over_subject(self) -> str:
        """Where it is published that a worker has given it back."""
        return f"events.{self.name}.handed_over"

    def event(self, status: Status) -> type[Event]:
        """The type of what is said of it in this status."""
        found: type[Event] = getattr(self, status.capitalize())
        return found

    def events(self) -> Iterator[EventSpec]:
        """All that is said of it, with who says so."""
        if self.requester is not None:
            subject = f"events.{self.name}.requested"
            yield EventSpec(subject, self.Requested, self.requester, is_inner=True)
        handed_over = self.handed_over_subject
        yield EventSpec(handed_over, self.HandedOver, self.worker, is_inner=True)
        for status in Status:
            producer = GATEWAY if status is Status.ACCEPTED else self.worker
            yield EventSpec(self.event_subject(status), self.event(status), producer)

    def _event[E: Event](self, base: type[E], ending: str, **carried: Any) -> type[E]:
        action = self.name.rpartition(".")[2].title().replace("_", "")
        made: Any = msgspec.defstruct(
            f"{self.title or action}{ending.title().replace('_', '')}",
            list(carried.items()),
            bases=(base,),
            module=self.command.__module__,
            frozen=True,
            kw_only=True,
            tag=f"{self.name}.{ending}",
        )
        kind: type[E] = made
        return kind
