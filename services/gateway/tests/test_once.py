"""Idempotency-Key on every POST: done once, and answered again as it was."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.diffs import CompareDocuments
from onemanage.gateway.app import create_app
from onemanage.gateway.opening import open_gateway
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.gateway.tasks.outbox import Outbox
from onemanage.platform.messaging import topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import eventually, stored, working

from .dead_letter_samples import dead_task
from .psd_samples import DOCUMENT, LATER, World
from .test_ids import operations

type Watcher = asyncpg.Connection[asyncpg.Record]

ONCE = {"Idempotency-Key": "once"}
INVITATIONS, KEYS, WORKSPACES = "/v1/invitations", "/v1/api-keys", "/v1/workspaces"
ADA = {"email": "ada@example.com"}
WITHOUT_A_CALLER = {
    "/v1/sessions",
    "/v1/invitations/accept",
    "/v1/sign-in-codes/exchange",
}
TOLD = ("location", "cache-control", "content-type", "content-length")


async def test_every_post_takes_a_key_or_says_that_it_takes_none(world: World) -> None:
    posts = {
        path: {one["name"].lower() for one in operation.get("parameters", [])}
        for method, path, operation in await operations(world)
        if method == "post"
    }

    without = {path for path, names in posts.items() if "idempotency-key" not in names}
    assert without == WITHOUT_A_CALLER, "put @once above the route (http/once.py)"
    async with world.client() as client:
        for path in WITHOUT_A_CALLER:
            refused = await client.post(path, json={}, headers=ONCE)
            assert refused.status_code == 422
            assert refused.json()["title"] == "idempotency key not taken"


async def _made_key(client: httpx.AsyncClient) -> str:
    made = await client.post(KEYS, json={"name": "shop"})
    found: str = made.json()["id"]
    return found


async def _made_workspace(client: httpx.AsyncClient) -> str:
    body = {"name": "Acme", "owner_email": "eve@example.com"}
    found: str = (await client.post(WORKSPACES, json=body)).json()["id"]
    return found


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (INVITATIONS, ADA),
        (WORKSPACES, {"name": "Acme", "owner_email": "eve@example.com"}),
        (KEYS, {"name": "shop"}),
        (KEYS + "/{key}/rotate", None),
        (WORKSPACES + "/{workspace}/suspend", None),
        (WORKSPACES + "/{workspace}/resume", None),
    ],
)
async def test_a_repeat_is_answered_as_the_first_was_and_changes_nothing(
    world: World, path: str, body: Any
) -> None:
    async with world.client() as client:
        path = path.replace("{key}", await _made_key(client))
        path = path.replace("{workspace}", await _made_workspace(client))
        first = await client.post(path, json=body, headers=ONCE)
        before = await _all(client)
        second = await client.post(path, json=body, headers=ONCE)
        after = await _all(client)

    assert first.is_success, first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    for name in TOLD:
        assert second.headers.get(name) == first.headers.get(name)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert after == before


async def _all(client: httpx.AsyncClient) -> list[Any]:
    return [(await client.get(path)).json() for path in (INVITATIONS, KEYS, WORKSPACES)]


async def test_a_key_that_came_with_another_request_is_refused(world: World) -> None:
    async with world.client() as client:
        first = await client.post(INVITATIONS, json=ADA, headers=ONCE)
        answers = [
            await client.post(INVITATIONS, json=ADA | {"role": "owner"}, headers=ONCE),
            await client.post(KEYS, json={"name": "shop"}, headers=ONCE),
        ]

    assert first.status_code == 201
    for answer in answers:
        assert answer.status_code == 422
        assert answer.json()["title"] == "idempotency key reused"


async def test_what_was_refused_leaves_its_key_free(world: World) -> None:
    async with world.client() as client:
        unknown = f"{KEYS}/{new_id('key')}/rotate"
        refused = [await client.post(unknown, headers=ONCE) for _ in range(2)]
        taken = await client.post(INVITATIONS, json=ADA, headers=ONCE)

    assert [one.status_code for one in refused] == [404, 404]
    assert taken.status_code == 201
    assert "idempotency-replayed" not in taken.headers


async def test_of_many_at_once_on_two_gateways_one_is_carried_out(world: World) -> None:
    async with open_gateway(world.settings) as other:
        app = create_app(world.settings)
        app.state.gateway = other
        second = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://test",
            headers=world.client().headers,
        )
        async with world.client() as first, second:
            body = {"name": "shop"}
            answers = await asyncio.gather(
                *(
                    client.post(KEYS, json=body, headers=ONCE)
                    for client in (first, second) * 4
                )
            )
            keys = (await first.get(KEYS)).json()["items"]

    assert [one.status_code for one in answers] == [201] * 8
    assert len({one.json()["key"] for one in answers}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1
    assert sorted(key["name"] for key in keys) == ["owner", "shop"]


async def test_what_is_cut_off_half_way_is_carried_out_whole_by_the_repeat(
    world: World,
) -> None:
    """Its workspace is made and its invitation is not when the connection is lost."""
    watcher = await asyncpg.connect(world.settings.database_url)
    holder = await asyncpg.connect(world.settings.database_url)
    body = {"name": "Acme", "owner_email": "eve@example.com"}
    async with world.client() as client:
        async with holder.transaction():
            await holder.execute("LOCK TABLE invitations IN EXCLUSIVE MODE")
            cut = asyncio.create_task(client.post(WORKSPACES, json=body, headers=ONCE))
            await eventually(lambda: _killed(watcher))
            broken = await cut
        again = await client.post(WORKSPACES, json=body, headers=ONCE)
        names = await watcher.fetch("SELECT name FROM workspaces ORDER BY name")
    await watcher.close()
    await holder.close()

    assert broken.status_code in (500, 503)
    assert again.status_code == 201, again.text
    assert "idempotency-replayed" not in again.headers
    assert [row["name"] for row in names] == ["Acme", "Other", "Owner"]


async def _killed(watcher: Watcher) -> bool:
    """Whoever waits for the table's lock."""
    return bool(
        await watcher.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database() "
            "AND query LIKE '%invitations%' AND pid <> pg_backend_pid()"
        )
    )


