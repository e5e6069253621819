"""Since when a process has had nothing at hand."""

import time


class Activity:
    """Entered for as long as one thing is worked at; many may be at a time."""

    def __init__(self) -> None:
        self._at_hand = 0
        self.begin()

    def begin(self) -> None:
        """Only now can anything come."""
        self._since = time.monotonic()

    def take(self) -> None:
        """One more is at hand."""
        self._at_hand += 1

    def leave(self) -> None:
        """It is done."""
        self._at_hand -= 1
        self._since = time.monotonic()

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.leave()

    @property
    def idle_seconds(self) -> float:
        """Since the last thing was done; 0 while there is one at hand."""
        return 0.0 if self._at_hand else time.monotonic() - self._since
