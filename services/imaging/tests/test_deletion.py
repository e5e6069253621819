"""What was made of images goes for good; shared images with the last that shows them."""

from typing import Any

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.deletion import FILE, HAS_DEPENDENTS, WORKSPACE, Thing
from onemanage.contracts.imaging.backgrounds import BackgroundSpec, RemovalResult
from onemanage.contracts.imaging.deletion import (
    ANALYSIS,
    BACKGROUND,
    BATCH,
    TRANSFORMATION,
    DeleteFromImaging,
    FindImagingDependents,
    task_in_batch,
    task_of_batch,
)
from onemanage.contracts.imaging.images import AnalyzeImage, BackgroundImage
from onemanage.contracts.imaging.quick import IMAGES, images_prefix
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.storage.quick_sources import sweep_older
from onemanage.platform.storage.storage import Storage
from onemanage.platform.tasks import InvalidInput

from .conftest import WORKSPACE as WORKSPACE_ID
from .conftest import Order, silent

SMALL: dict[str, Any] = {"operations": [{"op": "resize", "width": 20}]}


def _order(*things: Thing, cascade: bool = False, **more: Any) -> DeleteFromImaging:
    given: dict[str, Any] = {
        "task_id": new_id("tsk"),
        "workspace_id": WORKSPACE_ID,
        "things": list(things),
        "cascade": cascade,
    }
    return DeleteFromImaging(**given | more)


async def _background(
    storage: Storage, store: Store, file_id: str, task_id: str | None = None
) -> str:
    task = task_id or new_id("tsk")
    key = f"artifacts/{WORKSPACE_ID}/{task}/1/image.webp"
    await storage.put_bytes(key, b"image", "image/webp")
    made = BackgroundImage(
        background_id=new_id("bgd"),
        workspace_id=WORKSPACE_ID,
        task_id=task,
        file_id=file_id,
        name="a.jpg",
        spec=BackgroundSpec(),
        removal=RemovalResult(
            method="alpha", confidence=1, coverage=1, left=0, top=0, width=1, height=1
        ),
        images=[],
        created_at=utc_now(),
    )
    await store.save_background(made, 1)
    return made.background_id


def _analyse(command: Any) -> AnalyzeImage:
    return AnalyzeImage(
        task_id=new_id("tsk"),
        workspace_id=WORKSPACE_ID,
        file_id=command.file_id,
        file_key=command.file_key,
        file_name="photo.jpg",
    )


