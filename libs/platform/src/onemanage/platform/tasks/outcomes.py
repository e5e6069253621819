"""What is said and counted of how an attempt at a task ended."""

from collections.abc import Iterable
from typing import Any

import msgspec

from onemanage.contracts.base import ErrorInfo
from onemanage.contracts.registry import AnyTask
from onemanage.platform.messaging.delivery import expect_dead_letters
from onemanage.platform.messaging.outage import is_outage
from onemanage.platform.messaging.topology import Consumer
from onemanage.platform.process.figures import (
    TASK_ENDS,
    TASK_HAND_OVERS,
    TASK_REDELIVERIES,
    TASK_RETRIES,
    WORKSPACE_TASK_ENDS,
)
from onemanage.platform.process.telemetry import note_failure
from onemanage.platform.tasks.lifecycle import Lifecycle
from onemanage.platform.tasks.run import TaskTimeout

ATTEMPTS = 3


def expect_failures(consumers: Iterable[Consumer], tasks: Iterable[str]) -> None:
    """That there were none yet, as ``expect_dead_letters`` says it."""
    for consumer in consumers:
        expect_dead_letters(consumer.durable)
    for task in tasks:
        TASK_RETRIES.add(task, by=0)
        TASK_REDELIVERIES.add(task, by=0)
        TASK_HAND_OVERS.add(task, by=0)


def count_end(lifecycle: Lifecycle, end: str) -> None:
    """Of a run that has ended here: completed, refused, cancelled or dead_letter."""
    TASK_ENDS.add(lifecycle.spec.name, end)
    WORKSPACE_TASK_ENDS.add(lifecycle.workspace_id, end)
    if end != "completed":
        note_failure(end)


def fitting(result: Any, expected: type[msgspec.Struct]) -> Any:
    """The result, if its event can carry it. Raises msgspec.ValidationError.

    Else nobody could read that the task is completed, and its row would run for ever.
    """
    if isinstance(result, expected):
        return result
    return msgspec.convert(msgspec.to_builtins(result), expected)


def explained(spec: AnyTask, error: BaseException) -> ErrorInfo:
    """What the user is told; the traceback stays in the dead letter."""
    if isinstance(error, TaskTimeout):
        text = f"it took longer than {spec.timeout:g} s, {ATTEMPTS} times"
        return ErrorInfo(code="task.timeout", message=text, retryable=True)
    if is_outage(error):
        text = "a server that it needs was out of reach for long; try again later"
        return ErrorInfo(code="task.unavailable", message=text, retryable=True)
    text = (
        f"it failed {ATTEMPTS} times for a reason on our side "
        f"({type(error).__name__}); try again, or hand the task id to your operator"
    )
    return ErrorInfo(code="task.failed", message=text, retryable=True)
