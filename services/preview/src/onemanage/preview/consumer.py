"""The preview service's event consumer process, with its sweeper. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.deletion.tombstones import SWEEP_SECONDS
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.consumer import run_consumer
from onemanage.platform.process.sweeping import sweeping
from onemanage.platform.storage.storage import Storage
from onemanage.preview.handlers import HANDLERS, Deps
from onemanage.preview.queries import QUERIES
from onemanage.preview.settings import PreviewSettings
from onemanage.preview.store import Store
from onemanage.preview.sweeper import sweep


@asynccontextmanager
async def open_deps(settings: PreviewSettings, client: Client) -> AsyncIterator[Deps]:
    """What handlers and queries work with, for as long as the process runs."""
    async with open_sessions(settings.database_url) as sessions:
        deps = Deps(
            TaskRequests(client),
            EventPublisher(client),
            Store(sessions),
            Storage(settings),
        )
        async with (
            sweeping(
                "expired previews",
                lambda: sweep(deps.store, deps.storage, deps.events),
                settings.preview_sweep_seconds,
            ),
            sweeping("deleted things", deps.deletion.sweep, SWEEP_SECONDS),
        ):
            yield deps


def main() -> None:
    """Run the process."""
    run_consumer(
        "preview", PreviewSettings, open_deps, handlers=HANDLERS, queries=QUERIES
    )


if __name__ == "__main__":
    main()
