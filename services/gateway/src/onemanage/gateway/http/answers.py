"""JSON answers, encoded by msgspec; see shown.py for what is in them."""

from typing import Any

import msgspec
from starlette.responses import Response


def json(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """``body`` is what msgspec encodes: a Struct, or values as JSON has them."""
    return Response(
        msgspec.json.encode(body), status, headers, media_type="application/json"
    )
