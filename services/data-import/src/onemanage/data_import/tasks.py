"""The data-import service's tasks, and what carries out each."""

from onemanage.contracts.datasets.handing_over import HAND_OVER
from onemanage.contracts.datasets.tasks import DROP, EXPORT, SNAPSHOT
from onemanage.contracts.imports.deletion import DELETE_FROM_DATA_IMPORT
from onemanage.contracts.imports.imports import IMPORT, UNDO
from onemanage.contracts.imports.plans import PLAN
from onemanage.data_import.service import DataImportService
from onemanage.platform.tasks import (
    Bindings,
    all_tasks_of,
    bind,
    bind_without_progress,
)

TASKS: Bindings[DataImportService] = all_tasks_of(
    "data_import",
    bind(PLAN, lambda service: service.plans.make),
    bind(IMPORT, lambda service: service.imports.run),
    bind_without_progress(UNDO, lambda service: service.imports.undo),
    bind(SNAPSHOT, lambda service: service.snapshots.snapshot),
    bind(HAND_OVER, lambda service: service.handing_over.hand_over),
    bind(EXPORT, lambda service: service.exports.export),
    bind_without_progress(DROP, lambda service: service.snapshots.drop),
    bind(DELETE_FROM_DATA_IMPORT, lambda service: service.deletion.delete),
)
