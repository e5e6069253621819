"""Processes that have a part of a machine's time, as on slower machines of their own."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count

_PERIOD = 0.1
"""Seconds, of which each runs for its share, one after the other."""
_PERIODS = 10
"""Until it is looked again which processes there are."""


@contextmanager
def slowed(
    machines: Sequence[Callable[[], Iterable[int]]], share: float
) -> Iterator[None]:
    """Each gives the processes that belong to it at the moment: they may start some."""
    is_over = threading.Event()

    def hold() -> None:
        held: list[list[int]] = [[] for _ in machines]
        for period in count():
            if period % _PERIODS == 0:
                held = [list(pids()) for pids in machines]
            for own in held:
                _tell(own, signal.SIGCONT)
                is_over.wait(_PERIOD * share)
                if is_over.is_set():
                    break
                _tell(own, signal.SIGSTOP)
            if is_over.wait(_PERIOD * (1 - share * len(machines))):
                break
        for own in held:
            _tell(own, signal.SIGCONT)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _tell(pids: Iterable[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(pid, what)
