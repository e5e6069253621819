"""What a workspace uses is counted, once, by days."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from onemanage.contracts.base import Event, derived_id, new_id, utc_now
from onemanage.gateway.handlers import on_task_event_project_task
from onemanage.gateway.limits.counting import Counting
from onemanage.gateway.limits.store import LimitStore
from onemanage.gateway.store import OWNER_WORKSPACE, Pool, Store
from onemanage.gateway.tasks.orders import conclude
from onemanage.platform.messaging.events import decode_event

from .limits_samples import code_of
from .psd_samples import World
from .webhook_samples import deps_of

EXAMPLES = Path(__file__).parent / "examples"


def example(of: str, name: str = "", **changes: Any) -> Event:
    """The payload that the gateway relies on, told just now of a task of the owner's."""
    path, *_ = sorted((EXAMPLES / f"events.{of}").glob(f"{name}*.json"))
    event = decode_event(f"events.{of}", path.read_bytes())
    told = {
        "task_id": new_id("tsk"),
        "workspace_id": OWNER_WORKSPACE,
        "timestamp": utc_now(),
    }
    return msgspec.structs.replace(event, **told | changes)


async def usage(world: World, **asked: str) -> dict[str, Any]:
    async with world.client() as owner:
        answer = await owner.get("/v1/usage", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_fact_that_is_told_again_counts_once(world: World) -> None:
    imported = example("data_import.completed", "four_rows")
    drawn = example("imaging.transform.completed")
    for event in (imported, drawn):
        for _ in range(2):  # by its handler, and by a request that waits for it
            await on_task_event_project_task(event, deps_of(world))
            await conclude(world.gateway, event)

    found = await usage(world)
    (day,) = found["days"]
    result: Any = imported
    assert day["tasks"] == {"data_import": 1, "imaging.transform": 1}
    assert day["rows_imported"] == result.result.loaded > 0
    assert (
        found["used"]["rows_day"] == found["used"]["rows_month"] == day["rows_imported"]
    )
    images: Any = drawn
    pixels = sum(each.width * each.height for each in images.result.variants)
    assert day["pixels"] == found["used"]["pixels_month"] == pixels > 0


async def test_each_kind_of_picture_counts_the_pixels_that_it_has(
    world: World,
) -> None:
    expected = 0
    for of, name, pixels in (
        ("psd.parse_export.completed", "poster", 0),
        ("psd.compare.completed", "headline", 0),
        ("psd.compare.completed", "without", 0),
        ("psd.render.completed", "", 123),
        ("background.generation.completed", "", 0),
    ):
        event: Any = example(of, name)
        result = event.result
        if of.startswith("psd.render"):
            event = msgspec.structs.replace(
                event, result=msgspec.structs.replace(result, pixels=pixels)
            )
        pictures = {
            "psd.parse_export.completed": [result],
            "psd.compare.completed": [each for each in [_heat(result)] if each],
            "background.generation.completed": getattr(result, "images", []),
        }.get(of, [])
        expected += pixels + sum(each.width * each.height for each in pictures)
        await on_task_event_project_task(event, deps_of(world))

    (day,) = (await usage(world))["days"]
    assert day["pixels"] == expected > 0


def _heat(result: Any) -> Any:
    return getattr(result, "heat_map", None)


async def test_what_failed_or_follows_by_itself_uses_nothing(world: World) -> None:
    for of in ("data_import.failed", "imaging.analyze.completed"):
        await on_task_event_project_task(example(of), deps_of(world))

    (day,) = (await usage(world))["days"]
    assert day["tasks"] == {"imaging.analyze": 1}
    assert (day["rows_imported"], day["pixels"]) == (0, 0)


async def test_an_image_that_had_been_made_before_is_not_worked_again(
    world: World,
) -> None:
    event: Any = example("imaging.transform.completed")
    reused = msgspec.structs.replace(event.result, reused_from=new_id("tsf"))
    told = msgspec.structs.replace(event, result=reused)
    await on_task_event_project_task(told, deps_of(world))

    (day,) = (await usage(world))["days"]
    assert (day["tasks"], day["pixels"]) == ({"imaging.transform": 1}, 0)


async def test_an_end_counts_for_the_day_in_which_it_was(world: World) -> None:
    yesterday = utc_now() - timedelta(days=1)
    event = example("data_import.completed", timestamp=yesterday)
    await on_task_event_project_task(event, deps_of(world))

    day = f"{yesterday:%Y-%m-%d}"
    found = await usage(world, **{"from": day, "to": day})
    assert [each["day"] for each in found["days"]] == [day]
    assert found["days"][0]["rows_imported"] > 0
    assert found["used"]["rows_day"] == 0


async def test_files_and_requests_are_counted_and_what_is_deleted_is_not_stored(
    world: World,
) -> None:
    before = await usage(world)
    async with world.client() as owner:
        for content in (b"four", b"and six"):
            assert (await owner.post("/v1/files", content=content)).status_code == 201
    found = await usage(world)
    day = found["days"][-1]
    was = before["days"][-1] if before["days"] else {"uploads": 0, "uploaded_bytes": 0}
    assert day["uploads"] - was["uploads"] == 2
    assert day["uploaded_bytes"] - was["uploaded_bytes"] == 11
    assert day["requests"] == 4, "two uploads, and usage twice"
    assert found["used"]["stored_bytes"] - before["used"]["stored_bytes"] == 11
    assert day["stored_bytes"] == found["used"]["stored_bytes"]

    await world.gateway.store._pool.execute("DELETE FROM files WHERE size = 4")
    after = await usage(world)
    assert found["used"]["stored_bytes"] - after["used"]["stored_bytes"] == 4
    assert after["days"][-1]["uploaded_bytes"] == day["uploaded_bytes"]


async def test_another_workspace_s_usage_is_not_shown(world: World) -> None:
    await on_task_event_project_task(example("data_import.completed"), deps_of(world))
    async with world.stranger() as stranger:
        found = (await stranger.get("/v1/usage")).json()
    assert [day["tasks"] for day in found["days"]] == [{}]
    assert found["used"]["rows_month"] == 0


async def test_days_that_cannot_be_are_refused(world: World) -> None:
    async with world.client() as owner:
        turned = await owner.get("/v1/usage?from=2026-02-01&to=2026-01-01")
        wrong = await owner.get("/v1/usage?from=2026-02-30")
        far = await owner.get("/v1/usage?from=0001-01-01&to=9999-12-31")
    for answer in (turned, wrong):
        assert (answer.status_code, code_of(answer)) == (422, "invalid_request")
        assert answer.json()["errors"][0]["pointer"] == "/from"
    assert far.status_code == 200


async def test_many_who_add_facts_to_their_days_add_each_once(
    pool: Pool, owner: bytes
) -> None:
    store = LimitStore(pool)
    for _ in range(40):
        await store.count({OWNER_WORKSPACE: 2, "wsp_gone": 1}, {OWNER_WORKSPACE: 7})
    await asyncio.gather(*(store.roll_up() for _ in range(5)))
    await store.count({OWNER_WORKSPACE: 1}, {})
    await store.roll_up()

    today = datetime.now(UTC).date()
    (day,) = await store.days(OWNER_WORKSPACE, today, today)
    assert (day.requests, day.pixels) == (81, 280)
    assert await pool.fetchval("SELECT count(*) FROM usage_facts") == 0
    assert await pool.fetchval("SELECT count(*) FROM usage") == 1


async def test_requests_that_could_not_be_written_down_are_kept(
    pool: Pool, owner: bytes
) -> None:
    counting = Counting(LimitStore(pool))
    counting.request(OWNER_WORKSPACE)
    await pool.execute("ALTER TABLE usage_facts RENAME TO away")
    with pytest.raises(Exception, match="usage_facts"):
        await counting.write()
    counting.request(OWNER_WORKSPACE)
    await pool.execute("ALTER TABLE away RENAME TO usage_facts")
    await counting.write()
    assert await pool.fetchval("SELECT sum(requests) FROM usage") == 2


async def test_days_are_kept_for_400_days(pool: Pool, owner: bytes) -> None:
    await pool.execute(
        "INSERT INTO usage (workspace_id, day) SELECT $1, "
        "(now() AT TIME ZONE 'UTC')::date - age FROM unnest('{0,400,401}'::int[]) AS age",
        OWNER_WORKSPACE,
    )
    assert await LimitStore(pool).forget() == 1
    assert await pool.fetchval("SELECT count(*) FROM usage") == 2


async def test_files_of_a_statement_are_counted_together(
    pool: Pool, store: Store, owner: bytes
) -> None:
    await pool.execute(
        "INSERT INTO files (id, workspace_id, name, size, sha256, media_type, object_key)"
        " SELECT 'fil_' || n, $1, 'a', n, '', 'text/plain', 'k' || n "
        "FROM generate_series(1, 100) AS n",
        OWNER_WORKSPACE,
    )
    stored = "SELECT stored_bytes FROM workspaces"
    assert await pool.fetchval(stored) == 5050
    await pool.execute("DELETE FROM files WHERE size > 10")
    assert await pool.fetchval(stored) == 55
