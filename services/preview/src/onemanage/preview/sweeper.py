"""What has expired goes: first its link, then its row, then its object."""

from onemanage.contracts.base import Status, event_id
from onemanage.contracts.previews.previews import Preview, PreviewExpired
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.storage.storage import Storage
from onemanage.preview.store import Store

_SWEEP_BATCH = 500


async def sweep(store: Store, storage: Storage, events: EventPublisher) -> int:
    """Say what has expired, forget it, delete its objects; how many objects went.

    Any step may be repeated after a crash or by another replica at the same time.
    """
    while dead := await store.expired(_SWEEP_BATCH):
        for workspace_id, preview in dead:
            await events.publish(_expired(workspace_id, preview))
        await store.forget(preview for _, preview in dead)
    return await collect(store, storage)


async def collect(store: Store, storage: Storage) -> int:
    """Delete the objects of all garbage that is due; how many went."""
    deleted = 0
    while keys := await store.garbage(_SWEEP_BATCH):
        await storage.delete(keys)
        await store.collected(keys)
        deleted += len(keys)
    return deleted


def _expired(workspace_id: str, preview: Preview) -> PreviewExpired:
    died = preview.expires_at.isoformat()
    return PreviewExpired(
        event_id=event_id(preview.preview_id, Status.COMPLETED, died),
        task_id=preview.preview_id,
        workspace_id=workspace_id,
        status=Status.COMPLETED,
        preview_id=preview.preview_id,
        document_id=preview.document_id,
        dataset_id=preview.dataset_id,
    )
