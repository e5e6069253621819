"""CPU seconds of a process and all that it has started, by what they are.

Wall time tells little on a machine that others use too.
"""

import os
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple, Self

_TICKS = os.sysconf("SC_CLK_TCK")
_UNTIL_REAPED = 0.2
"""Seconds: a backend whose client has left is not gone at once."""


class _Process(NamedTuple):
    name: str
    parent: int
    seconds: float
    """Its own and those of its children that have ended."""


def cpu_seconds() -> dict[str, float]:
    """By the name of the program, of this process and its descendants so far.

    What the children of a process took counts once they have ended and been waited for.
    """
    found: dict[int, _Process] = {}
    for entry in filter(str.isdecimal, os.listdir("/proc")):
        try:
            text = Path(f"/proc/{entry}/stat").read_text()
        except OSError:  # it has ended
            continue
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields = rest.split()
        ticks = sum(map(int, fields[11:15]))
        found[int(entry)] = _Process(name, int(fields[1]), ticks / _TICKS)
    seconds: dict[str, float] = defaultdict(float)
    for pid, process in found.items():
        if _descends(pid, found):
            own = pid == os.getpid()
            seconds["own" if own else process.name] += process.seconds
    return seconds


class Measured:
    """Seconds of a block: by the clock, and of the CPUs by the program."""

    def __init__(self) -> None:
        self.wall = 0.0
        self.cpu: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._before, self._began = cpu_seconds(), time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall = time.monotonic() - self._began
        time.sleep(_UNTIL_REAPED)
        gone = self._before.get
        spent = {name: s - gone(name, 0.0) for name, s in cpu_seconds().items()}
        self.cpu = {name: s for name, s in spent.items() if s > 0}

    def __str__(self) -> str:
        told = ", ".join(f"{name} {s:.2f}" for name, s in sorted(self.cpu.items()))
        return f"{self.wall:6.2f} s  CPU {sum(self.cpu.values()):5.2f} s ({told})"


def _descends(pid: int, found: dict[int, _Process]) -> bool:
    while pid in found:
        if pid == os.getpid():
            return True
        pid = found[pid].parent
    return False
