"""Tasks and their events -> HTTP answers."""

from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.contracts.base import Event
from onemanage.contracts.registry import task_named
from onemanage.gateway.http.answers import json
from onemanage.gateway.http.kept_answers import REPLAYED
from onemanage.gateway.http.preferences import Waiting
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.public import public
from onemanage.gateway.tasks.addresses import with_addresses
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.gateway.tasks.store import ENDED, TaskRow

_FAILED_STATUS = {True: 503, False: 422}


def task(row: TaskRow) -> dict[str, Any]:
    """The result is cut to what its type declares public; of a task that this release
    does not know, which has none here, it is not shown.
    """
    kind = task_named(row.name)
    result = public(row.result, kind.result) if kind else None
    own_id = kind.makes if kind else None
    if kind and result and own_id in result:
        result = with_addresses(kind, {"id": result.pop(own_id)} | result)
    return TaskOut.shown(row, result=result, trace_id=_trace_id(row.traceparent))


def _trace_id(traceparent: str | None) -> str | None:
    """Its second part (W3C Trace Context)."""
    return None if traceparent is None else traceparent.split("-")[1]


def task_address(row: TaskRow) -> str:
    """Its path, for Location."""
    return f"/v1/tasks/{row.id}"


def ended_or_accepted(
    row: TaskRow, waiting: Waiting, *, is_repeat: bool = False
) -> Response:
    """200 with the result, 202 with Location, or the failure as a problem."""
    headers = {"Location": task_address(row), **waiting.headers}
    if is_repeat:
        headers |= REPLAYED
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
    """With its type; see ``shows`` on the events for what else."""
    fields: dict[str, Any] = public(msgspec.to_builtins(fact), type(fact))
    return fields
