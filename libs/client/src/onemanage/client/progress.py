"""How far a transfer is, told to whoever asked; and word to its threads to stop."""

import threading
from typing import Callable, Optional

OnProgress = Callable[[int, int], object]
"""Is given the bytes that are there, and how many there are in all: 0 where nobody
knows."""


class Stopped(Exception):
    """Another part of the same transfer has failed, or it was broken off."""


class Progress:
    """Of one transfer, whose parts may come from several threads.

    Only its parts call it, so what ``tell`` raises ends the transfer.
    """

    def __init__(self, total: int, tell: Optional[OnProgress] = None) -> None:
        self.total, self.done = total, 0
        self._tell = tell
        self._turn = threading.Lock()
        self._is_stopped = False

    def add(self, count: int) -> None:
        """So many bytes more. Raises Stopped."""
        if self._is_stopped:
            raise Stopped
        with self._turn:
            self.done += count
            if self._tell is not None and count:
                self._tell(self.done, self.total)

    def take_back(self, count: int) -> None:
        """So many bytes have to come again. Nobody is told before others have come."""
        with self._turn:
            self.done -= count

    def stop(self) -> None:
        """Whatever adds from now on ends."""
        self._is_stopped = True
