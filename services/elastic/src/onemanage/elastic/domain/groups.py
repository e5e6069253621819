"""A group as our row has it, what it costs, and what is allowed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from onemanage.elastic.drivers.driver import GroupOrder

type State = Literal["wanted", "starting", "running", "draining", "gone"]

LIVE = ("wanted", "starting", "running", "draining")
CAPACITY = ("wanted", "starting", "running")
"""States of groups that take tasks, now or soon."""
PREFIX = "onemanage-"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """Of one size, by the hour; in whatever currency the budgets are."""

    hour: float
    spot: float | None = None
    """Of a spot machine; None where there are none."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Of one service. All but the slots count groups of ours."""

    slots: int = 2
    """Tasks that one group carries out at the same time."""
    least: int = 0
    most: int = 4
    most_heavy: int = 1
    """Beside those, of the larger class."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What operators have decided. Seconds, and money by the price table."""

    target: float = 30.0
    """The oldest task that somebody waits for is to wait so long at most."""
    step: int = 4
    """Groups that one decision starts at most."""
    cool_down: float = 30.0
    """Between two decisions for the same service and class."""
    warm: float = 60.0
    """A group may take so long, once it runs, until it takes tasks."""
    starting: float = 600.0
    """A group that does not run after so long is given up."""
    idle: float = 120.0
    """A worker without work ends after so long."""
    age: float = 7200.0
    """From then on a worker takes no further task."""
    last_task: float = 3660.0
    """A task in hand by then may take so long."""
    budget_hour: float | None = None
    budget_day: float | None = None
    """None: as much as it takes."""
    unknown: float = 5.0
    """A task of a kind that was not measured yet is taken to last so long."""
    bounds: Mapping[str, Bounds] = {}
    """By service; of others nothing is started."""
    prices: Mapping[str, Price] = {}
    sizes: tuple[str, ...] = ()
    heavy_sizes: tuple[str, ...] = ()

    @property
    def life(self) -> float:
        """The longest that a group may cost anything."""
        return self.age + self.last_task

    def price(self, size: str | None, *, heavy: bool, spot: bool) -> float:
        """An hour of it; of a size that is not known yet the dearest of its class."""
        if size is None or size not in self.prices:
            names = self.heavy_sizes if heavy else self.sizes
            return max((self.prices[name].hour for name in names), default=0.0)
        found = self.prices[size]
        return found.spot if spot and found.spot is not None else found.hour


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One group of ours, from the decision to its end."""

    token: str
    decision_id: str
    service: str
    """As the registry names workers: ``data_import``."""
    heavy: bool
    state: State
    reason: str
    """Why it was wanted."""
    ordered_at: datetime
    price: float
    """An hour of it; the dearest that it may be until its size is known."""
    provider_id: str | None = None
    size: str | None = None
    zone: str | None = None
    spot: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    refused: bool = False
    """Nothing was ever started for it."""
    told_start: bool = False
    told_end: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it may cost something, now or soon."""
        return self.state in LIVE

    def seconds(self, since: datetime, now: datetime) -> float:
        """That it has cost after ``since``: from its order, as clouds bill from there."""
        if self.refused:
            return 0.0
        begun, ended = max(self.ordered_at, since), self.ended_at or now
        return max(0.0, (ended - begun).total_seconds())

    def cost(self, since: datetime, now: datetime) -> float:
        """Money for those seconds."""
        return self.price / HOUR.total_seconds() * self.seconds(since, now)


def name_of(service: str, token: str) -> str:
    """What the provider calls it."""
    return f"{PREFIX}{service.replace('_', '-')}-{token}"


def token_of(name: str) -> str | None:
    """None where the name is not one of ours."""
    if not name.startswith(PREFIX):
        return None
    service, _, token = name.removeprefix(PREFIX).rpartition("-")
    return token if service and token.isalnum() else None


def order_of(group: Group) -> GroupOrder:
    """What its driver is told; the same however often."""
    return GroupOrder(
        token=group.token,
        name=name_of(group.service, group.token),
        service=group.service.replace("_", "-"),
        heavy=group.heavy,
    )


class Budget:
    """What may still be spent, as groups are ordered one after the other.

    Of an hour by the rate: what all live groups cost together in an hour never is more,
    so no hour costs more. Of a day by reserve: what the last 24 hours have cost, and
    what each live group may still cost until the end of its life. Whatever starts fits
    beside that, so that no 24 hours cost more, even where nothing ends before its time.
    """

    def __init__(self, groups: Iterable[Group], policy: Policy, now: datetime) -> None:
        self._policy = policy
        self.rate = self.day = 0.0
        for group in groups:
            self.day += group.cost(now - DAY, now)
            if group.is_live:
                lived = (now - group.ordered_at).total_seconds()
                left = max(0.0, policy.life - lived)
                self.rate += group.price
                self.day += group.price * left / HOUR.total_seconds()

    def take(self, price: float, count: int) -> int:
        """How many of ``count`` groups may be started; they are counted as started."""
        whole = price * self._policy.life / HOUR.total_seconds()
        taken = 0
        while taken < count and self._fits(price, whole):
            self.rate, self.day, taken = self.rate + price, self.day + whole, taken + 1
        return taken

    def why_not(self, price: float) -> str:
        """In words, where ``take`` took fewer."""
        hour, day = self._policy.budget_hour, self._policy.budget_day
        if hour is not None and self.rate + price > hour:
            return (
                f"the budget of {hour:g} an hour has no {price:g} left beside the "
                f"{self.rate:g} that groups cost now"
            )
        whole = price * self._policy.life / HOUR.total_seconds()
        return (
            f"the budget of {day or 0:g} a day has no {whole:.4g} left beside the "
            f"{self.day:.4g} that the last 24 hours have cost and groups may still cost"
        )

    def _fits(self, price: float, whole: float) -> bool:
        hour, day = self._policy.budget_hour, self._policy.budget_day
        return (hour is None or self.rate + price <= hour) and (
            day is None or self.day + whole <= day
        )
