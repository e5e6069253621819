"""A process that has a part of a machine's time, as one on a slower machine of its own."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

_PERIOD = 0.1
"""Seconds; a process runs at the beginning of each, and stands still then."""


@contextmanager
def slowed(pids: Callable[[], Iterable[int]], share: float) -> Iterator[None]:
    """``pids`` are those that belong to it at any moment: it may start some."""
    is_over = threading.Event()

    def hold() -> None:
        while not is_over.wait(_PERIOD * share):
            held = list(pids())
            _tell(held, signal.SIGSTOP)
            is_over.wait(_PERIOD * (1 - share))
            _tell(held, signal.SIGCONT)

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
