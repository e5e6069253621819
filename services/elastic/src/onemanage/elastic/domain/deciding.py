"""How many groups are wanted, and why. Groups are only ever started here: workers end by
themselves when there is nothing to do, so that less is wanted where nothing is started.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from onemanage.contracts.registry import task_named
from onemanage.elastic.domain.groups import CAPACITY, Budget, Group, Policy


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for the workers of one service."""

    service: str
    kinds: Mapping[str, int] = {}
    """Tasks that wait for their turn, by name."""
    pending: int = 0
    """Tasks that lie before the workers, of whatever kind."""
    oldest: float | None = None
    """Seconds that the oldest has waited that somebody has asked for."""
    running: int = 0
    heavy: int = 0
    """Heavy tasks among those that lie before the workers."""
    slots: int = 0
    """Of workers that are not ours: they are always there."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Of this service and class nothing is started for a while."""

    service: str
    heavy: bool
    until: datetime
    reason: str
    refusals: int = 1
    """One after the other."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted of one service and class, and what is done about it."""

    service: str
    heavy: bool
    wanted: int
    have: int
    starts: int
    price: float
    """An hour of each."""
    reason: str


class Measured(msgspec.Struct, frozen=True):
    """Seconds that tasks of one kind take: a mean in which later ones weigh more."""

    seconds: float
    count: int = 1


class _Want(NamedTuple):
    groups: int
    why: str


def decide(
    loads: Iterable[Load],
    groups: Sequence[Group],
    holds: Iterable[Hold],
    measured: Mapping[str, Measured],
    policy: Policy,
    now: datetime,
) -> list[Decision]:
    """One decision for each service and class of which more is wanted than there is.

    Heavy tasks come first, then who has waited longest: where the budget does not do
    for all, it goes in this order. ``groups`` are all that live, and those that ended
    within the last 24 hours.
    """
    desk = _Desk(groups, holds, policy, now)
    known = [load for load in loads if load.service in policy.bounds]
    known.sort(key=lambda load: (-(load.oldest or 0.0), load.service))
    found = []
    for load in known:
        want = _heavy(load, desk.own(load.service, True), policy, now)
        found.append(desk.decided(load.service, True, want))
    for load in known:
        want = _usual(load, desk.own(load.service, False), measured, policy, now)
        found.append(desk.decided(load.service, False, want))
    return [each for each in found if each.wanted > each.have]


def work_of(load: Load, measured: Mapping[str, Measured], policy: Policy) -> float:
    """Seconds that one slot would need for all that waits."""
    by_kind = sum(
        count * _seconds(kind, measured, policy) for kind, count in load.kinds.items()
    )
    return by_kind + load.pending * _usual_seconds(load, measured, policy)


def _heavy(load: Load, own: list[Group], policy: Policy, now: datetime) -> _Want:
    """One group for each heavy task, but for those that have one on its way."""
    coming = sum(_is_new(group, policy, now) for group in own)
    wanted = len(own) + max(0, load.heavy - coming)
    most = policy.bounds[load.service].most_heavy
    why = f"{load.heavy} heavy {_tasks(load.heavy)} not started"
    return _Want(min(wanted, max(most, len(own))), why)


def _usual(
    load: Load,
    own: list[Group],
    measured: Mapping[str, Measured],
    policy: Policy,
    now: datetime,
) -> _Want:
    """As many slots as finish what waits within the target.

    Not more than tasks wait; and where tasks last longer than that, slots that are busy
    now are none. Where the oldest has waited longer all the same, although nothing is
    on its way, what was measured is wrong, and there is to be one more.
    """
    bounds = policy.bounds[load.service]
    waiting = sum(load.kinds.values()) + load.pending
    work = work_of(load, measured, policy)
    lasts = _usual_seconds(load, measured, policy)
    slots = min(waiting, math.ceil(work / policy.target))
    if waiting and lasts > policy.target:
        slots += load.running
    wanted = math.ceil(max(0, slots - load.slots) / bounds.slots)
    why = (
        f"{waiting} {_tasks(waiting)} not started, {work:.0f} s of work for "
        f"{load.slots + len(own) * bounds.slots} slots"
    )
    if load.oldest is not None and load.oldest > policy.target:
        why += f"; the oldest waits {load.oldest:.0f} s of at most {policy.target:g}"
        if waiting and not any(_is_new(group, policy, now) for group in own):
            wanted = max(wanted, len(own) + 1)
    return _Want(max(bounds.least, min(bounds.most, wanted)), why)


