"""What the data-import service does about its own tasks that ended without a result."""

import msgspec
from loguru import logger

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.data_import import (
    ImportCancelled,
    ImportFailed,
    PlanCancelled,
    PlanFailed,
)
from onemanage.data_import.errors import LoadRefused
from onemanage.data_import.store import Store
from onemanage.data_import.undoing import Undo
from onemanage.platform.storage import Storage


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    store: Store
    storage: Storage
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


HANDLERS = (
    on_data_import_plan_failed_discard_artifacts,
    on_data_import_plan_cancelled_discard_artifacts,
    on_data_import_failed_discard_artifacts,
    on_data_import_cancelled_discard_artifacts,
)
