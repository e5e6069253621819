"""Merges, their rows and pictures, on real PostgreSQL and S3."""

from collections.abc import AsyncIterator, Sequence

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.deletion import Thing
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.deletion import MERGE, TEMPLATE, DeleteFromPsd
from onemanage.contracts.psd.merge_pictures import ListCutOuts
from onemanage.contracts.psd.merges import (
    Merge,
    MergeCounts,
    MergedImage,
    MergeSpec,
    RowError,
    files_prefix,
    picture_prefix,
)
from onemanage.contracts.psd.templates import Slot, SlotRules, Template
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.psd import queries
from onemanage.psd.deletion import Deletion
from onemanage.psd.domain.merges.prepared import PreparedRow
from onemanage.psd.handlers import Deps
from onemanage.psd.merges import cut_outs
from onemanage.psd.merges.store import Add
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase

WORKSPACE_ID = "wsp_1"


class World:
    """Rows and objects, as tasks leave them."""

    def __init__(self, storage: Storage, store: Store) -> None:
        self.storage, self.merges = storage, store.merges
        self.deletion = Deletion(storage, store.sessions)

    async def merge(self, *pictures: str | None) -> Merge:
        """A row for each; None is a row that is rejected at once."""
        made = _merge()
        rows = [_row(at, picture) for at, picture in enumerate(pictures, 1)]

        async def fill(add: Add) -> None:
            await add(rows)

        assert await self.merges.save(made, fill)
        found = await self.merges.get(WORKSPACE_ID, made.merge_id)
        assert found is not None
        return found

    async def make(self, merge: Merge, chunk: int = 0) -> list[str]:
        """The pictures that the chunk lacks."""
        todo = await self.merges.todo(merge.merge_id, chunk)
        for one in todo:
            prefix = picture_prefix(WORKSPACE_ID, merge.merge_id, one.picture_id)
            image = _image(f"{prefix}1.png")
            await self.storage.put_bytes(image.object_key, b"1", "image/png")
            await self.merges.made(merge, one.picture_id, [image], [])
        return [one.picture_id for one in todo]

    async def objects(self, merge: Merge) -> list[str]:
        """Their names, in the folder of a merge."""
        prefix = f"artifacts/{WORKSPACE_ID}/{merge.merge_id}/"
        keys = await self.storage.keys(prefix, 100)
        return sorted(key.removeprefix(prefix) for key in keys)

    async def delete(self, kind: str, thing_id: str, cascade: bool = False) -> None:
        command = DeleteFromPsd(
            task_id=new_id("tsk"),
            workspace_id=WORKSPACE_ID,
            things=[Thing(kind=kind, id=thing_id)],
            cascade=cascade,
        )
        await self.deletion.delete(command, _silent)


async def _silent(*_: object) -> None:
    """Progress is not what is looked at."""


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("psd")) as sessions:
        yield Store(sessions)


@pytest.fixture
def world(storage: Storage, store: Store) -> World:
    return World(storage, store)


def _merge() -> Merge:
    return Merge(
        merge_id=new_id("mrg"),
        workspace_id=WORKSPACE_ID,
        task_id=new_id("tsk"),
        template_id="tpl_1",
        template_revision=1,
        spec=MergeSpec(),
        columns=["title"],
        slots={"title": "title"},
        counts=MergeCounts(),
        pictures=0,
        reused=0,
        chunks=0,
        created_at=utc_now(),
    )


async def _template(store: Store, prepare: str) -> Template:
    """Of the merges, with one slot."""
    rules = SlotRules(prepare=prepare)
    made = Template(
        template_id="tpl_1",
        document_id="doc_1",
        workspace_id=WORKSPACE_ID,
        task_id="tsk_1",
        file_id="fil_1",
        file_key="files/1",
        file_name="offer.psd",
        name="Offer",
        slots=[Slot(name="title", kind="picture", layer_ids=[2], rules=rules)],
        width=1,
        height=1,
        created_at=utc_now(),
        changed_at=utc_now(),
    )
    assert await store.templates.save(made, 1)
    return made


def _row(number: int, picture: str | None) -> PreparedRow:
    error = RowError(code="merge.empty_value", message="Empty.", column="title")
    return PreparedRow(
        number=number,
        line=number + 1,
        name=str(number),
        cells=[picture],
        picture_id=picture,
        error=error if picture is None else None,
    )


def _image(key: str) -> MergedImage:
    return MergedImage(
        name="1.png",
        object_key=key,
        media_type="image/png",
        width=1,
        height=1,
        size=1,
        sha256="ab",
    )


def _pictures(count: int) -> Sequence[str]:
    return [f"pic_{number}" for number in range(count)]


async def test_rows_of_one_picture_are_one_piece_of_work(world: World) -> None:
    merge = await world.merge("pic_a", "pic_b", "pic_a", None)

    assert (merge.pictures, merge.reused, merge.chunks) == (2, 0, 1)
    assert (merge.counts.waiting, merge.counts.rejected) == (3, 1)
    assert await world.make(merge) == ["pic_a", "pic_b"]
    assert await world.make(merge) == []

    rows = (await world.merges.rows(merge.merge_id, 0, 10)).items
    assert [row.state for row in rows] == ["completed"] * 3 + ["rejected"]
    assert rows[0].images == rows[2].images
    rejected = await world.merges.rows(merge.merge_id, 0, 10, "rejected")
    assert [row.number for row in rejected.items] == [4]