class _Desk:
    """What all decisions of one moment share: the budget above all."""

    def __init__(
        self,
        groups: Sequence[Group],
        holds: Iterable[Hold],
        policy: Policy,
        now: datetime,
    ) -> None:
        self._budget = Budget(groups, policy, now)
        self._policy, self._now = policy, now
        self._holds = {(hold.service, hold.heavy): hold for hold in holds}
        self._own: dict[tuple[str, bool], list[Group]] = {}
        self._ordered: dict[tuple[str, bool], datetime] = {}
        for group in groups:
            key = group.service, group.heavy
            if group.state in CAPACITY:
                self._own.setdefault(key, []).append(group)
            before = self._ordered.get(key, group.ordered_at)
            self._ordered[key] = max(before, group.ordered_at)

    def own(self, service: str, heavy: bool) -> list[Group]:
        return self._own.get((service, heavy), [])

    def decided(self, service: str, heavy: bool, want: _Want) -> Decision:
        """As much of what is wanted as may be now, and what is in the way of more."""
        have = len(self.own(service, heavy))
        price = self._policy.price(None, heavy=heavy, spot=False)
        asked = max(0, min(want.groups - have, self._policy.step))
        why_not = self._why_not(service, heavy) if asked else ""
        starts = 0 if why_not else self._budget.take(price, asked)
        if starts < asked and not why_not:
            why_not = self._budget.why_not(price)
        return Decision(
            service=service,
            heavy=heavy,
            wanted=want.groups,
            have=have,
            starts=starts,
            price=price,
            reason=f"{want.why}. Not more now: {why_not}" if why_not else want.why,
        )

    def _why_not(self, service: str, heavy: bool) -> str:
        """What is in the way besides money; empty where nothing is."""
        hold = self._holds.get((service, heavy))
        if hold is not None and hold.until > self._now:
            return f"until {hold.until:%H:%M:%S} UTC nothing is started: {hold.reason}"
        last = self._ordered.get((service, heavy))
        if heavy or last is None:
            return ""
        since = (self._now - last).total_seconds()
        if since < self._policy.cool_down:
            return f"the last were ordered {since:.0f} s ago"
        return ""


def _is_new(group: Group, policy: Policy, now: datetime) -> bool:
    """Whether it may not have come to take tasks yet."""
    if group.started_at is None:
        return True
    return (now - group.started_at).total_seconds() < policy.warm


def _seconds(kind: str, measured: Mapping[str, Measured], policy: Policy) -> float:
    found = measured.get(kind)
    return policy.unknown if found is None else found.seconds


def _usual_seconds(
    load: Load, measured: Mapping[str, Measured], policy: Policy
) -> float:
    """Of a task of the service: by what waits, else by what was measured of its kinds."""
    if waiting := sum(load.kinds.values()):
        by_kind = (
            count * _seconds(kind, measured, policy)
            for kind, count in load.kinds.items()
        )
        return sum(by_kind) / waiting
    own = [
        each
        for kind, each in measured.items()
        if (task := task_named(kind)) is not None and task.worker == load.service
    ]
    if not own:
        return policy.unknown
    return sum(each.seconds * each.count for each in own) / sum(
        each.count for each in own
    )


def _tasks(count: int) -> str:
    return "task has" if count == 1 else "tasks have"
