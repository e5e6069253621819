"""How many tasks of one workspace may lie before a worker: the rest wait their turn.

What lies in a worker's queue is carried out in the order it came, so whoever comes
next waits for all of it. With too little there, the worker stands still until the next
is handed over, and its starts become the slower the longer that takes. So the window
is what the worker starts in the time that two turns take, and at least one task. Where
turns are quick, WORTH seconds of starts are what a flooding workspace can put before
another's task; where turns are slow, at most MOST.
"""

import math
import time
from collections.abc import Callable

WORTH = 0.03
MOST = 0.25
LARGEST = 64
_MEMORY = 0.5
_WEIGHT = 0.1


class _Rate:
    """Events per second, the last half second counting most (exponential average)."""

    def __init__(self) -> None:
        self._value = 0.0
        self._at = -math.inf

    def add(self, now: float) -> None:
        self._value = self.at(now) + 1 / _MEMORY
        self._at = now

    def at(self, now: float) -> float:
        return self._value * math.exp((self._at - now) / _MEMORY)


class Windows:
    """The window of each subject, from the starts of the worker behind it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._starts: dict[str, _Rate] = {}
        self._turn = 0.0

    def started(self, worker: str) -> None:
        """A task has begun on some worker of this service."""
        self._starts.setdefault(worker, _Rate()).add(self._clock())

    def turn_took(self, seconds: float) -> None:
        """From the start of a task until the next was handed over for it."""
        self._turn += _WEIGHT * (seconds - self._turn)

    def of(self, subject: str) -> int:
        """For ``tasks.<worker>.high`` or ``.low``, which the same workers serve."""
        rate = self._starts.get(subject.split(".")[1])
        per_second = rate.at(self._clock()) if rate else 0.0
        worth = min(max(2 * self._turn, WORTH), MOST)
        return min(max(math.ceil(per_second * worth), 1), LARGEST)
