"""Structs -> HTTP answers, encoded by msgspec: only what they declare public."""

from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

from onemanage.gateway.http.public import public


def renamed(item: msgspec.Struct, own_id: str) -> dict[str, Any]:
    """Its public fields, with its own id as ``id``."""
    given = msgspec.to_builtins(item, builtin_types=(datetime,))
    fields = public(given, type(item))
    return {"id": fields.pop(own_id), **fields}


def json(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """``body`` is what msgspec encodes: a Struct, or values as JSON has them."""
    return Response(
        msgspec.json.encode(body), status, headers, media_type="application/json"
    )
