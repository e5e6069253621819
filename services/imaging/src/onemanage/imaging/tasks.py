"""The imaging service's tasks."""

from taskiq import TaskiqDepends, async_shared_broker

from onemanage.contracts.imaging.batches import Batch, FinishBatch
from onemanage.contracts.imaging.images import (
    AnalyzeImage,
    Asset,
    BackgroundImage,
    GenerateBackground,
    Transformation,
    TransformImage,
)
from onemanage.imaging.service import ImagingService
from onemanage.platform.tasks import Progress, current_progress, current_service


@async_shared_broker.task(task_name="imaging.transform")
async def transform(
    command: TransformImage,
    service: ImagingService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> Transformation:
    return await service.transform(command, progress.report)


@async_shared_broker.task(task_name="background.generation")
async def generate_background(
    command: GenerateBackground,
    service: ImagingService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> BackgroundImage:
    return await service.generate_background(command, progress.report)


@async_shared_broker.task(task_name="imaging.analyze")
async def analyze(
    command: AnalyzeImage,
    service: ImagingService = TaskiqDepends(current_service),
) -> Asset:
    return await service.analyze(command)


@async_shared_broker.task(task_name="imaging.batch")
async def finish_batch(
    command: FinishBatch,
    service: ImagingService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> Batch:
    return await service.finish_batch(command, progress.report)
