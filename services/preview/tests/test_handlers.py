"""The preview service's handler, fed with the payloads that it relies on."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from onemanage.contracts.base import utc_now
from onemanage.contracts.previews.previews import PUBLISH, Preview
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import EventPublisher, decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import EVENTS, TASKS
from onemanage.platform.storage.storage import Storage
from onemanage.preview.handlers import (
    Deps,
    on_preview_run_ended_discard_previews,
    on_psd_parse_export_completed_publish_preview,
)
from onemanage.preview.store import Store, object_name
from onemanage.preview.sweeper import sweep
from onemanage.testing.fixtures import MakeDatabase, stored

EXAMPLES = Path(__file__).parent / "examples"
PARSED = sorted(EXAMPLES.glob("events.psd.parse_export.completed/*.json"))
ENDED = sorted(EXAMPLES.glob("events.preview.publish.*/*.json"))


@pytest.mark.parametrize("example", PARSED, ids=lambda path: path.stem)
async def test_a_parsed_document_asks_for_its_previews_once_however_often_it_is_told(
    example: Path, nats: Client, storage: Storage, database: MakeDatabase
) -> None:
    event = decode_event(example.parent.name, example.read_bytes())
    assert isinstance(event, PARSE_EXPORT.Completed)
    async with open_sessions(await database("preview")) as sessions:
        deps = Deps(TaskRequests(nats), EventPublisher(nats), Store(sessions), storage)
        for _ in range(2):
            await on_psd_parse_export_completed_publish_preview(event, deps)

    ((_, request),) = await stored(nats, EVENTS)
    asked = msgspec.convert(request, PUBLISH.Requested)
    assert asked.command.task_id == asked.task_id != event.task_id
    assert asked.command.manifest_key == event.result.manifest_key
    assert await stored(nats, TASKS) == []  # it is the gateway that sends it


@pytest.mark.parametrize("example", ENDED, ids=lambda path: path.stem)
async def test_what_a_run_published_or_began_is_gone_once_it_failed_or_was_cancelled(
    example: Path, nats: Client, storage: Storage, database: MakeDatabase
) -> None:
    event = decode_event(example.parent.name, example.read_bytes())
    assert isinstance(event, PUBLISH.Failed | PUBLISH.Cancelled)
    folder = f"previews/{event.workspace_id}/prv"
    runs = {run: object_name(event.task_id, run) for run in (1, 2)}
    keys = [f"{folder}_{n}/{name}" for n in (1, 2) for name in runs.values()]
    for key in keys:
        await storage.put_bytes(key, b"RIFF", "image/webp")
    async with open_sessions(await database("preview")) as sessions:
        store, events = Store(sessions), EventPublisher(nats)
        await store.announce_objects(keys)
        published = [_preview(f"prv_{n}", key) for n, key in enumerate(keys[:2])]
        await store.publish(event.workspace_id, published)
        deps = Deps(TaskRequests(nats), events, store, storage)
        for _ in range(2):
            await on_preview_run_ended_discard_previews(event, deps)
        await sweep(store, storage, events)

    left = await storage.keys("previews/")
    assert left == sorted(key for key in keys if key.endswith(runs[2]))


def _preview(preview_id: str, key: str) -> Preview:
    return Preview(
        preview_id=preview_id,
        document_id="doc_1",
        layer_id=None,
        name="a.psd",
        width=1,
        height=1,
        size=4,
        media_type="image/webp",
        sha256="",
        object_key=key,
        expires_at=utc_now() + timedelta(hours=1),
    )
