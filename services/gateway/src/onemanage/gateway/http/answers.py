"""JSON answers, encoded by msgspec; see shown.py for what is in them."""

import hashlib
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from onemanage.gateway.http.downloads import Conditions

_CACHE = "private, no-cache"
"""Kept, and asked about each time."""


def json(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """``body`` is what msgspec encodes: a Struct, or values as JSON has them.

    Whoever reads it by GET is told its ETag, or that they have it (304).
    """
    return _Json(msgspec.json.encode(body), status, headers)


def etag_of(body: bytes | memoryview) -> str:
    """A strong one: another body has another."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class _Json(Response):
    media_type = "application/json"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or self.status_code != 200:
            await super().__call__(scope, receive, send)
            return
        self.headers["ETag"] = etag_of(self.body)
        self.headers.setdefault("Cache-Control", _CACHE)
        given = ",".join(Headers(scope=scope).getlist("if-none-match"))
        if not Conditions(given).has(self.headers["ETag"]):
            await super().__call__(scope, receive, send)
            return
        told = ("ETag", "Cache-Control", "Vary")
        headers = {name: self.headers[name] for name in told if name in self.headers}
        await Response(status_code=304, headers=headers)(scope, receive, send)
