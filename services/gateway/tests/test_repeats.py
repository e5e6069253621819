"""Idempotency-Key: a repeat gets the first request's task, whatever has changed since."""

import asyncio

import httpx
import pytest

from onemanage.contracts.base import utc_now
from onemanage.contracts.datasets.datasets import DroppedDataset
from onemanage.contracts.datasets.tasks import DropDataset
from onemanage.contracts.psd.diffs import CompareDocuments, DocumentDiff
from onemanage.gateway.tasks import orders
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import answering, eventually, working

from .imaging_samples import Imaging
from .psd_samples import DOCUMENT, LATER, World
from .test_datasets import PATH as DATASET
from .test_datasets import Tables, get_dataset

ONCE = {"Idempotency-Key": "once"}
ASYNC = {**ONCE, "Prefer": "respond-async"}
WAIT = {**ONCE, "Prefer": "wait=20"}
PRESET = "/v1/images/presets/thumbs"
TRANSFORMATIONS = "/v1/images/transformations"


async def test_a_repeat_waits_as_long_as_it_asks_to(
    world: World, process_settings: ProcessSettings
) -> None:
    """Its first request did not wait, and the task begins while the repeat does."""
    body = {"before": DOCUMENT, "after": LATER}

    async def compare(command: CompareDocuments) -> DocumentDiff:
        made = diff(command)
        world.psd.diffs[command.diff_id] = made
        return made

    async with world.client() as client:
        first = await client.post("/v1/psd/diffs", json=body, headers=ASYNC)
        repeat = asyncio.create_task(
            client.post("/v1/psd/diffs", json=body, headers=WAIT)
        )
        await eventually(lambda: first.json()["id"] in world.gateway.live._listeners)
        async with working(process_settings, compare, task_name="psd.compare"):
            second = await repeat

    assert first.status_code == 202
    assert second.status_code == 200, second.text
    assert second.json()["id"] == first.json()["id"]
    assert second.headers["Preference-Applied"] == "wait=20"
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_an_end_that_nobody_heard_is_seen_while_they_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "_LOOK_AGAIN_SECONDS", 0.05)
    body = {"before": DOCUMENT, "after": LATER}
    async with world.client() as client:
        first = await client.post("/v1/psd/diffs", json=body, headers=ASYNC)
        task_id = first.json()["id"]
        repeat = asyncio.create_task(
            client.post("/v1/psd/diffs", json=body, headers=WAIT)
        )
        await eventually(lambda: task_id in world.gateway.live._listeners)
        await world.gateway.tasks._pool.execute(
            "UPDATE tasks SET state = 'cancelled', finished_at = now() WHERE id = $1",
            task_id,
        )
        async with asyncio.timeout(10):  # it would wait 20 seconds
            second = await repeat

    assert second.json()["state"] == "cancelled"


def diff(command: CompareDocuments) -> DocumentDiff:
    return DocumentDiff(
        diff_id=command.diff_id,
        workspace_id=command.workspace_id,
        task_id=command.task_id,
        before_document_id=command.before_document_id,
        after_document_id=command.after_document_id,
        added=0,
        removed=0,
        changed=0,
        counts={},
        changed_share=None,
        heat_map=None,
        changes_key="none",
        created_at=utc_now(),
    )


async def test_a_data_set_that_was_dropped_is_dropped_to_the_repeat_too(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    async def drop(command: DropDataset) -> DroppedDataset:
        return DroppedDataset(dataset_id=command.dataset_id, name=command.name)

    confirmed = {"confirm": "orders 2026"}
    async with (
        working(process_settings, drop, task_name="data_import.drop"),
        world.client() as client,
    ):
        async with answering(nats, [get_dataset], Tables()):
            first = await client.delete(DATASET, params=confirmed, headers=WAIT)
        # Nobody knows the data set from now on.
        second = await client.delete(DATASET, params=confirmed, headers=WAIT)
        new = await client.delete(DATASET, params=confirmed)

    assert (first.status_code, second.status_code) == (200, 200), second.text
    assert first.json() == second.json()
    assert new.status_code == 503


@pytest.mark.parametrize("given", ["json", "body"])
async def test_a_preset_that_has_changed_changes_nothing_for_a_repeat(
    world: World, imaging: Imaging, process_settings: ProcessSettings, given: str
) -> None:
    file_id = world.psd.documents[DOCUMENT].file_id
    image = b"\x89PNG\r\n\x1a\n" + b"pixels" * 9

    async def send(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
        if given == "json":
            body = {"file_id": file_id, "preset": "thumbs"}
            return await client.post(TRANSFORMATIONS, json=body, headers=headers)
        preset = {"preset": "thumbs"}
        return await client.post(
            TRANSFORMATIONS, content=image, params=preset, headers=headers
        )

    async with (
        working(process_settings, imaging.transform, task_name="imaging.transform"),
        world.client() as client,
    ):
        small = {"variants": [{"name": "small"}]}
        await client.put(PRESET, json={"recipe": small})
        first = await send(client, **WAIT)
        await client.put(PRESET, json={"recipe": {"variants": [{"name": "big"}]}})
        changed = await send(client, **WAIT)
        await client.delete(PRESET)
        gone = await send(client, **WAIT)
        new = await send(client)

    assert [first.status_code, changed.status_code, gone.status_code] == [200] * 3
    assert first.json() == changed.json() == gone.json()
    assert new.status_code == 404
    assert len(imaging.seen) == 1


async def test_a_batch_of_a_preset_that_is_gone_is_the_same_batch_to_a_repeat(
    world: World, imaging: Imaging
) -> None:
    body = {
        "file_ids": [world.psd.documents[DOCUMENT].file_id],
        "preset": "thumbs",
    }
    async with world.client() as client:
        await client.put(PRESET, json={"recipe": {"variants": [{"name": "small"}]}})
        first = await client.post("/v1/images/batches", json=body, headers=ONCE)
        await client.delete(PRESET)
        second = await client.post("/v1/images/batches", json=body, headers=ONCE)
        other = await client.post(
            "/v1/images/batches", json=body | {"preset": "other"}, headers=ONCE
        )

    assert (first.status_code, second.status_code) == (202, 202), second.text
    assert first.json()["id"] == second.json()["id"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other.json()["title"] == "idempotency key reused"


async def test_a_file_that_is_sent_again_is_the_one_that_was_sent(world: World) -> None:
    async with world.client() as client:
        first, second = [
            await client.post("/v1/files", content=b"the same", headers=ONCE)
            for _ in range(2)
        ]
        other = await client.post("/v1/files", content=b"another", headers=ONCE)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422


async def test_a_key_of_one_workspace_is_unknown_in_another(world: World) -> None:
    body = {"before": DOCUMENT, "after": LATER}
    async with world.client() as client, world.stranger() as stranger:
        own = await client.post("/v1/psd/diffs", json=body, headers=ASYNC)
        foreign = await stranger.post("/v1/psd/diffs", json=body, headers=ASYNC)

    assert own.status_code == 202
    assert foreign.status_code == 404
