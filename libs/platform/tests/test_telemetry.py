"""One trace id from hop to hop."""

import asyncio
import re

import pytest
from loguru import logger

from onemanage.platform.process.telemetry import (
    TRACEPARENT,
    bind_trace,
    current_trace_id,
    is_told,
    span,
    trace_headers,
    traced,
)

ID = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = {TRACEPARENT: f"00-{ID}-00f067aa0ba902b7-01"}


def test_a_trace_that_is_given_goes_on() -> None:
    with traced(GIVEN) as trace_id:
        assert trace_id == current_trace_id() == ID


@pytest.mark.parametrize("headers", [None, {}, {"other": "x"}])
def test_where_none_is_given_one_begins(headers: dict[str, str] | None) -> None:
    with traced(headers) as one:
        assert re.fullmatch("[0-9a-f]{32}", one)
    with traced(headers) as other:
        assert one != other


@pytest.mark.parametrize(
    "value",
    [
        "",
        "garbage",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{ID}-{'0' * 16}-01",
        f"00-{ID.upper()}-00f067aa0ba902b7-01",
        f"00-{ID}-00f067aa0ba902b7-01\r\nNats-Msg-Id: 1",
        f"00-{ID}-00f067aa0ba902b7-01-more",
        f"ff-{ID}-00f067aa0ba902b7-01",
        f"00-{ID}-00f067aa0ba902b7-1.0",
        f"00-{ID}-00f067aa0ba902b7-nan",
        f"cc-{ID}-00f067aa0ba902b7-01.5",
        f"00-{'٣' * 32}-00f067aa0ba902b7-01",
        f"00-{ID}-{'f' * 1_000_000}-01",
        f"0.5e308-{ID}",
        "\x00\udcff" * 30,
    ],
)
def test_a_malformed_trace_is_not_taken_over(value: str) -> None:
    with traced({TRACEPARENT: value}) as trace_id:
        assert trace_id != ID
        assert set(trace_id) != {"0"}


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    with traced({TRACEPARENT: f"cc-{ID}-00f067aa0ba902b7-01-what-is-new"}) as trace_id:
        assert trace_id == ID


@pytest.mark.parametrize(("flags", "handed_on"), [("00", "00"), ("03", "01")])
def test_whoever_has_said_whether_a_trace_is_sampled_is_believed(
    flags: str, handed_on: str
) -> None:
    with traced({TRACEPARENT: f"00-{ID}-00f067aa0ba902b7-{flags}"}):
        assert trace_headers()[TRACEPARENT].endswith(f"-{handed_on}")


def test_a_part_of_the_work_costs_nothing_where_no_spans_are_told() -> None:
    with traced(GIVEN), span("fetch", bytes=1.5):
        assert current_trace_id() == ID
        assert not is_told()


def test_each_hop_keeps_the_trace_and_makes_its_own_span() -> None:
    with traced(GIVEN):
        one, other = trace_headers(), trace_headers()
    assert one != other
    for headers in (one, other):
        with traced(headers) as trace_id:
            assert trace_id == ID


def test_outside_a_trace_there_is_nothing_to_hand_on() -> None:
    assert current_trace_id() is None
    assert trace_headers() == {}
    with traced(GIVEN):
        with traced(None):
            assert current_trace_id() != ID
        assert current_trace_id() == ID
    assert current_trace_id() is None


async def test_tasks_side_by_side_have_their_own_traces() -> None:
    both = asyncio.Barrier(2)

    async def work() -> tuple[str, str | None]:
        with traced(None) as trace_id:
            await both.wait()
            return trace_id, current_trace_id()

    (one, seen_one), (other, seen_other) = await asyncio.gather(work(), work())
    assert one == seen_one != other == seen_other


def test_every_log_line_inside_carries_the_bound_fields() -> None:
    extras: list[dict[str, object]] = []
    sink = logger.add(lambda message: extras.append(message.record["extra"]))
    patched = logger.patch(bind_trace)  # as configure_logging has it for all
    try:
        with traced(GIVEN, task_id="tsk_1"):
            patched.info("inside")
        patched.info("outside")
    finally:
        logger.remove(sink)
    assert extras[0] | {"trace_id": ID, "task_id": "tsk_1"} == extras[0]
    assert "task_id" not in extras[1]
