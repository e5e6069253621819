"""Answers of the server -> values, or the error that each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from onemanage.client import errors
from onemanage.client.errors import OneManageError, Place, Problem
from onemanage.client.settings import KEY_VARIABLE, URL_VARIABLE

TRACE = "X-Request-Id"
_KINDS: Mapping[int, type[Problem]] = {
    401: errors.Unauthenticated,
    403: errors.NotAllowed,
    404: errors.NotFound,
    409: errors.Conflict,
    410: errors.NotFound,
    412: errors.Conflict,
    429: errors.RateLimited,
}
_SAID = frozenset({"type", "title", "status", "detail", "trace_id", "errors"})
_HINTS = {
    "no_api_key": f"Set {KEY_VARIABLE}, or give OneManage(api_key=…).",
    "wrong_api_key": "Check that the key is whole, of this server, and not revoked or "
    "expired; a session ends after 12 hours without use.",
    "missing_scope": "Use a key that has the scope; client.keys.create makes one.",
    "rate_limited": "Send fewer requests at once, or ask for a higher limit.",
    "changed_meanwhile": "Read it again, and send the change with the new version.",
    "no_such_route": "The server may be older than this client: it lacks this "
    f"operation. Or {URL_VARIABLE} leads to a path of another program.",
    "method_not_allowed": "The server may be older than this client.",
    "invalid_request": "Where the fields are right by docs/client.md, the server may be "
    "older than this client.",
    "internal": "Give the trace id to whoever runs the server.",
}
_SHOWN = 200
"""Characters of an answer that is none of ours."""


def decoded(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises UnexpectedAnswer."""
    try:
        return msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _foreign(response) from error


def is_refusal(response: httpx.Response, answered_with: int | None) -> bool:
    """Whether it is an error. Of the status that an operation answers with, too, it is
    none where it is plain JSON, which neither problems nor proxies are."""
    if response.status_code < 400 or response.status_code != answered_with:
        return response.status_code >= 400
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower() != "application/json"


def error_of(response: httpx.Response) -> OneManageError:
    """What an answer of 400 or more is; its body has been read."""
    try:
        body = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        return _foreign(response)
    code = body["type"].rsplit("/", 1)[-1]
    detail = str(body.get("detail") or body.get("title") or code)
    trace_id = body.get("trace_id") or response.headers.get(TRACE)
    places = _places(body.get("errors"))
    task_id = body.get("task_id")
    if isinstance(task_id, str) and response.status_code in (422, 503):
        return errors.TaskFailed(
            detail,
            task_id=task_id,
            code=code,
            where=places[0].pointer if places else None,
            retryable=response.status_code == 503,
            hint=_task_hint(task_id, response.status_code == 503),
            trace_id=trace_id,
        )
    return kind_of(response.status_code)(
        detail,
        status=response.status_code,
        code=code,
        places=places,
        hint=_HINTS.get(code),
        trace_id=trace_id,
        retry_after=retry_after(response),
        extra={name: one for name, one in body.items() if name not in _SAID},
    )


def task_failed(task: Any) -> errors.TaskFailed:
    """Of a TaskOut whose state is failed or cancelled."""
    if task.state == "cancelled":
        return errors.TaskFailed(
            f"The task {task.name} was cancelled.",
            task_id=task.id,
            code="task.cancelled",
            hint=f"client.tasks.retry({task.id!r}) begins it again.",
            task=task,
        )
    info = task.error
    return errors.TaskFailed(
        info.message if info else f"The task {task.name} failed.",
        task_id=task.id,
        code=info.code if info else "task.failed",
        where=info.where if info else None,
        retryable=bool(info and info.retryable),
        hint=_task_hint(task.id, bool(info and info.retryable)),
        task=task,
    )


def _task_hint(task_id: str, retryable: bool) -> str | None:
    again = f"Trying again may help: client.tasks.retry({task_id!r})."
    return again if retryable else None


def kind_of(status: int) -> type[Problem]:
    """The class of the tree that a status belongs to."""
    if status >= 500:
        return errors.ServerFault
    return _KINDS.get(status, errors.InvalidInput)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds (RFC 9110): a number of them, or a date."""
    text = response.headers.get("Retry-After")
    if text is None:
        return None
    if text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    now = datetime.now(timezone.utc)
    return max(
        (then.replace(tzinfo=then.tzinfo or timezone.utc) - now).total_seconds(), 0
    )


def _places(given: Any) -> list[Place]:
    if not isinstance(given, list):
        return []
    return [
        Place(str(one.get("pointer", "")), str(one.get("detail", "")))
        for one in given
        if isinstance(one, dict)
    ]


def redirected(response: httpx.Response) -> OneManageError:
    """A key is not sent on to wherever an answer points."""
    there = response.headers.get("Location", "elsewhere").partition("?")[0]
    return errors.UnexpectedAnswer(
        f"{response.request.url.host} sends to {there}, where the key was not sent.",
        hint=f"Where that is OneManage, set {URL_VARIABLE} to its address.",
    )


def _foreign(response: httpx.Response) -> OneManageError:
    """Something else than OneManage answered, or a proxy before it."""
    kind = response.headers.get("Content-Type", "no type")
    status = response.status_code
    shown = response.text[:_SHOWN].strip()
    message = f"{response.request.url.host} answered {status} ({kind}): {shown!r}"
    hint = f"Check that {URL_VARIABLE} is the address of OneManage, and its proxies."
    trace_id = response.headers.get(TRACE)
    if status < 400:
        return errors.UnexpectedAnswer(message, hint=hint, trace_id=trace_id)
    return kind_of(status)(
        message,
        status=status,
        code="http_error",
        hint=hint,
        trace_id=trace_id,
        retry_after=retry_after(response),
    )
