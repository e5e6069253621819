"""Publishing and sweeping, on real PostgreSQL, S3 and NATS."""

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.previews.previews import PreviewPlace, PublishPreviews
from onemanage.contracts.psd.documents import Document, ImageFile, Layer, Manifest
from onemanage.platform.database.sessions import open_sessions
from onemanage.platform.messaging.events import EventPublisher
from onemanage.platform.messaging.nats import Client
from onemanage.platform.sandbox.sandbox import Sandbox
from onemanage.platform.storage.storage import ObjectMissing, Storage
from onemanage.platform.tasks import InvalidInput
from onemanage.preview import service as preview_service
from onemanage.preview.service import PreviewService
from onemanage.preview.store import Store
from onemanage.preview.sweeper import sweep
from onemanage.testing.fixtures import MakeDatabase
from onemanage.testing.sandboxes import shared_sandbox

WORKSPACE = "wsp_1"


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


def _service(
    storage: Storage, store: Store, sandbox: Sandbox, lifetime: timedelta
) -> PreviewService:
    return PreviewService(storage, store, sandbox, lifetime=lifetime, child_seconds=60)


@pytest.fixture
def service(storage: Storage, store: Store, sandbox: Sandbox) -> PreviewService:
    return _service(storage, store, sandbox, timedelta(hours=24))


async def _image(storage: Storage, key: str, size: tuple[int, int]) -> ImageFile:
    out = io.BytesIO()
    Image.new("RGBA", size, (200, 30, 30, 128)).save(out, "PNG")
    stored = await storage.put_bytes(key, out.getvalue(), "image/png")
    return ImageFile(
        object_key=key,
        media_type="image/png",
        width=size[0],
        height=size[1],
        size=stored.size,
        sha256=stored.sha256,
    )


def _layer(layer_id: int, image: ImageFile | None, *, shown: bool = True) -> Layer:
    return Layer(
        layer_id=layer_id,
        parent_id=None,
        name=f"Layer {layer_id}",
        kind="pixel",
        left=0,
        top=0,
        width=1,
        height=1,
        blend_mode="normal",
        opacity=1.0,
        visible=shown,
        shown=shown,
        image=image,
    )


@pytest.fixture
async def command(storage: Storage) -> PublishPreviews:
    """Of a document with a large composite, a shown, a hidden and an empty layer."""
    composite = await _image(storage, "a/composite.png", (4000, 1000))
    layers = [
        _layer(1, await _image(storage, "a/1.png", (300, 200))),
        _layer(2, await _image(storage, "a/2.png", (300, 200)), shown=False),
        _layer(3, None),
    ]
    document = _document(composite)
    manifest = msgspec.json.encode(Manifest(document=document, layers=layers))
    await storage.put_bytes("a/manifest.json", manifest, "application/json")
    return _command()


def _document(composite: ImageFile | None) -> Document:
    return Document(
        document_id="doc_1",
        workspace_id=WORKSPACE,
        file_id="fil_1",
        task_id="tsk_1",
        name="poster.psd",
        format="psd",
        width=4000,
        height=1000,
        color_mode="rgb",
        depth=8,
        icc_profile=None,
        layer_count=3,
        image_count=2,
        manifest_key="a/manifest.json",
        composite=composite,
        composite_source="embedded",
        created_at=utc_now(),
    )


def _command(manifest_key: str = "a/manifest.json") -> PublishPreviews:
    return PublishPreviews(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE,
        document_id="doc_1",
        manifest_key=manifest_key,
    )


async def _silent(_step: str, _done: int, _total: int) -> None:
    pass


async def test_the_composite_and_what_is_shown_become_web_size_webp(
    service: PreviewService, store: Store, storage: Storage, command: PublishPreviews
) -> None:
    result = await service.publish(command, _silent)

    found = (await store.previews(WORKSPACE, "doc_1", 10, None)).items
    assert result.preview_count == 2
    assert [preview.layer_id for preview in found] == [None, 1]
    assert (found[0].width, found[0].height) == (1600, 400)
    for preview in found:
        data = await storage.get_bytes(preview.object_key)
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
            assert image.mode == "RGBA"
            assert image.size == (preview.width, preview.height)
        assert result.expires_at == preview.expires_at
        assert utc_now() + timedelta(hours=23) < preview.expires_at


async def test_many_images_are_made_a_batch_at_a_time_and_counted_through(
    service: PreviewService,
    store: Store,
    storage: Storage,
    command: PublishPreviews,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview_service, "_BATCH", 3)
    manifest = msgspec.json.decode(
        await storage.get_bytes(command.manifest_key), type=Manifest
    )
    layers = [
        _layer(number, await _image(storage, f"a/{number}.png", (20, 10)))
        for number in range(1, 8)
    ]
    manifest = msgspec.structs.replace(manifest, layers=layers)
    await storage.put_bytes(
        command.manifest_key, msgspec.json.encode(manifest), "application/json"
    )
    steps: list[tuple[int, int]] = []

    async def report(_step: str, done: int, total: int) -> None:
        steps.append((done, total))

    assert (await service.publish(command, report)).preview_count == 8
    assert steps == [(number, 8) for number in range(1, 9)]
    found = (await store.previews(WORKSPACE, "doc_1", 10, None)).items
    assert [preview.layer_id for preview in found] == [None, *range(1, 8)]


