"""Dead letters as workers and handlers leave them, and what tests ask of them."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import ErrorInfo, Event, Status
from onemanage.contracts.previews.previews import PublishPreviews
from onemanage.contracts.registry import task_named
from onemanage.gateway.dead_letters.letters import DeadLetters, NotReplayed
from onemanage.gateway.dead_letters.stream import Filter
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.delivery import DeadLetter, publish_dead_letter
from onemanage.platform.messaging.events import make_event
from onemanage.platform.messaging.handlers import Handler, consume
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import ACK_WAIT, stored

LOW = "tasks.preview.low"
ORDER = {"document_id": "doc_1", "manifest_key": "artifacts/x"}


def command(task_id: str, run: int = 1) -> PublishPreviews:
    return PublishPreviews(
        task_id=task_id, workspace_id=OWNER_WORKSPACE, run=run, **ORDER
    )


async def dead(client: Client, payload: bytes, **changes: Any) -> int:
    """Write a letter; gives its id."""
    facts: dict[str, Any] = {
        "reason": "raised",
        "error": "the disk is full",
        "traceback": "Traceback …",
        "stream": topology.TASKS,
        "sequence": len(await stored(client, topology.DLQ)) + 1,
        "subject": LOW,
        "consumer": "worker_preview_low",
        "deliveries": 3,
        "task_id": None,
        "payload": base64.b64encode(payload).decode(),
    }
    await publish_dead_letter(client, DeadLetter(**facts | changes))
    info = await management.request(client, f"STREAM.INFO.{topology.DLQ}")
    last: int = info["state"]["last_seq"]
    return last


async def dead_task(client: Client, task_id: str, run: int = 1, **facts: Any) -> int:
    payload = envelope_of(command(task_id, run))
    return await dead(client, payload, task_id=task_id, **facts)


def event(task_id: str) -> Event:
    spec = task_named("psd.parse_export")
    assert spec is not None
    error = ErrorInfo(code="x", message="y")
    return make_event(spec, Status.FAILED, task_id, OWNER_WORKSPACE, error=error)


async def dead_event(client: Client, handler: str, task_id: str = "tsk_1") -> int:
    return await dead(
        client,
        msgspec.json.encode(event(task_id)),
        stream=topology.EVENTS,
        subject="events.psd.parse_export.failed",
        consumer=f"consumer_{handler}",
        task_id=task_id,
    )


@asynccontextmanager
async def handling(
    client: Client, handlers: tuple[Handler[Any], ...], deps: Any
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(consume(client, handlers, deps, ACK_WAIT, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def ids_of(letters: DeadLetters, wanted: Filter | None = None) -> list[int]:
    page = await letters.page(50, 0, wanted or Filter())
    return [letter.id for letter in page.items]


async def refused(letters: DeadLetters, letter_id: int) -> NotReplayed:
    """Why it is not replayed. The letter is still there."""
    with pytest.raises(NotReplayed) as refusal:
        await letters.replay(letter_id)
    assert letter_id in await ids_of(letters)
    return refusal.value
