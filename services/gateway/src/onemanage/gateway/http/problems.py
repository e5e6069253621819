"""Errors as RFC 9457 problem details: what was wrong, where, and what to do."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from loguru import logger
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from onemanage.platform.messaging.outage import FROM_SERVERS, is_outage
from onemanage.platform.messaging.queries import QueryFailed, QueryUnanswered
from onemanage.platform.process.telemetry import current_trace_id

MEDIA_TYPE = "application/problem+json"
_TYPE = "https://onemanage.dev/problems/"
_HUNG_UP = 499
_QUERY_STATUS = {
    "not_found": 404,
    "invalid": 422,
    "busy": 429,
    "unavailable": 503,
    "too_slow": 503,
}
"""Of all other codes 502: the question was right, and its owner is at fault."""


class Problem(Exception):
    """An answer that is not the one hoped for. ``code`` is stable, for programs."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.extra = errors, headers, extra


def not_found(what: str, given: str) -> Problem:
    """Also for what belongs to another workspace: nobody learns that it exists."""
    return Problem(404, "not_found", f"There is no {what} {given} in this workspace.")


def encoded(problem: Problem, trace_id: str | None) -> bytes:
    """The body, as application/problem+json."""
    body: dict[str, Any] = {
        "type": _TYPE + problem.code,
        "title": problem.code.replace("_", " ").replace(".", ": "),
        "status": problem.status,
        "detail": problem.detail,
        "trace_id": trace_id,
        **problem.extra,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return msgspec.json.encode(body)


def _answer(problem: Problem) -> Response:
    return Response(
        encoded(problem, current_trace_id()),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def _pointer(location: tuple[Any, ...]) -> str:
    return "/" + "/".join(str(part) for part in location[1:])


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # it is registered for no other
    return _answer(error)


async def _on_validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"pointer": _pointer(tuple(e["loc"])), "detail": str(e["msg"])}
        for e in error.errors()
    ]
    detail = "Some fields of the request are wrong. See errors for each of them."
    return _answer(Problem(422, "invalid_request", detail, errors=errors))


async def _on_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "no_such_route", 405: "method_not_allowed"}.get(
        error.status_code, "http_error"
    )
    headers = dict(error.headers) if error.headers else None
    return _answer(Problem(error.status_code, code, str(error.detail), headers=headers))


def of_query(error: QueryFailed) -> Problem:
    """What a question's owner said, for whoever made us ask."""
    status = _QUERY_STATUS.get(error.code, 502)
    again = {"Retry-After": "2"} if status in (429, 503) else None
    return Problem(status, error.code, error.message, headers=again)


async def _on_query_failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, QueryFailed)
    return _answer(of_query(error))


async def _on_query_unanswered(_: Request, error: Exception) -> Response:
    assert isinstance(error, QueryUnanswered)
    service = error.subject.split(".")[1]
    detail = (
        f"The {service} service did not answer in time. Ask again in a few seconds."
    )
    return _answer(Problem(503, "unavailable", detail, headers={"Retry-After": "2"}))


async def _on_server_away(request: Request, error: Exception) -> Response:
    if not is_outage(error):
        return await _on_anything(request, error)
    logger.warning("A server is out of reach: {!r}", error)
    detail = "A server that this needs is out of reach. Ask again in a few seconds."
    return _answer(Problem(503, "unavailable", detail, headers={"Retry-After": "2"}))


async def _on_hung_up(_: Request, error: Exception) -> Response:
    logger.info("The client has hung up")
    return Response(status_code=_HUNG_UP)  # nobody reads it


async def _on_anything(_: Request, error: Exception) -> Response:
    logger.opt(exception=error).error("A request failed unexpectedly")
    detail = (
        "Something went wrong inside OneManage. Give the trace id to your operator."
    )
    return _answer(Problem(500, "internal", detail))


type _Handler = Callable[[Request, Exception], Awaitable[Response]]

_HANDLERS: dict[type[Exception], _Handler] = {
    Problem: _on_problem,
    RequestValidationError: _on_validation,
    HTTPException: _on_http,
    QueryFailed: _on_query_failed,
    QueryUnanswered: _on_query_unanswered,
    **dict.fromkeys(FROM_SERVERS, _on_server_away),
    ClientDisconnect: _on_hung_up,
}


def install(app: FastAPI) -> None:
    """For what routes raise; what nothing here is for goes to ``answer``."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def answer(request: Request, error: Exception) -> Response:
    """Whatever was raised where no route was, or by surprise."""
    for kind in type(error).__mro__:
        if kind in _HANDLERS:
            return await _HANDLERS[kind](request, error)
    return await _on_anything(request, error)
