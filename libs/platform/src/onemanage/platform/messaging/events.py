"""Facts on EVENTS: made by the registry's names, published once by id, read tolerantly."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from nats.errors import Error as NatsError

from onemanage.contracts.base import (
    EVENT_VERSION,
    Command,
    ErrorInfo,
    Event,
    FailedEvent,
    Status,
    event_id,
)
from onemanage.contracts.registry import (
    AnyTask,
    event_spec,
    subject_of,
    task_name_of,
    task_of,
)
from onemanage.platform.messaging.nats import (
    Client,
    PublishUnconfirmed,
    Receipt,
    publish,
)
from onemanage.platform.messaging.stored_events import event_at
from onemanage.platform.process.telemetry import trace_headers

PATIENCE = 30.0
"""Seconds until a publish is given up."""
_MOST_WARNINGS = 100
_TASK_NAME = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")


class UnknownEvent(Exception):
    """This release knows no event of this subject."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no event {subject} in the subject registry")
        self.subject = subject


class NewerEvent(Exception):
    """A release to come has written this event; it must be read by that one."""

    def __init__(self, subject: str, version: str) -> None:
        super().__init__(
            f"{subject} has event_version {version}, this release reads up to "
            f"{EVENT_VERSION}: upgrade, then replay it"
        )
        self.subject, self.version = subject, version


class StoredEvent(NamedTuple):
    """An event as it is stored."""

    subject: str
    payload: bytes


class EventPublisher:
    """Publishes facts under their deterministic ids, confirmed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def publish(self, event: Event, patience: float = PATIENCE) -> None:
        """Raises PublishUnconfirmed, or PublishRefused for an event that is too large."""
        await self._publish(event, msgspec.json.encode(event), patience)

    async def publish_first(
        self, event: Event, patience: float = PATIENCE
    ) -> StoredEvent | None:
        """None if this is how the fact is stored, else what somebody had said before.

        Raises as ``publish`` does.
        """
        body = msgspec.json.encode(event)
        receipt = await self._publish(event, body, patience)
        if not receipt.duplicate:
            return None
        task_name = task_name_of(subject_of(event))
        try:
            stored = await event_at(
                self._client, f"events.{task_name}.*", receipt.sequence
            )
        except (NatsError, TimeoutError) as error:
            raise PublishUnconfirmed(
                subject_of(event), str(event.event_id), patience
            ) from error
        if stored is None:  # gone since: it may have been the oldest
            return None
        # The one before may be our own, sent twice as its confirmation was lost.
        if stored.data == body:
            return None
        return StoredEvent(stored.subject, stored.data)

    async def publish_failed(
        self, task_name: str, task_id: str, workspace_id: str, run: int, info: ErrorInfo
    ) -> None:
        """End a task that this release does not know; whoever has sent it does.

        Nothing is said of a name that no release can have. Raises as ``publish`` does.
        """
        if not _TASK_NAME.fullmatch(task_name):
            return
        event = FailedEvent(
            event_id=event_id(task_id, Status.FAILED, run=run),
            task_id=task_id,
            workspace_id=workspace_id,
            status=Status.FAILED,
            run=run,
            error=info,
        )
        name = f"{task_name}.{Status.FAILED}"
        body = msgspec.json.encode(msgspec.to_builtins(event) | {"type": name})
        await publish(
            self._client,
            f"events.{name}",
            body,
            msg_id=str(event.event_id),
            headers=trace_headers(),
        )

    async def _publish(self, event: Event, body: bytes, patience: float) -> Receipt:
        return await publish(
            self._client,
            subject_of(event),
            body,
            msg_id=str(event.event_id),
            headers=trace_headers(),
            patience=patience,
        )


def decode_event(subject: str, payload: bytes) -> Event:
    """Raises UnknownEvent, NewerEvent, or msgspec.DecodeError that names the field."""
    spec = event_spec(subject)
    if spec is None:
        raise UnknownEvent(subject)
    try:
        event = msgspec.json.decode(payload, type=spec.type)
    except msgspec.ValidationError:
        _check_version(subject, payload)  # the better reason, where it is one
        raise
    if event.event_version != EVENT_VERSION:
        _check_version(subject, payload)
    return event


def _check_version(subject: str, payload: bytes) -> None:
    """Another minor version only adds fields; another major one means something else."""
    try:
        version = msgspec.json.decode(payload, type=_Version).event_version
    except msgspec.ValidationError:
        return
    if version.partition(".")[0] != EVENT_VERSION.partition(".")[0]:
        raise NewerEvent(subject, version)


class _Version(msgspec.Struct):
    event_version: str


def make_event(
    task: AnyTask,
    status: Status,
    task_id: str,
    workspace_id: str,
    step: str = "",
    *,
    run: int = 1,
    **facts: Any,
) -> Event:
    """The event of this task and status, under its deterministic id."""
    return task.event(status)(
        event_id=event_id(task_id, status, step, run),
        task_id=task_id,
        workspace_id=workspace_id,
        status=status,
        run=run,
        **facts,
    )


def first_of(warnings: Sequence[str]) -> list[str]:
    """As many as fit into an event beside a result: 100, and how many more there are."""
    kept = list(warnings[:_MOST_WARNINGS])
    if more := len(warnings) - len(kept):
        kept.append(f"{more} more warnings are not listed.")
    return kept


def make_request(command: Command) -> Event:
    """The event by which a service asks for this command to be sent.

    Raises LookupError where its task has no requester.
    """
    return task_of(command).Requested(
        event_id=event_id(command.task_id, Status.ACCEPTED, "requested", command.run),
        task_id=command.task_id,
        workspace_id=command.workspace_id,
        status=Status.ACCEPTED,
        run=command.run,
        command=command,
    )
