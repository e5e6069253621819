"""What the preview service does about events of others."""

import msgspec

from onemanage.contracts.base import (
    CancelledEvent,
    CompletedEvent,
    FailedEvent,
    derived_id,
)
from onemanage.contracts.datasets.datasets import DatasetSnapshot, DroppedDataset
from onemanage.contracts.deletion import FILE, Deleted
from onemanage.contracts.imaging.deletion import BACKGROUND, TRANSFORMATION
from onemanage.contracts.previews.datasets import PublishDataset
from onemanage.contracts.previews.previews import PublishPreviews
from onemanage.contracts.psd.deletion import DOCUMENT
from onemanage.contracts.psd.documents import Document
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.storage.storage import Storage
from onemanage.preview.deletion import Deletion
from onemanage.preview.store import Store

_TILED = (FILE, TRANSFORMATION, BACKGROUND)


class Deps(msgspec.Struct, frozen=True):
    """What handlers, answers and the sweeper of this service work with."""

    requests: TaskRequests
    events: EventPublisher
    store: Store
    storage: Storage

    @property
    def deletion(self) -> Deletion:
        """What deletes here."""
        return Deletion(self.storage, self.store)


async def on_psd_parse_export_completed_publish_preview(
    event: CompletedEvent[Document], deps: Deps
) -> None:
    """A parsed document gets previews, by a task whose id follows from the event."""
    document = event.result
    command = PublishPreviews(
        task_id=derived_id("tsk", str(event.event_id), "preview.publish"),
        workspace_id=event.workspace_id,
        document_id=document.document_id,
        manifest_key=document.manifest_key,
    )
    await deps.requests.request(command)


async def on_data_import_etl_completed_publish_preview(
    event: CompletedEvent[DatasetSnapshot], deps: Deps
) -> None:
    """A profiled data set gets previews, by a task whose id follows from the event."""
    command = PublishDataset(
        task_id=derived_id("tsk", str(event.event_id), "preview.publish_dataset"),
        workspace_id=event.workspace_id,
        dataset_id=event.result.dataset_id,
        profile_key=event.result.profile_key,
    )
    await deps.requests.request(command)


async def on_data_import_drop_completed_discard_previews(
    event: CompletedEvent[DroppedDataset], deps: Deps
) -> None:
    """A dataset that is gone shows no pictures."""
    await deps.store.discard_dataset(event.workspace_id, event.result.dataset_id)


async def on_psd_delete_completed_discard_previews(
    event: CompletedEvent[Deleted], deps: Deps
) -> None:
    """Documents that are deleted show no pictures."""
    documents = [thing.id for thing in event.result.things if thing.kind == DOCUMENT]
    await deps.store.discard_documents(event.workspace_id, documents)
    await deps.store.pyramids.discard_of(event.workspace_id, documents)


async def on_imaging_delete_completed_discard_tiles(
    event: CompletedEvent[Deleted], deps: Deps
) -> None:
    """Files that are deleted, and what was made of them, are in no tiles."""
    gone = [thing.id for thing in event.result.things if thing.kind in _TILED]
    await deps.store.pyramids.discard_of(event.workspace_id, gone)


async def on_preview_run_ended_discard_previews(
    event: FailedEvent | CancelledEvent, deps: Deps
) -> None:
    """Of a run that has failed or was cancelled nothing stays."""
    await deps.store.discard_run(event.workspace_id, event.task_id, event.run)


HANDLERS = (
    on_psd_parse_export_completed_publish_preview,
    on_data_import_etl_completed_publish_preview,
    on_data_import_drop_completed_discard_previews,
    on_psd_delete_completed_discard_previews,
    on_imaging_delete_completed_discard_tiles,
    on_preview_run_ended_discard_previews,
)
