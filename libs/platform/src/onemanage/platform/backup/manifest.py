"""What a backup is: a directory with this at its end.

manifest.json     written last: where it lacks, the backup is not whole
tables.dump       PostgreSQL's own custom format, all schemas of the database
EVENTS.snapshot   and DLQ.snapshot, as NATS writes them, with their consumers
objects.jsonl     every object: key, size, ETag
objects/          their bytes, where they were asked for
"""

import os
from pathlib import Path
from typing import Any

import msgspec

MANIFEST = "manifest.json"
TABLES = "tables.dump"
OBJECT_LIST = "objects.jsonl"


class BackupUnusable(Exception):
    """A backup that is not whole, or a place where one cannot be made."""


class TargetNotEmpty(Exception):
    """There is something that restoring would be mixed with. Nothing was changed."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("the target is not empty: " + "; ".join(found))
        self.found = found


class Role(msgspec.Struct, frozen=True):
    """Of PostgreSQL. Passwords are not kept: migrating sets those of the target."""

    name: str
    may_log_in: bool


class Stream(msgspec.Struct, frozen=True):
    """Of JetStream: its configuration and state, in the server's own words."""

    name: str
    config: dict[str, Any]
    state: dict[str, Any]

    def is_like(self, state: dict[str, Any]) -> bool:
        """Whether a stream with this state holds the same messages."""
        fields = ("messages", "first_seq", "last_seq", "bytes")
        return all(self.state[field] == state[field] for field in fields)


class Manifest(msgspec.Struct, frozen=True):
    """What there is, and of when."""

    id: str
    made_at: str
    roles: list[Role]
    schemas: list[str]
    streams: list[Stream]
    objects: int
    object_bytes: int
    has_bytes: bool
    """Whether ``objects/`` holds what the objects consist of."""
    version: int = 1


def write(directory: Path, manifest: Manifest) -> None:
    """Last, and whole or not at all."""
    new = directory / f"{MANIFEST}.new"
    new.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    os.replace(new, directory / MANIFEST)


def read(directory: Path) -> Manifest:
    """Raises BackupUnusable."""
    try:
        given = (directory / MANIFEST).read_bytes()
        found = msgspec.json.decode(given, type=Manifest)
    except FileNotFoundError:
        text = f"{directory} has no {MANIFEST}: it is no backup, or not a whole one"
        raise BackupUnusable(text) from None
    except msgspec.ValidationError as error:
        raise BackupUnusable(f"{directory / MANIFEST}: {error}") from None
    if found.version != 1:
        text = f"{directory} is of a later release: version {found.version}"
        raise BackupUnusable(text)
    return found
