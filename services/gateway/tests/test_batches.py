"""Many files at once over HTTP, with imaging's worker played beside the gateway."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import utc_now
from onemanage.contracts.imaging.batches import Batch, FinishBatch
from onemanage.contracts.imaging.images import Transformation, TransformImage
from onemanage.gateway.handlers import HANDLERS
from onemanage.platform.messaging.handlers import consume
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import ACK_WAIT, eventually, working

from .imaging_samples import Imaging
from .psd_samples import World
from .webhook_samples import deps_of

PATH = "/v1/images/batches"
RECIPE: dict[str, Any] = {"operations": [{"op": "resize", "width": 20}]}


class Played(Imaging):
    """Fails every third image."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.finished: list[FinishBatch] = []

    async def transform(self, command: TransformImage) -> Transformation:
        if len(self.seen) % 3 == 2:
            self.seen.append(command)
            raise InvalidInput("imaging.damaged", "It cannot be read at all.", "byte 9")
        return await super().transform(command)

    async def finish(self, command: FinishBatch) -> Batch:
        self.finished.append(command)
        return Batch(
            batch_id=command.batch_id,
            workspace_id=command.workspace_id,
            task_id=command.task_id,
            total=command.total,
            completed=command.completed,
            failed=command.failed,
            cancelled=command.cancelled,
            contact_sheet=await self.image(command, "contact-sheet"),
            created_at=utc_now(),
        )


@pytest.fixture
def played(world: World) -> Played:
    return Played(world)


@pytest.fixture
async def projecting(nats: Client, world: World) -> AsyncIterator[None]:
    """The gateway's consumer beside it."""
    stop = asyncio.Event()
    consumed = consume(nats, HANDLERS, deps_of(world), ACK_WAIT, stop)
    running = asyncio.create_task(consumed)
    yield
    stop.set()
    await running


async def _order(
    world: World, source: str, count: int, **headers: str
) -> httpx.Response:
    async with world.client() as client:
        body = {"file_ids": [source] * count, "recipe": RECIPE}
        return await client.post(PATH, json=body, headers=headers)


async def _get(world: World, path: str) -> Any:
    async with world.client() as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("projecting")
async def test_a_batch_ends_when_all_of_its_images_have(
    world: World, played: Played, process_settings: ProcessSettings, source: str
) -> None:
    accepted = await _order(world, source, 7)
    task = accepted.json()
    assert accepted.status_code == 202, task
    assert (task["state"], task["progress"]) == (
        "running",
        {"step": "images", "done": 0, "total": 7},
    )

    also = {"imaging.batch": played.finish}
    function = played.transform
    async with working(
        process_settings, function, task_name="imaging.transform", also=also
    ):

        async def has_ended() -> bool:
            at = f"/v1/tasks/{task['id']}"
            return bool((await _get(world, at))["state"] == "completed")

        await eventually(has_ended)

    batch = await _get(world, task["resource"])
    assert (batch["state"], batch["total"]) == ("completed", 7)
    assert (batch["completed"], batch["failed"]) == (5, 2)
    assert [one["error"]["code"] for one in batch["failures"]] == [
        "imaging.damaged"
    ] * 2
    assert batch["contact_sheet"]["url"].startswith(task["resource"])
    assert "object_key" not in str(batch)
    (finish,) = played.finished
    assert (finish.total, finish.completed, finish.failed) == (7, 5, 2)
    assert len(finish.images) == 5
    await _assert_served(world, batch, task["resource"])


async def _assert_served(world: World, batch: Any, at: str) -> None:
    async with world.client() as client:
        sheet = await client.get(batch["contact_sheet"]["url"])
        archive = await client.get(f"{at}/archive")
    assert sheet.content == b"image contact-sheet" * 9
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
    assert len(names) == len(set(names)) == 6
    assert names[0] == "00001-poster/image.webp" and names[-1] == "batch.json"


async def test_the_tasks_of_a_batch_are_listed_in_their_order(
    world: World, source: str
) -> None:
    at = (await _order(world, source, 5)).json()["resource"]

    first = await _get(world, f"{at}/tasks?limit=3")
    rest = await _get(world, f"{at}/tasks?limit=3&cursor={first['next_cursor']}")
    failed = await _get(world, f"{at}/tasks?state=failed")

    tasks = [*first["items"], *rest["items"]]
    assert len({task["id"] for task in tasks}) == 5
    assert {task["parent_id"] for task in tasks} == {"tsk_" + at.rpartition("_")[2]}
    assert [task["created_at"] for task in tasks] == sorted(
        task["created_at"] for task in tasks
    )
    assert failed["items"] == []


async def test_cancelling_the_batch_cancels_what_has_not_begun(
    world: World, source: str
) -> None:
    task = (await _order(world, source, 6)).json()
    async with world.client() as client:
        cancelled = await client.delete(f"/v1/tasks/{task['id']}")

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    batch = await _get(world, task["resource"])
    # Those that have had their turn already lie before a worker, which is asked.
    assert batch["state"] == "cancelled"
    assert batch["cancelled"] >= 4 and batch["completed"] == 0


async def test_the_same_batch_again_is_the_same(world: World, source: str) -> None:
    key = {"Idempotency-Key": "once"}
    first = await _order(world, source, 2, **key)
    again = await _order(world, source, 2, **key)
    other = await _order(world, source, 3, **key)

    assert first.json()["id"] == again.json()["id"]
    assert other.json()["title"] == "idempotency key reused"
    batch = await _get(world, first.json()["resource"])
    assert batch["total"] == 2


async def test_what_does_not_fit_is_refused_and_nothing_is_ordered(
    world: World, source: str
) -> None:
    lost = "fil_" + "9" * 32
    bodies: list[tuple[dict[str, Any], int]] = [
        ({"file_ids": [source, lost], "recipe": RECIPE}, 404),
        ({"file_ids": [], "recipe": RECIPE}, 422),
        ({"file_ids": [source]}, 422),
        ({"file_ids": [source], "recipe": RECIPE, "background": {}}, 422),
        ({"file_ids": [source], "background": {"fill": {"type": "lava"}}}, 422),
        ({"file_ids": [source], "recipe": {"operations": [{"op": "x"}]}}, 422),
        ({"file_ids": [source], "preset": "none"}, 404),
        ({"file_ids": ["x"], "recipe": RECIPE}, 422),
    ]
    async with world.client() as client:
        answers = [await client.post(PATH, json=body) for body, _ in bodies]
    async with world.stranger() as client:
        foreign = await client.post(PATH, json={"file_ids": [source], "recipe": RECIPE})

    assert [one.status_code for one in answers] == [status for _, status in bodies]
    assert answers[0].json()["errors"][0]["pointer"] == "/file_ids/1"
    assert foreign.status_code == 404
    assert (await _get(world, "/v1/tasks"))["items"] == []


async def test_another_workspace_s_batch_is_not_found(
    world: World, source: str
) -> None:
    at = (await _order(world, source, 1)).json()["resource"]
    async with world.stranger() as client:
        found = [
            await client.get(f"{at}{rest}")
            for rest in ("", "/tasks", "/archive", "/contact-sheet")
        ]

    assert {one.status_code for one in found} == {404}


async def test_backgrounds_are_ordered_in_batches_too(
    world: World, source: str
) -> None:
    body = {"file_ids": [source], "background": {"fill": {"type": "solid"}}}
    async with world.client() as client:
        at = (await client.post(PATH, json=body)).json()["resource"]

    (child,) = (await _get(world, f"{at}/tasks"))["items"]
    assert child["name"] == "background.generation"
    assert child["resource"].startswith("/v1/images/backgrounds/bgd_")
