"""Spans by the SDK: who is below whom, and what is not told."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from onemanage.platform.process import telemetry, tracing
from onemanage.platform.process.telemetry import (
    TRACEPARENT,
    add_span,
    is_told,
    note,
    note_failure,
    span,
    trace_headers,
    traced,
)

ID, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
NAMELESS = 16 * "0"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What was told, kept here and sent nowhere."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_on")
    kept = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "OTLPSpanExporter", lambda: kept)
    monkeypatch.setattr(tracing, "BatchSpanProcessor", SimpleSpanProcessor)
    made = tracing.Tracing("data_import-worker")
    monkeypatch.setattr(telemetry, "_tracing", made)
    yield kept
    made._provider.shutdown()


def by_name(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {each.name: each for each in kept.get_finished_spans()}


def parent_of(each: ReadableSpan) -> str:
    return f"{each.parent.span_id:016x}" if each.parent else NAMELESS


def given(flags: str) -> dict[str, str]:
    return {TRACEPARENT: f"00-{ID}-{PARENT}-{flags}"}


def test_what_is_done_inside_stands_below_what_came(told: InMemorySpanExporter) -> None:
    with traced(given("01"), "task psd.render", "consumer", task_id="tsk_1"):
        with span("fetch", bytes=1.5):
            handed_on = trace_headers()
        add_span("decode", 100.0, 101.5, times=3)
    with traced(handed_on, "handle on_it", "consumer"):
        note_failure("it could not")
    spans = by_name(told)
    ids = {name: f"{each.context.span_id:016x}" for name, each in spans.items()}
    assert parent_of(spans["task psd.render"]) == PARENT
    assert parent_of(spans["fetch"]) == ids["task psd.render"]
    assert parent_of(spans["decode"]) == ids["task psd.render"]
    assert parent_of(spans["handle on_it"]) == ids["fetch"]
    assert {f"{each.context.trace_id:032x}" for each in spans.values()} == {ID}
    assert dict(spans["task psd.render"].attributes or {}) == {
        "onemanage.task_id": "tsk_1"
    }
    decode = spans["decode"]
    assert (decode.end_time or 0) - (decode.start_time or 0) == 1_500_000_000
    assert not spans["handle on_it"].status.is_ok
    assert decode.resource.attributes["service.name"] == "data-import-worker"


def test_whatever_a_span_knows_a_header_is_words_alone(
    told: InMemorySpanExporter,
) -> None:
    with traced(None, "task x", None_=None, seconds="1.5"):
        note("task y", seconds=1.5, times=3)
        assert set(map(type, trace_headers().values())) == {str}
    assert list(by_name(told)) == ["task y"]


def test_of_what_is_not_sampled_nothing_is_told_and_the_next_are_told_so(
    told: InMemorySpanExporter,
) -> None:
    with traced(given("00"), "task x"):
        assert not is_told()
        with span("fetch"):
            assert trace_headers()[TRACEPARENT].startswith(f"00-{ID}-")
            assert trace_headers()[TRACEPARENT].endswith("-00")
    assert not told.get_finished_spans()


def test_what_is_raised_is_told_and_goes_on(told: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), traced(None, "task x"), span("child"):
        raise ValueError("no such layer")
    descriptions = {each.status.description for each in told.get_finished_spans()}
    assert descriptions == {"ValueError: no such layer"}


async def test_a_receiver_that_is_away_keeps_no_process_from_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobody = "http://127.0.0.1:9"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", nobody)
    async with telemetry.exporting(nobody, "psd-worker"):
        with traced(None, "task x"):
            assert is_told()
    assert telemetry._tracing is None
