"""How long tasks take: an exponentially weighted mean of each kind."""

from collections import OrderedDict
from datetime import datetime

from onemanage.elastic.domain.deciding import Measured

LEAST_WEIGHT = 0.05
"""Of the newest: after twenty, each further one moves the mean by a twentieth of what it
differs by."""
MOST_STARTED = 20_000


def with_another(before: Measured | None, seconds: float) -> Measured:
    """The plain mean of the first twenty, then the weighted one."""
    if before is None:
        return Measured(seconds)
    count = before.count + 1
    weight = max(1 / count, LEAST_WEIGHT)
    return Measured(before.seconds + weight * (seconds - before.seconds), count)


class Stopwatch:
    """Pairs starts with ends, whichever is heard first: they come by subscriptions of
    their own. Of what was heard in part nothing is measured."""

    def __init__(self) -> None:
        self._started: OrderedDict[str, datetime] = OrderedDict()
        self._ended: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self.measured: dict[str, Measured] = {}
        """By kind, since ``measured`` was last replaced from the rows."""
        self.fresh: set[str] = set()
        """Kinds that are not as the rows have them."""

    def started(self, task_id: str, at: datetime) -> None:
        """A further attempt begins anew."""
        kind, end = self._ended.pop(task_id, ("", at))
        if kind and end >= at:
            self._measure(kind, at, end)
        else:
            _keep(self._started, task_id, at)

    def ended(self, kind: str, task_id: str, at: datetime) -> None:
        """Both times are of the worker's own clock."""
        begun = self._started.pop(task_id, None)
        if begun is None:
            _keep(self._ended, task_id, (kind, at))
        else:
            self._measure(kind, begun, at)

    def _measure(self, kind: str, begun: datetime, end: datetime) -> None:
        seconds = max(0.0, (end - begun).total_seconds())
        self.measured[kind] = with_another(self.measured.get(kind), seconds)
        self.fresh.add(kind)


def _keep[T](where: OrderedDict[str, T], task_id: str, what: T) -> None:
    where[task_id] = what
    if len(where) > MOST_STARTED:
        where.popitem(last=False)
