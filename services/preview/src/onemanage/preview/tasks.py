"""The preview service's tasks, and what carries out each."""

from onemanage.contracts.previews.datasets import PUBLISH_DATASET
from onemanage.contracts.previews.deletion import DELETE_FROM_PREVIEW
from onemanage.contracts.previews.previews import PUBLISH
from onemanage.contracts.previews.tiles import TILE
from onemanage.platform.tasks import (
    Bindings,
    all_tasks_of,
    bind,
    bind_without_progress,
)
from onemanage.preview.service import PreviewService

TASKS: Bindings[PreviewService] = all_tasks_of(
    "preview",
    bind(PUBLISH, lambda service: service.publish),
    bind_without_progress(PUBLISH_DATASET, lambda service: service.datasets.publish),
    bind(TILE, lambda service: service.pyramids.make),
    bind(DELETE_FROM_PREVIEW, lambda service: service.deletion.delete),
)
