"""Contract Structs -> HTTP answers, encoded by msgspec. Object keys stay inside."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

INSIDE = frozenset(
    {"object_key", "manifest_key", "changes_key", "plan_key", "rejects_key"}
    | {"snapshot_key", "profile_key", "workspace_id", "crc32"}
)


def public(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: public(v) for k, v in value.items() if k not in INSIDE}
    if isinstance(value, list):
        return [public(item) for item in value]
    return value


def renamed(item: msgspec.Struct, own_id: str) -> dict[str, Any]:
    """Its public fields, with its own id as ``id``."""
    fields = public(msgspec.to_builtins(item, builtin_types=(datetime,)))
    return {"id": fields.pop(own_id), **fields}


def json(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return Response(
        msgspec.json.encode(body), status, headers, media_type="application/json"
    )


def page(items: Iterable[dict[str, Any]], next_cursor: str | None) -> Response:
    return json({"items": list(items), "next_cursor": next_cursor})
