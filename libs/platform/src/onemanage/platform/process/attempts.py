"""Whether what is at work here may have been begun before, and have left something.

Settlement says so of each task (tasks/settlement.py); who is not told by it reckons with
leftovers.
"""

from contextvars import ContextVar

_IS_FIRST: ContextVar[bool] = ContextVar("is_first", default=False)


def note_attempt(*, is_first: bool) -> None:
    """Of the task that this coroutine carries out, and of what it waits for."""
    _IS_FIRST.set(is_first)


def is_first_attempt() -> bool:
    """Nothing of this run of the task can have been left by another attempt."""
    return _IS_FIRST.get()
