"""A driver that keeps its groups in memory, as a cloud keeps them whoever asks."""

from collections.abc import Callable

from msgspec.structs import replace

from onemanage.elastic.drivers.driver import GroupOrder, SeenGroup


class Killed(BaseException):
    """The process ends here: nothing catches it, as nothing catches SIGKILL."""


def nothing(_: GroupOrder) -> None: ...


class KeptDriver:
    """The cloud of a test. The same token is the same group, as with ECI's."""

    def __init__(self) -> None:
        self.groups: dict[str, SeenGroup] = {}
        """By provider id."""
        self.calls: list[GroupOrder] = []
        self.ended: list[str] = []
        self.before: Callable[[GroupOrder], None] = nothing
        """May raise, before anything is started."""
        self.after: Callable[[GroupOrder], None] = nothing
        """May raise, when it is started and the answer is still to be heard."""
        self.is_away: Exception | None = None

    async def start(self, order: GroupOrder) -> SeenGroup:
        self.calls.append(order)
        self.before(order)
        provider_id = f"kept-{order.token}"
        if provider_id not in self.groups:
            self.groups[provider_id] = SeenGroup(
                provider_id=provider_id,
                name=order.name,
                token=order.token,
                service=order.service,
                state="starting",
                size="8-32Gi" if order.heavy else "2-4Gi",
                zone="h",
                spot=not order.heavy,
            )
        self.after(order)
        return self.groups[provider_id]

    async def seen(self) -> list[SeenGroup]:
        if self.is_away is not None:
            raise self.is_away
        return list(self.groups.values())

    async def end(self, provider_id: str) -> None:
        self.ended.append(provider_id)
        self.become("ended", provider_id)

    def become(self, state: str, *provider_ids: str, reason: str | None = None) -> None:
        """These, or all that have not ended."""
        for key, group in self.groups.items():
            if key in provider_ids or (not provider_ids and group.state != "ended"):
                self.groups[key] = replace(group, state=state, reason=reason)
