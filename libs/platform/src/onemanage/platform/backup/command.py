"""Backup and restore from a shell.

    onemanage-admin backup DIRECTORY [--objects list|copy]
    onemanage-admin restore DIRECTORY
    onemanage-admin compare DIRECTORY

DATABASE_ADMIN_URL, NATS_URL (the operator's) and those of the object storage come from
the environment. The exit status is 1 where something was not done, or where objects of
the backup are missing.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import asyncpg
from botocore.exceptions import BotoCoreError, ClientError
from nats.errors import Error as NatsError

from onemanage.platform.backup.backup import Servers, backup, compare, restore
from onemanage.platform.backup.manifest import BackupUnusable, TargetNotEmpty
from onemanage.platform.backup.objects import Differences
from onemanage.platform.backup.streams import SnapshotFailed
from onemanage.platform.backup.tables import ProgramFailed, ProgramMissing
from onemanage.platform.messaging.management import JetStreamRefused
from onemanage.platform.messaging.nats import connect
from onemanage.platform.process.logging import configure_logging
from onemanage.platform.process.settings import (
    ProcessSettings,
    Secret,
    StorageSettings,
    load,
)
from onemanage.platform.storage.storage import Storage

_NAMED = 20
_TOLD = (
    *(BackupUnusable, TargetNotEmpty, SnapshotFailed, ProgramFailed, ProgramMissing),
    *(JetStreamRefused, NatsError, asyncpg.PostgresError, OSError),
    *(BotoCoreError, ClientError),
)
"""What is said in a line; anything else is a fault of ours."""


class AdminSettings(ProcessSettings, StorageSettings):
    """Of backup and restore; NATS_URL is the operator's."""

    database_admin_url: Secret


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="onemanage-admin",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for name, told in (
        ("backup", "write down tables, events, dead letters and the list of objects"),
        ("restore", "into servers that hold nothing; may be repeated"),
        ("compare", "name the objects of a backup that the bucket lacks"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("directory", type=Path)
        if name == "backup":
            action.add_argument("--objects", choices=("list", "copy"), default="list")
    asked = parser.parse_args()
    settings = load(StorageSettings if asked.action == "compare" else AdminSettings)
    configure_logging("admin", "pretty", "WARNING")
    try:
        sys.exit(asyncio.run(_done(asked, settings)))
    except _TOLD as error:
        print(f"onemanage-admin: {error}", file=sys.stderr)
        sys.exit(1)


async def _done(asked: argparse.Namespace, settings: StorageSettings) -> int:
    """The exit status."""
    storage = Storage(settings)
    if not isinstance(settings, AdminSettings):
        return _told(await compare(storage, asked.directory))
    client = await connect(settings.nats_url, "onemanage-admin")
    servers = Servers(
        settings.database_admin_url, client, storage, settings.stream_replicas
    )
    try:
        if asked.action == "restore":
            return _told(await restore(servers, asked.directory, print))
        made = await backup(servers, asked.directory, asked.objects, print)
    finally:
        await client.close()
    print(f"{made.id} is whole: {asked.directory}")
    return 0


def _told(found: Differences) -> int:
    for what, keys in (("is missing", found.missing), ("differs", found.other)):
        for key in keys[:_NAMED]:
            print(f"{key} {what}")
        if len(keys) > _NAMED:
            print(f"… {len(keys):,} in all: {what}")
    if not (found.missing or found.other):
        print("The bucket has every object of the backup")
    return int(bool(found.missing or found.other))


if __name__ == "__main__":
    main()
