"""What is counted of children, and told of their steps."""

import importlib
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from anyio import CancelScope

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.steps import step, steps_told
from onemanage.platform.process.figures import (
    FIGURES,
    SANDBOX_CPU_SECONDS,
    SANDBOX_PEAK_BYTES,
    SANDBOX_RUN_SECONDS,
)
from onemanage.platform.process.metrics_server import serving_metrics
from onemanage.platform.sandbox.errors import SandboxError
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.testing.fixtures import eventually

MIB = 1 << 20

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a child must be able to import them by name
functions = importlib.import_module("sandbox_functions")


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    for figure in FIGURES:
        figure.forget()
    made = Sandbox(memory_limit=1 << 30)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("call", "end"),
    [
        (lambda sandbox: sandbox.run(functions.add, 1, 2, timeout=60), "answered"),
        (lambda sandbox: sandbox.run(functions.hang, timeout=0.2), "timeout"),
        (
            lambda sandbox: sandbox.run(functions.allocate, 2 << 30, timeout=60),
            "memory",
        ),
        (lambda sandbox: sandbox.run(functions.abort, timeout=60), "crashed"),
        (
            lambda sandbox: sandbox.run(functions.raise_error, "ink", timeout=60),
            "refused",
        ),
        (
            lambda sandbox: sandbox.run(functions.raise_error, "value", timeout=60),
            "failed",
        ),
    ],
)
async def test_it_is_counted_how_a_call_ended(
    sandbox: Sandbox, call: Callable[[Sandbox], object], end: str
) -> None:
    try:
        await call(sandbox)  # type: ignore[misc]  # what it gives is awaited alone
    except (SandboxError, InvalidInput):
        assert end != "answered"
    assert SANDBOX_RUN_SECONDS.count(end) == 1


async def test_a_call_that_nobody_waits_for_counts_as_cancelled(
    sandbox: Sandbox,
) -> None:
    with CancelScope(deadline=0):
        await sandbox.run(functions.hang, timeout=60)
    assert SANDBOX_RUN_SECONDS.count("cancelled") == 1


async def test_the_parent_tells_what_a_child_that_is_gone_has_used(
    sandbox: Sandbox,
) -> None:
    await sandbox.run(functions.use, 300 * MIB, 0.3, timeout=60)
    await eventually(lambda: SANDBOX_PEAK_BYTES.count() == 1)
    assert SANDBOX_CPU_SECONDS.value() >= 0.3
    peak = SANDBOX_PEAK_BYTES.total()
    assert 300 * MIB <= peak < 600 * MIB


async def test_a_child_does_not_hold_the_port_of_the_figures() -> None:
    async with serving_metrics("127.0.0.1:0"):
        sandbox = Sandbox(memory_limit=1 << 30)
        try:
            assert await sandbox.run(functions.open_sockets, timeout=60) == []
        finally:
            await sandbox.close()


def test_steps_of_one_kind_are_told_together_and_only_where_somebody_asks() -> None:
    with step("decode"):
        pass
    with steps_told() as steps:
        functions.take_steps()
    decode, encode = steps.told()
    assert (decode.name, decode.times, encode.name) == ("decode", 3, "encode")
    assert 0.03 <= decode.seconds <= decode.ended - decode.begun + 0.001
    assert decode.ended <= encode.begun
