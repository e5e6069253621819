"""A model of many machines: which part is full first, and what moves it.

A part is what a request passes: a process, or something of which there is one. What a
request takes of it was measured (demands.py); what it has to give is its seconds in a
second. Pure, so anybody may ask it about a system of their own.
"""

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Part:
    """``seconds``: what one request of the mix takes of it; ``many``: how many there are
    side by side (processes, cores, or one); ``most``: how many there can be before the
    work must be cut into cells, none where there is no such end."""

    name: str
    seconds: float
    many: int = 1
    most: int | None = None

    @property
    def requests_per_second(self) -> float:
        return self.many / self.seconds if self.seconds > 0 else math.inf


@dataclass(frozen=True, slots=True)
class Step:
    """A system, the part that is full first there, and the change that made it so."""

    change: str
    parts: tuple[Part, ...]
    cells: int

    @property
    def full(self) -> Part:
        return min(self.parts, key=lambda part: part.requests_per_second)

    @property
    def requests_per_second(self) -> float:
        return self.cells * self.full.requests_per_second


def grown(parts: Sequence[Part], target: float) -> Iterator[Step]:
    """From one of each to ``target`` requests per second, by the part that is full.

    As long as it can be had more of, it is doubled, or grows to its most; then the
    workspaces are shared out among cells, each a whole system of the size reached.
    """
    step = Step("one of each", tuple(parts), 1)
    yield step
    while step.requests_per_second < target:
        full = step.full
        if full.most is not None and full.many >= full.most:
            cells = math.ceil(target / full.requests_per_second)
            step = Step(f"{cells} cells", step.parts, cells)
            yield step
            return
        many = full.many * 2 if full.most is None else min(full.many * 2, full.most)
        more = tuple(replace(p, many=many) if p is full else p for p in step.parts)
        step = Step(f"{full.name} x {many}", more, 1)
        yield step


def with_workers(parts: Sequence[Part], workers: int, name: str) -> Step:
    """All else as large as it gets in one cell, and so many workers of the mix."""
    sized = (
        replace(part, many=workers if part.name == name else _largest(part))
        for part in parts
    )
    return Step(f"{workers} workers", tuple(sized), 1)


def _largest(part: Part) -> int:
    return part.many if part.most is None else part.most


@dataclass(frozen=True, slots=True)
class Simulated:
    """``waits``: by part, the mean seconds in its queue of the last tenth of requests."""

    median: float
    p99: float
    waits: dict[str, float]


def simulate(parts: Sequence[Part], rate: float, count: int, seed: int) -> Simulated:
    """``count`` requests that come by chance at ``rate`` per second pass all parts.

    Each part serves in the order of arrival, as many at once as it has; services last
    exponentially around their mean, which is worse than what was measured. As work only
    flows on, a part is done after the other, without a list of events.
    """
    chance = random.Random(seed)
    begun, clock = [], 0.0
    for _ in range(count):
        clock += chance.expovariate(rate)
        begun.append(clock)
    now, waits = list(begun), {}
    for part in parts:
        if part.seconds <= 0:
            continue
        order = sorted(range(count), key=now.__getitem__)
        free = [0.0] * part.many
        waited = []
        for index in order:
            start = max(now[index], heapq.heappop(free))
            waited.append(start - now[index])
            now[index] = start + chance.expovariate(1 / part.seconds)
            heapq.heappush(free, now[index])
        tail = waited[-count // 10 :]
        waits[part.name] = sum(tail) / len(tail)
    took = sorted(end - start for start, end in zip(begun, now, strict=True))
    return Simulated(took[count // 2], took[count * 99 // 100], waits)
