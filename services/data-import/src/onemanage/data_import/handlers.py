"""What the data-import service does about the ends of its own tasks."""

import msgspec
from loguru import logger

from onemanage.contracts.base import (
    CancelledEvent,
    CompletedEvent,
    FailedEvent,
    artifacts_prefix,
    derived_id,
)
from onemanage.contracts.datasets.tasks import SNAPSHOT, SnapshotDataset
from onemanage.contracts.imports.imports import Import
from onemanage.data_import.datasets.datasets import Datasets
from onemanage.data_import.deletion import Deletion
from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.imports.undoing import Undo
from onemanage.data_import.store import Store
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.storage.storage import Storage


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    requests: TaskRequests
    store: Store
    storage: Storage
    datasets: Datasets
    undo: Undo

    @property
    def deletion(self) -> Deletion:
        """What deletes here."""
        return Deletion(self.storage, self.store)


type NoResult = FailedEvent | CancelledEvent


async def on_data_import_run_ended_discard_plan(event: NoResult, deps: Deps) -> None:
    """Of a run that has failed or was cancelled nothing stays."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.discard_plan(event.task_id, prefix)
    await deps.storage.delete_prefix(prefix)


async def on_data_import_run_ended_discard_rows(event: NoResult, deps: Deps) -> None:
    """Where the rows are there, its worker came to the end after all.

    Of a failed import they stay: it died before saying so, and a retry will. Of a
    cancelled one, by a worker that had been cut off, they go.
    """
    done = await deps.store.import_by(event.workspace_id, event.task_id)
    if done is not None:
        if isinstance(event, FailedEvent):
            return
        try:
            await deps.undo.undo(done, event.workspace_id)
        except LoadRefused as error:
            logger.error("{} was cancelled and stays: {}", done, error)
            return
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.storage.delete_prefix(prefix)


async def on_data_import_run_ended_discard_artifacts(
    event: NoResult, deps: Deps
) -> None:
    """Nothing half-written stays; a later run of the task keeps its own."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.made.discard(event.task_id, prefix)
    await deps.storage.delete_prefix(prefix)


async def on_data_import_completed_etl(
    event: CompletedEvent[Import], deps: Deps
) -> None:
    """Each table that was loaded gets a snapshot and a profile, by a task of its own."""
    await _follow(event, deps)


async def on_data_import_undo_completed_etl(
    event: CompletedEvent[Import], deps: Deps
) -> None:
    """What an undo has changed is snapshot and profiled again."""
    await _follow(event, deps)


async def _follow(event: CompletedEvent[Import], deps: Deps) -> None:
    """The tasks' ids follow from the event, so twice is once."""
    changed = {table.dataset_id for table in event.result.tables}
    for dataset_id in sorted(changed):
        if not await deps.datasets.exists(event.workspace_id, dataset_id):
            continue  # dropped since, and all that was made of it with it
        command = SnapshotDataset(
            task_id=derived_id("tsk", str(event.event_id), SNAPSHOT.name, dataset_id),
            workspace_id=event.workspace_id,
            dataset_id=dataset_id,
            import_id=event.result.import_id,
            loaded_rows=event.result.loaded,
        )
        await deps.requests.request(command)


HANDLERS = (
    on_data_import_run_ended_discard_plan,
    on_data_import_run_ended_discard_rows,
    on_data_import_run_ended_discard_artifacts,
    on_data_import_completed_etl,
    on_data_import_undo_completed_etl,
)
