"""The psd service's worker process. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.quick_answering import Answerer
from onemanage.platform.process.scratch import open_scratch
from onemanage.platform.sandbox.sandbox import modules_of, open_sandbox
from onemanage.platform.storage.source_cache import SourceCache
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import Broker, make_broker, run_worker
from onemanage.psd.domain.document import Limits
from onemanage.psd.quick import Most, QuickTemplates
from onemanage.psd.service import PsdService
from onemanage.psd.settings import WorkerSettings
from onemanage.psd.store import Store
from onemanage.psd.tasks import TASKS

_IDLE_SECONDS = 60.0
"""For which a child that nobody asks keeps the templates that it has compiled."""
_MOST_LEFT = 320 << 20
"""Bytes that these take: two templates, each with its canvas and what lies on it."""


@asynccontextmanager
async def open_service(settings: WorkerSettings) -> AsyncIterator[PsdService]:
    """What its tasks work with, for as long as the process runs."""
    limits = Limits(
        max_side=settings.psd_max_side,
        max_pixels=settings.psd_max_pixels,
        inks=inks_of(settings.psd_cmyk_profile),
    )
    with open_scratch("psd") as scratch:
        async with (
            open_sessions(settings.database_url) as sessions,
            open_sandbox(
                memory_limit=settings.psd_child_memory_bytes,
                preload=modules_of("onemanage.psd.domain"),
                idle_seconds=_IDLE_SECONDS,
                most_left=_MOST_LEFT,
            ) as sandbox,
        ):
            storage, store = Storage(settings), Store(sessions)
            cache = SourceCache(scratch / "sources", settings.psd_source_cache_bytes)
            quick = QuickTemplates(
                storage,
                store,
                sandbox,
                cache,
                _most(settings),
                limits,
            )
            yield PsdService(
                storage,
                store,
                sandbox,
                limits,
                child_seconds=settings.psd_child_seconds,
                children=settings.psd_children,
                quick=quick,
                cache=cache,
            )
            await quick.done()


def _most(settings: WorkerSettings) -> Most:
    return Most(
        cpu_seconds=settings.psd_quick_seconds,
        compiling_seconds=settings.psd_compiling_seconds,
        niceness=settings.psd_quick_niceness,
        pictures_per_child=settings.psd_pictures_per_child,
    )


async def _answerers(service: PsdService) -> list[Answerer]:
    """Once children can be forked: until then others answer, or nobody does, at once."""
    assert service.quick is not None  # open_service gives it
    await service.quick.ready()
    return [service.quick.fill]


def inks_of(path: Path | None) -> bytes | None:
    """The ICC profile in the file. Raises ValueError where it is none of CMYK."""
    if path is None:
        return None
    profile = path.read_bytes()
    if (profile[16:20], profile[36:40]) != (b"CMYK", b"acsp"):
        raise ValueError(f"PSD_CMYK_PROFILE: {path} is no ICC profile of CMYK")
    return profile


def broker() -> Broker:
    """What TaskIQ's command line looks for."""
    return make_broker(
        "psd",
        WorkerSettings,
        open_service,
        TASKS,
        quick=_answerers,
        asking=lambda service, client: service.merges.pictures.ask_through(client),
        quick_slots=lambda settings: settings.psd_quick_slots,
    )


def main() -> None:
    """Run the process."""
    run_worker("onemanage.psd.worker:broker", max_async_tasks=2)


if __name__ == "__main__":
    main()
