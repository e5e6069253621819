"""The preview service's tasks."""

from taskiq import TaskiqDepends, async_shared_broker

from onemanage.contracts.previews.datasets import PublishDataset, PublishedDataset
from onemanage.contracts.previews.previews import PublishedPreviews, PublishPreviews
from onemanage.platform.tasks import Progress, current_progress, current_service
from onemanage.preview.service import PreviewService


@async_shared_broker.task(task_name="preview.publish")
async def publish(
    command: PublishPreviews,
    service: PreviewService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> PublishedPreviews:
    return await service.publish(command, progress.report)


@async_shared_broker.task(task_name="preview.publish_dataset")
async def publish_dataset(
    command: PublishDataset,
    service: PreviewService = TaskiqDepends(current_service),
) -> PublishedDataset:
    return await service.datasets.publish(command)
