"""Looks, decides, starts: again and again, by one process of all.

A decision is a row before anything is called, and so is each group that follows from
it, with the token that the provider knows a repetition by. Whatever dies in between,
the next look finds the row and the group by that token, or makes the call once more.
Where NATS, the gateway or the provider is away, nothing is decided, and nothing is lost.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from loguru import logger

from onemanage.contracts.base import new_id, utc_now
from onemanage.elastic.domain.deciding import Decision, Hold, Load, decide
from onemanage.elastic.domain.groups import Group, Policy, order_of
from onemanage.elastic.domain.matching import (
    FIRST_HOLD,
    Matched,
    gone,
    held_after,
    match,
    outlived,
    seen_as,
)
from onemanage.elastic.drivers.driver import Driver, DriverAway, StartRefused
from onemanage.elastic.observing import FiguresAway, Observer
from onemanage.elastic.ordering import ordered
from onemanage.elastic.store import Known, NotLeading, Store
from onemanage.elastic.telling import Teller, count_groups
from onemanage.platform.messaging.nats import Client

_LEASE_LOOKS, _LEASE_SECONDS = 3, 15.0
"""A leader may miss so many looks, or be away for so long, until another takes over."""
_FORGETS_EVERY = 720
"""Looks."""


class Reconciler:
    """``run`` works until it is cancelled; ``look`` is one round of it."""

    def __init__(
        self,
        client: Client,
        store: Store,
        driver: Driver,
        observer: Observer,
        policy: Policy,
        every: float,
    ) -> None:
        self._client, self._store, self._driver = client, store, driver
        self._observer, self._policy, self._every = observer, policy, every
        self._lease = max(_LEASE_LOOKS * every, _LEASE_SECONDS)
        self._teller = Teller(client, store)
        self._said: dict[tuple[str, bool], tuple[int, int]] = {}
        """What was last logged of a service and class, so that it is not said again."""

    async def run(self) -> None:
        """Until cancelled; then another may lead at once."""
        turn = 0
        try:
            while True:
                try:
                    await self.look()
                    if turn % _FORGETS_EVERY == 0:
                        await self._store.forget(utc_now())
                except NotLeading:
                    logger.info("Another process decides now")
                except Exception as error:  # a server is away: look again
                    logger.warning("Not reconciled: {!r}", error)
                turn += 1
                await asyncio.sleep(self._every)
        finally:
            await self._step_down()

    async def _step_down(self) -> None:
        try:
            await self._store.step_down()
        except Exception as error:  # PostgreSQL is away; the lease ends by itself
            logger.warning("Still the leader for some seconds: {!r}", error)

    async def look(self) -> None:
        """One round. Raises NotLeading where another has taken over meanwhile."""
        if not self._client.is_connected:
            logger.warning("NATS is away: nothing is decided, and nothing ended")
            return
        if not await self._store.lead(self._lease):
            count_groups([])
            return
        known = await self._store.known(utc_now())
        await self._learn(known)
        try:
            seen = await self._driver.seen()
        except DriverAway as error:
            logger.warning(
                "What runs cannot be known, so nothing is decided: {}", error
            )
            await self._teller.tell(known.groups)
            return
        now = utc_now()
        matched = match(known.groups, seen, self._policy.bounds, self._policy, now)
        known = await self._matched(known, matched, now)
        wanted = [group for group in known.groups if group.state == "wanted"]
        wanted += await self._decide(known)
        started = await self._start(wanted, known.holds)
        await self._end(matched)
        groups = _by_token(known.groups, started)
        count_groups(groups)
        await self._teller.tell(groups)

    async def _learn(self, known: Known) -> None:
        """Rows are the truth but for what was measured here since, also while they are
        written."""
        watch = self._observer.stopwatch
        fresh = {kind: watch.measured[kind] for kind in watch.fresh}
        watch.fresh = set()
        try:
            await self._store.learn(fresh)
        except BaseException:
            watch.fresh |= fresh.keys()
            raise
        known.measured.update(fresh)
        since = {kind: watch.measured[kind] for kind in watch.fresh}
        watch.measured = known.measured | since

    async def _matched(self, known: Known, matched: Matched, now: datetime) -> Known:
        """Rows follow what was seen. What has died is not started again at once."""
        groups = _by_token(known.groups, matched.changed)
        holds = dict(known.holds)
        died = {(group.service, group.heavy): group for group in matched.died}
        for key, group in died.items():
            reason = f"{group.token} has died: {group.end_reason}"
            logger.warning("A group of {} has died: {}", group.service, reason)
            holds[key] = held_after(holds.get(key), group, reason, FIRST_HOLD, now)
        await self._store.save(matched.changed, [holds[key] for key in died])
        over = outlived(holds.values(), groups, self._policy, now)
        await self._store.release(over)
        left = {key: hold for key, hold in holds.items() if key not in over}
        return Known(groups, left, known.measured)

    async def _decide(self, known: Known) -> list[Group]:
        """The groups that are to be started now; each is a row by then."""
        try:
            loads = await self._observer.loads(list(self._policy.bounds))
        except FiguresAway as error:
            logger.warning("Nothing is decided: {}", error)
            return []
        now = utc_now()
        decisions = decide(
            loads,
            known.groups,
            known.holds.values(),
            known.measured,
            self._policy,
            now,
        )
        self._say(decisions)
        by_service = {load.service: load for load in loads}
        made: list[tuple[str, Decision, Load]] = []
        groups: list[Group] = []
        for decision in decisions:
            if decision.starts:
                decision_id = new_id("dec")
                made.append((decision_id, decision, by_service[decision.service]))
                groups += ordered(decision_id, decision, now)
        if made:
            await self._store.decide(made, groups, now)
        return groups

    async def _start(
        self, wanted: Iterable[Group], holds: dict[tuple[str, bool], Hold]
    ) -> list[Group]:
        """Ask for each. Where one is refused, those like it are not asked for."""
        told: list[Group] = []
        refused: dict[tuple[str, bool], str] = {}
        for group in wanted:
            key, saved, hold = (group.service, group.heavy), group, None
            try:
                if key in refused:
                    saved = gone(group, refused[key], utc_now(), refused=True)
                else:
                    await self._keep_leading()  # a cloud may take its time
                    seen = await self._driver.start(order_of(group))
                    saved = seen_as(group, seen, self._policy, utc_now())
            except StartRefused as refusal:
                why = refused[key] = f"{type(refusal).__name__}: {refusal}"
                logger.warning("No group of {} was started: {}", group.service, why)
                saved = gone(group, why, utc_now(), refused=True)
                hold = held_after(holds.get(key), group, why, refusal.wait, utc_now())
            except DriverAway as error:
                logger.warning("Whether {} starts is not known: {}", group.token, error)
                break  # its row stays, and its token is used again
            await self._store.save([saved], [hold] if hold else [])
            told.append(saved)
        return told

    async def _keep_leading(self) -> None:
        if not await self._store.lead(self._lease):
            raise NotLeading

    async def _end(self, matched: Matched) -> None:
        for ending in matched.ends:
            logger.warning("{} is ended: {}", ending.name, ending.why)
            try:
                await self._driver.end(ending.provider_id)
            except DriverAway as error:
                logger.warning("{} is ended later: {}", ending.name, error)

    def _say(self, decisions: Iterable[Decision]) -> None:
        now = {}
        for each in decisions:
            key, what = (each.service, each.heavy), (each.wanted, each.starts)
            now[key] = what
            if self._said.get(key) != what:
                logger.info(
                    "{}{}: {} groups of {} wanted, {} started: {}",
                    each.service,
                    " (heavy)" if each.heavy else "",
                    each.have,
                    each.wanted,
                    each.starts,
                    each.reason,
                )
        self._said = now


def _by_token(groups: Iterable[Group], newer: Iterable[Group]) -> list[Group]:
    found = {group.token: group for group in groups}
    found.update((group.token, group) for group in newer)
    return list(found.values())
