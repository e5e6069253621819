"""What the provider has against what our rows say, and what is to be done about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from onemanage.elastic.domain.deciding import Hold
from onemanage.elastic.domain.groups import Group, Policy, State, token_of
from onemanage.elastic.drivers.driver import SeenGroup

UNLISTED = 60.0
"""Seconds after its order in which a provider need not list a group yet."""
ABANDONED = 900.0
"""Seconds after which an order is given up that nobody could say anything about."""
FIRST_HOLD = 30.0
LONGEST_HOLD = 3600.0


class Ending(msgspec.Struct, frozen=True):
    """A group to end, and why."""

    provider_id: str
    name: str
    why: str


class Matched(msgspec.Struct, kw_only=True):
    """What follows from one look."""

    changed: list[Group] = []
    """Rows as they are now; those of groups that had none are among them."""
    ends: list[Ending] = []
    died: list[Group] = []
    """Ended before they can have had nothing to do."""


def match(
    groups: Sequence[Group],
    seen: Iterable[SeenGroup],
    services: Iterable[str],
    policy: Policy,
    now: datetime,
) -> Matched:
    """Rows follow what is seen, and what has no row gets one: whatever runs may have
    tasks in hand, and ends by itself. Ended is alone what cannot have any: a second
    group of one token, one that does not come to run, one older than any task may be.

    ``groups`` are those that live, and those that have ended not long ago.
    """
    found = Matched()
    by_token = {group.token: group for group in groups}
    names = {service.replace("_", "-"): service for service in services}
    listed: set[str] = set()
    for each in sorted(seen, key=lambda one: one.provider_id):
        token = each.token or token_of(each.name)
        if token is None:
            continue  # not ours, whatever it is
        group = by_token.get(token)
        if group is None:
            if each.state != "ended" and each.service in names:
                found.changed.append(_adopted(token, each, names, policy, now))
                listed.add(token)
        elif token in listed or _is_another(group, each):
            _end(found, each, "its token has another group")
        else:
            if each.state != "ended":
                listed.add(token)
            _advance(found, group, each, policy, now)
    ended = {group.token for group in found.changed if not group.is_live}
    for group in groups:
        if group.is_live and group.token not in listed | ended:
            _unlisted(found, group, policy, now)
    return found


def held_after(
    before: Hold | None, group: Group, reason: str, wait: float, now: datetime
) -> Hold:
    """Twice as long with every refusal that follows another, up to an hour."""
    refusals = 1
    if before is not None and now - before.until < timedelta(seconds=LONGEST_HOLD):
        refusals = before.refusals + 1
    pause = min(LONGEST_HOLD, wait * 2 ** (refusals - 1))
    return Hold(
        service=group.service,
        heavy=group.heavy,
        until=now + timedelta(seconds=pause),
        reason=reason,
        refusals=refusals,
    )


def outlived(
    holds: Iterable[Hold], groups: Iterable[Group], policy: Policy, now: datetime
) -> set[tuple[str, bool]]:
    """Services and classes of which a group runs, and has for a while, that was ordered
    after the hold: whatever was in the way is no more."""
    until = {(hold.service, hold.heavy): hold.until for hold in holds}
    return {
        (group.service, group.heavy)
        for group in groups
        if group.state == "running"
        and group.ordered_at > until.get((group.service, group.heavy), now)
        and not _is_young(group, policy, now)
    }


def seen_as(group: Group, seen: SeenGroup, policy: Policy, now: datetime) -> Group:
    """The row of a group that is seen alive, whatever was thought of it before."""
    state: State = "starting"
    started_at = group.started_at
    if seen.state == "running":
        started_at = started_at or seen.started_at or now
        lived = (now - started_at).total_seconds()
        state = "draining" if lived > policy.age else "running"
    return replace(
        _as_told(group, seen, policy),
        state=state,
        started_at=started_at,
        ended_at=None,
        end_reason=None,
        refused=False,
        told_end=False,
    )


def gone(group: Group, reason: str, now: datetime, *, refused: bool = False) -> Group:
    """The row of a group that is no more."""
    return replace(
        group, state="gone", ended_at=now, end_reason=reason, refused=refused
    )


def _adopted(
    token: str,
    seen: SeenGroup,
    names: Mapping[str, str],
    policy: Policy,
    now: datetime,
) -> Group:
    """It may have tasks in hand, and ends by itself when it has none."""
    group = Group(
        token=token,
        decision_id="",
        service=names[seen.service],
        heavy=seen.size in policy.heavy_sizes and seen.size not in policy.sizes,
        state="starting",
        reason="it was there, and there was no row of it",
        ordered_at=seen.started_at or now,
        price=0.0,
    )
    return seen_as(group, seen, policy, now)


def _advance(
    found: Matched, group: Group, seen: SeenGroup, policy: Policy, now: datetime
) -> None:
    if seen.state == "ended":
        if group.is_live:
            ended = _as_told(group, seen, policy)
            _lost(found, ended, seen.reason or "it has ended", policy, now)
        return
    current = seen_as(group, seen, policy, now)
    if current != group:
        found.changed.append(current)
    if (age := (now - current.ordered_at).total_seconds()) > policy.life:
        _end(found, seen, f"it is {age:.0f} s old, and no task may last so long")
    elif current.state == "starting" and age > policy.starting:
        _end(found, seen, f"it does not run after {age:.0f} s: {seen.reason or '?'}")


def _as_told(group: Group, seen: SeenGroup, policy: Policy) -> Group:
    return replace(
        group,
        provider_id=seen.provider_id,
        size=seen.size,
        zone=seen.zone,
        spot=seen.spot,
        price=policy.price(seen.size, heavy=group.heavy, spot=seen.spot),
    )


def _lost(
    found: Matched, group: Group, reason: str, policy: Policy, now: datetime
) -> None:
    """It is no more. Where it cannot have been idle for long enough, it has died."""
    found.changed.append(gone(group, reason, now))
    if _is_young(group, policy, now):
        found.died.append(found.changed[-1])


def _unlisted(found: Matched, group: Group, policy: Policy, now: datetime) -> None:
    age = (now - group.ordered_at).total_seconds()
    if group.state == "wanted":
        if age > ABANDONED:
            reason = "whether it was started could not be known for too long"
            found.changed.append(gone(group, reason, now, refused=True))
    elif age > UNLISTED:
        _lost(found, group, "its provider knows it no longer", policy, now)


def _is_young(group: Group, policy: Policy, now: datetime) -> bool:
    """Whether no worker of it can have been idle for long enough to end by itself."""
    lived = now - (group.started_at or now)
    return lived.total_seconds() < policy.idle / 2


def _is_another(group: Group, seen: SeenGroup) -> bool:
    return (
        group.is_live
        and seen.state != "ended"
        and group.provider_id not in (None, seen.provider_id)
    )


def _end(found: Matched, seen: SeenGroup, why: str) -> None:
    if seen.state != "ended":
        found.ends.append(Ending(seen.provider_id, seen.name, why))
