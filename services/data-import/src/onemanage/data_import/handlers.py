"""What the data-import service does about its own tasks that ended without a result."""

import msgspec

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.data_import import (
    ImportCancelled,
    ImportFailed,
    PlanCancelled,
    PlanFailed,
)
from onemanage.data_import.store import Store
from onemanage.platform.storage import Storage


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    store: Store
    storage: Storage


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
    await _discard_import(event, deps)


async def on_data_import_cancelled_discard_artifacts(
    event: ImportCancelled, deps: Deps
) -> None:
    await _discard_import(event, deps)


async def _discard_plan(event: PlanFailed | PlanCancelled, deps: Deps) -> None:
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.discard_plan(event.task_id, prefix)
    await deps.storage.delete_prefix(prefix)


async def _discard_import(event: ImportFailed | ImportCancelled, deps: Deps) -> None:
    """Its rows were never there. Where they are, its worker died before saying so."""
    if await deps.store.is_done(event.workspace_id, event.task_id):
        return
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.storage.delete_prefix(prefix)


HANDLERS = (
    on_data_import_plan_failed_discard_artifacts,
    on_data_import_plan_cancelled_discard_artifacts,
    on_data_import_failed_discard_artifacts,
    on_data_import_cancelled_discard_artifacts,
)
