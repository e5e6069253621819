"""Facts on EVENTS: made by the registry's names, published once by id, read tolerantly."""

from typing import Any

import msgspec

from onemanage.contracts.base import EVENT_VERSION, Event, Status, event_id
from onemanage.contracts.registry import CommandSpec, event_spec, subject_of
from onemanage.platform import topology
from onemanage.platform.nats import Client, publish
from onemanage.platform.telemetry import trace_headers


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


class EventPublisher:
    """Publishes facts under their deterministic ids, confirmed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def publish(self, event: Event, patience: float = 30.0) -> bool:
        """True if this is how the fact is stored, False if somebody had said it before.

        Raises PublishUnconfirmed.
        """
        body = msgspec.json.encode(event)
        receipt = await publish(
            self._client,
            subject_of(event),
            body,
            msg_id=str(event.event_id),
            headers=trace_headers(),
            patience=patience,
        )
        if not receipt.duplicate:
            return True
        # The one before may be our own, sent twice as its confirmation was lost.
        jetstream = self._client.jetstream()
        stored = await jetstream.get_msg(topology.EVENTS, receipt.sequence)
        return stored.data == body


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
    spec: CommandSpec,
    status: Status,
    task_id: str,
    workspace_id: str,
    step: str = "",
    *,
    run: int = 1,
    **facts: Any,
) -> Event:
    """The registered event of this task and status, under its deterministic id."""
    found = event_spec(spec.event_subject(status))
    if found is None:
        raise LookupError(f"{spec.event_subject(status)} is not in the registry")
    return found.type(
        event_id=event_id(task_id, status, step, run),
        task_id=task_id,
        workspace_id=workspace_id,
        status=status,
        run=run,
        **facts,
    )
