"""A request before it is sent: all that stays the same when it is sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Union
from urllib.parse import quote
from uuid import uuid4

import msgspec

from onemanage.client.model import Model, etag_of
from onemanage.client.sources import Source

QueryValue = Union[
    str, int, float, bool, datetime, Sequence[Any], Mapping[str, Any], None
]
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "PATCH"})
"""Twice is as good as once. PATCH here sets fields to values."""


@dataclass(frozen=True)
class Request:
    """``path`` is from the server's root, its parameters quoted already."""

    method: str
    path: str
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    source: Source | None = None
    """Sent as it is, in place of ``json``."""
    answered_with: int | None = None
    """A status of 400 or more that is no refusal, but an answer like that of success."""

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent again when nobody knows what became of it."""
        return self.method in _REPEATABLE or "Idempotency-Key" in self.headers

    def parameters(self) -> list[tuple[str, str]]:
        """The query, without what was left out."""
        return [
            (name, _text(one))
            for name, value in self.query.items()
            for one in _each(value)
        ]

    def __repr__(self) -> str:
        return f"<{self.method} {self.path}>"


def segment(value: str | int, safe: str = "") -> str:
    """A parameter of an address. Raises ValueError where it would leave its place."""
    text = quote(str(value), safe=safe)
    if text in ("", ".", ".."):
        raise ValueError(f"{value!r} is no id or name that an address may hold.")
    return text


def rest(value: str) -> str:
    """What an address ends with: recipes, which are escaped where they need it, and
    whose slashes, commas and colons divide."""
    return "/".join(segment(one, ",:~%") for one in value.split("/"))


def headers(
    *,
    once: bool = False,
    idempotency_key: str | None = None,
    wait: float | None = None,
    if_match: str | Model | None = None,
    **others: str | None,
) -> dict[str, str]:
    """Those of a request. ``once``: the same however often it is sent."""
    found = {name.replace("_", "-"): value for name, value in others.items() if value}
    if once:
        found["Idempotency-Key"] = idempotency_key or uuid4().hex
    if wait is not None:
        found["Prefer"] = f"wait={int(wait)}" if wait >= 1 else "respond-async"
    if if_match is not None:
        etag = etag_of(if_match) if isinstance(if_match, Model) else if_match
        if etag is None:
            raise ValueError(
                f"if_match: this {type(if_match).__name__} has no version; get() it."
            )
        found["If-Match"] = etag
    return found


def given(**fields: Any) -> dict[str, Any]:
    """Those that are not None: the server has a value of its own for all others."""
    return {name: value for name, value in fields.items() if value is not None}


def beside(source: Source | None, **fields: Any) -> dict[str, Any]:
    """What is told in the address where bytes are sent, and else in the JSON."""
    return {} if source is None else fields


def encoded(body: Any) -> bytes:
    """As JSON. Answers are sent as they came."""
    return msgspec.json.encode(body, enc_hook=_builtin)


def _builtin(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON: {value!r}")


def _each(value: QueryValue) -> Sequence[Any]:
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return (value,)


def _text(value: Any) -> str:
    if isinstance(value, (Mapping, Model)):
        return encoded(value).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.astimezone()
        return moment.isoformat()
    return str(value)


def body(
    source: Source | None, fields: dict[str, Any], only_json: Sequence[str]
) -> dict[str, Any]:
    """What a request sends that takes bytes, or says by JSON where they are."""
    told = [name for name in only_json if name in fields]
    if source is None:
        if not told:
            raise TypeError(f"Give the source, or one of {', '.join(only_json)}.")
        return {"json": fields}
    if told:
        raise TypeError(f"Give the source or {', '.join(told)}, not both.")
    return {"source": source}
