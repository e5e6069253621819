"""Renditions and diffs on real PostgreSQL and S3, with the real child."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Group

from onemanage.contracts.base import ListPlace
from onemanage.contracts.psd.diffs import CompareDocuments, DiffManifest, GetDiff
from onemanage.contracts.psd.documents import Document, ParseExport
from onemanage.contracts.psd.renditions import (
    GetRendition,
    LayerSelection,
    ListRenditions,
    RenderDocument,
    RenditionManifest,
    RenditionSpec,
)
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd import queries
from onemanage.psd.domain.document import Limits
from onemanage.psd.handlers import Deps
from onemanage.psd.service import PsdService
from onemanage.psd.store import Store
from onemanage.testing.fixtures import MakeDatabase
from onemanage.testing.sandboxes import shared_sandbox

from .samples import layered

WORKSPACE = "wsp_1"


@pytest.fixture
async def store(database: MakeDatabase) -> AsyncIterator[Store]:
    async with open_sessions(await database("psd")) as sessions:
        yield Store(sessions)


@pytest.fixture
async def service(storage: Storage, store: Store) -> AsyncIterator[PsdService]:
    async with shared_sandbox("onemanage.psd.domain", memory_limit=2 << 30) as sandbox:
        yield PsdService(storage, store, sandbox, Limits(), child_seconds=60)


@pytest.fixture
def sample(tmp_path: Path) -> bytes:
    return layered(tmp_path / "sample.psd").read_bytes()


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


async def _command(
    storage: Storage, content: bytes, number: int = 1, **spec: Any
) -> RenderDocument:
    key = f"files/{WORKSPACE}/fil_1/source"
    await storage.put_bytes(key, content, "image/vnd.adobe.photoshop")
    return RenderDocument(
        task_id=f"tsk_{number}",
        workspace_id=WORKSPACE,
        rendition_id=f"rnd_{number}",
        document_id="doc_1",
        file_id="fil_1",
        file_key=key,
        file_name="Grüße.PSD",
        spec=RenditionSpec(**spec),
    )


async def _parsed(
    service: PsdService, storage: Storage, content: bytes, document_id: str
) -> Document:
    key = f"files/{WORKSPACE}/{document_id}/source"
    await storage.put_bytes(key, content, "image/vnd.adobe.photoshop")
    command = ParseExport(
        task_id=f"tsk_{document_id}",
        workspace_id=WORKSPACE,
        document_id=document_id,
        file_id="fil_1",
        file_key=key,
        file_name="sample.psd",
    )
    return await service.parse_export(command, _silent)


def _compare(before: str, after: str) -> CompareDocuments:
    return CompareDocuments(
        task_id="tsk_9",
        workspace_id=WORKSPACE,
        diff_id="dif_1",
        before_document_id=before,
        after_document_id=after,
    )


@pytest.mark.parametrize(
    ("spec", "begins"),
    [
        ({"format": "exr"}, b"v/1\x01"),
        ({"format": "tiff", "depth": 16}, b"II*\0"),
        ({"format": "png", "depth": 16, "rendered": True}, b"\x89PNG"),
    ],
)
async def test_deep_images_of_inks_are_made_in_the_sandbox(
    service: PsdService,
    storage: Storage,
    tmp_path: Path,
    spec: dict[str, Any],
    begins: bytes,
) -> None:
    """By libraries that load their parts when these are first needed."""
    content = layered(tmp_path / "inks.psd", "CMYK", 16).read_bytes()
    command = await _command(storage, content, **spec)
    rendition = await service.renditions.render(command, _silent)
    stored = await storage.get_bytes(rendition.manifest_key)
    (image,) = msgspec.json.decode(stored, type=RenditionManifest).images
    assert (await storage.get_bytes(image.object_key)).startswith(begins)
    assert "SWOP" in rendition.warnings[0]


async def test_a_rendition_becomes_images_a_row_and_a_manifest_that_agree(
    service: PsdService, store: Store, storage: Storage, sample: bytes
) -> None:
    said: list[tuple[str, int, int]] = []

    async def listen(*step: Any) -> None:
        said.append(step)

    command = await _command(
        storage,
        sample,
        of="layers",
        layers=LayerSelection(names=["group", "background"]),
        format="webp",
        scales=[1.0, 2.0],
    )
    rendition = await service.renditions.render(command, listen)

    assert said[-1] == ("images", 4, 4)
    assert await store.renditions.get(WORKSPACE, "rnd_1") == rendition
    stored = await storage.get_bytes(rendition.manifest_key)
    manifest = msgspec.json.decode(stored, type=RenditionManifest)
    assert manifest.rendition == rendition
    assert [image.name for image in manifest.images] == [
        "background.webp",
        "background@2x.webp",
        "group.webp",
        "group@2x.webp",
    ]
    assert rendition.image_count == 4
    assert rendition.size == sum(image.size for image in manifest.images)
    for image in manifest.images:
        data = await storage.get_bytes(image.object_key)
        assert len(data) == image.size
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as opened:
            assert opened.size == (image.width, image.height)
    assert len(await storage.keys("artifacts/")) == 5


async def test_the_whole_has_the_name_of_its_file(
    service: PsdService, storage: Storage, sample: bytes
) -> None:
    rendition = await service.renditions.render(
        await _command(storage, sample, format="jpeg"), _silent
    )

    stored = await storage.get_bytes(rendition.manifest_key)
    (image,) = msgspec.json.decode(stored, type=RenditionManifest).images
    assert (image.name, image.media_type) == ("Grüße.jpg", "image/jpeg")


async def test_a_rendition_that_runs_again_rewrites_the_same_objects_and_row(
    service: PsdService, store: Store, storage: Storage, sample: bytes
) -> None:
    command = await _command(storage, sample, of="layers", format="avif")
    first = await service.renditions.render(command, _silent)
    before = await storage.keys("artifacts/")

    second = await service.renditions.render(command, _silent)

    assert await storage.keys("artifacts/") == before
    assert second == msgspec.structs.replace(first, created_at=second.created_at)
    page = await store.renditions.of_document(WORKSPACE, "doc_1", 10, None)
    assert page.items == [second]


async def test_nothing_to_render_is_the_request_s_own_fault(
    service: PsdService, store: Store, storage: Storage, sample: bytes
) -> None:
    command = await _command(
        storage, sample, of="layers", layers=LayerSelection(ids=[77])
    )
    with pytest.raises(InvalidInput, match="no layer 77") as refused:
        await service.renditions.render(command, _silent)

    assert refused.value.code == "psd.nothing_selected"
    assert await store.renditions.get(WORKSPACE, "rnd_1") is None


async def test_a_file_that_is_gone_says_to_upload_it_again(
    service: PsdService, storage: Storage
) -> None:
    command = await _command(storage, b"")
    await storage.delete([command.file_key])

    with pytest.raises(InvalidInput, match="Upload it again"):
        await service.renditions.render(command, _silent)


async def test_renditions_page_and_show_nothing_of_another_workspace(
    service: PsdService, store: Store, storage: Storage, sample: bytes
) -> None:
    await _parsed(service, storage, sample, "doc_1")
    for number in range(3):
        command = await _command(storage, sample, number)
        await service.renditions.render(command, _silent)
    deps = Deps(store, storage)

    question = ListRenditions(workspace_id=WORKSPACE, document_id="doc_1", limit=2)
    newest = await queries.list_renditions(question, deps)
    last = newest.items[-1]
    place = ListPlace(created_at=last.created_at, id=last.rendition_id)
    rest = await queries.list_renditions(
        msgspec.structs.replace(question, place=place), deps
    )
    assert [item.rendition_id for item in newest.items] == ["rnd_2", "rnd_1"]
    assert newest.has_more
    assert [item.rendition_id for item in rest.items] == ["rnd_0"]
    own = GetRendition(workspace_id=WORKSPACE, rendition_id="rnd_1")
    assert await queries.get_rendition(own, deps) == newest.items[1]
    with pytest.raises(QueryFailed, match="no rendition"):
        foreign = msgspec.structs.replace(own, workspace_id="wsp_2")
        await queries.get_rendition(foreign, deps)
    with pytest.raises(QueryFailed, match="no document"):
        other = msgspec.structs.replace(question, workspace_id="wsp_2")
        await queries.list_renditions(other, deps)


async def test_two_versions_are_compared_layer_by_layer_and_in_a_picture(
    service: PsdService, store: Store, storage: Storage, sample: bytes, tmp_path: Path
) -> None:
    await _parsed(service, storage, sample, "doc_1")
    document = PSDImage.open(tmp_path / "sample.psd")
    document[0].offset = (5, 0)
    document[0].name = "ground"
    group = document[1]
    assert isinstance(group, Group)
    del group[1]
    document.save(tmp_path / "later.psd")
    later = (tmp_path / "later.psd").read_bytes()
    await _parsed(service, storage, later, "doc_2")

    diff = await service.diffs.compare(_compare("doc_1", "doc_2"), _silent)

    assert (diff.added, diff.removed, diff.changed) == (0, 1, 1)
    assert diff.counts == {"moved": 1, "renamed": 1}
    assert diff.changed_share and 0 < diff.changed_share <= 1
    assert diff.warnings == []
    question = GetDiff(workspace_id=WORKSPACE, diff_id="dif_1")
    assert await queries.get_diff(question, Deps(store, storage)) == diff
    stored = await storage.get_bytes(diff.changes_key)
    manifest = msgspec.json.decode(stored, type=DiffManifest)
    assert manifest.diff == diff
    assert [(x.kind, x.name) for x in manifest.layers] == [
        ("changed", "ground"),
        ("removed", "hidden \N{EYE}"),
    ]
    assert manifest.layers[0].dx == 5 and manifest.regions
    assert diff.heat_map is not None
    data = await storage.get_bytes(diff.heat_map.object_key)
    with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
        assert opened.size == (diff.heat_map.width, diff.heat_map.height) == (40, 30)


async def test_a_document_does_not_differ_from_itself_parsed_again(
    service: PsdService, storage: Storage, sample: bytes
) -> None:
    for document_id in ("doc_1", "doc_2"):
        await _parsed(service, storage, sample, document_id)

    diff = await service.diffs.compare(_compare("doc_1", "doc_2"), _silent)

    assert (diff.added, diff.removed, diff.changed) == (0, 0, 0)
    assert diff.changed_share == 0


async def test_a_document_that_is_gone_says_to_parse_it_again(
    service: PsdService, store: Store, storage: Storage, sample: bytes
) -> None:
    document = await _parsed(service, storage, sample, "doc_1")
    with pytest.raises(InvalidInput, match="Parse it again") as refused:
        await service.diffs.compare(_compare("doc_1", "doc_2"), _silent)
    assert (refused.value.code, refused.value.where) == ("psd.no_document", "doc_2")

    await storage.delete([document.manifest_key])
    with pytest.raises(InvalidInput) as refused:
        await service.diffs.compare(_compare("doc_1", "doc_1"), _silent)
    assert (refused.value.code, refused.value.where) == ("psd.no_manifest", "doc_1")
    with pytest.raises(QueryFailed, match="no diff"):
        question = GetDiff(workspace_id=WORKSPACE, diff_id="dif_1")
        await queries.get_diff(question, Deps(store, storage))
