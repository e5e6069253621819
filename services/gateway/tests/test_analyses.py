"""Analyses and similar images over HTTP, with imaging played beside it."""

import asyncio

import pytest

from onemanage.contracts.base import new_id, utc_now
from onemanage.contracts.imaging.analysis import Analysis
from onemanage.contracts.imaging.images import AnalyzeImage, Asset
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import working

from .imaging_samples import Imaging
from .psd_samples import World

WAIT = {"Prefer": "wait=20"}


def _asset(file_id: str, task_id: str) -> Asset:
    return Asset(
        file_id=file_id,
        workspace_id=OWNER_WORKSPACE,
        task_id=task_id,
        name="a.jpg",
        analysis=Analysis(width=3, height=2, format="jpeg", media_type="image/jpeg"),
        created_at=utc_now(),
    )


async def test_what_an_image_shows_and_which_are_like_it_are_told(
    world: World, imaging: Imaging, source: str
) -> None:
    imaging.assets[source] = _asset(source, new_id("tsk"))
    async with world.client() as client:
        seen = (await client.get(f"/v1/images/analyses/{source}")).json()
        asked = f"/v1/images/similar?file_id={source}&distance=12"
        near = (await client.get(asked)).json()
        too_far = await client.get(
            "/v1/images/similar", params={"file_id": source, "distance": 200}
        )

    assert (seen["id"], seen["analysis"]["width"]) == (source, 3)
    assert near["items"] == [
        {"id": "fil_near", "name": "b.jpg", "distance": 12, "matched": "whole"}
    ]
    assert (near["searched"], near["images"]) == (1, 0)  # the world's file is a PSD
    assert too_far.status_code == 422


@pytest.mark.parametrize(
    "path", ["/v1/images/analyses/{}", "/v1/images/similar?file_id={}"]
)
async def test_an_image_that_nobody_has_looked_at_is_looked_at_when_asked_for(
    world: World,
    imaging: Imaging,
    process_settings: ProcessSettings,
    source: str,
    path: str,
) -> None:
    async def analyze(command: AnalyzeImage) -> Asset:
        imaging.seen.append(command)
        asset = _asset(command.file_id, command.task_id)
        return imaging.assets.setdefault(source, asset)

    async with world.client() as client:
        async with working(process_settings, analyze, task_name="imaging.analyze"):
            found = await asyncio.gather(
                *(client.get(path.format(source), headers=WAIT) for _ in range(3))
            )
        imaging.assets.clear()  # somebody deletes it
        again = await client.get(
            path.format(source), headers={"Prefer": "respond-async"}
        )

    assert [answer.status_code for answer in found] == [200] * 3
    (command,) = imaging.seen
    assert (again.status_code, again.json()["name"]) == (202, "imaging.analyze")
    assert again.headers["Location"] == f"/v1/tasks/{again.json()['id']}"
    assert again.json()["id"] != command.task_id


async def test_a_file_that_was_refused_is_not_looked_at_each_time(
    world: World, imaging: Imaging, process_settings: ProcessSettings, source: str
) -> None:
    async def analyze(command: AnalyzeImage) -> Asset:
        imaging.seen.append(command)
        raise InvalidInput("imaging.unsupported", "This is no image.", "poster.psd")

    path = f"/v1/images/analyses/{source}"
    async with world.client() as client:
        async with working(process_settings, analyze, task_name="imaging.analyze"):
            answers = [await client.get(path, headers=WAIT) for _ in range(2)]
        unknown = await client.get(f"/v1/images/analyses/{new_id('fil')}")

    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].json()["type"].endswith("imaging.unsupported")
    assert len(imaging.seen) == 1
    assert unknown.status_code == 404


async def test_an_image_is_looked_at_again_when_asked(
    world: World, source: str
) -> None:
    async with world.client() as client:
        answer = await client.post(
            "/v1/images/analyses",
            json={"file_id": source},
            headers={"Prefer": "respond-async"},
        )

    assert answer.status_code == 202
    assert answer.json()["resource"] == f"/v1/images/analyses/{source}"
