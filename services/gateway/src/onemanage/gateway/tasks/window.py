"""How many tasks of one workspace may lie before a worker: the rest wait their turn.

What lies in a worker's queue is carried out in the order it came, so whoever comes
next waits for all of it. With too little there, slots stand empty until the next task
is handed over.

The window is one and a half times what the workers carry out at the same time: another
workspace then waits for at most two and a half tasks, however long they are, and every
slot finds its next task there. Of very short tasks that would be too few, since handing
one over takes longer than carrying it out; so it is at least what the workers start in
WORTH seconds. Where no worker has said anything, one.
"""

import math
import time
from collections.abc import Callable

from onemanage.contracts.base import Capacity

WORTH = 0.03
LARGEST = 256
_SHARE = 1.5
_MEMORY = 0.5
_FORGOTTEN_AFTER_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 0.05


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
    """The window of each subject, by what the workers behind it can do and have done."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._starts: dict[str, _Rate] = {}
        self._told: dict[str, dict[str, tuple[float, Capacity]]] = {}

    def started(self, worker: str) -> None:
        """A task has begun on some process of this worker."""
        self._starts.setdefault(worker, _Rate()).add(self._clock())

    def tell(self, worker: str, capacity: Capacity) -> None:
        """One process of this worker has said what it can do."""
        self._told.setdefault(worker, {})[capacity.worker_id] = self._clock(), capacity

    def of(self, subject: str) -> int:
        """For ``tasks.<worker>.high`` or ``.low``."""
        _, worker, lane = subject.split(".")
        alive = self.alive(worker)
        slots = sum(each.high if lane == "high" else each.low for each in alive)
        per_second = self._rate(worker)
        wanted = max(math.floor(slots * _SHARE), math.ceil(per_second * WORTH), 1)
        return min(wanted, LARGEST)

    def pause(self, subject: str) -> float:
        """Seconds in which half a window is started: so long a refill may wait.

        Then one statement gives turns to many. A window of one is refilled at once.
        """
        half = self.of(subject) // 2
        per_second = self._rate(subject.split(".")[1])
        return (
            min(half / per_second, _LONGEST_PAUSE_SECONDS)
            if half and per_second
            else 0.0
        )

    def _rate(self, worker: str) -> float:
        rate = self._starts.get(worker)
        return rate.at(self._clock()) if rate else 0.0

    def alive(self, worker: str) -> list[Capacity]:
        """Those heard of lately. One that was killed is forgotten with time."""
        told = self._told.get(worker, {})
        since = self._clock() - _FORGOTTEN_AFTER_SECONDS
        for worker_id in [w for w, (at, _) in told.items() if at < since]:
            del told[worker_id]
        return [capacity for _, capacity in told.values()]
