"""How many tasks of one workspace may lie before a worker: the rest wait their turn.

What lies in a worker's queue is carried out in the order it came, so whoever comes
next waits for all of it. With too little there, the worker stands still until the next
is handed over. The window is what the worker starts in WORTH seconds, and at least
SMALLEST: that is what each flooding workspace can put before another's task.

WORTH must be more than handing over takes, from a start until the next command is out.
Otherwise the window falls to SMALLEST, and a workspace to SMALLEST tasks in that time.
"""

import math
import time
from collections.abc import Callable

WORTH = 0.03
SMALLEST, LARGEST = 1, 64
_MEMORY = 0.5


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

    def started(self, worker: str) -> None:
        """A task has begun on some worker of this service."""
        self._starts.setdefault(worker, _Rate()).add(self._clock())

    def of(self, subject: str) -> int:
        """For ``tasks.<worker>.high`` or ``.low``, which the same workers serve."""
        rate = self._starts.get(subject.split(".")[1])
        per_second = rate.at(self._clock()) if rate else 0.0
        return min(max(math.ceil(per_second * WORTH), SMALLEST), LARGEST)
