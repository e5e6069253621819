"""What is counted of each request when its answer has gone out."""

from starlette.types import Scope

from onemanage.gateway.access.callers import CALLER
from onemanage.gateway.http.body_limits import BODY
from onemanage.platform.process.figures import (
    HTTP_RECEIVED,
    HTTP_REQUESTS,
    HTTP_SECONDS,
    HTTP_SENT,
    WORKSPACE_REQUESTS,
)
from onemanage.platform.process.telemetry import note, note_failure

ROUTE = "onemanage.route"
"""Where the scope names the route of what is answered without one."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NONE, _OTHER = "none", "other"
_FAULT = 500


def count(scope: Scope, status: int, seconds: float, sent: int) -> None:
    """``sent`` are the bytes of the answer's body; ``status`` is 0 where there is none."""
    route, method = route_of(scope), scope["method"]
    if method not in _METHODS:  # anybody may send any word
        method = _OTHER
    kind = f"{status // 100}xx" if status else _NONE
    HTTP_REQUESTS.add(route, method, kind)
    HTTP_SECONDS.observe(seconds, route, method)
    HTTP_SENT.add(by=sent)
    if (body := scope.get(BODY)) is not None:
        HTTP_RECEIVED.add(by=body.size)
    if (caller := scope.get(CALLER)) is not None:
        WORKSPACE_REQUESTS.add(caller.workspace_id, kind)
    note(
        f"{method} {route}",
        **{
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
        },
    )
    if status >= _FAULT:
        note_failure(kind)


def route_of(scope: Scope) -> str:
    """Its template, as ``/v1/tasks/{task_id}``; ``none`` where no route was found."""
    route = scope.get("route")
    found: str = getattr(route, "path", None) or scope.get(ROUTE, _NONE)
    return found
