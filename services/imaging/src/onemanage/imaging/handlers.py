"""What the imaging service does about uploads, and about its own tasks that failed."""

import msgspec

from onemanage.contracts.base import (
    CancelledEvent,
    CompletedEvent,
    FailedEvent,
    artifacts_prefix,
)
from onemanage.contracts.deletion import Deleted
from onemanage.contracts.files import FileUploadCompleted
from onemanage.contracts.imaging.images import LOOKED_AT, AnalyzeImage, first_look
from onemanage.contracts.psd.deletion import DOCUMENT
from onemanage.imaging.deletion import Deletion
from onemanage.imaging.kept_images import discard_images
from onemanage.imaging.store import Store
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.storage.storage import Storage


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    requests: TaskRequests
    store: Store
    storage: Storage
    analyzes_uploads: bool = False
    """Whether uploaded images are looked at before anybody asks for it."""

    @property
    def deletion(self) -> Deletion:
        """What deletes here."""
        return Deletion(self.storage, self.store.sessions)


async def on_file_upload_completed_analyze_image(
    event: FileUploadCompleted, deps: Deps
) -> None:
    """Where operators want it, an uploaded image is looked at, by the task that would do
    so once somebody asks."""
    if not deps.analyzes_uploads or event.media_type not in LOOKED_AT:
        return
    command = AnalyzeImage(
        task_id=first_look(event.file_id),
        workspace_id=event.workspace_id,
        file_id=event.file_id,
        file_key=event.object_key,
        file_name=event.name,
        file_size=event.size,
    )
    await deps.requests.request(command)


async def on_psd_delete_completed_discard_images(
    event: CompletedEvent[Deleted], deps: Deps
) -> None:
    """What was made at once of documents and their layers goes with them."""
    documents = [thing.id for thing in event.result.things if thing.kind == DOCUMENT]
    await discard_images(deps.storage, event.workspace_id, documents)


async def on_imaging_run_ended_discard_artifacts(
    event: FailedEvent | CancelledEvent, deps: Deps
) -> None:
    """Nothing half-written stays; a later run of the task keeps its own."""
    if not await deps.store.discard(event.task_id, event.run):
        return  # another transformation shows these images
    await deps.storage.delete_prefix(
        artifacts_prefix(event.workspace_id, event.task_id, event.run)
    )


HANDLERS = (
    on_file_upload_completed_analyze_image,
    on_psd_delete_completed_discard_images,
    on_imaging_run_ended_discard_artifacts,
)
