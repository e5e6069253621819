"""One trace from the gateway through the worker to the last event handler.

The W3C ``traceparent`` travels as a header of HTTP requests and of NATS messages
(https://www.w3.org/TR/trace-context/). Only its trace id is kept the same; each hop
makes a span id of its own.
"""

import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loguru import Record

TRACEPARENT = "traceparent"
_FORM = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
_trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)
_bound: ContextVar[Mapping[str, str | None]] = ContextVar("bound", default={})


def current_trace_id() -> str | None:
    """32 hex digits of the trace that this code works for, None outside of one."""
    return _trace_id.get()


def trace_headers() -> dict[str, str]:
    """The header that hands the current trace to the next hop; empty outside one."""
    trace_id = _trace_id.get()
    if trace_id is None:
        return {}
    return {TRACEPARENT: f"00-{trace_id}-{secrets.token_hex(8)}-01"}


def bind_trace(record: "Record") -> None:
    """loguru's patcher: what ``traced`` binds goes into the record."""
    record["extra"].update(_bound.get())


class traced:
    """Continue the trace that ``headers`` carry, or begin one.

    ``bound`` fields (task_id, workspace_id) stand in every log line written inside.
    Every task enters one, and few of them log: loguru's own ``contextualize`` would
    take a tenth of a short task's time.
    """

    def __init__(self, headers: Mapping[str, str] | None, **bound: str | None) -> None:
        given = headers.get(TRACEPARENT) if headers else None
        found = _FORM.fullmatch(given) if given else None
        self._trace_id = found.group(1) if found else secrets.token_hex(16)
        self._fields = bound

    def __enter__(self) -> str:
        self._token = _trace_id.set(self._trace_id)
        fields = {**_bound.get(), "trace_id": self._trace_id, **self._fields}
        self._bound = _bound.set(fields)
        return self._trace_id

    def __exit__(self, *raised: Any) -> None:
        _bound.reset(self._bound)
        _trace_id.reset(self._token)
