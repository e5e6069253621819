"""Tasks and their events -> HTTP answers."""

from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.contracts.base import Event
from onemanage.contracts.registry import task_named
from onemanage.gateway.http.answers import json, public, renamed
from onemanage.gateway.http.preferences import Waiting
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.tasks.store import ENDED, TaskRow

_INSIDE_TASK = frozenset(
    {"command", "traceparent", "fingerprint"}
    | {"subject", "released_at", "published_at", "sequence", "held"}
)
_FAILED_STATUS = {True: 503, False: 422}


def task(row: TaskRow) -> dict[str, Any]:
    fields = renamed(row, "id")
    for name in _INSIDE_TASK:
        del fields[name]
    kind = task_named(row.name)
    own_id = kind.makes if kind else None
    if fields["result"] and own_id in fields["result"] and row.resource:
        fields["result"] = {"id": fields["result"].pop(own_id)} | fields["result"]
    return fields


def task_address(row: TaskRow) -> str:
    return f"/v1/tasks/{row.id}"


def ended_or_accepted(row: TaskRow, waiting: Waiting) -> Response:
    """200 with the result, 202 with Location, or the failure as a problem."""
    headers = {"Location": task_address(row), **waiting.headers}
    if row.state == "failed":
        error = row.error or {}
        place = [{"pointer": error["where"], "detail": error["message"]}]
        raise Problem(
            _FAILED_STATUS[bool(error.get("retryable"))],
            error.get("code", "task.failed"),
            error.get("message", "The task failed."),
            errors=place if error.get("where") else None,
            headers=headers,
            task_id=row.id,
        )
    status = 200 if row.state in ENDED else 202
    return json(task(row), status, headers)


def event(fact: Event) -> dict[str, Any]:
    fields: dict[str, Any] = public(msgspec.to_builtins(fact))
    return fields
