"""Documents, renditions and diffs are deleted for good, on real PostgreSQL and S3."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from onemanage.contracts.base import artifacts_prefix, new_id, utc_now
from onemanage.contracts.deletion import (
    FILE,
    HAS_DEPENDENTS,
    WORKSPACE,
    OlderThan,
    Thing,
)
from onemanage.contracts.psd.deletion import (
    DIFF,
    DOCUMENT,
    RENDITION,
    DeleteFromPsd,
    FindPsdDependents,
)
from onemanage.contracts.psd.diffs import DocumentDiff
from onemanage.contracts.psd.documents import Document
from onemanage.contracts.psd.renditions import Rendition, RenditionSpec
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd.deletion import Deletion
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase

WORKSPACE_ID, OTHER = "wsp_1", "wsp_2"


class Cut(Exception):
    """The worker is gone."""


def cut_off(world: "World", monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever works now dies when the rows are committed, before any object goes."""

    async def delete_prefix(_: str) -> None:
        raise Cut

    monkeypatch.setattr(world.storage, "delete_prefix", delete_prefix)


class World:
    """Rows and objects, as tasks leave them."""

    def __init__(self, storage: Storage, store: Store) -> None:
        self.storage, self.store = storage, store
        self.deletion = Deletion(storage, store.sessions)

    async def document(
        self, document_id: str, file_id: str = "fil_1", workspace_id: str = WORKSPACE_ID
    ) -> Thing:
        prefix = await self._objects(workspace_id)
        document = Document(
            document_id=document_id,
            workspace_id=workspace_id,
            file_id=file_id,
            task_id=prefix.split("/")[2],
            name="a.psd",
            format="psd",
            width=1,
            height=1,
            color_mode="rgb",
            depth=8,
            icc_profile=None,
            layer_count=0,
            image_count=0,
            manifest_key=f"{prefix}manifest.json",
            composite=None,
            composite_source=None,
            created_at=utc_now(),
        )
        await self.store.save(document, [])
        return Thing(kind=DOCUMENT, id=document_id)

    async def rendition(self, rendition_id: str, of: Thing) -> Thing:
        prefix = await self._objects(WORKSPACE_ID)
        rendition = Rendition(
            rendition_id=rendition_id,
            document_id=of.id,
            workspace_id=WORKSPACE_ID,
            file_id="fil_1",
            task_id=prefix.split("/")[2],
            spec=RenditionSpec(),
            image_count=0,
            size=0,
            manifest_key=f"{prefix}rendition.json",
            created_at=utc_now(),
        )
        await self.store.renditions.save(rendition)
        return Thing(kind=RENDITION, id=rendition_id)

    async def diff(self, diff_id: str, before: Thing, after: Thing) -> Thing:
        prefix = await self._objects(WORKSPACE_ID)
        diff = DocumentDiff(
            diff_id=diff_id,
            workspace_id=WORKSPACE_ID,
            task_id=prefix.split("/")[2],
            before_document_id=before.id,
            after_document_id=after.id,
            added=0,
            removed=0,
            changed=0,
            counts={},
            changed_share=None,
            heat_map=None,
            changes_key=f"{prefix}changes.json",
            created_at=utc_now(),
        )
        await self.store.diffs.save(diff)
        return Thing(kind=DIFF, id=diff_id)

    async def _objects(self, workspace_id: str) -> str:
        """The prefix of a run that has left two."""
        prefix = artifacts_prefix(workspace_id, new_id("tsk"), 1)
        for name in ("manifest.json", "1.png"):
            await self.storage.put_bytes(prefix + name, b"x", "image/png")
        return prefix

    async def left(self) -> tuple[int, int]:
        """Folders of objects, and rows."""
        keys = await self.storage.keys("artifacts/")
        async with self.store.sessions() as session:
            rows = await session.execute(
                text(
                    "SELECT (SELECT count(*) FROM documents) + (SELECT count(*) FROM "
                    "renditions) + (SELECT count(*) FROM diffs)"
                )
            )
        return len({key.rpartition("/")[0] for key in keys}), rows.scalar_one()


def _order(*things: Thing, cascade: bool = False, **more: object) -> DeleteFromPsd:
    given: dict[str, object] = {
        "task_id": new_id("tsk"),
        "workspace_id": WORKSPACE_ID,
        "things": list(things),
        "cascade": cascade,
    }
    return DeleteFromPsd(**given | more)  # type: ignore[arg-type]


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
async def world(storage: Storage, database: MakeDatabase) -> AsyncIterator[World]:
    async with open_sessions(await database("psd")) as sessions:
        yield World(storage, Store(sessions))


