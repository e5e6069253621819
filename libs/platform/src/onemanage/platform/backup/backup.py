"""A backup of an installation that runs, and the way back into an empty one.

Streams first, then tables, then objects: so events are older than the rows that they
tell of, which handlers do not mind, and what a row names was there.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from onemanage.contracts.base import new_id, utc_now
from onemanage.platform.backup import manifest, objects, streams, tables
from onemanage.platform.backup.manifest import (
    OBJECT_LIST,
    TABLES,
    BackupUnusable,
    Manifest,
    TargetNotEmpty,
)
from onemanage.platform.backup.objects import Differences
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage

type Objects = Literal["list", "copy"]
type Say = Callable[[str], None]


class Servers(NamedTuple):
    """What is backed up, or restored into; ``replicas`` of each stream."""

    admin_url: str
    nats: Client
    storage: Storage
    replicas: int = 1


async def backup(
    servers: Servers, directory: Path, kind: Objects, say: Say
) -> Manifest:
    """Into a directory that is empty, or not there. Raises BackupUnusable, and what the
    parts raise; then there is no manifest."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise BackupUnusable(f"{directory} is not empty: name another directory")
    kept = []
    for name in streams.KEPT:
        file = streams.file_of(directory, name)
        kept.append(await streams.keep(servers.nats, name, file))
        say(f"{name}: {kept[-1].state['messages']:,} messages")
    found = await tables.schemas(servers.admin_url)
    needed = await tables.roles(servers.admin_url)
    await tables.dump(servers.admin_url, directory / TABLES)
    size = (directory / TABLES).stat().st_size
    say(f"Tables: {len(found)} schemas, {size:,} bytes packed")
    copies = directory / "objects" if kind == "copy" else None
    count, total = await objects.keep(servers.storage, directory / OBJECT_LIST, copies)
    say(f"Objects: {count:,} of {total:,} bytes, {'copied' if copies else 'listed'}")
    made = Manifest(
        id=new_id("bak"),
        made_at=utc_now().isoformat(),
        roles=needed,
        schemas=found,
        streams=kept,
        objects=count,
        object_bytes=total,
        has_bytes=copies is not None,
    )
    manifest.write(directory, made)
    return made


async def restore(servers: Servers, directory: Path, say: Say) -> Differences:
    """Into servers that hold nothing, and which no service uses yet; how the bucket
    differs from the list afterwards.

    Repeated after it broke off, it goes on with what is not there yet. Raises
    BackupUnusable, TargetNotEmpty, and what the parts raise.
    """
    made = manifest.read(directory)
    mark = f"restored from {made.id}"
    has_tables = bool(await tables.schemas(servers.admin_url))
    await _check_empty(servers, made, directory, mark if has_tables else None)
    for stream in made.streams:
        state = await streams.state_of(servers.nats, stream.name)
        if state is None or not stream.is_like(state):
            file = streams.file_of(directory, stream.name)
            await streams.restore(servers.nats, stream, file, servers.replicas)
        say(f"{stream.name}: {stream.state['messages']:,} messages")
    if made.has_bytes:
        copies = directory / "objects"
        put = await objects.put_back(servers.storage, directory / OBJECT_LIST, copies)
        say(f"Objects: {put:,} of {made.objects:,} put, the others are there")
    if not has_tables:
        file = directory / TABLES
        await tables.restore(servers.admin_url, file, made.roles, mark)
    say(f"Tables: {len(made.schemas)} schemas")
    return await compare(servers.storage, directory)


async def compare(storage: Storage, directory: Path) -> Differences:
    """What the bucket lacks of the backup's list. Raises BackupUnusable."""
    manifest.read(directory)
    return await objects.differences(storage, directory / OBJECT_LIST)


async def _check_empty(
    servers: Servers, made: Manifest, directory: Path, mark: str | None
) -> None:
    """Raises TargetNotEmpty. ``mark`` is what tables must bear where there are any."""
    found = []
    if mark is not None and await tables.mark_of(servers.admin_url) != mark:
        names = ", ".join(await tables.schemas(servers.admin_url))
        found.append(f"the database has the schemas {names}")
    for stream in made.streams:
        state = await streams.state_of(servers.nats, stream.name)
        if state is not None and state["messages"] and not stream.is_like(state):
            found.append(f"{stream.name} has {state['messages']:,} messages")
    if made.has_bytes:
        other = (await compare(servers.storage, directory)).other
        found += [f"the bucket has another object {key}" for key in other[:10]]
    if found:
        raise TargetNotEmpty(found)
