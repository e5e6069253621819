"""One trace from the gateway through the worker to the last event handler.

The W3C ``traceparent`` travels as a header of HTTP requests and of NATS messages
(https://www.w3.org/TR/trace-context/), and says whether the trace is sampled. It is read
by its form alone: what is longer, or holds anything else, begins a trace of our own. Of
``tracestate``, which may be left out, nothing is kept.

Every process hands the trace on. Where OTEL_EXPORTER_OTLP_ENDPOINT is set it also tells
what it did when, as spans (tracing.py).
"""

import re
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from loguru import Record

    from onemanage.platform.process.tracing import Span, Tracing

type Kind = Literal["server", "consumer", "producer", "internal"]

TRACEPARENT = "traceparent"
_FORM = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})"
)
_LENGTH, _VERSION = 55, "00"
_SAMPLED, _NOT_SAMPLED = "01", "00"


class Place(NamedTuple):
    """Where in a trace something stands. ``span_id`` is empty where no span was begun."""

    trace_id: str
    span_id: str
    flags: str
    span: "Span | None" = None


_place: ContextVar[Place | None] = ContextVar("place", default=None)
_bound: ContextVar[Mapping[str, str | None]] = ContextVar("bound", default={})
_tracing: "Tracing | None" = None
"""Of this process, where its spans are told."""


@asynccontextmanager
async def exporting(endpoint: str, service: str) -> AsyncIterator[None]:
    """Inside, spans are sent to ``endpoint``, where one is given, as the service's."""
    global _tracing
    if not endpoint:
        yield
        return
    # Only here: the SDK takes a tenth of a second and some megabytes.
    from onemanage.platform.process.tracing import Tracing

    tracing = _tracing = Tracing(service)
    try:
        yield
    finally:
        _tracing = None
        await tracing.close()


def current_trace_id() -> str | None:
    """32 hex digits of the trace that this code works for, None outside of one."""
    place = _place.get()
    return None if place is None else place.trace_id


def is_told() -> bool:
    """Whether spans of what is done here are told."""
    return _span() is not None


def trace_headers() -> dict[str, str]:
    """The header that hands the current trace to the next hop; empty outside one."""
    place = _place.get()
    if place is None:
        return {}
    span_id = place.span_id or secrets.token_hex(8)
    return {TRACEPARENT: f"00-{place.trace_id}-{span_id}-{place.flags}"}


def place_of(headers: Mapping[str, str] | None) -> Place | None:
    """Where the trace stands that the headers carry; None where they carry none."""
    given = headers.get(TRACEPARENT) if headers else None
    found = _FORM.match(given) if given else None
    if given is None or found is None:
        return None
    version, trace_id, span_id, flags = found.groups()
    # Later versions may have more behind a dash; what is known of them is read.
    rest = given[_LENGTH : _LENGTH + 1]
    if rest and (version == _VERSION or rest != "-"):
        return None
    return Place(trace_id, span_id, _SAMPLED if int(flags, 16) & 1 else _NOT_SAMPLED)


def bind_trace(record: "Record") -> None:
    """loguru's patcher: what ``traced`` binds goes into the record."""
    record["extra"].update(_bound.get())


class traced:
    """Continue the trace that ``headers`` carry, or begin one.

    ``name`` is that of the span, where spans are told; ``bound`` fields (task_id,
    workspace_id) stand in it, and in every log line written inside. Every task enters
    one, and few of them log: loguru's own ``contextualize`` would take a tenth of a
    short task's time.
    """

    def __init__(
        self,
        headers: Mapping[str, str] | None,
        name: str = "",
        kind: Kind = "internal",
        **bound: str | None,
    ) -> None:
        self._fields = bound
        parent = place_of(headers)
        if _tracing is not None and name:
            self._place = _tracing.begin(name, kind, parent, bound)
        elif parent is not None:
            # Nothing of ours stands between the two, so whoever comes next is its child.
            self._place = (
                parent if _tracing is not None else parent._replace(span_id="")
            )
        else:
            self._place = Place(secrets.token_hex(16), "", _SAMPLED)

    def __enter__(self) -> str:
        trace_id = self._place.trace_id
        self._token = _place.set(self._place)
        fields = {**_bound.get(), "trace_id": trace_id, **self._fields}
        self._bound = _bound.set(fields)
        return trace_id

    def __exit__(self, _: Any, error: BaseException | None, *rest: Any) -> None:
        _bound.reset(self._bound)
        _place.reset(self._token)
        if self._place.span is not None:
            _ended(self._place.span, error)


class span:
    """A part of what is traced here, as a span of its own; nothing where none are told."""

    def __init__(self, name: str, **attributes: str | int | float) -> None:
        self._name, self._attributes = name, attributes
        self._place: Place | None = None

    def __enter__(self) -> None:
        before = _place.get()
        if _tracing is None or before is None or before.span is None:
            return
        self._place = _tracing.begin(self._name, "internal", before, self._attributes)
        self._token = _place.set(self._place)

    def __exit__(self, _: Any, error: BaseException | None, *rest: Any) -> None:
        if self._place is not None and self._place.span is not None:
            _place.reset(self._token)
            _ended(self._place.span, error)


def note(name: str = "", **attributes: str | int | float) -> None:
    """Give the current span these attributes, and this name."""
    if (current := _span()) is not None:
        current.set_attributes(attributes)
        if name:
            current.update_name(name)


def note_failure(text: str) -> None:
    """What is done here has failed, although nothing is raised."""
    if (current := _span()) is not None:
        current.fail(text)


def add_span(name: str, begun: float, ended: float, **attributes: str | float) -> None:
    """What was done in another process, from and to so many seconds since 1970."""
    place = _place.get()
    if _tracing is not None and place is not None and place.span is not None:
        _tracing.add(name, place, begun, min(ended, time.time()), attributes)


def _span() -> "Span | None":
    place = _place.get()
    return None if place is None else place.span


def _ended(span: "Span", error: BaseException | None) -> None:
    if error is not None:
        span.fail(f"{type(error).__name__}: {error}")
    span.end()