async def test_images_that_two_show_go_with_the_second(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    first = await service.transform(await order(SMALL), silent)
    second = await service.transform(await order(SMALL), silent)
    assert second.reused_from == first.transformation_id
    shown = second.variants[0].object_key

    done = await service.deletion.delete(
        _order(Thing(kind=TRANSFORMATION, id=first.transformation_id)), silent
    )
    assert done.counts == {TRANSFORMATION: 1}
    assert await storage.get_bytes(shown)
    third = await service.transform(await order(SMALL), silent)
    assert third.variants[0].object_key == shown  # it can be taken over still

    for one in (second, third):
        await service.deletion.delete(
            _order(Thing(kind=TRANSFORMATION, id=one.transformation_id)), silent
        )
    assert await storage.keys("artifacts/") == []


async def test_a_file_goes_with_its_analysis_and_only_then_with_what_was_made_of_it(
    service: ImagingService, storage: Storage, store: Store, order: Order
) -> None:
    command = await order(SMALL)
    made = await service.transform(command, silent)
    background = await _background(storage, store, made.file_id or "")
    await service.analyze(_analyse(command))
    file = Thing(kind=FILE, id=made.file_id or "")
    query = FindImagingDependents(workspace_id=WORKSPACE_ID, things=[file])

    found = await service.deletion.dependents(query)
    assert found.items == [
        Thing(kind=TRANSFORMATION, id=made.transformation_id),
        Thing(kind=BACKGROUND, id=background),
    ]
    with pytest.raises(InvalidInput) as refused:
        await service.deletion.delete(_order(file), silent)
    assert refused.value.code == HAS_DEPENDENTS
    assert await store.asset(WORKSPACE_ID, file.id) is not None

    done = await service.deletion.delete(_order(file, cascade=True), silent)

    assert done.counts == {ANALYSIS: 1, BACKGROUND: 1, FILE: 1, TRANSFORMATION: 1}
    assert await storage.keys("") == []
    assert await store.asset(WORKSPACE_ID, file.id) is None


async def test_who_looks_at_a_file_while_it_goes_says_nothing_of_it_afterwards(
    service: ImagingService,
    storage: Storage,
    store: Store,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = await order(SMALL)
    save = store.save_asset

    async def save_late(asset: Any) -> None:
        deletion = _order(Thing(kind=FILE, id=command.file_id or ""))
        await service.deletion.delete(deletion, silent)
        await save(asset)

    monkeypatch.setattr(store, "save_asset", save_late)

    with pytest.raises(InvalidInput) as refused:
        await service.analyze(_analyse(command))

    assert refused.value.code == "file.missing"
    assert await store.asset(WORKSPACE_ID, command.file_id or "") is None


async def test_a_batch_goes_with_all_that_it_has_made_and_its_sheet(
    service: ImagingService, storage: Storage, store: Store, order: Order
) -> None:
    batch_id = new_id("bat")
    task_id = task_of_batch(batch_id)
    first = await service.transform(
        await order(SMALL, task_id=task_in_batch(task_id, 0)), silent
    )
    await _background(storage, store, first.file_id or "", task_in_batch(task_id, 9999))
    sheet = f"artifacts/{WORKSPACE_ID}/{task_id}/1/contact-sheet.webp"
    await storage.put_bytes(sheet, b"sheet", "image/webp")
    other = await service.transform(await order({"operations": []}), silent)

    done = await service.deletion.delete(_order(Thing(kind=BATCH, id=batch_id)), silent)

    assert done.counts == {BACKGROUND: 1, BATCH: 1, TRANSFORMATION: 1}
    left = await storage.keys("artifacts/")
    assert left == [image.object_key for image in other.variants]


async def test_a_workspace_goes_with_every_object_and_another_stays(
    service: ImagingService, storage: Storage, store: Store, order: Order
) -> None:
    command = await order(SMALL)
    await service.transform(command, silent)
    await service.analyze(_analyse(command))
    await storage.put_bytes(f"previews/{WORKSPACE_ID}/x/1.webp", b"x", "image/webp")
    other = ["artifacts/wsp_10/x", "files/wsp_10/x", "previews/wsp_10/x"]
    for key in other:
        await storage.put_bytes(key, b"x", "image/webp")
    deletion = _order(
        Thing(kind=WORKSPACE, id=WORKSPACE_ID),
        workspace_id="wsp_10",
        counts={"document": 3},
    )

    done = await service.deletion.delete(deletion, silent)

    assert done.counts == {ANALYSIS: 1, TRANSFORMATION: 1, "document": 3}
    assert await storage.keys("") == other
    assert await store.asset(WORKSPACE_ID, command.file_id or "") is None
    assert await service.deletion.delete(deletion, silent) == done


async def test_what_belongs_to_another_workspace_is_not_there(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    made = await service.transform(await order(SMALL), silent)
    thing = Thing(kind=TRANSFORMATION, id=made.transformation_id)
    query = FindImagingDependents(workspace_id="wsp_2", things=[thing])

    assert (await service.deletion.dependents(query)).unknown == [thing]
    deletion = _order(thing, workspace_id="wsp_2")
    assert (await service.deletion.delete(deletion, silent)).counts == {}
    assert await storage.get_bytes(made.variants[0].object_key)


async def test_images_made_at_once_go_with_the_file_and_with_the_workspace(
    service: ImagingService, storage: Storage, order: Order
) -> None:
    command = await order(SMALL)
    made = await service.transform(command, silent)
    assert command.file_id is not None
    sources = (command.file_id, made.transformation_id, "fil_other")
    for source in sources:
        key = f"{images_prefix(WORKSPACE_ID, source)}small"
        await storage.put_bytes(key, b"image", "image/webp")

    await service.deletion.delete(
        _order(Thing(kind=FILE, id=command.file_id), cascade=True), silent
    )
    assert await storage.keys("images/") == [
        f"{images_prefix(WORKSPACE_ID, 'fil_other')}small"
    ]

    await service.deletion.delete(
        _order(Thing(kind=WORKSPACE, id=WORKSPACE_ID)), silent
    )
    assert await storage.keys("images/") == []


async def test_images_made_at_once_go_by_their_age(storage: Storage) -> None:
    await storage.put_bytes(
        f"{images_prefix('wsp_1', 'fil_1')}small", b"x", "image/png"
    )
    await storage.put_bytes("artifacts/wsp_1/x", b"x", "image/png")

    assert await sweep_older(storage, IMAGES, days=1) == 0
    assert await sweep_older(storage, IMAGES, days=-1) == 1
    assert await storage.keys("") == ["artifacts/wsp_1/x"]
