"""What the psd service does about its own tasks that ended without a result."""

import msgspec

from onemanage.contracts.base import Event, artifacts_prefix
from onemanage.contracts.psd import ParseExportCancelled, ParseExportFailed
from onemanage.contracts.psd_diffs import CompareCancelled, CompareFailed
from onemanage.contracts.psd_renditions import RenderCancelled, RenderFailed
from onemanage.platform.storage import Storage
from onemanage.psd.store import Store


class Deps(msgspec.Struct, frozen=True):
    """What handlers and answers of this service work with."""

    store: Store
    storage: Storage


async def on_psd_parse_export_failed_discard_artifacts(
    event: ParseExportFailed, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_psd_parse_export_cancelled_discard_artifacts(
    event: ParseExportCancelled, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_psd_render_failed_discard_artifacts(
    event: RenderFailed, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_psd_render_cancelled_discard_artifacts(
    event: RenderCancelled, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_psd_compare_failed_discard_artifacts(
    event: CompareFailed, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def on_psd_compare_cancelled_discard_artifacts(
    event: CompareCancelled, deps: Deps
) -> None:
    await _discard_artifacts(event, deps)


async def _discard_artifacts(event: Event, deps: Deps) -> None:
    """Nothing half-written stays; a later run of the task keeps its own."""
    prefix = artifacts_prefix(event.workspace_id, event.task_id, event.run)
    await deps.store.discard(event.task_id, prefix)
    await deps.storage.delete_prefix(prefix)


HANDLERS = (
    on_psd_parse_export_failed_discard_artifacts,
    on_psd_parse_export_cancelled_discard_artifacts,
    on_psd_render_failed_discard_artifacts,
    on_psd_render_cancelled_discard_artifacts,
    on_psd_compare_failed_discard_artifacts,
    on_psd_compare_cancelled_discard_artifacts,
)
