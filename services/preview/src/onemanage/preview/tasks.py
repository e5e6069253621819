"""The preview service's tasks."""

from taskiq import Context, TaskiqDepends, async_shared_broker

from onemanage.contracts.preview import PublishedPreviews, PublishPreviews
from onemanage.platform.tasks import Progress, current_progress
from onemanage.preview.service import PreviewService


def preview_service(context: Context = TaskiqDepends()) -> PreviewService:
    found: PreviewService = context.state.service
    return found


@async_shared_broker.task(task_name="preview.publish")
async def publish(
    command: PublishPreviews,
    service: PreviewService = TaskiqDepends(preview_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> PublishedPreviews:
    return await service.publish(command, progress.report)
