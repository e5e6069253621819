"""The psd service's tasks."""

from taskiq import Context, TaskiqDepends, async_shared_broker

from onemanage.contracts.psd import Document, ParseExport
from onemanage.platform.tasks import Progress, current_progress
from onemanage.psd.service import PsdService


def psd_service(context: Context = TaskiqDepends()) -> PsdService:
    found: PsdService = context.state.service
    return found


@async_shared_broker.task(task_name="psd.parse_export")
async def parse_export(
    command: ParseExport,
    service: PsdService = TaskiqDepends(psd_service),
    progress: Progress = TaskiqDepends(current_progress),
) -> Document:
    return await service.parse_export(command, progress.report)
