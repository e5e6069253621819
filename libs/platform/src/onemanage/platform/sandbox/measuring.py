"""What is known of calls in children: how they ended, what they took, their steps."""

import time
from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.steps import Step
from onemanage.platform.process.figures import (
    SANDBOX_CPU_SECONDS,
    SANDBOX_PEAK_BYTES,
    SANDBOX_RUN_SECONDS,
)
from onemanage.platform.process.telemetry import add_span, span
from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxKilled,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.platform.sandbox.process import Usage

_MOST = 20
"""Kinds of steps of one call."""
_ENDS: dict[type[BaseException], str] = {
    SandboxTimeout: "timeout",
    SandboxMemoryExceeded: "memory",
    SandboxCrashed: "crashed",
    SandboxKilled: "killed",
    CancelledError: "cancelled",
}


@asynccontextmanager
async def measured(function: Callable[..., Any]) -> AsyncIterator[None]:
    """Inside, a child carries out the function."""
    name = getattr(function, "__name__", None) or getattr(function, "name", "?")
    begun, end = time.monotonic(), "answered"
    try:
        with span("child", function=str(name)):
            yield
    except BaseException as error:  # whatever it is, it ended so
        refused = "refused" if isinstance(error, InvalidInput) else "failed"
        end = _ENDS.get(type(error), refused)
        raise
    finally:
        SANDBOX_RUN_SECONDS.observe(time.monotonic() - begun, end)


def count_usage(used: Usage | None) -> None:
    """Of a child that is gone."""
    if used is not None:
        SANDBOX_CPU_SECONDS.add(by=used.cpu_seconds)
        SANDBOX_PEAK_BYTES.observe(used.peak_bytes)


def tell_steps(steps: Sequence[Step], begun: float) -> None:
    """As spans of the call, which has begun so many seconds since 1970. A child may say
    anything of itself: no step is longer than its call."""
    longest = max(0.0, time.time() - begun)
    for each in steps[:_MOST]:
        first = min(max(0.0, each.begun), longest)
        last = min(max(first, each.ended), longest)
        add_span(
            each.name,
            begun + first,
            begun + last,
            seconds=each.seconds,
            times=each.times,
        )
