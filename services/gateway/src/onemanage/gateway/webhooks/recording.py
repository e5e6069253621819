"""Events become deliveries."""

from collections.abc import Callable

from onemanage.contracts.base import Event
from onemanage.gateway.webhooks.delivery_store import DeliveryStore
from onemanage.gateway.webhooks.events import occurrence


class Recorder:
    """``wake`` is told that there is something to send."""

    def __init__(self, store: DeliveryStore, wake: Callable[[], None]) -> None:
        self._store, self._wake = store, wake

    async def record(self, event: Event) -> None:
        """One delivery for each webhook that asks for it, however often it is told."""
        what = occurrence(event)
        if what is None:
            return
        if await self._store.record(event.workspace_id, what, event.timestamp):
            self._wake()
