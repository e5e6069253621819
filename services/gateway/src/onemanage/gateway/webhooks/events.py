"""Which events a webhook can ask for, and what is sent of one."""

import re
from typing import Any
from uuid import UUID

import msgspec

from onemanage.contracts.base import (
    TERMINAL,
    Event,
    Status,
    utc_now,
)
from onemanage.contracts.registry import EVENTS, event_spec, subject_of
from onemanage.gateway.tasks import answers as task_answers

TEST = "webhook.test"
"""Of an event that a user asks for, to see whether it arrives."""
_STEPS_OF_A_RUN = 3

NAMES: tuple[str, ...] = tuple(
    sorted(str(spec.type.__struct_config__.tag) for spec in EVENTS if not spec.is_inner)
)
"""All that a webhook can ask for, as ``psd.parse_export.completed``."""


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """An event as webhooks are told it."""

    event_id: UUID
    type: str
    task_id: str | None
    step: int
    """Of two events of a task the one with the smaller is the earlier; of equal ones
    the time decides."""
    payload: str
    """The body that is signed and sent, JSON."""


def occurrence(event: Event) -> Occurrence | None:
    """None for what stays inside: a service asks the gateway for a task, a worker hands
    one over, or it is about the installation."""
    spec = event_spec(subject_of(event))
    if spec is None or spec.is_inner:
        return None
    data = task_answers.event(event)
    return Occurrence(
        event_id=event.event_id,
        type=data["type"],
        task_id=event.task_id,
        step=event.run * _STEPS_OF_A_RUN + _step(event.status),
        payload=_payload(data["type"], event.timestamp, data),
    )


def trial(event_id: UUID, webhook_id: str) -> Occurrence:
    """A test event of this id."""
    return Occurrence(
        event_id=event_id,
        type=TEST,
        task_id=None,
        step=0,
        payload=_payload(TEST, utc_now(), {"webhook_id": webhook_id}),
    )


def is_heard(pattern: str) -> bool:
    """Whether an event of this release falls under it.

    ``*`` stands for one or more parts of a name. Progress, which may be said a hundred
    times of one task, is heard by patterns alone that end in ``.progress``.
    """
    wanted = re.compile(re.escape(pattern).replace(r"\*", ".+"))
    return any(wanted.fullmatch(name) for name in NAMES)


def _payload(kind: str, timestamp: Any, data: dict[str, Any]) -> str:
    body = {"type": kind, "timestamp": timestamp, "data": data}
    return msgspec.json.encode(body).decode()


def _step(status: Status) -> int:
    """A worker says by its own clock that it starts and how far it is, so the time
    tells those apart."""
    if status is Status.ACCEPTED:
        return 0
    return 2 if status in TERMINAL else 1
