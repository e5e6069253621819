"""Which faults come when: planned from the seed, before anything runs."""

import random
from dataclasses import dataclass
from enum import StrEnum

EVERY = (3.0, 10.0)
"""Seconds from one fault to the next."""
PAUSED = (1.0, 15.0)
LONG = (32.0, 45.0)
"""Longer than NATS keeps the connection of a process that does not answer."""
LONG_PAUSED = ("psd-worker-2", "preview-worker-2")
FIRST = 3.0


class How(StrEnum):
    KILL = "SIGKILL"
    STOP = "SIGTERM"
    PAUSE = "SIGSTOP"
    FAST = "SIGINT"
    """PostgreSQL's fast shutdown."""
    IMMEDIATE = "SIGQUIT"
    """PostgreSQL's immediate shutdown: as a crash, but orderly."""
    CHILD = "SIGKILL of a CPU child"
    OLDER = "an older queue put back into"
    """Of NATS: TASKS and its consumers as they were some seconds ago, after a SIGKILL.
    EVENTS stays: without it nobody could check what was promised."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    at: float
    """Seconds from the begin of the load."""
    target: str
    how: How
    seconds: float = 0.0
    """How long a pause lasts, or how old the queue is."""

    @property
    def kind(self) -> str:
        return f"{self.how} {self.target}"

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.at:7.1f} s  {self.kind}{lasting}"


_ANY = (How.KILL, How.STOP, How.PAUSE)
_WORKER = (*_ANY, How.CHILD, How.CHILD)
HOWS: dict[str, tuple[How, ...]] = {
    "gateway": _ANY,
    "gateway-consumer": _ANY,
    "psd-worker": _WORKER,
    "psd-worker-2": _WORKER,
    "psd-consumer": _ANY,
    "preview-worker": _WORKER,
    "preview-worker-2": _WORKER,
    "preview-consumer": _ANY,
    "nats": (*_ANY, How.OLDER),
    "postgres": (How.KILL, How.FAST, How.IMMEDIATE, How.PAUSE),
    "s3": _ANY,
}
_PAIRS = [(target, how) for target, hows in HOWS.items() for how in dict.fromkeys(hows)]


def plan(seed: int, seconds: float) -> list[Fault]:
    """Each pair of target and signal once, in a random order, before any comes again."""
    choose = random.Random(f"faults {seed}")
    found: list[Fault] = []
    left: list[tuple[str, How]] = []
    at = FIRST
    while at < seconds:
        if not left:
            left = choose.sample(_PAIRS, len(_PAIRS))
        target, how = left.pop()
        length = LONG if target in LONG_PAUSED else PAUSED
        lasting = how in (How.PAUSE, How.OLDER)
        pause = choose.uniform(*length) if lasting else 0.0
        found.append(Fault(at=at, target=target, how=how, seconds=pause))
        at += choose.uniform(*EVERY)
    return found
