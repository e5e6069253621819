"""Topology, bucket and every service's migrations, in one process: imports cost most.

    python -m onemanage.local.prepare FILE

It imports at once, and works when FILE is there, which says that the servers answer.

    DATABASE_URL_<SERVICE>  the service's own role and password
    DATABASE_ADMIN_URL      who may create roles and schemas

and the settings of `onemanage.platform`.
"""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import anyio
from anyio import to_thread

from onemanage.platform.database.migrations import migrate
from onemanage.platform.messaging.topology import declare_once
from onemanage.platform.process.gather import gather
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import ProcessSettings, StorageSettings, load
from onemanage.platform.storage.storage import ensure_bucket

DATABASE_URL_PREFIX = "DATABASE_URL_"
EVERY = 0.02


async def prepare(environ: Mapping[str, str]) -> None:
    """Streams, bucket and tables, at once. Raises the first error of any."""
    processes, storage = load(ProcessSettings), load(StorageSettings)

    async def migrations() -> None:
        await to_thread.run_sync(migrate_all, environ)

    await gather([declare_once(processes), ensure_bucket(storage), migrations()])


def migrate_all(environ: Mapping[str, str]) -> None:
    """One after another: Alembic keeps its context in globals."""
    for name, url in sorted(environ.items()):
        if name.startswith(DATABASE_URL_PREFIX):
            service = name.removeprefix(DATABASE_URL_PREFIX).lower()
            migrate(service, url, environ["DATABASE_ADMIN_URL"])


def main() -> None:
    """Import while the servers start, and prepare them as soon as they are ready."""
    configure_logging("prepare", "pretty", "WARNING")
    servers_ready = Path(sys.argv[1])
    while not servers_ready.exists():
        time.sleep(EVERY)
    anyio.run(prepare, os.environ)


if __name__ == "__main__":
    main()
