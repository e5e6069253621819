"""Streams of JetStream with their consumers, as the server itself packs them.

TASKS is not among them: the rows of tasks look after their messages, and what lay there
and has no end is sent again (ADR 30). Nor is ADVISORIES, which speaks of TASKS.

    https://github.com/nats-io/nats-architecture-and-design (ADR-5 and the JetStream API:
    $JS.API.STREAM.SNAPSHOT.*, $JS.API.STREAM.RESTORE.*)
"""

import json
from pathlib import Path
from typing import Any

from onemanage.platform.backup.manifest import Stream
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client

KEPT = (topology.EVENTS, topology.DLQ)
_CHUNK = 128 * 1024
_PATIENCE = 60.0
_DONE = "204"


class SnapshotFailed(Exception):
    """The server did not send or take a stream to its end."""


def file_of(directory: Path, name: str) -> Path:
    """Where a stream lies in a backup."""
    return directory / f"{name}.snapshot"


async def keep(client: Client, name: str, file: Path) -> Stream:
    """Write it down as it is now. Raises SnapshotFailed, JetStreamRefused."""
    inbox = client.new_inbox()
    chunks = await client.subscribe(inbox)
    asked = {"deliver_subject": inbox, "chunk_size": _CHUNK}
    told = await management.request(client, f"STREAM.SNAPSHOT.{name}", asked)
    with file.open("wb") as target:
        while True:
            message = await chunks.next_msg(timeout=_PATIENCE)
            if not message.data:
                break
            target.write(message.data)
            if message.reply:
                await client.publish(message.reply, b"")  # it sends a few ahead alone
    await chunks.unsubscribe()
    status = (message.headers or {}).get("Status", _DONE)
    if status != _DONE:
        raise SnapshotFailed(f"{name}: {message.headers}")
    return Stream(name, told["config"], told["state"])


async def state_of(client: Client, name: str) -> dict[str, Any] | None:
    """None where there is no such stream."""
    try:
        info = await management.request(client, f"STREAM.INFO.{name}")
    except management.JetStreamRefused as refusal:
        if refusal.code == management.STREAM_NOT_FOUND:
            return None
        raise
    state: dict[str, Any] = info["state"]
    return state


async def restore(client: Client, stream: Stream, file: Path, replicas: int) -> None:
    """Make it, in place of one without messages. Nothing is made where this breaks off.
    Raises SnapshotFailed, JetStreamRefused."""
    if await state_of(client, stream.name) is not None:
        await management.request(client, f"STREAM.DELETE.{stream.name}")
    config = {**stream.config, "num_replicas": replicas}
    asked = {"config": config, "state": stream.state}
    told = await management.request(client, f"STREAM.RESTORE.{stream.name}", asked)
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            await client.request(told["deliver_subject"], chunk, timeout=_PATIENCE)
    answer = await client.request(told["deliver_subject"], b"", timeout=_PATIENCE)
    if error := json.loads(answer.data or b"{}").get("error"):
        raise SnapshotFailed(f"{stream.name}: {error['description']}")
