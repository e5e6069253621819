"""What the psd service does about its own tasks that ended without a result."""

import msgspec

from onemanage.contracts.base import CancelledEvent, FailedEvent, artifacts_prefix
from onemanage.contracts.psd.merges import handed_over_prefix
from onemanage.platform.deletion.tombstones import Grave
from onemanage.platform.storage.storage import Storage
from onemanage.psd.deletion import Deletion
from onemanage.psd.store import Store

HANDED_OVER = "handed_over_rows"
"""Of a merge that was cancelled: its kind among what is deleted."""


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    store: Store
    storage: Storage

    @property
    def deletion(self) -> Deletion:
        """What deletes here."""
        return Deletion(self.storage, self.store.sessions)


async def on_psd_run_ended_discard_artifacts(
    event: FailedEvent | CancelledEvent, deps: Deps
) -> None:
    """Nothing half-written stays; a later run of the task keeps its own."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.discard(event.task_id, prefix)
    await deps.store.templates.discard(event.task_id, event.run)
    await deps.storage.delete_prefix(prefix)


async def on_psd_run_ended_discard_merge(
    event: FailedEvent | CancelledEvent, deps: Deps
) -> None:
    """The rows that were handed over to it, where nobody has looked through them. What
    pictures it has made stay until it is deleted.

    Of one that was cancelled they may just be on their way: whoever hands them over can
    be done before it hears of that.
    """
    prefix = handed_over_prefix(event.workspace_id, event.task_id)
    await deps.storage.delete_prefix(prefix)
    if isinstance(event, CancelledEvent):
        own = event.workspace_id, event.task_id
        grave = Grave(HANDED_OVER, event.task_id, prefix, count=0)
        await deps.deletion.leave_to_sweep(*own, grave)


HANDLERS = (on_psd_run_ended_discard_artifacts, on_psd_run_ended_discard_merge)