async def test_a_rendition_goes_with_its_objects_and_nothing_else_does(
    world: World,
) -> None:
    document = await world.document("doc_1")
    rendition = await world.rendition("rnd_1", document)
    await world.rendition("rnd_2", document)

    done = await world.deletion.delete(_order(rendition), _silent)

    assert (done.counts, done.things) == ({RENDITION: 1}, [rendition])
    assert await world.left() == (2, 2)
    assert await world.store.renditions.get(WORKSPACE_ID, "rnd_1") is None


async def test_what_others_were_made_of_goes_only_with_them(world: World) -> None:
    document, other = await world.document("doc_1"), await world.document("doc_2")
    rendition = await world.rendition("rnd_1", document)
    diff = await world.diff("dif_1", other, document)
    query = FindPsdDependents(workspace_id=WORKSPACE_ID, things=[document])
    found = await world.deletion.dependents(query)
    assert (found.items, found.unknown) == ([rendition, diff], [])

    with pytest.raises(InvalidInput) as refused:
        await world.deletion.delete(_order(document), _silent)
    assert refused.value.code == HAS_DEPENDENTS
    assert await world.left() == (4, 4)

    done = await world.deletion.delete(_order(document, cascade=True), _silent)

    assert done.counts == {DIFF: 1, DOCUMENT: 1, RENDITION: 1}
    assert await world.left() == (1, 1)


async def test_a_file_stands_for_its_documents(world: World) -> None:
    document = await world.document("doc_1", "fil_1")
    await world.rendition("rnd_1", document)
    await world.document("doc_2", "fil_2")
    file = Thing(kind=FILE, id="fil_1")

    query = FindPsdDependents(workspace_id=WORKSPACE_ID, things=[file])
    assert (await world.deletion.dependents(query)).items == [document]
    done = await world.deletion.delete(_order(file, cascade=True), _silent)

    assert done.counts == {DOCUMENT: 1, RENDITION: 1}
    assert await world.left() == (1, 1)


async def test_what_belongs_to_another_workspace_is_not_there(world: World) -> None:
    foreign = await world.document("doc_1", workspace_id=OTHER)
    query = FindPsdDependents(workspace_id=WORKSPACE_ID, things=[foreign])

    assert (await world.deletion.dependents(query)).unknown == [foreign]
    done = await world.deletion.delete(_order(foreign, cascade=True), _silent)

    assert done.counts == {}
    assert await world.left() == (1, 1)


async def test_a_worker_that_dies_in_between_leaves_nothing_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = _order(await world.document("doc_1"))
    with monkeypatch.context() as patched, pytest.raises(Cut):
        cut_off(world, patched)
        await world.deletion.delete(order, _silent)
    assert await world.left() == (1, 0)  # gone for readers, its objects are not

    done = await world.deletion.delete(order, _silent)
    again = await world.deletion.delete(order, _silent)

    assert done == again
    assert done.counts == {DOCUMENT: 1}
    assert await world.left() == (0, 0)


async def test_what_nobody_comes_back_to_is_swept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = _order(await world.document("doc_1"))
    with monkeypatch.context() as patched, pytest.raises(Cut):
        cut_off(world, patched)
        await world.deletion.delete(order, _silent)

    assert await world.deletion.sweep() == 0  # its task may be at work still
    assert await world.deletion.sweep(timedelta(0)) == 1

    assert await world.left() == (0, 0)
    assert await world.deletion.sweep(timedelta(0)) == 0


async def test_a_workspace_goes_whole_and_another_stays(world: World) -> None:
    document = await world.document("doc_1")
    await world.rendition("rnd_1", document)
    await world.document("doc_2", workspace_id=OTHER)
    order = _order(Thing(kind=WORKSPACE, id=WORKSPACE_ID), workspace_id=OTHER)

    first = await world.deletion.delete(order, _silent)
    again = await world.deletion.delete(order, _silent)

    assert first.counts == again.counts == {DOCUMENT: 1, RENDITION: 1}
    assert (await world.left())[1] == 1  # its objects go with those of all services


async def test_the_oldest_go_first_with_what_was_made_of_them(world: World) -> None:
    oldest = await world.document("doc_1")
    await world.rendition("rnd_1", oldest)
    await world.document("doc_2")
    before = utc_now()
    await world.document("doc_3")
    older = OlderThan(kind=DOCUMENT, before=before, limit=1)

    counts = [
        (await world.deletion.delete(_order(older=older), _silent)).counts
        for _ in range(3)
    ]

    assert counts == [{DOCUMENT: 1, RENDITION: 1}, {DOCUMENT: 1}, {}]
    assert await world.left() == (1, 1)


async def test_a_deletion_ends_without_doing_anything_where_one_before_has_failed(
    world: World,
) -> None:
    order = _order(await world.document("doc_1"), failed=1)

    with pytest.raises(InvalidInput) as refused:
        await world.deletion.delete(order, _silent)

    assert refused.value.code == "deletion_incomplete"
    assert await world.left() == (1, 1)
