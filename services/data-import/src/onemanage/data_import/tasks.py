"""The data-import service's tasks."""

from taskiq import TaskiqDepends, async_shared_broker

from onemanage.contracts.datasets.datasets import (
    DatasetExport,
    DatasetSnapshot,
    DroppedDataset,
)
from onemanage.contracts.datasets.tasks import (
    DropDataset,
    ExportDataset,
    SnapshotDataset,
)
from onemanage.contracts.imports.imports import (
    Import,
    ImportPlan,
    PlanImport,
    RunImport,
    UndoImport,
)
from onemanage.data_import.service import DataImportService
from onemanage.platform.tasks import Progress, current_progress, current_service


@async_shared_broker.task(task_name="data_import.plan")
async def plan(
    command: PlanImport,
    service: DataImportService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> ImportPlan:
    return await service.plans.make(command, progress.report)


@async_shared_broker.task(task_name="data_import")
async def run_import(
    command: RunImport,
    service: DataImportService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> Import:
    return await service.imports.run(command, progress.report)


@async_shared_broker.task(task_name="data_import.undo")
async def undo(
    command: UndoImport,
    service: DataImportService = TaskiqDepends(current_service),
) -> Import:
    return await service.imports.undo(command)


@async_shared_broker.task(task_name="data_import.etl")
async def etl(
    command: SnapshotDataset,
    service: DataImportService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> DatasetSnapshot:
    return await service.snapshots.snapshot(command, progress.report)


@async_shared_broker.task(task_name="data_import.export")
async def export(
    command: ExportDataset,
    service: DataImportService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> DatasetExport:
    return await service.exports.export(command, progress.report)


@async_shared_broker.task(task_name="data_import.drop")
async def drop(
    command: DropDataset,
    service: DataImportService = TaskiqDepends(current_service),
) -> DroppedDataset:
    return await service.snapshots.drop(command)