async def test_pictures_that_are_to_be_made_are_cut_out_once_each(
    world: World,
) -> None:
    files = [f"fil_{number:032x}" for number in range(3)]
    others = [f"doc_{'0' * 32}:12", "https://a.test/b.png?sig=1", f"tsf_{'0' * 32}"]
    first = await world.merge(files[0])
    await world.make(first)
    cells = [files[0], f" {files[2]} ", files[1], files[1], None, *others]
    cells += [f"\u3000{others[1]}\n", f"bgd_{'0' * 32}", "https://a.test/" + "a" * 2000]
    merge = await world.merge(*cells)

    async def found(limit: int, after: str = "", with_files: bool = True) -> list[str]:
        columns = merge.columns
        return await world.merges.cut_outs(merge, columns, limit, after, with_files)

    wanted = sorted([*files[1:], *others])  # the first is there already
    assert await found(10) == wanted
    assert await found(1) == wanted[:1]
    assert await found(10, with_files=False) == others
    assert await found(1, others[0], with_files=False) == others[1:2]


async def test_the_gateway_is_told_page_by_page_what_else_is_cut_out(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = await _template(store, "remove_background")
    cells = [
        f"fil_{'0' * 32}",
        *(f"https://a.test/{number}.png" for number in range(5)),
    ]
    merge = await world.merge(*cells)
    deps, own = Deps(store, world.storage), merge.workspace_id

    def asked(after: str = "", workspace_id: str = own) -> ListCutOuts:
        return ListCutOuts(
            workspace_id=workspace_id, merge_id=merge.merge_id, limit=3, after=after
        )

    first = await queries.list_cut_outs(asked(), deps)
    rest = await queries.list_cut_outs(asked(first.items[-1]), deps)

    assert await cut_outs.wanted(store, merge, template) == (cells[:1], 5)
    assert (first.items + rest.items, first.has_more, rest.has_more) == (
        cells[1:],
        True,
        False,
    )
    with pytest.raises(QueryFailed, match="not there"):
        await queries.list_cut_outs(asked(workspace_id="wsp_2"), deps)
    monkeypatch.setattr(cut_outs, "MAX_CUT_OUTS", 5)
    with pytest.raises(InvalidInput, match="More than 5 different") as refused:
        await cut_outs.wanted(store, merge, template)
    assert refused.value.code == "merge.too_many_cut_outs"


async def test_every_picture_is_in_one_chunk(world: World) -> None:
    merge = await world.merge(*_pictures(70))

    chunks = [await world.make(merge, chunk) for chunk in range(merge.chunks)]

    assert sorted(sum(chunks, [])) == sorted(_pictures(70))
    assert max(map(len, chunks)) == 5
    found = await world.merges.get(WORKSPACE_ID, merge.merge_id)
    assert found is not None and found.counts.completed == 70


async def test_what_an_earlier_merge_has_made_is_not_made_again(world: World) -> None:
    first = await world.merge("pic_a", "pic_b")
    await world.make(first)

    second = await world.merge("pic_b", "pic_c", "pic_a")

    assert (second.pictures, second.reused, second.chunks) == (3, 2, 1)
    assert second.counts.completed == 2
    assert await world.make(second) == ["pic_c"]


async def test_a_preparation_that_fails_leaves_nothing(world: World) -> None:
    merge = _merge()

    async def fill(add: Add) -> None:
        await add([_row(1, "pic_a")])
        raise InvalidInput("merge.rows_gone", "Gone.")

    with pytest.raises(InvalidInput):
        await world.merges.save(merge, fill)

    assert await world.merges.get(WORKSPACE_ID, merge.merge_id) is None


async def test_a_picture_that_cannot_be_made_rejects_all_of_its_rows(
    world: World,
) -> None:
    merge = await world.merge("pic_a", "pic_b", "pic_a")
    error = RowError(code="template.does_not_fit", message="Too long.", column="title")

    await world.merges.rejected(merge.merge_id, "pic_a", error)

    rows = (await world.merges.rows(merge.merge_id, 0, 10)).items
    assert [row.error for row in rows] == [error, None, error]
    assert await world.make(merge) == ["pic_b"]
    left = RowError(code="merge.cancelled", message="Stopped.")
    await world.merges.reject_waiting(merge.merge_id, left)
    rows = (await world.merges.rows(merge.merge_id, 0, 10)).items
    assert [row.state for row in rows] == ["rejected", "completed", "rejected"]


async def test_a_foreign_merge_is_not_there(world: World) -> None:
    merge = await world.merge("pic_a")

    assert await world.merges.get("wsp_2", merge.merge_id) is None
    with pytest.raises(InvalidInput, match="not there"):
        await world.merges.known("wsp_2", merge.merge_id)


async def test_deleting_a_merge_leaves_what_another_shows(world: World) -> None:
    first = await world.merge("pic_a", "pic_b")
    await world.make(first)
    manifest = files_prefix(WORKSPACE_ID, first.merge_id, 1) + "manifest.csv"
    await world.storage.put_bytes(manifest, b"1", "text/csv")
    second = await world.merge("pic_b", "pic_c")
    await world.make(second)

    await world.delete(MERGE, first.merge_id)

    assert await world.objects(first) == ["pic_b/1.png"]
    rows = (await world.merges.rows(second.merge_id, 0, 10)).items
    assert [row.state for row in rows] == ["completed"] * 2
    await world.delete(MERGE, second.merge_id)
    assert await world.objects(first) == await world.objects(second) == []


async def test_a_template_s_merges_go_with_it(world: World) -> None:
    merge = await world.merge("pic_a")
    await world.make(merge)
    with pytest.raises(InvalidInput, match=merge.merge_id):
        await world.delete(TEMPLATE, "tpl_1")

    await world.delete(TEMPLATE, "tpl_1", cascade=True)

    assert await world.merges.get(WORKSPACE_ID, merge.merge_id) is None
    assert await world.objects(merge) == []
