"""Which steps a piece of work took, and for how long: decode, render, encode.

Domain code marks its steps, and does not know who wants to know. Where nobody does, as
in most runs, a step costs next to nothing::

    @step("decode")
    def read_picture(path: Path) -> Picture: ...
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import msgspec

type StepName = Literal["read", "decode", "render", "encode"]


class Step(msgspec.Struct, kw_only=True):
    """One kind of step; what was done several times is one together."""

    name: StepName
    begun: float
    """Seconds after the work has begun, the first time."""
    ended: float
    """The last time."""
    seconds: float = 0.0
    """All times together."""
    times: int = 0


class Steps:
    """Those of one piece of work, which begins when this is made."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._found: dict[StepName, Step] = {}

    def add(self, name: StepName, begun: float) -> None:
        """It has been done since ``begun`` of ``time.monotonic``."""
        at, now = begun - self._begun, time.monotonic() - self._begun
        found = self._found.setdefault(name, Step(name=name, begun=at, ended=now))
        found.ended = now
        found.seconds += now - at
        found.times += 1

    def told(self) -> list[Step]:
        """As they travel."""
        return list(self._found.values())


_wanted: ContextVar[Steps | None] = ContextVar("steps", default=None)


@contextmanager
def steps_told() -> Iterator[Steps]:
    """Inside, steps are remembered."""
    steps = Steps()
    token = _wanted.set(steps)
    try:
        yield steps
    finally:
        _wanted.reset(token)


@contextmanager
def step(name: StepName) -> Iterator[None]:
    """What runs inside is such a step; also a decorator of a function."""
    steps = _wanted.get()
    if steps is None:
        yield
        return
    begun = time.monotonic()
    try:
        yield
    finally:
        steps.add(name, begun)
