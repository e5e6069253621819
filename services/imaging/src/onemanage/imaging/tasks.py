"""The imaging service's tasks, and what carries out each."""

from onemanage.contracts.imaging.batches import FINISH_BATCH
from onemanage.contracts.imaging.deletion import DELETE_FROM_IMAGING
from onemanage.contracts.imaging.images import ANALYZE, GENERATE_BACKGROUND, TRANSFORM
from onemanage.imaging.service import ImagingService
from onemanage.platform.tasks import (
    Bindings,
    all_tasks_of,
    bind,
    bind_without_progress,
)

TASKS: Bindings[ImagingService] = all_tasks_of(
    "imaging",
    bind(TRANSFORM, lambda service: service.transform),
    bind(GENERATE_BACKGROUND, lambda service: service.generate_background),
    bind_without_progress(ANALYZE, lambda service: service.analyze),
    bind(FINISH_BATCH, lambda service: service.finish_batch),
    bind(DELETE_FROM_IMAGING, lambda service: service.deletion.delete),
)
