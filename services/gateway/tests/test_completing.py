"""Uploads in parts that become files, or turn out to be others than was announced."""

import asyncio
from typing import Any

import httpx
import pytest
from taskiq import TaskiqDepends

from onemanage.contracts.base import Command
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.uploads import CompleteUpload
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.storage.parts import MIN_PART, Part, Parts
from onemanage.platform.tasks import Progress, current_progress
from onemanage.testing.fixtures import eventually, stored, told, working

from .psd_samples import World
from .upload_samples import (
    DATA,
    PARTS,
    SHA256,
    WAIT,
    begun,
    completing,
    completion,
    sent,
)

PARQUET = "application/vnd.apache.parquet"


async def no_report(step: str, done: int, total: int) -> None: ...


async def complete(client: httpx.AsyncClient, upload: Any, **body: Any) -> Any:
    at = f"/v1/uploads/{upload['id']}/complete"
    return await client.post(at, json=body, headers=WAIT)


def command_of(world: World, upload: dict[str, Any], **changes: Any) -> CompleteUpload:
    workspace_id = world.file[0].split("/")[1]
    ids = {"task_id": "tsk_1", "workspace_id": workspace_id}
    return CompleteUpload(upload_id=upload["id"], **ids | changes)


async def files_left(world: World) -> int:
    keys = await world.storage.keys("files/")
    return len(keys) + len(await world.storage.unfinished_uploads("files/"))


