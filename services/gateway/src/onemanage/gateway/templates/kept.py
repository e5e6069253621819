"""Templates that pictures are made of again and again, at hand for a moment."""

from cachetools import TTLCache

from onemanage.contracts.base import CompletedEvent, Event
from onemanage.contracts.deletion import Deleted
from onemanage.contracts.psd.templates import GetTemplate, Template
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import ask

KEPT_SECONDS = 10.0
"""So long, where word of a change was missed, the revision before it is filled."""
_MAX_KEPT = 500


class KeptTemplates:
    """Of one process. Revisions never change, so what is behind is only not the latest;
    and a template that is gone is refused by whoever fills it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kept: TTLCache[tuple[str, str], Template] = TTLCache(
            _MAX_KEPT, KEPT_SECONDS
        )
        self._changes = 0

    async def latest(self, workspace_id: str, template_id: str) -> Template:
        """Raises QueryFailed where the workspace has none of this id."""
        key = workspace_id, template_id
        found = self._kept.get(key)
        if found is None:
            before = self._changes
            query = GetTemplate(workspace_id=workspace_id, template_id=template_id)
            found = await ask(self._client, query, Template)
            if before == self._changes:  # else it may be what was before the change
                self._kept[key] = found
        return found

    def forget_changed(self, event: Event) -> None:
        """What has a new revision, or was deleted."""
        if not isinstance(event, CompletedEvent):
            return
        if isinstance(event.result, Template):
            self._forget(event.workspace_id, event.result.template_id)
        elif isinstance(event.result, Deleted):
            for thing in event.result.things:
                self._forget(event.workspace_id, thing.id)

    def _forget(self, workspace_id: str, template_id: str) -> None:
        self._changes += 1
        self._kept.pop((workspace_id, template_id), None)