async def test_a_repeat_needs_the_scope_that_the_first_needed(world: World) -> None:
    async with world.client() as client:
        await client.post(INVITATIONS, json=ADA, headers=ONCE)
        reader = await client.post(KEYS, json={"name": "r", "scopes": ["read"]})
    async with world.client(reader.json()["key"]) as client:
        answer = await client.post(INVITATIONS, json=ADA, headers=ONCE)

    assert answer.status_code == 403
    assert "token" not in answer.text


async def test_one_key_in_two_workspaces_is_two(world: World) -> None:
    async with world.client() as client, world.stranger() as stranger:
        own = await client.post(INVITATIONS, json=ADA, headers=ONCE)
        foreign = await stranger.post(INVITATIONS, json=ADA, headers=ONCE)

    assert (own.status_code, foreign.status_code) == (201, 201)
    assert own.json()["token"] != foreign.json()["token"]


async def test_nothing_of_a_kept_answer_can_be_read_in_the_database(
    world: World,
) -> None:
    async with world.client() as client:
        made = await client.post(KEYS, json={"name": "shop"}, headers=ONCE)
    connection = await asyncpg.connect(world.settings.database_url)
    rows = await connection.fetch("SELECT answers::text FROM answers")
    await connection.close()

    (row,) = rows
    assert "once" in row["answers"]
    for secret in (made.json()["key"], made.json()["id"], "shop"):
        assert secret not in row["answers"]


async def test_a_key_stands_for_a_day(world: World) -> None:
    connection = await asyncpg.connect(world.settings.database_url)
    async with world.client() as client:
        first = await client.post(INVITATIONS, json=ADA, headers=ONCE)
        await connection.execute(
            "UPDATE answers SET created_at = now() - interval '25 h'"
        )
        await Outbox(world.gateway.store._pool).forget_idempotency_keys()
        second = await client.post(INVITATIONS, json=ADA, headers=ONCE)
    await connection.close()

    assert second.json()["token"] != first.json()["token"]
    assert "idempotency-replayed" not in second.headers


async def test_a_retry_that_is_repeated_begins_no_second_run(
    world: World, process_settings: ProcessSettings
) -> None:
    runs: list[int] = []

    async def compare(command: CompareDocuments) -> None:
        runs.append(command.run)
        raise InvalidInput("psd.no_document", "There is none.")

    wait = {"Prefer": "wait=20"}
    async with (
        working(process_settings, compare, task_name="psd.compare"),
        world.client() as client,
    ):
        body = {"before": DOCUMENT, "after": LATER}
        failed = await client.post("/v1/psd/diffs", json=body, headers=wait)
        retry = f"/v1/tasks/{failed.json()['task_id']}/retry"
        first = await client.post(retry, headers=wait | ONCE)
        second = await client.post(retry, headers=wait | ONCE)
        another = await client.post(retry, headers=wait | {"Idempotency-Key": "2"})

    for answer in (failed, first, second, another):
        assert answer.status_code == 422, answer.text
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert runs == [1, 2, 3]


async def test_a_replayed_letter_is_replayed_to_the_repeat_too(
    world: World, nats: Client
) -> None:
    task_id = new_id("tsk")
    await world.gateway.tasks.project(
        task_id=task_id,
        workspace_id=OWNER_WORKSPACE,
        name="preview.publish",
        state="failed",
    )
    letter = f"/v1/dead-letters/{await dead_task(nats, task_id)}/replay"
    async with world.client() as client:
        first = await client.post(letter, headers=ONCE)
        second = await client.post(letter, headers=ONCE)
        without = await client.post(letter)

    assert (first.status_code, without.status_code) == (200, 404)
    assert (second.status_code, second.json()) == (200, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    await eventually(lambda: _is_sent(nats))


async def _is_sent(nats: Client) -> bool:
    return len(await stored(nats, topology.TASKS)) == 1