async def test_a_task_that_runs_again_rewrites_the_same_objects(
    service: PreviewService, store: Store, storage: Storage, command: PublishPreviews
) -> None:
    await service.publish(command, _silent)
    before = await storage.keys("previews/")

    await service.publish(command, _silent)

    assert await storage.keys("previews/") == before
    assert await store.garbage(10) == []


async def test_pages_of_previews_follow_each_other(
    service: PreviewService, store: Store, command: PublishPreviews
) -> None:
    await service.publish(command, _silent)

    first = await store.previews(WORKSPACE, None, 1, None)
    second = await store.previews(WORKSPACE, None, 1, PreviewPlace.of(first.items[0]))

    assert (first.has_more, second.has_more) == (True, False)
    assert [first.items[0].layer_id, second.items[0].layer_id] == [None, 1]


async def test_renewing_gives_new_objects_and_sweeps_the_old(
    service: PreviewService,
    store: Store,
    storage: Storage,
    nats: Client,
    command: PublishPreviews,
) -> None:
    await service.publish(command, _silent)
    old = await storage.keys("previews/")

    await service.publish(_command(), _silent)
    await sweep(store, storage, EventPublisher(nats))

    left = await storage.keys("previews/")
    living = (await store.previews(WORKSPACE, "doc_1", 10, None)).items
    assert set(left).isdisjoint(old)
    assert sorted(left) == sorted(preview.object_key for preview in living)


async def test_what_expires_is_gone_at_once_and_its_object_with_the_next_sweep(
    store: Store,
    storage: Storage,
    sandbox: Sandbox,
    nats: Client,
    command: PublishPreviews,
) -> None:
    service = _service(storage, store, sandbox, timedelta(0))
    await service.publish(command, _silent)
    events = await nats.jetstream().subscribe("events.preview.expired")

    assert (await store.previews(WORKSPACE, "doc_1", 10, None)).items == []
    deleted = await sweep(store, storage, EventPublisher(nats))
    again = await sweep(store, storage, EventPublisher(nats))

    assert (deleted, again) == (2, 0)
    assert await storage.keys("previews/") == []
    told = [msgspec.json.decode((await events.next_msg(2)).data) for _ in range(2)]
    assert {event["type"] for event in told} == {"preview.expired"}
    assert {event["document_id"] for event in told} == {"doc_1"}


async def test_objects_of_a_task_that_died_before_its_commit_are_swept_in_time(
    store: Store, storage: Storage, nats: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.announce_objects(["previews/orphan.webp"])
    await storage.put_bytes("previews/orphan.webp", b"x", "image/webp")
    events = EventPublisher(nats)
    assert await sweep(store, storage, events) == 0

    monkeypatch.setattr("onemanage.preview.store.utc_now", _in_two_hours)

    assert await sweep(store, storage, events) == 1
    assert await storage.keys("previews/") == []


def _in_two_hours() -> datetime:
    return utc_now() + timedelta(hours=2)


async def test_a_missing_manifest_says_that_the_document_must_be_parsed_again(
    service: PreviewService, storage: Storage
) -> None:
    with pytest.raises(InvalidInput, match="Parse it again") as refused:
        await service.publish(_command("a/none.json"), _silent)

    assert refused.value.code == "preview.no_manifest"
    with pytest.raises(ObjectMissing):
        await storage.get_bytes("a/none.json")


async def test_an_image_that_cannot_be_read_is_named_and_stops_no_other(
    service: PreviewService, storage: Storage, command: PublishPreviews, tmp_path: Path
) -> None:
    await storage.put_bytes("a/1.png", b"no image", "image/png")

    result = await service.publish(command, _silent)

    assert result.preview_count == 1
    assert "Layer 1" in result.warnings[0]


async def test_so_many_warnings_that_they_fit_into_an_event_say_how_many_more_there_are(
    service: PreviewService, storage: Storage
) -> None:
    await storage.put_bytes("a/bad.png", b"no image", "image/png")
    bad = await _image(storage, "a/good.png", (1, 1))
    bad = msgspec.structs.replace(bad, object_key="a/bad.png")
    document = _document(None)
    manifest = Manifest(
        document=document, layers=[_layer(number, bad) for number in range(1, 121)]
    )
    await storage.put_bytes(
        "a/many.json", msgspec.json.encode(manifest), "application/json"
    )

    result = await service.publish(_command("a/many.json"), _silent)

    assert len(result.warnings) == 101
    assert result.warnings[-1] == "20 more warnings are not listed."


async def test_a_document_that_is_deleted_while_it_is_published_shows_nothing(
    service: PreviewService,
    store: Store,
    storage: Storage,
    command: PublishPreviews,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish = store.publish

    async def publish_late(*given: Any) -> None:
        await storage.delete([command.manifest_key])
        await store.discard_documents(WORKSPACE, [command.document_id])
        await publish(*given)

    monkeypatch.setattr(store, "publish", publish_late)

    with pytest.raises(InvalidInput):
        await service.publish(command, _silent)

    assert (await store.previews(WORKSPACE, None, 10, None)).items == []
