"""What imaging does about events, fed with the payloads that it relies on."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from onemanage.contracts import registry
from onemanage.contracts.base import Event, artifacts_prefix, utc_now
from onemanage.contracts.files import FileUploadCompleted
from onemanage.contracts.imaging.backgrounds import BackgroundSpec, RemovalResult
from onemanage.contracts.imaging.images import (
    ANALYZE,
    BackgroundImage,
    GetAsset,
    GetBackground,
    GetTransformation,
    ListTransformations,
    Transformation,
)
from onemanage.contracts.imaging.quick import images_prefix
from onemanage.contracts.imaging.recipes import Recipe
from onemanage.imaging import queries
from onemanage.imaging.handlers import HANDLERS, Deps
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.events import decode_event
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.messaging.topology import EVENTS, TASKS
from onemanage.platform.storage.storage import Storage
from onemanage.testing.fixtures import stored

from .samples import photo, saved

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("events.*/*.json"))
UPLOADED = [path for path in EXAMPLES if "file.upload" in path.parent.name]
DELETED = [path for path in EXAMPLES if "psd.delete" in path.parent.name]
ENDED = [path for path in EXAMPLES if path not in (*UPLOADED, *DELETED)]


@pytest.fixture
async def deps(nats: Client, store: Store, storage: Storage) -> AsyncIterator[Deps]:
    yield Deps(TaskRequests(nats), store, storage)


async def _handle(event: Event, deps: Deps) -> None:
    (consumer,) = [
        spec
        for spec in registry.consumers_of(registry.subject_of(event))
        if spec.service == "imaging"
    ]
    handlers: list[Any] = [x for x in HANDLERS if x.__name__ == consumer.handler]
    (handler,) = handlers
    await handler(event, deps)


def _transformation(event: Event, number: int, **changes: Any) -> Transformation:
    given: dict[str, Any] = {
        "transformation_id": f"tsf_{number}",
        "workspace_id": event.workspace_id,
        "task_id": event.task_id,
        "file_id": "fil_1",
        "name": "a.jpg",
        "recipe": Recipe(),
        "key": "0" * 64,
        "variants": [],
        "created_at": utc_now(),
    }
    return Transformation(**given | changes)


async def _save(store: Store, made: Transformation, run: int) -> None:
    async with store.alone(made.workspace_id, made.key) as alone:
        await alone.save(made, run)


async def _saved(deps: Deps, event: Event, run: int) -> None:
    prefix = artifacts_prefix(event.workspace_id, event.task_id, run)
    await deps.storage.put_bytes(f"{prefix}image.webp", b"image", "image/webp")
    await _save(deps.store, _transformation(event, 1), run)
    removal = RemovalResult(
        method="alpha", confidence=1, coverage=1, left=0, top=0, width=1, height=1
    )
    background = BackgroundImage(
        background_id="bgd_1",
        workspace_id=event.workspace_id,
        task_id=event.task_id,
        file_id="fil_1",
        name="a.jpg",
        spec=BackgroundSpec(),
        removal=removal,
        images=[],
        created_at=utc_now(),
    )
    await deps.store.save_background(background, run)


async def _is_known(deps: Deps, event: Event) -> list[bool]:
    found = [
        await deps.store.transformation(event.workspace_id, "tsf_1"),
        await deps.store.background(event.workspace_id, "bgd_1"),
    ]
    return [one is not None for one in found]


@pytest.mark.parametrize("example", ENDED, ids=lambda path: path.parent.name)
async def test_what_a_run_left_that_failed_or_was_cancelled_is_taken_away(
    example: Path, deps: Deps
) -> None:
    event = decode_event(example.parent.name, example.read_bytes())
    await _saved(deps, event, run=1)
    key = f"{artifacts_prefix(event.workspace_id, event.task_id, 1)}2.webp"
    await deps.storage.begin_multipart(key, "image/webp")

    for _ in range(2):
        await _handle(event, deps)

    assert await deps.storage.keys("artifacts/") == []
    assert await deps.storage.unfinished_uploads("artifacts/") == []
    assert await _is_known(deps, event) == [False, False]


async def test_a_late_failure_of_the_first_run_leaves_the_second_alone(
    deps: Deps,
) -> None:
    event = decode_event(ENDED[0].parent.name, ENDED[0].read_bytes())
    await _saved(deps, event, run=2)

    await _handle(event, deps)

    assert len(await deps.storage.keys("artifacts/")) == 1
    assert await _is_known(deps, event) == [True, True]


async def test_images_that_another_transformation_has_taken_over_stay(
    deps: Deps,
) -> None:
    event = decode_event(ENDED[-1].parent.name, ENDED[-1].read_bytes())
    await _saved(deps, event, run=1)
    other = _transformation(event, 2, task_id="tsk_other", reused_from="tsf_1")
    await _save(deps.store, other, 1)

    await _handle(event, deps)

    assert len(await deps.storage.keys("artifacts/")) == 1
    assert await _is_known(deps, event) == [False, False]
    assert await deps.store.transformation(event.workspace_id, "tsf_2") == other


async def _uploaded(deps: Deps, tmp_path: Path, **changes: Any) -> FileUploadCompleted:
    event = decode_event(UPLOADED[0].parent.name, UPLOADED[0].read_bytes())
    assert isinstance(event, FileUploadCompleted)
    data = saved(tmp_path / "a", photo(), "JPEG").read_bytes()
    await deps.storage.put_bytes(event.object_key, data, event.media_type)
    return msgspec.structs.replace(event, **changes)


async def test_an_uploaded_image_is_analysed_once_however_often_it_is_told(
    deps: Deps, nats: Client, service: ImagingService, tmp_path: Path
) -> None:
    event = await _uploaded(deps, tmp_path)
    eager = msgspec.structs.replace(deps, analyzes_uploads=True)
    for _ in range(2):
        await _handle(event, eager)

    ((_, request),) = await stored(nats, EVENTS)
    await service.analyze(msgspec.convert(request, ANALYZE.Requested).command)
    assert await stored(nats, TASKS) == []  # it is the gateway that sends it
    query = GetAsset(workspace_id=event.workspace_id, file_id=event.file_id)
    found = await queries.get_asset(query, deps)
    assert (found.analysis.width, found.name) == (96, event.name)


@pytest.mark.parametrize(
    "kind", ["text/csv", "image/vnd.dxf", "image/vnd.adobe.photoshop"]
)
async def test_what_is_no_image_is_not_analysed(
    deps: Deps, nats: Client, tmp_path: Path, kind: str
) -> None:
    eager = msgspec.structs.replace(deps, analyzes_uploads=True)
    await _handle(await _uploaded(deps, tmp_path, media_type=kind), eager)

    assert await stored(nats, EVENTS) == []


async def test_an_upload_is_left_alone_until_somebody_asks(
    deps: Deps, nats: Client, tmp_path: Path
) -> None:
    await _handle(await _uploaded(deps, tmp_path), deps)

    assert await stored(nats, EVENTS) == []


async def test_answers_tell_what_is_there_and_only_to_its_workspace(
    deps: Deps,
) -> None:
    event = decode_event(ENDED[0].parent.name, ENDED[0].read_bytes())
    await _saved(deps, event, run=1)
    own = event.workspace_id

    made = GetTransformation(workspace_id=own, transformation_id="tsf_1")
    found = await queries.get_transformation(made, deps)
    page = await queries.list_transformations(
        ListTransformations(workspace_id=own), deps
    )
    behind = GetBackground(workspace_id=own, background_id="bgd_1")
    background = await queries.get_background(behind, deps)

    assert page.items == [found]
    assert background.background_id == "bgd_1"
    foreign: list[tuple[Any, Any]] = [
        (queries.get_transformation, msgspec.structs.replace(made, workspace_id="w")),
        (queries.get_background, msgspec.structs.replace(behind, workspace_id="w")),
        (queries.get_asset, GetAsset(workspace_id=own, file_id="fil_9")),
    ]
    for answer, query in foreign:
        with pytest.raises(QueryFailed) as failed:
            await answer(query, deps)
        assert failed.value.code == "not_found"


async def test_images_of_documents_that_are_deleted_go_with_them(deps: Deps) -> None:
    (example,) = DELETED
    event = decode_event(example.parent.name, example.read_bytes())
    gone, other = "doc_7c1e9a4b2d8f4e6fa0b3c5d7e9f1a2b4", "doc_other"
    for source in (gone, other):
        key = f"{images_prefix(event.workspace_id, source)}small"
        await deps.storage.put_bytes(key, b"image", "image/webp")

    for _ in range(2):
        await _handle(event, deps)

    assert await deps.storage.keys("images/") == [
        f"{images_prefix(event.workspace_id, other)}small"
    ]
