"""What the preview service does about events of others."""

import msgspec

from onemanage.contracts.base import derived_id
from onemanage.contracts.dataset_tasks import DropCompleted, SnapshotCompleted
from onemanage.contracts.preview import (
    PublishCancelled,
    PublishFailed,
    PublishPreviews,
)
from onemanage.contracts.preview_datasets import (
    PublishDataset,
    PublishDatasetCancelled,
    PublishDatasetFailed,
)
from onemanage.contracts.psd import ParseExportCompleted
from onemanage.platform.commands import TaskRequests
from onemanage.platform.events import EventPublisher
from onemanage.platform.storage import Storage
from onemanage.preview.store import Store


class Deps(msgspec.Struct, frozen=True):
    """What handlers, answers and the sweeper of this service work with."""

    requests: TaskRequests
    events: EventPublisher
    store: Store
    storage: Storage


async def on_psd_parse_export_completed_publish_preview(
    event: ParseExportCompleted, deps: Deps
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


async def on_preview_publish_failed_discard_previews(
    event: PublishFailed, deps: Deps
) -> None:
    await deps.store.discard_run(event.workspace_id, event.task_id, event.run)


async def on_preview_publish_cancelled_discard_previews(
    event: PublishCancelled, deps: Deps
) -> None:
    await deps.store.discard_run(event.workspace_id, event.task_id, event.run)


async def on_data_import_etl_completed_publish_preview(
    event: SnapshotCompleted, deps: Deps
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
    event: DropCompleted, deps: Deps
) -> None:
    await deps.store.discard_dataset(event.workspace_id, event.result.dataset_id)


async def on_preview_publish_dataset_failed_discard_previews(
    event: PublishDatasetFailed, deps: Deps
) -> None:
    await deps.store.discard_run(event.workspace_id, event.task_id, event.run)


async def on_preview_publish_dataset_cancelled_discard_previews(
    event: PublishDatasetCancelled, deps: Deps
) -> None:
    await deps.store.discard_run(event.workspace_id, event.task_id, event.run)


HANDLERS = (
    on_psd_parse_export_completed_publish_preview,
    on_preview_publish_failed_discard_previews,
    on_preview_publish_cancelled_discard_previews,
    on_data_import_etl_completed_publish_preview,
    on_data_import_drop_completed_discard_previews,
    on_preview_publish_dataset_failed_discard_previews,
    on_preview_publish_dataset_cancelled_discard_previews,
)
