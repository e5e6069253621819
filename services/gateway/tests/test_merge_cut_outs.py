"""Pictures that lose their background for a merge and are no files: looked up, then
their tasks, on a real PostgreSQL and NATS, with psd and imaging played."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.imaging.images import (
    GenerateBackground,
    GetTransformation,
    StoredImage,
    Transformation,
)
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.contracts.psd.documents import (
    Document,
    GetDocument,
    GetLayer,
    ImageFile,
    Layer,
)
from onemanage.contracts.psd.merge_pictures import CutOutPage, ListCutOuts, cut_out_of
from onemanage.contracts.psd.merges import task_of_merge
from onemanage.gateway.consumer import planner
from onemanage.gateway.images.addresses.key_store import SigningKeyStore
from onemanage.gateway.merges.cut_outs import CutOuts
from onemanage.gateway.merges.store import MergeStore
from onemanage.gateway.store import OWNER_WORKSPACE, FileRow, Pool
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.gateway.tasks.store import TaskRow, TaskStore
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.process.sealing import unseal
from onemanage.testing.fixtures import answering

from .psd_samples import SEALING_KEY, document, layer
from .test_merges import _accepted, _chunks, _ended, _looked_through, _order

DOCUMENT, MADE = f"doc_{'1' * 32}", f"tsf_{'2' * 32}"
SECRET = "https://cdn.example.org/a/shoe.jpg?sig=5ecret"
_IMAGE: dict[str, Any] = {
    "media_type": "image/png",
    "width": 9,
    "height": 9,
    "size": 700,
    "crc32": 1,
}


class Others:
    """psd and imaging: what a merge wants cut out, and what they have."""

    def __init__(self) -> None:
        self.named: dict[str, list[str]] = {}
        self.is_away = False


async def _cut_outs(query: ListCutOuts, others: Others) -> CutOutPage:
    """Two on a page."""
    if task_of_merge(query.merge_id) not in others.named:
        raise QueryFailed("not_found", "The merge is not there any more.")
    names = sorted(others.named[task_of_merge(query.merge_id)])
    left = [name for name in names if name > query.after]
    return CutOutPage(items=left[:2], has_more=len(left) > 2)


async def _document(query: GetDocument, others: Others) -> Document:
    if others.is_away:
        raise QueryFailed("unavailable", "Ask again.")
    if (query.workspace_id, query.document_id) != (OWNER_WORKSPACE, DOCUMENT):
        raise QueryFailed("not_found", "There is no such document.")
    return msgspec.structs.replace(
        document(DOCUMENT, "fil_of_document"),
        composite=ImageFile(object_key="artifacts/whole.png", sha256="cd", **_IMAGE),
        composite_source="embedded",
    )


async def _layer(query: GetLayer, _: Others) -> Layer:
    image = ImageFile(object_key="artifacts/layer.png", sha256="ab", **_IMAGE)
    return layer(query.layer_id, "Can", image)


async def _transformation(query: GetTransformation, _: Others) -> Transformation:
    if query.transformation_id != MADE:
        raise QueryFailed("not_found", "There is no such transformation.")
    images = [
        StoredImage(
            name=name, object_key=f"artifacts/{name}.png", sha256="ef", **_IMAGE
        )
        for name in ("large", "thumb")
    ]
    return Transformation(
        transformation_id=MADE,
        workspace_id=OWNER_WORKSPACE,
        task_id="tsk_1",
        file_id=None,
        name="shoe.jpg",
        recipe=check_recipe({}),
        key="",
        variants=images,
        created_at=utc_now(),
    )


@pytest.fixture
async def others(nats: Client) -> AsyncIterator[Others]:
    played = Others()
    async with answering(nats, (_cut_outs, _document, _layer, _transformation), played):
        yield played


@pytest.fixture
def looking(nats: Client, pool: Pool) -> CutOuts:
    plans = planner(nats, pool, SEALING_KEY)
    return CutOuts(nats, pool, plans, lambda _subject, _workspace: None)


async def _merge(
    pool: Pool, tasks: TaskStore, others: Others, names: list[str], files: list[str]
) -> str:
    """It waits for these to lose their background."""
    merge = await _accepted(MergeStore(pool), _order())
    others.named[merge] = names
    told = {"cut_outs": files, "other_cut_outs": len(names)}
    await _looked_through(Outbox(pool), tasks, merge, **told)
    return merge


def _command(row: TaskRow | None) -> GenerateBackground:
    assert row is not None
    ids = {"type": row.name, "task_id": row.id, "workspace_id": row.workspace_id}
    return msgspec.convert(row.command | ids, GenerateBackground)


async def test_all_that_can_be_had_is_cut_out_once_before_there_are_chunks(
    pool: Pool, tasks: TaskStore, file: FileRow, others: Others, looking: CutOuts
) -> None:
    await SigningKeyStore(pool).set_hosts(OWNER_WORKSPACE, ["cdn.example.org"])
    wrong = [f"tsf_{'3' * 32}", f"doc_{'3' * 32}", "https://evil.org/a.png", MADE]
    names = [DOCUMENT, f"{DOCUMENT}:12", f"{MADE}:thumb", SECRET]
    merge = await _merge(pool, tasks, others, [*names, *wrong], [file.id])
    outbox = Outbox(pool)
    assert await outbox.fan_out() == set()  # the others are not looked up yet

    await asyncio.gather(*(looking.look() for _ in range(3)))

    assert await MergeStore(pool).cut_outs(merge) == {"queued": len(names) + 1}
    rows = {
        name: await tasks.get(OWNER_WORKSPACE, cut_out_of(merge, name))
        for name in [*names, file.id]
    }
    whole, can, thumb, outside, uploaded = map(_command, rows.values())
    assert (whole.source, whole.file_id) == (DOCUMENT, "fil_of_document")
    assert (can.file_key, can.source) == ("artifacts/layer.png", f"{DOCUMENT}:12")
    assert (can.file_name, can.file_size) == ("Can", 700)
    assert (thumb.file_key, thumb.file_id) == ("artifacts/thumb.png", "")
    assert (uploaded.file_key, uploaded.source) == (file.object_key, None)
    assert (outside.url, outside.source) == (SECRET.partition("?")[0], None)
    assert outside.sealed_url is not None
    assert unseal(SEALING_KEY, outside.sealed_url, OWNER_WORKSPACE) == SECRET
    kept = await pool.fetch("SELECT tasks::text AS row FROM tasks")
    assert not any("5ecret" in one["row"] for one in kept)
    for row in rows.values():
        assert await outbox.fan_out() == set()
        assert row is not None
        await _ended(tasks, row.id, row.name)
    assert await outbox.fan_out() == {("tasks.psd.low", OWNER_WORKSPACE)}


async def test_a_service_that_is_away_delays_its_merge_and_no_other(
    pool: Pool, tasks: TaskStore, others: Others, looking: CutOuts
) -> None:
    waiting = await _merge(pool, tasks, others, [DOCUMENT, f"{MADE}:large"], [])
    merge = await _merge(pool, tasks, others, [f"{MADE}:large"], [])
    others.is_away = True

    await looking.look()

    cut_outs = MergeStore(pool).cut_outs
    assert (await cut_outs(waiting), await cut_outs(merge)) == ({}, {"queued": 1})
    others.is_away = False
    await looking.look()
    assert await cut_outs(waiting) == {"queued": 2}


async def test_a_merge_none_of_whose_pictures_is_there_goes_on(
    pool: Pool, tasks: TaskStore, others: Others, looking: CutOuts
) -> None:
    merge = await _merge(pool, tasks, others, ["https://evil.org/a.png"], [])

    await looking.look()

    assert await Outbox(pool).fan_out() == {("tasks.psd.low", OWNER_WORKSPACE)}
    assert await MergeStore(pool).cut_outs(merge) == {}
    assert len(await _chunks(pool, merge)) == 3


async def test_a_merge_that_psd_knows_no_more_does_not_wait_for_ever(
    pool: Pool, tasks: TaskStore, others: Others, looking: CutOuts
) -> None:
    merge = await _merge(pool, tasks, others, [MADE], [])
    others.named.clear()

    await looking.look()

    assert await Outbox(pool).fan_out() == {("tasks.psd.low", OWNER_WORKSPACE)}
    assert len(await _chunks(pool, merge)) == 3


async def test_a_merge_that_is_cancelled_meanwhile_has_no_cut_outs(
    pool: Pool, tasks: TaskStore, others: Others, looking: CutOuts
) -> None:
    for _ in range(4):
        merge = await _merge(pool, tasks, others, [f"{MADE}:large", new_id("tsf")], [])

        await asyncio.gather(looking.look(), tasks.cancel(OWNER_WORKSPACE, merge))

        assert set(await MergeStore(pool).cut_outs(merge)) <= {"cancelled"}
        assert await Outbox(pool).fan_out() == set()
