"""Pyramids of tiles: made once, kept as long as their source, on real servers."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from onemanage.contracts.base import new_id
from onemanage.contracts.deletion import WORKSPACE, Thing
from onemanage.contracts.imaging.deletion import DELETE_FROM_IMAGING
from onemanage.contracts.previews.deletion import DeleteFromPreview
from onemanage.contracts.previews.pyramids import ends_of
from onemanage.contracts.previews.tiles import (
    GetPyramid,
    TileImage,
    TilePyramid,
    pyramid_of,
)
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import EventPublisher, decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.preview.deletion import Deletion
from onemanage.preview.handlers import (
    Deps,
    on_imaging_delete_completed_discard_tiles,
)
from onemanage.preview.pyramids import Pyramids
from onemanage.preview.queries import get_pyramid
from onemanage.preview.store import Store
from onemanage.preview.sweeper import collect
from onemanage.testing.fixtures import MakeDatabase
from onemanage.testing.sandboxes import shared_sandbox

WORKSPACE_ID = "wsp_1"
SOURCE_KEY = "files/wsp_1/fil_1/original"
[DELETED] = (
    Path(__file__).parent / "examples/events.imaging.delete.completed"
).iterdir()


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("preview")) as sessions:
        yield Store(sessions)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with shared_sandbox(
        "onemanage.preview.domain", memory_limit=2 << 30
    ) as opened:
        yield opened


@pytest.fixture
async def pyramids(storage: Storage, store: Store, sandbox: Sandbox) -> Pyramids:
    made = io.BytesIO()
    Image.new("RGB", (1200, 700), "teal").save(made, "JPEG")
    await storage.put_bytes(SOURCE_KEY, made.getvalue(), "image/jpeg")
    return Pyramids(storage, store, sandbox, child_seconds=60)


def _command(owner_id: str = "fil_1") -> TileImage:
    return TileImage(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE_ID,
        pyramid_id=pyramid_of(WORKSPACE_ID, owner_id, "x"),
        source=owner_id,
        owner_id=owner_id,
        name="a.jpg",
        object_key=SOURCE_KEY,
    )


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


def _asked(found: TilePyramid) -> GetPyramid:
    return GetPyramid(workspace_id=WORKSPACE_ID, pyramid_id=found.pyramid_id)


async def test_all_tiles_of_a_picture_are_one_object_with_its_index(
    pyramids: Pyramids, store: Store, storage: Storage
) -> None:
    steps: list[int] = []

    async def report(_step: str, done: int, _total: int) -> None:
        steps.append(done)

    made = await pyramids.make(_command(), report)

    assert await storage.keys("previews/") == [made.object_key]
    data = await storage.get_bytes(made.object_key)
    ends = ends_of(data[made.size :])
    assert (len(ends), ends[-1]) == (made.tiles, made.size)
    with Image.open(io.BytesIO(data[: ends[0]])) as first:
        assert (first.format, first.size) == ("JPEG", (512, 512))
    assert steps[-1] == made.tiles
    assert await store.pyramids.get(WORKSPACE_ID, made.pyramid_id) == made
    assert await store.pyramids.get("wsp_2", made.pyramid_id) is None


async def test_tiles_that_are_there_are_not_made_again(
    pyramids: Pyramids, storage: Storage
) -> None:
    first = await pyramids.make(_command(), _silent)

    assert await pyramids.make(_command(), _silent) == first
    assert len(await storage.keys("previews/")) == 1


async def test_tiles_whose_object_is_lost_are_made_again(
    pyramids: Pyramids, store: Store, storage: Storage
) -> None:
    first = await pyramids.make(_command(), _silent)
    await storage.delete([first.object_key])

    second = await pyramids.make(_command(), _silent)

    assert await storage.keys("previews/") == [second.object_key]
    assert await store.garbage(10) == [first.object_key]


async def test_of_a_picture_that_is_deleted_meanwhile_nothing_stays(
    pyramids: Pyramids,
    store: Store,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep = store.pyramids.keep

    async def keep_late(*given: Any) -> None:
        await storage.delete([SOURCE_KEY])
        await store.pyramids.discard_of(WORKSPACE_ID, ["fil_1"])
        await keep(*given)

    monkeypatch.setattr(store.pyramids, "keep", keep_late)

    with pytest.raises(InvalidInput) as refused:
        await pyramids.make(_command(), _silent)
    await collect(store, storage)

    assert refused.value.code == "preview.no_source"
    assert await storage.keys("previews/") == []


async def test_a_run_that_was_cancelled_leaves_no_tiles(
    pyramids: Pyramids, store: Store, storage: Storage
) -> None:
    command = _command()
    made = await pyramids.make(command, _silent)

    await store.discard_run(WORKSPACE_ID, command.task_id, command.run)
    await collect(store, storage)

    assert await store.pyramids.get(WORKSPACE_ID, made.pyramid_id) is None
    assert await storage.keys("previews/") == []


async def test_tiles_go_with_the_file_and_what_was_made_of_it(
    pyramids: Pyramids, nats: Client, store: Store, storage: Storage
) -> None:
    event = decode_event(DELETED.parent.name, DELETED.read_bytes())
    assert isinstance(event, DELETE_FROM_IMAGING.Completed)
    gone = [
        await pyramids.make(_command(thing.id), _silent)
        for thing in event.result.things
    ]
    other = await pyramids.make(_command("fil_2"), _silent)
    deps = Deps(TaskRequests(nats), EventPublisher(nats), store, storage)

    for _ in range(2):
        await on_imaging_delete_completed_discard_tiles(event, deps)
    await collect(store, storage)

    assert await storage.keys("previews/") == [other.object_key]
    assert await get_pyramid(_asked(other), deps) == other
    for one in gone:
        with pytest.raises(QueryFailed, match="no tiles"):
            await get_pyramid(_asked(one), deps)


async def test_a_workspace_takes_its_tiles_along(
    pyramids: Pyramids, store: Store, storage: Storage
) -> None:
    await pyramids.make(_command(), _silent)
    everything = [Thing(kind=WORKSPACE, id=WORKSPACE_ID)]
    order = DeleteFromPreview(
        task_id=new_id("tsk"), workspace_id="wsp_0", things=everything
    )

    await Deletion(storage, store).delete(order, _silent)

    assert await storage.keys("previews/") == []
