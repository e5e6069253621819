"""What a workspace may have, to the last one that it may."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.limits.limits import Limits
from onemanage.gateway.store import OWNER_WORKSPACE, Pool
from onemanage.gateway.tasks.store import TaskStore

from .limits_samples import code_of, limited_client
from .psd_samples import DOCUMENT, World

ASYNC = {"Prefer": "respond-async"}


async def order(client: httpx.AsyncClient, world: World, **headers: str) -> Any:
    """A document is to be parsed, which nobody does here."""
    body = {"file_id": world.psd.documents[DOCUMENT].file_id}
    return await client.post("/v1/psd/documents", json=body, headers=ASYNC | headers)


async def worked(world: World, **used: int) -> None:
    """Today, by the owner's workspace."""
    (name,) = used
    await world.gateway.store._pool.execute(
        f"INSERT INTO usage (workspace_id, day, {name}) "
        "VALUES ($1, (now() AT TIME ZONE 'UTC')::date, $2) "
        f"ON CONFLICT (workspace_id, day) DO UPDATE SET {name} = $2",
        OWNER_WORKSPACE,
        used[name],
    )


async def test_as_many_tasks_wait_as_may_and_no_more(world: World) -> None:
    async with limited_client(world, Limits(tasks_waiting=2)) as client:
        first, second = [await order(client, world) for _ in range(2)]
        refusal = await order(client, world)
        assert (first.status_code, second.status_code) == (202, 202)
        assert (refusal.status_code, code_of(refusal)) == (429, "quota.tasks_waiting")
        assert refusal.headers["Retry-After"] == "5"
        said = refusal.json()
        assert (said["quota"], said["used"], said["limit"]) == ("tasks_waiting", 2, 2)
        assert said["until"] is None

        await client.delete(f"/v1/tasks/{first.json()['id']}", headers=ASYNC)
        await _ended(world, first.json()["id"])
        assert (await order(client, world)).status_code == 202


async def _ended(world: World, task_id: str) -> None:
    await world.gateway.store._pool.execute(
        "UPDATE tasks SET state = 'cancelled', finished_at = now() WHERE id = $1",
        task_id,
    )


async def test_a_repeat_is_answered_where_nothing_more_may_wait(world: World) -> None:
    async with limited_client(world, Limits(tasks_waiting=1)) as client:
        key = {"Idempotency-Key": "once"}
        first = await order(client, world, **key)
        repeat = await order(client, world, **key)
    assert repeat.status_code == 202
    assert repeat.json()["id"] == first.json()["id"]


async def test_what_follows_by_itself_keeps_no_order_away(
    world: World, tasks: TaskStore
) -> None:
    for _ in range(3):
        await world.gateway.tasks.request(
            task_id=new_id("tsk"),
            workspace_id=OWNER_WORKSPACE,
            name="imaging.analyze",
            subject="tasks.imaging.automatic",
            command={"file_id": "f", "file_key": "k", "file_name": "n"},
        )
    async with limited_client(world, Limits(tasks_waiting=1)) as client:
        assert (await order(client, world)).status_code == 202


async def test_a_batch_has_room_for_all_of_its_tasks_or_for_none(world: World) -> None:
    source = world.psd.documents[DOCUMENT].file_id
    recipe = {"operations": [{"op": "resize", "width": 20}]}

    async def batch(client: httpx.AsyncClient, count: int) -> httpx.Response:
        body = {"file_ids": [source] * count, "recipe": recipe}
        return await client.post("/v1/images/batches", json=body)

    async with limited_client(world, Limits(tasks_waiting=4)) as client:
        never = await batch(client, 4)
        assert (never.status_code, code_of(never)) == (413, "quota.tasks_waiting")
        assert "Retry-After" not in never.headers
        made = await batch(client, 2)
        assert made.status_code == 202
        later = await batch(client, 1)
        assert (later.status_code, later.json()["used"]) == (429, 3)
        assert (await order(client, world)).status_code == 202
        assert (await order(client, world)).status_code == 429


async def test_of_two_batches_at_once_one_is_made_where_there_is_room_for_one(
    world: World,
) -> None:
    body = {
        "file_ids": [world.psd.documents[DOCUMENT].file_id] * 3,
        "recipe": {"operations": [{"op": "resize", "width": 20}]},
    }
    async with limited_client(world, Limits(tasks_waiting=6)) as client:
        answers = await asyncio.gather(
            *(client.post("/v1/images/batches", json=body) for _ in range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [202, 429, 429, 429]


async def test_a_retry_waits_as_an_order_does(world: World) -> None:
    async with limited_client(world, Limits(tasks_waiting=1)) as client:
        failed = (await order(client, world)).json()["id"]
        await world.gateway.store._pool.execute(
            "UPDATE tasks SET state = 'failed', published_at = now() WHERE id = $1",
            failed,
        )
        assert (await order(client, world)).status_code == 202
        refusal = await client.post(f"/v1/tasks/{failed}/retry", headers=ASYNC)
        assert (refusal.status_code, code_of(refusal)) == (429, "quota.tasks_waiting")
        assert (await client.get(f"/v1/tasks/{failed}")).json()["state"] == "failed"


@pytest.mark.parametrize("period", ["day", "month"])
async def test_pixels_may_be_worked_to_the_limit_and_again_when_the_period_is_over(
    world: World, period: str
) -> None:
    limits = Limits(**{f"pixels_per_{period}": 1000})
    await worked(world, pixels=999)
    async with limited_client(world, limits) as client:
        assert (await order(client, world)).status_code == 202
    await worked(world, pixels=1000)
    async with limited_client(world, limits) as client:
        refusal = await order(client, world)
        assert (refusal.status_code, code_of(refusal)) == (429, "quota.pixels")
        assert (await client.get("/v1/tasks")).status_code == 200

    said = refusal.json()
    assert (said["quota"], said["used"], said["limit"]) == ("pixels", 1000, 1000)
    until = datetime.fromisoformat(said["until"])
    assert (until.hour, until.minute, until.tzinfo) == (0, 0, UTC)
    assert period == "day" or until.day == 1
    left = (until - datetime.now(UTC)).total_seconds()
    assert abs(int(refusal.headers["Retry-After"]) - left) < 60


async def test_rows_may_be_imported_to_the_limit(world: World) -> None:
    plan = {"plan_id": new_id("pln")}
    await worked(world, rows_imported=10)
    async with limited_client(world, Limits(rows_per_day=10)) as client:
        refusal = await client.post("/v1/imports", json=plan)
        assert (refusal.status_code, code_of(refusal)) == (429, "quota.rows")
        assert (await order(client, world)).status_code == 202
    async with limited_client(world, Limits(pixels_per_day=0)) as client:
        other = await client.post("/v1/imports", json=plan)
        assert not code_of(other).startswith("quota.")


async def test_months_end_in_their_year() -> None:
    from onemanage.gateway.limits.quotas import _end_of_month

    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (1, 11, 12)]
    assert [_end_of_month(each).isoformat()[:10] for each in moments] == [
        "2026-02-01",
        "2026-12-01",
        "2027-01-01",
    ]


async def test_two_who_accept_at_the_limit_are_counted_by_one_statement(
    world: World, pool: Pool
) -> None:
    """What is accepted at the same moment is not seen, and no more than that."""
    async with limited_client(world, Limits(tasks_waiting=3)) as client:
        answers = await asyncio.gather(*(order(client, world) for _ in range(30)))
        accepted = sum(answer.status_code == 202 for answer in answers)
        assert 3 <= accepted <= 3 + world.settings.database_pool_size
        assert (await order(client, world)).status_code == 429
