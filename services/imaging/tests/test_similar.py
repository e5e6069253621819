"""Which images show nearly the same, on a real PostgreSQL and with the real child."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.imaging.images import AnalyzeImage, FindSimilar
from onemanage.imaging import queries
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.handlers import Deps
from onemanage.imaging.service import ImagingService
from onemanage.imaging.store import Store
from onemanage.platform.messaging.commands import TaskRequests
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.platform.storage.storage import Storage

from .conftest import WORKSPACE
from .samples import saved

type Analysed = Callable[..., Awaitable[str]]


def scene(seed: int, width: int = 640, height: int = 480) -> Pixels:
    """Shapes of many sizes on an uneven ground: enough for a hash to mean something."""
    chance = np.random.default_rng(seed)
    coarse = chance.integers(0, 256, (6, 8, 3), np.uint8)
    made = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(24):
        center = int(chance.integers(width)), int(chance.integers(height))
        color = [int(value) for value in chance.integers(0, 256, 3)]
        cv2.circle(made, center, int(chance.integers(10, 90)), color, -1)
    return np.asarray(made)


@pytest.fixture
async def deps(nats: Client, store: Store, storage: Storage) -> Deps:
    return Deps(TaskRequests(nats), store, storage)


@pytest.fixture
def analysed(service: ImagingService, storage: Storage, tmp_path: Path) -> Analysed:
    """Uploads and looks at an image; gives its file's id."""

    async def look(
        pixels: Pixels, kind: str = "PNG", workspace_id: str = WORKSPACE, **how: Any
    ) -> str:
        file_id = new_id("fil")
        data = saved(tmp_path / file_id, pixels, kind, **how).read_bytes()
        await storage.put_bytes(f"files/{file_id}", data, "image/png")
        command = AnalyzeImage(
            task_id=new_id("tsk"),
            workspace_id=workspace_id,
            file_id=file_id,
            file_key=f"files/{file_id}",
            file_name=f"{kind}.img",
        )
        await service.analyze(command)
        return file_id

    return look


async def _near(deps: Deps, file_id: str, **rest: Any) -> dict[str, str]:
    query = FindSimilar(workspace_id=WORKSPACE, file_id=file_id, **rest)
    found = await queries.find_similar(query, deps)
    return {one.file_id: one.matched for one in found.items}


async def test_a_picture_is_found_again_smaller_recompressed_and_cropped(
    analysed: Analysed, deps: Deps
) -> None:
    picture = scene(1)
    first = await analysed(picture)
    small = await analysed(cv2.resize(picture, (320, 240)), "JPEG", quality=60)
    cropped = await analysed(picture[40:450, 50:600].copy(), "WEBP")
    for seed in range(2, 6):
        await analysed(scene(seed))

    assert await _near(deps, first) == {small: "whole", cropped: "crop"}
    assert (await _near(deps, cropped)).keys() == {first, small}
    assert list(await _near(deps, first, limit=1)) == [small]


async def test_another_workspace_s_pictures_are_not_shown(
    analysed: Analysed, deps: Deps
) -> None:
    first = await analysed(scene(1))
    other = await analysed(scene(1), workspace_id="wsp_2")

    assert await _near(deps, first) == {}
    with pytest.raises(QueryFailed) as failed:
        await _near(deps, other)
    assert failed.value.code == "not_found"


async def test_empty_pictures_are_not_all_alike(analysed: Analysed, deps: Deps) -> None:
    white = np.full((200, 200, 3), 255, np.uint8)
    first, _ = await analysed(white), await analysed(white)

    assert await _near(deps, first) == {}


async def test_how_many_were_compared_is_told_whatever_there_was_to_see(
    analysed: Analysed, deps: Deps
) -> None:
    white = await analysed(np.full((200, 200, 3), 255, np.uint8))
    scenes = [await analysed(scene(seed)) for seed in range(2)]
    await analysed(scene(1), workspace_id="wsp_2")

    found = [
        await queries.find_similar(
            FindSimilar(workspace_id=WORKSPACE, file_id=file_id), deps
        )
        for file_id in (white, scenes[0])
    ]

    assert [one.searched for one in found] == [3, 3]


async def test_looking_again_leaves_one_of_each(analysed: Analysed, deps: Deps) -> None:
    first, second = await analysed(scene(1)), await analysed(scene(1))
    asset = await deps.store.asset(WORKSPACE, second)
    assert asset is not None
    await deps.store.save_asset(asset)

    assert await _near(deps, first) == {second: "whole"}
