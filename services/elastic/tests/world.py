"""A small world in which decisions have consequences: tasks, workers, and hours."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from onemanage.elastic.domain.deciding import Load, Measured, decide
from onemanage.elastic.domain.groups import CAPACITY, Group, Policy
from onemanage.elastic.ordering import ordered

from .samples import NOW

TICK = 5.0
"""Seconds."""


class World:
    """psd with one worker of two slots that is always there. Every task takes as long
    as ``lasts`` says; a group runs ``delay`` seconds after its order."""

    def __init__(self, policy: Policy, lasts: float = 6.0, delay: float = 25.0) -> None:
        self.policy, self._lasts, self._delay = policy, lasts, delay
        self.now = NOW
        self.groups: dict[str, Group] = {}
        self._busy: dict[str, list[datetime]] = {"always": []}
        """Until when each slot in use is: by group."""
        self._idle_since: dict[str, datetime] = {}
        self.queue: list[datetime] = []
        """When each waiting task came."""
        self.starts: list[tuple[datetime, int]] = []
        self.waited: list[float] = []
        self._decisions = 0

    def live(self) -> list[Group]:
        return [group for group in self.groups.values() if group.is_live]

    def run(
        self,
        hours: float,
        arrivals: Callable[[float], int],
        watch: Callable[[], None] = lambda: None,
        heavy: Callable[[], int] = lambda: 0,
    ) -> None:
        """``arrivals`` says how many tasks come in the tick that ends then."""
        begun = self.now
        while (self.now - begun).total_seconds() < hours * 3600:
            self.now += timedelta(seconds=TICK)
            passed = (self.now - begun).total_seconds()
            self.queue += [self.now] * arrivals(passed)
            self._age()
            self._work()
            self._decide(heavy())
            watch()

    def _age(self) -> None:
        for group in self.live():
            lived = (self.now - group.ordered_at).total_seconds()
            if group.state == "wanted" and lived >= self._delay:
                self._set(replace(group, state="running", started_at=self.now))
                self._busy[group.token] = []
                self._idle_since[group.token] = self.now
            elif group.state == "running" and lived > self.policy.age:
                self._set(replace(group, state="draining"))

    def _work(self) -> None:
        for place, busy in list(self._busy.items()):
            busy[:] = [until for until in busy if until > self.now]
            group = self.groups.get(place)
            if busy:
                self._idle_since[place] = self.now
            elif group is not None:
                idle = (self.now - self._idle_since[place]).total_seconds()
                if idle >= self.policy.idle or group.state == "draining":
                    self._set(replace(group, state="gone", ended_at=self.now))
                    del self._busy[place]
        places = list(self._busy)
        random.Random(self.now.timestamp()).shuffle(places)
        for place in places:
            group = self.groups.get(place)
            if group is not None and group.state == "draining":
                continue
            while self.queue and len(self._busy[place]) < 2:
                self.waited.append((self.now - self.queue.pop(0)).total_seconds())
                self._busy[place].append(self.now + timedelta(seconds=self._lasts))

    def _decide(self, heavy: int) -> None:
        oldest = (self.now - self.queue[0]).total_seconds() if self.queue else None
        waits = Load(
            service="psd",
            kinds={"psd.parse_export": len(self.queue)},
            oldest=oldest,
            running=sum(len(busy) for busy in self._busy.values()),
            heavy=heavy,
            slots=2,
        )
        measured = {"psd.parse_export": Measured(self._lasts, 100)}
        recent = [
            group
            for group in self.groups.values()
            if group.is_live or (self.now - (group.ended_at or self.now)).days < 1
        ]
        for each in decide([waits], recent, [], measured, self.policy, self.now):
            self._decisions += 1
            for group in ordered(f"dec_{self._decisions}", each, self.now):
                self._set(group)
            if each.starts:
                self.starts.append((self.now, each.starts))

    def have(self, *, heavy: bool = False) -> int:
        """Groups that take tasks, now or soon."""
        return sum(
            group.state in CAPACITY and group.heavy is heavy
            for group in self.groups.values()
        )

    def spent(self, hours: float) -> float:
        """Money, in the last so many hours."""
        since = self.now - timedelta(hours=hours)
        return sum(group.cost(since, self.now) for group in self.groups.values())

    def _set(self, group: Group) -> None:
        self.groups[group.token] = group
