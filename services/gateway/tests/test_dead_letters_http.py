"""Dead letters over HTTP, with the whole gateway in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import msgspec
import pytest

from onemanage.contracts.base import new_id
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.app import create_app
from onemanage.gateway.dead_letters.routes import (
    DiscardedOut,
    LetterOut,
    OpenedLetterOut,
    ReplayedOut,
)
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.opening import open_gateway
from onemanage.gateway.settings import GatewaySettings
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import MakeDatabase, Servers, eventually, stored

from .dead_letter_samples import dead_event, dead_task

KEY, OTHER_KEY = new_api_key(), new_api_key()
LETTERS = "/v1/dead-letters"


@pytest.fixture
async def settings(servers: Servers, database: MakeDatabase) -> GatewaySettings:
    given = servers.environment()
    return GatewaySettings(
        nats_url=servers.nats_url_of("gateway"),
        database_url=await database("gateway"),
        s3_endpoint=given["S3_ENDPOINT"],
        s3_bucket="none",
        s3_access_key_id=given["S3_ACCESS_KEY_ID"],
        s3_secret_access_key=given["S3_SECRET_ACCESS_KEY"],
        public_url="http://test",
        preview_signing_key="k" * 32,
        owner_api_key=KEY,
    )


class World(msgspec.Struct):
    gateway: Gateway
    client: httpx.AsyncClient
    """With the owner's key."""


@asynccontextmanager
async def _running(settings: GatewaySettings) -> AsyncIterator[World]:
    async with open_gateway(settings) as gateway:
        app = create_app(settings)
        app.state.gateway = gateway
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://test",
            headers={"Authorization": f"Bearer {KEY}"},
        ) as client:
            yield World(gateway, client)


async def _dead(nats: Client, gateway: Gateway) -> tuple[int, str]:
    """The id of a letter whose task has failed, and the task's."""
    task_id = new_id("tsk")
    await gateway.tasks.project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name="preview.publish",
        state="failed",
    )
    return await dead_task(nats, task_id), task_id


async def test_an_administrator_looks_at_a_letter_and_replays_it(
    nats: Client, settings: GatewaySettings
) -> None:
    async with _running(settings) as world:
        client = world.client
        letter_id, task_id = await _dead(nats, world.gateway)

        listed = await client.get(LETTERS)
        opened = await client.get(f"{LETTERS}/{letter_id}")
        replayed = await client.post(f"{LETTERS}/{letter_id}/replay")

        async def is_sent() -> bool:
            return bool(await stored(nats, topology.TASKS))

        await eventually(is_sent)
        [shown] = listed.json()["items"]
        assert shown.keys() == LetterOut.model_fields.keys()
        assert (shown["id"], shown["task_id"]) == (letter_id, task_id)
        assert (shown["task_state"], shown["reason"]) == ("failed", "raised")
        assert opened.json().keys() == OpenedLetterOut.model_fields.keys()
        assert opened.json()["traceback"] == "Traceback …"
        assert opened.json()["payload"]["task_name"] == "preview.publish"
        assert replayed.status_code == 200
        assert (
            replayed.json()
            == ReplayedOut(replayed=1, skipped={}, failed=0).model_dump()
        )
        [(_, envelope)] = await stored(nats, topology.TASKS)
        assert (envelope["task_id"], envelope["args"][0]["run"]) == (task_id, 2)
        assert (await client.get(LETTERS)).json()["items"] == []


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [(OTHER_KEY, 403, "admin_only"), (new_api_key(), 401, "wrong_api_key")],
    ids=["another's", "unknown"],
)
async def test_nobody_but_an_administrator_comes_near(
    nats: Client, settings: GatewaySettings, key: str, status: int, code: str
) -> None:
    async with _running(settings) as world:
        client = world.client
        connection = await asyncpg.connect(settings.database_url)
        await connection.execute("INSERT INTO workspaces VALUES ('wsp_2', 'Other')")
        await connection.execute(
            "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
            "VALUES ('key_2', 'wsp_2', $1, 'other')",
            hash_api_key(OTHER_KEY),
        )
        await connection.close()
        letter_id, _ = await _dead(nats, world.gateway)
        client.headers["Authorization"] = f"Bearer {key}"

        for method, path in (
            ("GET", ""),
            ("GET", f"/{letter_id}"),
            ("POST", f"/{letter_id}/replay"),
            ("POST", "/replay"),
            ("DELETE", f"/{letter_id}"),
            ("DELETE", "?confirm=all"),
        ):
            answer = await client.request(method, LETTERS + path)
            assert answer.status_code == status
            assert answer.json()["type"].endswith(code)
        assert len(await stored(nats, topology.DLQ)) == 1


async def test_pages_follow_each_other_by_their_cursor(
    nats: Client, settings: GatewaySettings
) -> None:
    async with _running(settings) as world:
        client = world.client
        ids = [await dead_task(nats, f"tsk_{number}") for number in range(3)]

        first = (await client.get(LETTERS, params={"limit": 2})).json()
        cursor = first["next_cursor"]
        second = (await client.get(LETTERS, params={"cursor": cursor})).json()

        assert [item["id"] for item in first["items"]] == ids[:2]
        assert [item["id"] for item in second["items"]] == ids[2:]
        assert second["next_cursor"] is None


async def test_what_cannot_be_done_is_answered_with_what_to_do_instead(
    nats: Client, settings: GatewaySettings
) -> None:
    async with _running(settings) as world:
        client = world.client
        unknown = await dead_task(nats, "tsk_1")
        silent = await dead_event(nats, "on_task_event_project_task")

        for method, path, status, code in (
            ("GET", "/99", 404, "not_found"),
            ("POST", "/99/replay", 404, "not_found"),
            ("DELETE", "/99", 404, "not_found"),
            ("GET", f"/{2**70}", 422, "invalid_request"),
            ("GET", "/first", 422, "invalid_request"),
            ("GET", "?cursor=nonsense", 422, "bad_cursor"),
            ("GET", "?cursor=WyJ4Il0", 422, "bad_cursor"),
            ("GET", "?subject=a..b", 422, "invalid_request"),
            ("POST", f"/{unknown}/replay", 409, "task_missing"),
            ("POST", f"/{silent}/replay", 503, "handler_unreachable"),
            ("DELETE", "", 422, "not_confirmed"),
            ("DELETE", "?subject=>", 422, "not_confirmed"),
        ):
            answer = await client.request(method, LETTERS + path)
            problem = answer.json()
            assert answer.status_code == status, path
            assert problem["type"].endswith(code), path
            assert problem["detail"] and problem["trace_id"]
        assert len(await stored(nats, topology.DLQ)) == 2


async def test_many_are_replayed_or_discarded_and_counted(
    nats: Client, settings: GatewaySettings
) -> None:
    async with _running(settings) as world:
        client = world.client
        for _ in range(2):
            await _dead(nats, world.gateway)
        await dead_task(nats, "tsk_1")
        await dead_task(nats, "tsk_2", reason="timeout")

        replayed = await client.post(f"{LETTERS}/replay", params={"reason": "raised"})
        timed_out = await client.delete(LETTERS, params={"reason": "timeout"})
        all_left = await client.delete(LETTERS, params={"confirm": "all"})

        assert replayed.json() == {
            "replayed": 2,
            "skipped": {"task_missing": 1},
            "failed": 0,
        }
        assert timed_out.json() == DiscardedOut(discarded=1).model_dump()
        assert all_left.json() == {"discarded": 1}
        assert await stored(nats, topology.DLQ) == []
