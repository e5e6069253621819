"""The psd service's tasks."""

from taskiq import TaskiqDepends, async_shared_broker

from onemanage.contracts.psd.diffs import CompareDocuments, DocumentDiff
from onemanage.contracts.psd.documents import Document, ParseExport
from onemanage.contracts.psd.renditions import RenderDocument, Rendition
from onemanage.platform.tasks import Progress, current_progress, current_service
from onemanage.psd.service import PsdService


@async_shared_broker.task(task_name="psd.parse_export")
async def parse_export(
    command: ParseExport,
    service: PsdService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> Document:
    return await service.parse_export(command, progress.report)


@async_shared_broker.task(task_name="psd.render")
async def render(
    command: RenderDocument,
    service: PsdService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> Rendition:
    return await service.renditions.render(command, progress.report)


@async_shared_broker.task(task_name="psd.compare")
async def compare(
    command: CompareDocuments,
    service: PsdService = TaskiqDepends(current_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> DocumentDiff:
    return await service.diffs.compare(command, progress.report)
