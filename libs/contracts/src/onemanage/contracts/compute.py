"""Workers that come and go: what waits for them, and what became of groups of them.

A group is one or several worker processes that a cloud starts and bills as a whole.
All here is between services and for operators: nothing of it belongs to a workspace.
"""

import msgspec

from onemanage.contracts.base import Event, Query
from onemanage.contracts.specs import EventSpec, QuerySpec

NO_WORKSPACE = ""
"""Of messages that are about the installation."""


class GetWaiting(Query, frozen=True, kw_only=True):
    """How much waits for workers in the gateway's table, beside what lies in TASKS."""


class ServiceWaiting(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for the workers of one service."""

    service: str
    """``data_import``, as the registry names workers."""
    kinds: dict[str, int]
    """Tasks that wait for their turn, by name; five thousand are counted of a queue."""
    oldest: float | None = None
    """Seconds since the oldest was accepted that has not started, of what somebody has
    asked for; None where there is none."""
    heavy: int = 0
    """Tasks that were sent to the workers, have not started and are heavy."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Of services that nothing waits for nothing is said."""

    services: list[ServiceWaiting]


class GroupEvent(Event, frozen=True, kw_only=True):
    """``task_id`` is the group's token, ``workspace_id`` is empty."""

    service: str
    heavy: bool = False
    size: str | None = None
    zone: str | None = None
    spot: bool = False
    reason: str | None = None
    """In words: why it was wanted, refused, or has ended."""


class GroupStarted(GroupEvent, frozen=True, kw_only=True, tag="compute.group.started"):
    """Its workers run, and cost from now on."""


class GroupEnded(GroupEvent, frozen=True, kw_only=True, tag="compute.group.completed"):
    """It is gone, by itself or for ``reason``."""

    seconds: float = 0.0
    """That it ran."""
    cost: float = 0.0
    """By the price table, in its currency."""


class GroupRefused(GroupEvent, frozen=True, kw_only=True, tag="compute.group.failed"):
    """The cloud has started none, and says why in ``reason``."""


_ELASTIC = "elastic"
WAITING = QuerySpec(
    "queries.gateway.waiting", GetWaiting, Waiting, "gateway", asker=_ELASTIC
)
EVENTS = tuple(
    EventSpec(f"events.compute.group.{what}", kind, _ELASTIC, is_inner=True)
    for what, kind in (
        ("started", GroupStarted),
        ("completed", GroupEnded),
        ("failed", GroupRefused),
    )
)
