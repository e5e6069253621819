"""What the psd service does about its own tasks that ended without a result."""

import msgspec

from onemanage.contracts.base import CancelledEvent, FailedEvent, artifacts_prefix
from onemanage.platform.storage.storage import Storage
from onemanage.psd.deletion import Deletion
from onemanage.psd.store import Store


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
    await deps.storage.delete_prefix(prefix)


HANDLERS = (on_psd_run_ended_discard_artifacts,)
