"""Spans by OpenTelemetry's SDK, sent as OTLP over HTTP in batches, by a thread.

Imported only where they are wanted. What is sent where, how many of them and how they
are sampled say the variables that every SDK has (OTEL_EXPORTER_OTLP_*,
OTEL_TRACES_SAMPLER, OTEL_BSP_*):
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import asyncio
import threading
from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from onemanage.platform.process.telemetry import Kind, Place

type Attributes = Mapping[str, str | int | float | None]

_KINDS = {
    "server": trace.SpanKind.SERVER,
    "consumer": trace.SpanKind.CONSUMER,
    "producer": trace.SpanKind.PRODUCER,
    "internal": trace.SpanKind.INTERNAL,
}
_LAST_SECONDS = 1.5
"""For what is not sent yet, when the process ends."""
_MOST_TEXT = 500
_NS = 1e9


class Span:
    """What the rest of the platform needs of one."""

    def __init__(self, own: trace.Span) -> None:
        self._own = own

    def set_attributes(self, attributes: Attributes) -> None:
        """Those that are known."""
        self._own.set_attributes(_known(attributes))

    def update_name(self, name: str) -> None:
        """For who knows it only at the end."""
        self._own.update_name(name)

    def fail(self, text: str) -> None:
        """Say that it failed, and why."""
        self._own.set_status(trace.StatusCode.ERROR, text[:_MOST_TEXT])

    def end(self) -> None:
        """It took until now."""
        self._own.end()


class Tracing:
    """Of one process."""

    def __init__(self, service: str) -> None:
        resource = Resource.create(
            {
                "service.name": service.replace("_", "-"),  # as containers are called
                "service.namespace": "onemanage",
            }
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("onemanage")

    def begin(
        self, name: str, kind: Kind, parent: Place | None, attributes: Attributes
    ) -> Place:
        """A span that begins now, below ``parent``, and where it stands."""
        begun = self._tracer.start_span(
            name,
            context=_context(parent),
            kind=_KINDS[kind],
            attributes=_known(attributes),
            record_exception=False,
        )
        found = begun.get_span_context()
        return Place(
            trace.format_trace_id(found.trace_id),
            trace.format_span_id(found.span_id),
            f"{found.trace_flags & 1:02x}",
            # Below what is not sampled nothing is told either, nor made ready for it.
            Span(begun) if begun.is_recording() else None,
        )

    def add(
        self,
        name: str,
        parent: Place,
        begun: float,
        ended: float,
        attributes: Attributes,
    ) -> None:
        """A span that is over, from and to so many seconds since 1970."""
        self._tracer.start_span(
            name,
            context=_context(parent),
            attributes=_known(attributes),
            start_time=int(begun * _NS),
            record_exception=False,
        ).end(int(ended * _NS))

    async def close(self) -> None:
        """Send what is left, for a moment. A receiver that is away keeps nobody."""
        done = asyncio.Event()
        loop = asyncio.get_running_loop()

        def shut_down() -> None:
            self._provider.shutdown()
            try:
                loop.call_soon_threadsafe(done.set)
            except RuntimeError:
                return  # it took longer than the loop has lived

        threading.Thread(target=shut_down, daemon=True).start()
        try:
            async with asyncio.timeout(_LAST_SECONDS):
                await done.wait()
        except TimeoutError:
            return


def _context(parent: Place | None) -> Context:
    """The SDK's own idea of it; an empty one where a trace begins."""
    if parent is None:
        return Context()
    remote = trace.SpanContext(
        int(parent.trace_id, 16),
        int(parent.span_id, 16),
        is_remote=parent.span is None,
        trace_flags=trace.TraceFlags(int(parent.flags, 16)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())


def _known(attributes: Attributes) -> dict[str, str | int | float]:
    """Ours by a prefix of ours; those of the conventions have a dot in their names."""
    return {
        name if "." in name else f"onemanage.{name}": value
        for name, value in attributes.items()
        if value is not None
    }
