"""What every request must pass before anything of its body is read.

The key is checked, requests are held to so many a second, and the body is given a size
and a pace, for all routes at one place: FastAPI reads a body before it asks any
dependency. A route is admitted with a key and a small body. Those that need none are
named in ``_OPEN``; whoever streams a body to storage asks for more by ``allow`` of
body_limits.py.
"""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onemanage.gateway.access.addresses import ADDRESS, client_address
from onemanage.gateway.access.callers import CALLER, secret_of_bearer
from onemanage.gateway.gateway import RATE, Gateway
from onemanage.gateway.http.body_limits import BODY, Body
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.settings import EdgeSettings, networks

_OPEN = re.compile(
    r"\w+ (?:/healthz|/readyz"
    r"|/console(?:/.*)?"  # what it shows it asks for with a key
    r"|/docs|/docs/oauth2-redirect|/redoc|/openapi\.json"
    r"|/v1/previews/[^/]+/content|/i/.+)"  # a signature in the link stands for a key
    r"|POST /v1/sessions|POST /v1/invitations/accept|POST /v1/sign-in-codes/exchange"  # a password does, or a token
)


def is_open(method: str, path: str) -> bool:
    """Whether no key is asked for."""
    return _OPEN.fullmatch(f"{method} {path}") is not None


class Admission:
    """The one middleware that lets requests in."""

    def __init__(self, app: ASGIApp, settings: EdgeSettings) -> None:
        self._app, self._settings = app, settings
        self._trusted = networks(settings.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        address = scope[ADDRESS] = client_address(scope, self._trusted)
        if not is_open(scope["method"], scope["path"]):
            gateway: Gateway = scope["app"].state.gateway
            secret = _secret(gateway, scope["method"], headers)
            caller = scope[CALLER] = await gateway.callers.caller(secret)
            caller.check(address)
            turn = gateway.rates.take(caller)
            scope[RATE] = turn.headers  # which refusals tell, too
            if turn.refusal is not None:
                raise turn.refusal
            gateway.counting.request(caller.workspace_id)
        _check_encoding(headers.get("content-encoding"))
        body = Body(receive, headers.get("content-length"), self._settings)
        scope[BODY] = body
        is_begun = False

        async def send_unless_refused(message: Message) -> None:
            """FastAPI makes a 400 of whatever is raised while it reads a body."""
            nonlocal is_begun
            if is_begun or body.refused is None:
                is_begun = True
                await send(message)

        await self._app(scope, body.receive, send_unless_refused)
        if body.refused is not None and not is_begun:
            raise body.refused


def _secret(gateway: Gateway, method: str, headers: Headers) -> str:
    """The key, or the token of a session. Raises a 401 or 403 Problem."""
    authorization = headers.get("authorization")
    if authorization is None:
        token = gateway.cookies.token(method, headers)
        if token is not None:
            return token
    return secret_of_bearer(authorization)


def _check_encoding(given: str | None) -> None:
    if given is None or given.strip().lower() in ("", "identity"):
        return
    detail = f"A body in Content-Encoding {given} is not read; send it as it is."
    headers = {"Accept-Encoding": "identity"}
    raise Problem(415, "content_encoding", detail, headers=headers)
