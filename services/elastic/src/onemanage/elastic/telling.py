"""What becomes of groups, as events: each is told once, after its row says so."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from onemanage.contracts.base import Status, event_id
from onemanage.contracts.compute import (
    NO_WORKSPACE,
    GroupEnded,
    GroupEvent,
    GroupRefused,
    GroupStarted,
)
from onemanage.elastic.domain.groups import Group
from onemanage.elastic.store import Store
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.figures import (
    COMPUTE_COST,
    COMPUTE_ENDS,
    COMPUTE_GROUPS,
)

_PATIENCE = 5.0


class Teller:
    """Publishes what rows say and nobody was told."""

    def __init__(self, client: Client, store: Store) -> None:
        self._events, self._store = EventPublisher(client), store

    async def tell(self, groups: Iterable[Group]) -> None:
        """Raises PublishUnconfirmed; it is told the next time then. Raises NotLeading."""
        for group in groups:
            current = group
            if current.started_at is not None and not current.told_start:
                await self._events.publish(started(current), _PATIENCE)
                current = replace(current, told_start=True)
            if current.ended_at is not None and not current.told_end:
                event = ended(current)
                await self._events.publish(event, _PATIENCE)
                count_end(current.service, event)
                current = replace(current, told_end=True)
            if current is not group:
                await self._store.save([current])


def count_groups(groups: Iterable[Group]) -> None:
    """For whoever looks at figures: those that are not gone."""
    here = (group for group in groups if group.ended_at is None)
    found = Counter((group.service, group.state) for group in here)
    COMPUTE_GROUPS.replace({key: float(many) for key, many in found.items()})


def expect_ends(services: Iterable[str]) -> None:
    """That there were none yet: Prometheus sees no increase in a first one that appears
    as 1."""
    for service in services:
        for status in (Status.COMPLETED, Status.FAILED):
            COMPUTE_ENDS.add(service, status, by=0)
        COMPUTE_COST.add(service, by=0)


def count_end(service: str, event: GroupEvent) -> None:
    """For whoever looks at figures: that it is gone, and what it has cost."""
    COMPUTE_ENDS.add(service, event.status)
    if isinstance(event, GroupEnded):
        COMPUTE_COST.add(service, by=event.cost)


def started(group: Group) -> GroupEvent:
    """Its workers run."""
    return GroupStarted(
        event_id=event_id(group.token, Status.STARTED),
        status=Status.STARTED,
        reason=group.reason,
        **_facts(group),
    )


def ended(group: Group) -> GroupEvent:
    """It is gone, or never was."""
    assert group.ended_at is not None  # whoever calls has looked
    step = group.ended_at.isoformat()  # one that was found again may end again
    if group.refused:
        return GroupRefused(
            event_id=event_id(group.token, Status.FAILED, step),
            status=Status.FAILED,
            reason=group.end_reason,
            **_facts(group),
        )
    return GroupEnded(
        event_id=event_id(group.token, Status.COMPLETED, step),
        status=Status.COMPLETED,
        reason=group.end_reason,
        seconds=group.seconds(group.ordered_at, group.ended_at),
        cost=group.cost(group.ordered_at, group.ended_at),
        **_facts(group),
    )


def _facts(group: Group) -> dict[str, Any]:
    return {
        "task_id": group.token,
        "workspace_id": NO_WORKSPACE,
        "service": group.service,
        "heavy": group.heavy,
        "size": group.size,
        "zone": group.zone,
        "spot": group.spot,
    }