async def test_an_upload_becomes_a_file_that_is_announced_as_any_other(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    async with world.client() as client, completing(world, process_settings):
        upload = await sent(client, sha256=SHA256.upper(), media_type=PARQUET)
        answer = await complete(client, upload)
        task = answer.json()
        file = (await client.get(task["resource"])).json()
        content = await client.get(file["url"])
        ended = (await client.get(f"/v1/uploads/{upload['id']}")).json()

        async def announced() -> bool:
            events = dict(await stored(nats, topology.EVENTS))
            found = events.get("events.file.upload.completed", {})
            return bool(found.get("file_id") == file["id"])

        await eventually(announced)

    assert (answer.status_code, task["state"]) == (200, "completed")
    assert task["id"] == ended["task_id"]
    assert task["result"]["id"] == file["id"] == ended["file_id"]
    assert (file["name"], file["size"]) == ("orders.parquet", len(DATA))
    assert (file["sha256"], file["media_type"]) == (SHA256, PARQUET)
    assert content.content == DATA
    assert content.headers["Content-Type"] == PARQUET
    assert ended["state"] == "completed"
    statuses = await told(nats, task["id"])
    assert statuses[0] == "accepted" and statuses[-1] == "completed"
    assert "progress" in statuses


@pytest.mark.parametrize(
    ("announced", "code", "pointer"),
    [
        ({"sha256": "0" * 64}, "upload.wrong_hash", "/sha256"),
        ({"media_type": "image/png"}, "upload.wrong_type", "/media_type"),
    ],
)
async def test_another_file_than_was_announced_is_refused_and_deleted(
    world: World,
    process_settings: ProcessSettings,
    announced: dict[str, str],
    code: str,
    pointer: str,
) -> None:
    async with world.client() as client, completing(world, process_settings):
        upload = await sent(client, **announced)
        answers = [await complete(client, upload) for _ in range(2)]
        retried = await client.post(
            f"/v1/tasks/{answers[0].json()['task_id']}/retry", headers=WAIT
        )
        ended = (await client.get(f"/v1/uploads/{upload['id']}")).json()
        file = await client.get(f"/v1/files/{upload['id'].replace('upl', 'fil')}")

    for answer in (*answers, retried):
        assert answer.status_code == 422
        assert answer.json()["type"].endswith(f"/{code}")
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert (ended["state"], ended["error"]["code"]) == ("failed", code)
    assert (ended["file_id"], file.status_code) == (None, 404)
    assert await files_left(world) == 0


async def test_completing_twice_or_twice_at_once_is_one_task(
    world: World, nats: Client, process_settings: ProcessSettings
) -> None:
    async with world.client() as client, completing(world, process_settings):
        upload = await sent(client)
        answers = await asyncio.gather(*(complete(client, upload) for _ in range(4)))
        later = await complete(client, upload, sha256=SHA256)
        keyed = await client.post(
            f"/v1/uploads/{upload['id']}/complete", headers={"Idempotency-Key": "k"}
        )

    tasks = {answer.json()["id"] for answer in (*answers, keyed)}
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(tasks) == 1
    assert (await told(nats, tasks.pop())).count("accepted") == 1
    count = "SELECT count(*) FROM files WHERE size > 1"
    assert await world.gateway.store._pool.fetchval(count) == 1
    assert later.status_code in (200, 422)


async def test_another_hash_than_the_first_is_refused(
    world: World, process_settings: ProcessSettings
) -> None:
    async with world.client() as client, completing(world, process_settings):
        told_first = await sent(client, sha256=SHA256)
        differs = await complete(client, told_first, sha256="1" * 64)
        still = (await client.get(f"/v1/uploads/{told_first['id']}")).json()
        told_last = await sent(client)
        first = await complete(client, told_last, sha256=SHA256)
        repeated = await complete(client, told_last, sha256="1" * 64)
        same = await complete(client, told_last, sha256=SHA256)

    for refused in (differs, repeated):
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("/upload.other_hash")
        assert refused.json()["errors"][0]["pointer"] == "/sha256"
    assert still["state"] == "open"
    assert first.status_code == same.status_code == 200


async def test_an_attempt_that_was_lost_after_the_parts_were_joined_is_made_good(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await sent(client, sha256=SHA256)
    row = await world.gateway.resumable.known(*_owned(world, upload))
    parts = world.gateway.resumable.parts
    there = await parts.arrived(row.object_key, row.storage_id or "")
    await parts.complete(row.object_key, row.storage_id or "", there)

    work, command = completion(world), command_of(world, upload, sha256=SHA256)
    first = await work.complete(command, no_report)
    again = await work.complete(command, no_report)

    assert (first.sha256, first.file_id) == (SHA256, row.file_id)
    assert again == first
    assert await world.storage.get_bytes(row.object_key) == DATA


def _owned(world: World, upload: dict[str, Any]) -> tuple[str, str]:
    return world.file[0].split("/")[1], upload["id"]


async def test_two_workers_with_the_same_task_make_one_file(world: World) -> None:
    async with world.client() as client:
        upload = await sent(client)
    command = command_of(world, upload)

    one, other = await asyncio.gather(
        *(completion(world).complete(command, no_report) for _ in range(2))
    )

    assert one == other
    assert await files_left(world) == 1


async def test_parts_that_another_attempt_is_joining_are_not_taken_for_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.client() as client:
        upload = await sent(client)
    command, arrived = command_of(world, upload), Parts.arrived

    async def overtaken(parts: Parts, key: str, upload_id: str) -> list[Part]:
        """The other attempt joins them now; storage drops the first part first."""
        monkeypatch.setattr(Parts, "arrived", arrived)
        found = await arrived(parts, key, upload_id)
        await parts.complete(key, upload_id, found)
        return found[1:]

    monkeypatch.setattr(Parts, "arrived", overtaken)
    file = await completion(world).complete(command, no_report)

    assert file.sha256 == SHA256
    assert await files_left(world) == 1


async def test_a_verdict_stands_when_the_object_is_gone_before_it_was_told(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await sent(client)
    work, command = completion(world), command_of(world, upload, sha256="0" * 64)
    for _ in range(2):
        with pytest.raises(InvalidInput) as refused:
            await work.complete(command, no_report)
        assert refused.value.code == "upload.wrong_hash"
        assert SHA256 in refused.value.message


async def test_a_part_that_changed_after_the_completion_was_asked_for_is_found(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await sent(client)
    row = await world.gateway.resumable.known(*_owned(world, upload))
    await world.storage.upload_part(row.object_key, row.storage_id or "", 1, PARTS[2])

    with pytest.raises(InvalidInput) as refused:
        await completion(world).complete(command_of(world, upload), no_report)

    assert (refused.value.code, refused.value.where) == (
        "upload.parts_changed",
        "part 1",
    )
    assert await files_left(world) == 0


async def test_an_object_of_another_size_is_refused(world: World) -> None:
    async with world.client() as client:
        upload = await begun(client, size=10)
    row = await world.gateway.resumable.known(*_owned(world, upload))
    await world.storage.abort_multipart(row.object_key, row.storage_id or "")
    await world.storage.put_bytes(row.object_key, b"eleven byte", "text/plain")

    with pytest.raises(InvalidInput) as refused:
        await completion(world).complete(command_of(world, upload), no_report)

    assert refused.value.code == "upload.wrong_size"
    assert await files_left(world) == 0


@pytest.mark.parametrize("ended", ["aborted", "expired"])
async def test_what_was_given_up_becomes_no_file(world: World, ended: str) -> None:
    async with world.client() as client:
        upload = await sent(client)
    await world.gateway.store._pool.execute(
        "UPDATE resumable_uploads SET state = $1, ended_at = now()", ended
    )
    with pytest.raises(InvalidInput) as refused:
        await completion(world).complete(command_of(world, upload), no_report)
    assert refused.value.code == "upload.gone"
    await world.gateway.resumable.sweep()
    assert await files_left(world) == 0


async def test_an_upload_that_ends_while_it_is_looked_at_becomes_no_file(
    world: World,
) -> None:
    async with world.client() as client:
        upload = await sent(client)

    async def ends_meanwhile(step: str, done: int, total: int) -> None:
        if step == "hash":
            await world.gateway.store._pool.execute(
                "UPDATE resumable_uploads SET state = 'aborted', ended_at = now()"
            )

    with pytest.raises(InvalidInput) as refused:
        await completion(world).complete(command_of(world, upload), ends_meanwhile)
    assert refused.value.code == "upload.gone"
    assert await files_left(world) == 0


async def test_a_completion_is_stopped_by_its_task_and_nothing_remains(
    world: World, process_settings: ProcessSettings
) -> None:
    hashing = asyncio.Event()
    work = completion(world)

    async def complete_slowly(
        command: Command, progress: Progress = TaskiqDepends(current_progress)
    ) -> Any:
        async def report(step: str, done: int, total: int) -> None:
            if step == "hash":
                hashing.set()
                await asyncio.Event().wait()

        assert isinstance(command, CompleteUpload)
        return await work.complete(command, report)

    async with (
        world.client() as client,
        working(process_settings, complete_slowly, task_name="upload.complete"),
    ):
        upload = await sent(client)
        at = f"/v1/uploads/{upload['id']}"
        task = await client.post(f"{at}/complete", headers={"Prefer": "respond-async"})
        await hashing.wait()
        busy = await client.delete(at)
        state = (await client.get(at)).json()["state"]
        stopped = await client.delete(task.headers["Location"], headers=WAIT)
        ended = (await client.get(at)).json()["state"]
        again = await client.post(f"{at}/complete")
        await world.gateway.resumable.sweep()

    assert (busy.status_code, state) == (409, "completing")
    assert busy.json()["state"] == "completing"
    assert stopped.json()["state"] == "cancelled"
    assert ended == "aborted"
    assert again.json()["type"].endswith("/upload.ended")
    assert await files_left(world) == 0


async def test_what_failed_on_our_side_is_tried_again_or_given_up(
    world: World, process_settings: ProcessSettings
) -> None:
    async with world.client() as client:
        uploads = [await sent(client) for _ in range(2)]
        for upload in uploads:
            at = f"/v1/uploads/{upload['id']}"
            await client.post(f"{at}/complete", headers={"Prefer": "respond-async"})
        await world.gateway.store._pool.execute(
            "UPDATE tasks SET state = 'failed', finished_at = now(), "
            'error = \'{"code": "task.crashed", "message": "", "retryable": true}\''
        )
        await world.gateway.resumable.sweep()
        states = [
            (await client.get(f"/v1/uploads/{upload['id']}")).json()
            for upload in uploads
        ]
        given_up = await client.delete(f"/v1/uploads/{uploads[0]['id']}")
        async with completing(world, process_settings):
            retried = [
                await client.post(f"/v1/tasks/{each['task_id']}/retry", headers=WAIT)
                for each in states
            ]

    assert [each["state"] for each in states] == ["failed", "failed"]
    assert given_up.status_code == 204
    assert retried[0].json()["type"].endswith("/upload.gone")
    assert retried[1].json()["state"] == "completed"
    assert await files_left(world) == 1


async def test_what_is_being_completed_is_not_swept(
    world: World, process_settings: ProcessSettings
) -> None:
    async with world.client() as client:
        upload = await sent(client)
        at = f"/v1/uploads/{upload['id']}"
        await client.post(f"{at}/complete", headers={"Prefer": "respond-async"})
        await world.gateway.store._pool.execute(
            "UPDATE resumable_uploads SET expires_at = now() - interval '1 day'"
        )
        assert await world.gateway.resumable.sweep() == 0
        async with completing(world, process_settings):
            answer = await complete(client, upload)

    assert answer.json()["state"] == "completed"
    assert len(PARTS) == 3 and len(PARTS[0]) == MIN_PART
