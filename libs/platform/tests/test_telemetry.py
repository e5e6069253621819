"""One trace id from hop to hop."""

import asyncio
import re

import pytest
from loguru import logger

from onemanage.platform.process.telemetry import (
    TRACEPARENT,
    bind_trace,
    current_trace_id,
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
    ],
)
def test_a_malformed_trace_is_not_taken_over(value: str) -> None:
    with traced({TRACEPARENT: value}) as trace_id:
        assert trace_id != ID
        assert set(trace_id) != {"0"}


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
