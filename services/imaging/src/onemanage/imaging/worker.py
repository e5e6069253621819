"""The imaging service's worker process. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.imaging.fetching import Fetcher
from onemanage.imaging.quick import Most, QuickImages
from onemanage.imaging.service import ImagingService
from onemanage.imaging.settings import WorkerSettings
from onemanage.imaging.store import Store
from onemanage.imaging.tasks import TASKS
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.quick_answering import Answerer
from onemanage.platform.process.outbound import allowed_networks
from onemanage.platform.process.scratch import open_scratch
from onemanage.platform.sandbox.sandbox import modules_of, open_sandbox
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import Broker, make_broker, run_worker

PRELOAD = modules_of("onemanage.imaging.domain")
"""What every child has from its birth."""


@asynccontextmanager
async def open_service(settings: WorkerSettings) -> AsyncIterator[ImagingService]:
    """What its tasks work with, for as long as the process runs."""
    fetcher = Fetcher(
        max_bytes=settings.imaging_fetch_bytes,
        seconds=settings.imaging_fetch_seconds,
        allowed=allowed_networks(
            settings.imaging_allowed_networks, settings.own_networks
        ),
        sealing_key=settings.imaging_sealing_key,
    )
    with open_scratch("imaging") as scratch:
        async with (
            open_sessions(settings.database_url) as sessions,
            open_sandbox(
                memory_limit=settings.imaging_child_memory_bytes,
                preload=PRELOAD,
                ahead=2,
                readable=[weights] if (weights := settings.imaging_weights) else [],
            ) as sandbox,
        ):
            storage = Storage(settings)
            quick = QuickImages(
                storage,
                sandbox,
                fetcher,
                SourceCache(scratch / "sources", settings.imaging_source_cache_bytes),
                _most(settings),
                settings.imaging_weights,
            )
            yield ImagingService(
                storage,
                Store(sessions),
                sandbox,
                fetcher,
                child_seconds=settings.imaging_child_seconds,
                weights=settings.imaging_weights,
                quick=quick,
                images_per_child=settings.imaging_images_per_child,
            )
            await quick.stored()


def _most(settings: WorkerSettings) -> Most:
    return Most(
        settings.imaging_quick_seconds,
        settings.imaging_quick_niceness,
        settings.imaging_images_per_child,
    )


async def _answerers(service: ImagingService) -> list[Answerer]:
    """Once children can be forked: until then others answer, or nobody does, at once."""
    assert service.quick is not None  # open_service gives it
    await service.quick.ready()
    return [service.quick.make]


def broker() -> Broker:
    """What TaskIQ's command line looks for."""
    return make_broker(
        "imaging",
        WorkerSettings,
        open_service,
        TASKS,
        quick=_answerers,
        quick_slots=lambda settings: settings.imaging_quick_slots,
    )


def main() -> None:
    """Run the process."""
    run_worker("onemanage.imaging.worker:broker", max_async_tasks=2)


if __name__ == "__main__":
    main()
