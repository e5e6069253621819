"""What every message has: the base Structs of commands, events and queries.

A message is a frozen, keyword-only msgspec Struct. Commands and events carry a
``type`` tag, so a payload says by itself what it is. Within version 1 a Struct
only ever gains fields that have a default; readers ignore fields they do not know.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import msgspec

from onemanage.contracts.public import shows, shows_all

EVENT_VERSION = "1.0"
_NAMESPACE = uuid5(NAMESPACE_URL, "https://onemanage.dev/ids")


class Status(StrEnum):
    """The states a task passes through, each announced by one event."""

    ACCEPTED = "accepted"
    STARTED = "started"
    PROGRESS = "progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


def new_id(prefix: str) -> str:
    """A fresh typed id, as in ``tsk_5b0c…`` (prefix and 32 hex digits)."""
    return f"{prefix}_{uuid4().hex}"


def example_id(prefix: str) -> str:
    """A typed id that nothing has, to show what one looks like."""
    return f"{prefix}_{'0' * 32}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same typed id for the same parts, wherever and however often it is made."""
    return f"{prefix}_{uuid5(_NAMESPACE, ':'.join(parts)).hex}"


def event_id(task_id: str, status: Status, step: str = "", run: int = 1) -> UUID:
    """The id of the one event that says this about this run of this task.

    An attempt that repeats another makes the same id, so JetStream drops the
    repetition. ``step`` tells apart the facts that share a status: each progress
    report, each start of a further attempt. Completed, failed and cancelled share one
    id: a run ends once, and whoever says so first is right.
    """
    what = "ended" if status in TERMINAL else str(status)
    which = str(run) if run > 1 else ""
    return uuid5(_NAMESPACE, ":".join(filter(None, (task_id, what, step, which))))


def artifacts_prefix(workspace_id: str, task_id: str, run: int) -> str:
    """Where one run of a task leaves its objects, and no other run does."""
    return f"artifacts/{workspace_id}/{task_id}/{run}/"


def utc_now() -> datetime:
    """Now, with its time zone: all times in messages have one."""
    return datetime.now(UTC)


@shows_all
class ErrorInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Why a task failed, in words for the person who asked for it."""

    code: str
    """Stable, for programs: ``psd.not_a_psd``, ``task.timeout``, …"""
    message: str
    """What was wrong and what to do about it."""
    where: str | None = None
    """The place: a byte offset, a layer, a field."""
    retryable: bool = False
    """Whether the same request may succeed later as it stands."""


@shows_all
class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a task has come."""

    step: str
    done: int
    total: int
    """0 where nobody knows."""
    counts: dict[str, int] = {}
    """What has been counted besides, by name."""
    per_second: float | None = None
    """Of what ``done`` counts."""
    seconds_left: float | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """An order to one worker, at least once; ``task_id`` is the id of its task row."""

    task_id: str
    workspace_id: str
    run: int = 1
    """Counts what the user has asked for: 1, and one more for each retry or replay."""


@shows("event_id", "task_id", "status", "run", "timestamp", "event_version")
class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A fact about a task, for any number of consumers."""

    event_id: UUID
    task_id: str
    workspace_id: str
    status: Status
    run: int = 1
    """The run of the task that this is about."""
    timestamp: datetime = msgspec.field(default_factory=utc_now)
    event_version: str = EVENT_VERSION


class RequestedEvent[C: Command](Event, frozen=True, kw_only=True):
    """A service asks for a task that follows from a fact, on behalf of a workspace.

    The gateway gives it a row, and its turn among the workspace's other tasks. The id
    of the command's task follows from the fact as well. The status is ``accepted``, by
    whoever asks: version 1 gains no further one.
    """

    command: C


class AcceptedEvent(Event, frozen=True, kw_only=True):
    """The gateway has taken the command and promises that it will be carried out."""


@shows("attempt")
class StartedEvent(Event, frozen=True, kw_only=True):
    """A worker has begun; ``attempt`` counts from 1, and what was handed over not."""

    attempt: int = 1
    group: str = ""
    """The container group of the worker, where one was started for it."""


class HandedOverEvent(Event, frozen=True, kw_only=True):
    """A worker that must go has given the task back: another begins it anew, and what
    was begun is no attempt. The status is ``started``: the run is still under way.
    """

    attempt: int
    """The one that was begun, and begins again."""
    group: str = ""
    """The container group of the worker that goes."""


@shows("progress")
class ProgressEvent(Event, frozen=True, kw_only=True):
    """How far the worker has come."""

    progress: Progress


@shows("result")
class CompletedEvent[R: msgspec.Struct](Event, frozen=True, kw_only=True):
    """The task has done what it was asked for."""

    result: R


@shows("error")
class FailedEvent(Event, frozen=True, kw_only=True):
    """The task has ended without a result, after its last attempt."""

    error: ErrorInfo


class CancelledEvent(Event, frozen=True, kw_only=True):
    """The task was stopped at the user's word; nothing of it remains."""


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker process says of itself every two seconds, on core NATS."""

    worker_id: str
    high: int
    """Tasks of the high lane that it can carry out at the same time; so ``low``."""
    low: int
    group: str = ""
    """The token of the group that it was started in, where elastic compute did so."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A question about state that one service owns; read only, answered within 2 s."""

    workspace_id: str


class ListPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of a list that begins with the newest has ended.

    The sort key of its last row and not the row, which may be gone by the next page.
    """

    created_at: datetime
    id: str


class QueryError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a query has no answer."""

    code: str
    """``not_found``; ``invalid``: the question is wrong; ``busy``: the workspace asks too
    much at once; ``unavailable``: the owner, or a server that it needs, has no room or is
    away; ``too_slow``: there was no answer in time; ``too_large``: it does not fit into a
    message; ``internal``: the owner's own fault."""
    message: str


class QuickQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Work for whoever waits for it, of at most seconds; nothing of it is promised.

    The question, its answer and a refusal are msgpack, so that bytes are bytes.
    """

    workspace_id: str


type RefusalKind = Literal["invalid", "heavy", "busy", "unavailable"]


class QuickRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no answer to a quick question."""

    kind: RefusalKind
    """``invalid``: the input is to blame; ``heavy``: order it as a task instead;
    ``busy``: there are too many before it; ``unavailable``: a worker, or a server that
    it needs, is away, or did not answer in time."""
    code: str
    """Stable, for programs, as that of ErrorInfo."""
    message: str
    where: str | None = None
    retry_after: int | None = None
    """Seconds after which it may go better; None where it never will."""
