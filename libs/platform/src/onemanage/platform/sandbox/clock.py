"""The time that a call may take."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from anyio import CancelScope, current_time


class Clock:
    """How long a child runs; it stands while the child may be waiting for the parent."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds
        self._reasons_to_stand = 1
        self._scope: CancelScope | None = None

    def attach(self, scope: CancelScope) -> None:
        """Cancel the scope when the time is over. The clock stands until ``go``."""
        self._scope = scope

    def go(self) -> None:
        """Time counts again when every ``stand`` has had its ``go``."""
        self._reasons_to_stand -= 1
        if not self._reasons_to_stand and self._scope is not None:
            self._scope.deadline = current_time() + self._left

    def stand(self) -> None:
        """Until there were as many ``go``."""
        if not self._reasons_to_stand and self._scope is not None:
            self._left = self._scope.deadline - current_time()
            self._scope.deadline = math.inf
        self._reasons_to_stand += 1

    @contextmanager
    def standing(self) -> Iterator[None]:
        """While the block runs no time counts against the child."""
        self.stand()
        try:
            yield
        finally:
            self.go()
