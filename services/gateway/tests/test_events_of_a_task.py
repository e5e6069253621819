"""/v1/events?task_id=…: from where the task began to where it ends, and no further."""

from collections.abc import AsyncIterator

import pytest

from onemanage.contracts.base import Status
from onemanage.gateway.events import following, hub
from onemanage.gateway.tasks import routes
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import eventually, told

from .edge_samples import listening, settings
from .event_samples import Teller, follow
from .psd_samples import World


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    async with listening(world.app, settings()) as edge:
        yield edge.port


@pytest.fixture
def teller(nats: Client) -> Teller:
    return Teller(nats)


@pytest.fixture
async def task_id(world: World, nats: Client) -> str:
    """Of a comparison that nobody carries out; its acceptance has been told."""
    body = {"before": f"doc_{'1' * 32}", "after": f"doc_{'2' * 32}"}
    async with world.client() as client:
        made = await client.post(
            "/v1/psd/diffs", json=body, headers={"Prefer": "respond-async"}
        )
    found: str = made.json()["id"]
    await eventually(lambda: told(nats, found))
    return found


async def ended(world: World, task_id: str, run: int = 1) -> None:
    """Its row."""
    await world.gateway.tasks._pool.execute(
        "UPDATE tasks SET state = 'cancelled', finished_at = now(), run = $2 "
        "WHERE id = $1",
        *(task_id, run),
    )


async def test_a_task_s_events_are_told_from_its_beginning_to_its_end(
    port: int, teller: Teller, task_id: str
) -> None:
    await teller.tell(Status.STARTED, task_id, task="psd.compare", attempt=1)
    async with follow(port, task_id=task_id) as stream:
        began = [await stream.told(), await stream.told()]
        await teller.progress()
        await teller.tell(Status.CANCELLED, task_id, task="psd.compare")
        rest = await stream.rest()

    seen = [each.data["status"] for each in (*began, *rest)]
    assert seen == ["accepted", "started", "cancelled"]


async def test_the_end_that_was_seen_is_not_sent_again(
    port: int, teller: Teller, world: World, task_id: str
) -> None:
    await teller.tell(Status.CANCELLED, task_id, task="psd.compare")
    await ended(world, task_id)
    async with follow(port, task_id=task_id) as stream:
        seen = await stream.rest()
    async with follow(port, task_id=task_id, last_id=seen[-1].place) as again:
        assert again.answer.status_code == 204
    await teller.progress()
    async with follow(port, task_id=task_id, last_id=seen[-1].place + 1) as later:
        assert later.answer.status_code == 204
    async with follow(port, task_id=task_id, last_id=seen[-1].place - 1) as before:
        rest = await before.rest()

    assert seen[-1].data["status"] == "cancelled"
    assert rest == seen[-1:]


async def test_an_end_that_is_no_longer_kept_ends_the_stream_and_is_asked_for_once(
    port: int, world: World, task_id: str
) -> None:
    await ended(world, task_id)
    async with follow(port, task_id=task_id, type="*.completed") as stream:
        frames = []
        while (frame := await stream.frame()) is not None:
            frames.append(frame)
    last_id = frames[-1].id
    async with follow(port, task_id=task_id, last_id=last_id) as again:
        assert again.answer.status_code == 204

    assert all(frame.data is None for frame in frames)


async def test_the_end_of_a_run_before_this_one_is_not_the_end(
    port: int, teller: Teller, world: World, task_id: str
) -> None:
    await teller.tell(Status.CANCELLED, task_id, task="psd.compare")
    await world.gateway.tasks._pool.execute(
        "UPDATE tasks SET run = 2 WHERE id = $1", task_id
    )
    async with follow(port, task_id=task_id, type="*.cancelled") as stream:
        first = await stream.told()
        await teller.tell(Status.CANCELLED, task_id, task="psd.compare", run=2)
        (second,) = await stream.rest()

    assert (first.data["run"], second.data["run"]) == (1, 2)


async def test_a_task_s_own_stream_is_kept_alive_while_nothing_happens(
    port: int, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "_LOOK_AGAIN_SECONDS", 0.01)
    async with follow(port, path=f"/v1/tasks/{task_id}/events") as stream:
        frames = [await stream.frame(), await stream.frame()]

    assert [each.event for each in frames if each] == ["task", None]
    assert frames[1] is not None and frames[1].comment


async def test_a_task_s_own_stream_ends_when_its_key_is_revoked(
    port: int, world: World, task_id: str
) -> None:
    at = f"/v1/tasks/{task_id}/events"
    async with world.client() as owner:
        made = (await owner.post("/v1/api-keys", json={"name": "leaked"})).json()
        async with follow(port, made["key"], path=at) as stream:
            first = await stream.told()
            await owner.delete(f"/v1/api-keys/{made['id']}")
            rest = await stream.rest()

    assert (first.event, rest) == ("task", [])


async def test_a_task_of_long_ago_is_found_among_many_events(
    port: int, teller: Teller, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECENT", 3)
    monkeypatch.setattr(following, "_SLICE", 5)
    for number in range(20):
        step = str(number)
        await teller.tell(Status.STARTED, task="psd.compare", step=step, attempt=number)
    await teller.tell(Status.CANCELLED, task_id, task="psd.compare")
    for _ in range(20):
        await teller.progress()
    async with follow(port, task_id=task_id) as stream:
        seen = [each.data["status"] for each in await stream.rest()]

    assert seen == ["accepted", "cancelled"]
