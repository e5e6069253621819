"""When a request is sent again, and after how long."""

from __future__ import annotations

import re
from typing import Any

import httpx

from onemanage.client.errors import (
    ConnectionFailed,
    NotFound,
    OneManageError,
    Problem,
    Timeout,
    Unauthenticated,
    UnexpectedAnswer,
)
from onemanage.client.requests import Request
from onemanage.client.settings import URL_VARIABLE

FIRST_PAUSE = 0.2
"""Seconds; each further one is twice as long, less a random part."""
LONGEST_PAUSE = 20.0
LONGEST_RETRY_AFTER = 60.0
"""Seconds: whoever is told to wait longer is told so at once."""
_AGAIN_ALWAYS = frozenset({429, 503})
"""The request was turned away: nothing of it has begun."""
_IN_USE = "idempotency_key_in_use"
_UNKNOWN_KEY = "wrong_api_key"
_KEYS = re.compile(r"/v1/(api-keys/[^/]+|sessions(/[^/]+)?)")


def pause_before(
    error: Exception, request: Request, can_be_sent_again: bool
) -> bool | float:
    """Whether to send it again; a number where the server said after how many seconds.

    A body that is gone cannot be sent again. What may have been begun is sent again only
    where that makes nothing twice: by its method, or its Idempotency-Key.
    """
    if not can_be_sent_again:
        _tell_of_pipe(error)
        return False
    if isinstance(error, Problem):
        return _pause_of(error, request)
    if isinstance(error, ConnectionFailed):
        return request.is_repeatable or not error.was_sent
    return isinstance(error, Timeout) and request.is_repeatable


def may_be_done(error: OneManageError) -> bool:
    """Whether what was asked for may have been done all the same."""
    if isinstance(error, ConnectionFailed):
        return error.was_sent
    if isinstance(error, Problem):
        return error.status >= 500 and error.status not in _AGAIN_ALWAYS
    waited_to_send = isinstance(error.__cause__, httpx.PoolTimeout)
    return isinstance(error, Timeout) and not waited_to_send


def is_gone(error: OneManageError, ends_itself: bool = False) -> bool:
    """Whether the server says that there is no such thing: and not no such route.

    ``ends_itself``: it was what the client is let in by, which is gone as well where
    the server knows it no more.
    """
    if ends_itself and isinstance(error, Unauthenticated):
        return error.code == _UNKNOWN_KEY
    return isinstance(error, NotFound) and error.code == "not_found"


def ends_a_key(request: Request) -> bool:
    """Whether it ends an API key or sessions."""
    return _KEYS.fullmatch(request.path) is not None


def is_own(found: Any, api_key: str | None) -> bool:
    """Whether this key, or token of a session, is what the server tells of: a key, a
    session, or all sessions of whoever asks."""
    if api_key is None or not isinstance(found, dict):
        return False
    if "begins_with" in found:  # empty for keys of old, of which nobody can tell
        begin = str(found["begins_with"])
        return bool(begin) and api_key.startswith(begin)
    return "items" in found or found.get("is_current") is True


def _pause_of(problem: Problem, request: Request) -> bool | float:
    if problem.status in _AGAIN_ALWAYS:
        if problem.retry_after is None:
            return problem.status == 429 or request.is_repeatable
        if problem.retry_after > LONGEST_RETRY_AFTER:
            return False
        return problem.retry_after or True
    if problem.code == _IN_USE:  # our own request, whose answer was lost
        return True
    return problem.status >= 500 and problem.status != 501 and request.is_repeatable


def _tell_of_pipe(error: Exception) -> None:
    is_passing = isinstance(error, (ConnectionFailed, Timeout)) or (
        isinstance(error, Problem) and (error.status >= 500 or error.status == 429)
    )
    if is_passing and isinstance(error, OneManageError):
        error.hint = (
            "It was not tried again: the body came from a pipe, and cannot be read "
            "twice. Give a path, or bytes."
        )


def fault_of_line(error: httpx.HTTPError, request: Request, url: str) -> OneManageError:
    """What httpx raised, in words. ``url`` is the server's."""
    if isinstance(error, httpx.PoolTimeout):
        return Timeout(
            "No connection became free in time.",
            hint="Use fewer at once, or close what streams: events and downloads.",
        )
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return ConnectionFailed(
            f"Nobody answers at {url} ({_said(error)}).",
            hint=f"Is the server running, and {URL_VARIABLE} its address? "
            "`make up` starts one.",
        )
    if isinstance(error, httpx.TimeoutException):
        return Timeout(
            f"{url} said nothing for too long while it was asked to "
            f"{request.method} {request.path}.",
            hint="Give more time: OneManage(timeout=…), or with_options(timeout=…).",
        )
    if isinstance(error, httpx.LocalProtocolError):
        return UnexpectedAnswer(
            f"The request could not be written: {_said(error)}.",
            hint="Where a file was sent, it has changed meanwhile; send it again.",
        )
    return ConnectionFailed(
        f"The connection to {url} broke during {request.method} {request.path} "
        f"({_said(error)}).",
        was_sent=True,
    )


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
