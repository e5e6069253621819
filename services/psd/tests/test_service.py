"""Parse and export on real PostgreSQL and S3, with the real child."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from onemanage.contracts.base import ListPlace, artifacts_prefix
from onemanage.contracts.psd.documents import (
    GetDocument,
    GetLayer,
    ListDocuments,
    ListLayers,
    Manifest,
    ParseExport,
)
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.psd import queries
from onemanage.psd import service as psd_service
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


async def _command(
    storage: Storage, content: bytes, document_id: str = "doc_1"
) -> ParseExport:
    key = f"files/{WORKSPACE}/{document_id}/source"
    await storage.put_bytes(key, content, "image/vnd.adobe.photoshop")
    return ParseExport(
        task_id=f"tsk_{document_id}",
        workspace_id=WORKSPACE,
        document_id=document_id,
        file_id="fil_1",
        file_key=key,
        file_name="sample.psd",
    )


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
async def test_a_document_becomes_images_rows_and_a_manifest_that_agree(
    service: PsdService, store: Store, storage: Storage, tmp_path: Path, mode: str
) -> None:
    sample = layered(tmp_path / "sample.psd", mode).read_bytes()

    document = await service.parse_export(await _command(storage, sample), _silent)

    stored = await storage.get_bytes(document.manifest_key)
    manifest = msgspec.json.decode(stored, type=Manifest)
    layers = (await store.layers("doc_1", 100, 0)).items
    brief = [msgspec.structs.replace(layer, details=None) for layer in manifest.layers]
    assert brief == layers
    for layer in manifest.layers:
        assert layer.details is not None
        assert await store.layer("doc_1", layer.layer_id) == layer
    assert manifest.details is not None
    assert await store.document(WORKSPACE, "doc_1") == document
    assert document.layer_count == len(layers) == 4
    images = [layer.image for layer in layers if layer.image]
    for image in [document.composite, *images]:
        assert image is not None
        data = await storage.get_bytes(image.object_key)
        assert len(data) == image.size
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            assert opened.size == (image.width, image.height)


async def test_a_large_document_is_read_by_several_children_with_the_same_result(
    service: PsdService,
    storage: Storage,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = layered(tmp_path / "sample.psd").read_bytes()
    command = await _command(storage, sample)
    alone = await service.parse_export(command, _silent)
    layers = await store.layers("doc_1", 100, 0)
    told: list[tuple[int, int]] = []

    async def report(_step: str, done: int, total: int) -> None:
        told.append((done, total))

    monkeypatch.setattr(psd_service, "_WORTH_SHARING", 0)
    monkeypatch.setattr(service, "_children", 3)
    shared = await service.parse_export(command, report)

    assert msgspec.structs.replace(shared, created_at=alone.created_at) == alone
    assert await store.layers("doc_1", 100, 0) == layers
    assert told[-1] == (5, 5)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


async def test_progress_ends_at_the_number_of_images(
    service: PsdService, storage: Storage, tmp_path: Path
) -> None:
    said: list[tuple[int, int]] = []

    async def listen(_step: str, done: int, total: int) -> None:
        said.append((done, total))

    sample = layered(tmp_path / "sample.psd").read_bytes()
    await service.parse_export(await _command(storage, sample), listen)

    assert [done for done, _ in said] == sorted(done for done, _ in said)
    assert said[-1][0] == said[-1][1]


async def test_a_task_that_runs_again_rewrites_the_same_objects_and_rows(
    service: PsdService, store: Store, storage: Storage, tmp_path: Path
) -> None:
    sample = layered(tmp_path / "sample.psd").read_bytes()
    command = await _command(storage, sample)
    first = await service.parse_export(command, _silent)
    before = await storage.keys("artifacts/")

    second = await service.parse_export(command, _silent)

    assert await storage.keys("artifacts/") == before
    assert second == msgspec.structs.replace(first, created_at=second.created_at)
    assert len((await store.documents(WORKSPACE, 10, None)).items) == 1


async def test_what_a_lost_attempt_left_half_uploaded_is_gone_when_the_next_is_done(
    service: PsdService, storage: Storage, tmp_path: Path
) -> None:
    sample = layered(tmp_path / "sample.psd").read_bytes()
    command = await _command(storage, sample)
    prefix = artifacts_prefix(command.workspace_id, command.task_id, command.run)
    await storage.begin_multipart(f"{prefix}left.png", "image/png")

    await service.parse_export(command, _silent)

    assert await storage.unfinished_uploads(prefix) == []


async def test_a_refused_document_is_told_the_place_and_saved_nowhere(
    service: PsdService, store: Store, storage: Storage, tmp_path: Path
) -> None:
    sample = layered(tmp_path / "sample.psd").read_bytes()
    command = await _command(storage, sample[: len(sample) // 3])

    with pytest.raises(InvalidInput) as refused:
        await service.parse_export(command, _silent)

    assert refused.value.code.startswith("psd.")
    assert refused.value.where
    assert await store.document(WORKSPACE, "doc_1") is None


async def test_a_file_that_is_gone_says_to_upload_it_again(
    service: PsdService, storage: Storage
) -> None:
    command = await _command(storage, b"")
    await storage.delete([command.file_key])

    with pytest.raises(InvalidInput, match="Upload it again"):
        await service.parse_export(command, _silent)


async def test_a_document_that_takes_too_long_is_refused(
    storage: Storage, store: Store, tmp_path: Path
) -> None:
    sample = layered(tmp_path / "sample.psd").read_bytes()
    async with shared_sandbox("onemanage.psd.domain", memory_limit=2 << 30) as sandbox:
        service = PsdService(storage, store, sandbox, Limits(), child_seconds=0.01)
        with pytest.raises(InvalidInput) as refused:
            await service.parse_export(await _command(storage, sample), _silent)

    assert refused.value.code == "psd.too_slow"


async def test_queries_page_and_show_nothing_of_another_workspace(
    service: PsdService, store: Store, storage: Storage, tmp_path: Path
) -> None:
    sample = layered(tmp_path / "sample.psd").read_bytes()
    for number in range(3):
        command = await _command(storage, sample, f"doc_{number}")
        await service.parse_export(command, _silent)

    deps = Deps(store, storage)
    newest = await queries.list_documents(
        ListDocuments(workspace_id=WORKSPACE, limit=2), deps
    )
    last = newest.items[-1]
    prefix = artifacts_prefix(WORKSPACE, last.task_id, 1)
    await store.discard(last.task_id, prefix)  # a page goes on without its last row
    place = ListPlace(created_at=last.created_at, id=last.document_id)
    rest = await queries.list_documents(
        ListDocuments(workspace_id=WORKSPACE, limit=2, place=place), deps
    )
    assert [d.document_id for d in newest.items] == ["doc_2", "doc_1"]
    assert [d.document_id for d in rest.items] == ["doc_0"]
    layers = await queries.list_layers(
        ListLayers(workspace_id=WORKSPACE, document_id="doc_0", limit=2, after=1), deps
    )
    assert [layer.layer_id for layer in layers.items] == [2, 3]
    foreign = [
        queries.get_document(
            GetDocument(workspace_id="wsp_2", document_id="doc_0"), deps
        ),
        queries.list_layers(
            ListLayers(workspace_id="wsp_2", document_id="doc_0"), deps
        ),
        queries.get_layer(
            GetLayer(workspace_id="wsp_2", document_id="doc_0", layer_id=1), deps
        ),
    ]
    for refusal in await asyncio.gather(*foreign, return_exceptions=True):
        assert isinstance(refusal, QueryFailed) and refusal.code == "not_found"
