"""What a driver is: three calls, and four ways to refuse.

A group is one or several worker processes of one service that the provider starts and
bills as a whole: an ECI container group, a container, a process. Its workers end by
themselves when they are idle, so that a driver is asked to end only what is lost.
"""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

type GroupState = Literal["starting", "running", "ended"]


class GroupOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A group that is wanted. The same token again is the same group again."""

    token: str
    """Follows from the decision; 20 digits of a-f and 0-9. A repeat makes no second
    group."""
    name: str
    """``onemanage-<service>-<token>``, by which a group of ours is known."""
    service: str
    """``psd``, ``imaging``, ``preview`` or ``data-import``: of image and command."""
    heavy: bool
    """Whether it is of the larger size class."""


class SeenGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group as its provider tells of it."""

    provider_id: str
    name: str
    token: str | None
    """None where the provider does not tell: then its name does, if it is ours."""
    service: str
    state: GroupState
    spot: bool = False
    size: str
    """As the price table names it."""
    zone: str | None = None
    started_at: datetime | None = None
    reason: str | None = None
    """Why it ended, or what keeps it from starting, in the provider's words."""


class StartRefused(Exception):
    """The provider starts no group; says why, and what to do about it.

    Nothing was started: the token is free. Sizes and zones were all tried.
    """

    wait: float = 120.0
    """Seconds until it is worth while to ask again."""


class OutOfQuota(StartRefused):
    """The account may have no more: of groups, of cores, of money."""

    wait = 600.0


class NoStock(StartRefused):
    """No zone has a machine of any of the sizes."""


class TooDear(StartRefused):
    """Spot machines cost more than is allowed, and others are not asked for."""

    wait = 300.0


class DriverAway(Exception):
    """The provider did not answer, or not so that anybody knows what became of it.

    A group may have been started: only the same token may be tried again.
    """


class Driver(Protocol):
    """Starts and ends groups. All three calls may be repeated without harm."""

    async def start(self, order: GroupOrder) -> SeenGroup:
        """Start it, or find it started. Raises StartRefused or DriverAway."""

    async def seen(self) -> list[SeenGroup]:
        """All groups of this installation that the provider knows. Raises DriverAway."""

    async def end(self, provider_id: str) -> None:
        """End it; nothing where it has ended. Raises DriverAway."""
