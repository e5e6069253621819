"""Previews are deleted with their objects, and with the document that they show."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.deletion import WORKSPACE, Thing
from onemanage.contracts.previews.deletion import (
    PREVIEW,
    DeleteFromPreview,
    FindPreviewDependents,
)
from onemanage.contracts.previews.previews import Preview
from onemanage.contracts.psd.deletion import DELETE_FROM_PSD, DOCUMENT
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import EventPublisher, decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.storage.storage import Storage
from onemanage.preview.deletion import Deletion
from onemanage.preview.handlers import Deps, on_psd_delete_completed_discard_previews
from onemanage.preview.store import Store
from onemanage.preview.sweeper import sweep
from onemanage.testing.fixtures import MakeDatabase

WORKSPACE_ID = "wsp_1"
[EXAMPLE] = (Path(__file__).parent / "examples/events.psd.delete.completed").iterdir()


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("preview")) as sessions:
        yield Store(sessions)


async def _published(
    storage: Storage,
    store: Store,
    number: int,
    document_id: str = "doc_1",
    workspace_id: str = WORKSPACE_ID,
) -> Thing:
    key = f"previews/{workspace_id}/prv_{number}/1.webp"
    await storage.put_bytes(key, b"RIFF", "image/webp")
    preview = Preview(
        preview_id=f"prv_{number}",
        document_id=document_id,
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
    await store.publish(workspace_id, [preview])
    return Thing(kind=PREVIEW, id=preview.preview_id)


def _order(*things: Thing, workspace_id: str = WORKSPACE_ID) -> DeleteFromPreview:
    return DeleteFromPreview(
        task_id=new_id("tsk"), workspace_id=workspace_id, things=list(things)
    )


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


async def test_a_preview_goes_with_its_object_and_is_told_of_alike_twice(
    storage: Storage, store: Store
) -> None:
    first = await _published(storage, store, 1)
    second = await _published(storage, store, 2)
    deletion, order = Deletion(storage, store), _order(first)

    done = await deletion.delete(order, _silent)

    assert done.counts == {PREVIEW: 1}
    assert await deletion.delete(order, _silent) == done
    assert await storage.keys("previews/") == ["previews/wsp_1/prv_2/1.webp"]
    query = FindPreviewDependents(workspace_id=WORKSPACE_ID, things=[first, second])
    assert (await deletion.dependents(query)).unknown == [first]


async def test_a_stranger_s_preview_stays(storage: Storage, store: Store) -> None:
    preview = await _published(storage, store, 1)
    deletion = Deletion(storage, store)

    done = await deletion.delete(_order(preview, workspace_id="wsp_2"), _silent)

    assert done.counts == {}
    assert await store.preview(WORKSPACE_ID, preview.id) is not None


async def test_a_workspace_goes_whole_and_another_stays(
    storage: Storage, store: Store
) -> None:
    for number in (1, 2):
        await _published(storage, store, number)
    await _published(storage, store, 3, workspace_id="wsp_2")
    order = _order(Thing(kind=WORKSPACE, id=WORKSPACE_ID), workspace_id="wsp_2")

    done = await Deletion(storage, store).delete(order, _silent)

    assert done.counts == {PREVIEW: 2}
    assert await storage.keys("previews/") == ["previews/wsp_2/prv_3/1.webp"]


async def test_previews_of_a_document_that_was_deleted_go_with_it(
    nats: Client, storage: Storage, store: Store
) -> None:
    event = decode_event(EXAMPLE.parent.name, EXAMPLE.read_bytes())
    assert isinstance(event, DELETE_FROM_PSD.Completed)
    (document_id,) = [x.id for x in event.result.things if x.kind == DOCUMENT]
    of_it = event.workspace_id
    await _published(storage, store, 1, document_id, of_it)
    other = await _published(storage, store, 2, "doc_2", of_it)
    events = EventPublisher(nats)
    deps = Deps(TaskRequests(nats), events, store, storage)

    for _ in range(2):
        await on_psd_delete_completed_discard_previews(event, deps)
    await sweep(store, storage, events)

    left = (await store.previews(of_it, None, 10, None)).items
    assert [preview.preview_id for preview in left] == [other.id]
    assert len(await storage.keys("previews/")) == 1
