"""What the data-import service does about the ends of its own tasks."""

import msgspec
from loguru import logger

from onemanage.contracts.base import Event, artifacts_prefix, derived_id
from onemanage.contracts.data_import import (
    ImportCancelled,
    ImportCompleted,
    ImportFailed,
    PlanCancelled,
    PlanFailed,
    UndoCompleted,
)
from onemanage.contracts.dataset_tasks import (
    ExportCancelled,
    ExportFailed,
    SnapshotCancelled,
    SnapshotDataset,
    SnapshotFailed,
)
from onemanage.data_import.datasets import Datasets
from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.store import Store
from onemanage.data_import.undoing import Undo
from onemanage.platform.commands import TaskRequests
from onemanage.platform.storage import Storage


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    requests: TaskRequests
    store: Store
    storage: Storage
    datasets: Datasets
    undo: Undo


async def on_data_import_plan_failed_discard_artifacts(
    event: PlanFailed, deps: Deps
) -> None:
    await _discard_plan(event, deps)


async def on_data_import_plan_cancelled_discard_artifacts(
    event: PlanCancelled, deps: Deps
) -> None:
    await _discard_plan(event, deps)


async def on_data_import_failed_discard_artifacts(
    event: ImportFailed, deps: Deps
) -> None:
    """Where the rows are there, its worker died before saying so; a retry will."""
    if await deps.store.import_by(event.workspace_id, event.task_id) is None:
        await _delete_artifacts(event, deps)


async def on_data_import_cancelled_discard_artifacts(
    event: ImportCancelled, deps: Deps
) -> None:
    """Where the rows are there, a worker that had been cut off came after the end."""
    done = await deps.store.import_by(event.workspace_id, event.task_id)
    if done is not None:
        try:
            await deps.undo.undo(done, event.workspace_id)
        except LoadRefused as error:
            logger.error("{} was cancelled and stays: {}", done, error)
            return
    await _delete_artifacts(event, deps)


async def _discard_plan(event: PlanFailed | PlanCancelled, deps: Deps) -> None:
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.discard_plan(event.task_id, prefix)
    await deps.storage.delete_prefix(prefix)


async def _delete_artifacts(event: ImportFailed | ImportCancelled, deps: Deps) -> None:
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.storage.delete_prefix(prefix)


async def on_data_import_completed_etl(event: ImportCompleted, deps: Deps) -> None:
    """Each table that was loaded gets a snapshot and a profile, by a task of its own."""
    await _follow(event, deps)


async def on_data_import_undo_completed_etl(event: UndoCompleted, deps: Deps) -> None:
    """What an undo has changed is snapshot and profiled again."""
    await _follow(event, deps)


async def _follow(event: ImportCompleted | UndoCompleted, deps: Deps) -> None:
    """The tasks' ids follow from the event, so twice is once."""
    changed = {table.dataset_id for table in event.result.tables}
    for dataset_id in sorted(changed):
        if not await deps.datasets.exists(event.workspace_id, dataset_id):
            continue  # dropped since, and all that was made of it with it
        command = SnapshotDataset(
            task_id=derived_id(
                "tsk", str(event.event_id), "data_import.etl", dataset_id
            ),
            workspace_id=event.workspace_id,
            dataset_id=dataset_id,
            import_id=event.result.import_id,
        )
        await deps.requests.request(command)


async def on_data_import_etl_failed_discard_artifacts(
    event: SnapshotFailed, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_data_import_etl_cancelled_discard_artifacts(
    event: SnapshotCancelled, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_data_import_export_failed_discard_artifacts(
    event: ExportFailed, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_data_import_export_cancelled_discard_artifacts(
    event: ExportCancelled, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def _discard_artifacts(event: Event, deps: Deps) -> None:
    """Nothing half-written stays; a later run of the task keeps its own."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.made.discard(event.task_id, prefix)
    await deps.storage.delete_prefix(prefix)


HANDLERS = (
    on_data_import_plan_failed_discard_artifacts,
    on_data_import_plan_cancelled_discard_artifacts,
    on_data_import_failed_discard_artifacts,
    on_data_import_cancelled_discard_artifacts,
    on_data_import_completed_etl,
    on_data_import_undo_completed_etl,
    on_data_import_etl_failed_discard_artifacts,
    on_data_import_etl_cancelled_discard_artifacts,
    on_data_import_export_failed_discard_artifacts,
    on_data_import_export_cancelled_discard_artifacts,
)
