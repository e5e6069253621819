"""One trace from the gateway through the worker to the last event handler.

The W3C ``traceparent`` travels as a header of HTTP requests and of NATS messages
(https://www.w3.org/TR/trace-context/). Only its trace id is kept the same; each hop
makes a span id of its own.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from loguru import logger

TRACEPARENT = "traceparent"
_FORM = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
_trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)


def current_trace_id() -> str | None:
    return _trace_id.get()


def trace_headers() -> dict[str, str]:
    """The header that hands the current trace to the next hop; empty outside one."""
    trace_id = _trace_id.get()
    if trace_id is None:
        return {}
    return {TRACEPARENT: f"00-{trace_id}-{secrets.token_hex(8)}-01"}


@contextmanager
def traced(headers: Mapping[str, str] | None, **bound: str | None) -> Iterator[str]:
    """Continue the trace that ``headers`` carry, or begin one.

    ``bound`` fields (task_id, workspace_id) stand in every log line written inside.
    """
    found = _FORM.fullmatch((headers or {}).get(TRACEPARENT, ""))
    trace_id = found.group(1) if found else secrets.token_hex(16)
    token = _trace_id.set(trace_id)
    try:
        with logger.contextualize(trace_id=trace_id, **bound):
            yield trace_id
    finally:
        _trace_id.reset(token)
