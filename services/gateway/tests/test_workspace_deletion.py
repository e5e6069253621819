"""A workspace is closed at once, and goes with all that it has."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from onemanage.contracts.base import new_id
from onemanage.contracts.deletion import WORKSPACE, Delete, Deleted, Thing
from onemanage.contracts.psd.documents import ParseExport
from onemanage.gateway.handlers import HANDLERS
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging.handlers import consume
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.settings import ProcessSettings
from onemanage.testing.fixtures import ACK_WAIT, eventually, working

from .access_samples import joined
from .psd_samples import World
from .webhook_samples import deps_of

SERVICES = ("psd", "data_import", "preview", "imaging")


class Workers:
    """The services, played: each deletes two of something."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Delete]] = []

    def of(self, service: str) -> Any:
        async def delete(command: Delete) -> Deleted:
            self.seen.append((service, command))
            return Deleted(counts={f"of_{service}": 2} | command.counts)

        return delete


@pytest.fixture
async def workers(
    nats: Client, world: World, process_settings: ProcessSettings
) -> AsyncIterator[Workers]:
    """With the gateway's consumer beside them."""
    found, stop, gateway = Workers(), asyncio.Event(), world.gateway
    deps = deps_of(world)
    consuming = asyncio.create_task(consume(nats, HANDLERS, deps, ACK_WAIT, stop))
    also = {"psd.parse_export": _never_ending}
    working_as = [
        working(
            process_settings,
            found.of(one),
            task_name=f"{one}.delete",
            also=also if one == "psd" else {},
        )
        for one in SERVICES
    ]
    async with working_as[0], working_as[1], working_as[2], working_as[3]:
        yield found
    stop.set()
    await consuming


async def _never_ending(command: ParseExport) -> None:
    await asyncio.Event().wait()


async def _made(world: World, name: str = "Acme") -> tuple[str, str]:
    """A workspace, and the token of a person who owns it."""
    body = {"name": name, "owner_email": "ada@example.com"}
    async with world.client() as owner:
        made = (await owner.post("/v1/workspaces", json=body)).json()
    token = made["invitation"]["token"]
    session = await joined(world, "ada@example.com", token=token)
    return made["id"], session["token"]


async def _delete(
    world: World,
    workspace_id: str,
    key: str | None = None,
    confirm: str | None = "Acme",
) -> httpx.Response:
    params = {} if confirm is None else {"confirm": confirm}
    headers = {"Prefer": "respond-async"}
    async with world.client(key) if key else world.client() as client:
        return await client.delete(
            f"/v1/workspaces/{workspace_id}", params=params, headers=headers
        )


async def _rows(world: World, workspace_id: str) -> dict[str, int]:
    """What the gateway has of the workspace, by table."""
    connection = await asyncpg.connect(world.settings.database_url)
    tables = await connection.fetch(
        "SELECT table_name FROM information_schema.columns JOIN "
        "information_schema.tables USING (table_schema, table_name) WHERE "
        "table_schema = 'gateway' AND column_name = 'workspace_id' "
        "AND table_type = 'BASE TABLE'"
    )
    found = {
        table[0]: await connection.fetchval(
            f"SELECT count(*) FROM {table[0]} WHERE workspace_id = $1", workspace_id
        )
        for table in tables
    }
    await connection.close()
    return {table: count for table, count in found.items() if count}


async def _code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def _ended(world: World, task_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def has_ended() -> bool:
        nonlocal found
        async with world.client() as client:
            found = (await client.get(f"/v1/tasks/{task_id}")).json()
        return found["state"] not in ("queued", "running")

    await eventually(has_ended)
    return found


async def test_its_operator_sees_it_go_with_counts_and_nothing_is_left(
    world: World, workers: Workers
) -> None:
    workspace_id, token = await _made(world)
    async with world.client(token) as client:
        key = (await client.post("/v1/api-keys", json={"name": "shop"})).json()["key"]
        file = await client.post("/v1/files", content=b"some bytes")
    assert file.status_code == 201, file.text

    begun = await _delete(world, workspace_id)
    assert begun.status_code == 202, begun.text
    task = await _ended(world, begun.json()["id"])

    for secret in (token, key):
        async with world.client(secret) as client:
            answer = await client.get("/v1/me")
        assert await _code(answer) == (401, "wrong_api_key")
    assert (task["state"], task["name"]) == ("completed", "imaging.delete"), task
    counts = task["result"]["counts"]
    assert counts | {"task": 0} == {
        **{f"of_{service}": 2 for service in SERVICES},
        **{"api_key": 1, "file": 1, "member": 1, "task": 0},
    }
    assert [service for service, _ in workers.seen][-1] == "imaging"
    assert all(
        command.things == [Thing(kind=WORKSPACE, id=workspace_id)]
        for _, command in workers.seen
    )
    await world.gateway.workspace_deletions.sweep()
    assert await _rows(world, workspace_id) == {}
    assert await _code(await _delete(world, workspace_id)) == (404, "not_found")
    async with world.client() as client:
        answer = await client.post(f"/v1/workspaces/{workspace_id}/resume")
    assert await _code(answer) == (404, "not_found")


async def test_an_owner_deletes_the_own_one_and_is_out(
    world: World, workers: Workers
) -> None:
    workspace_id, token = await _made(world)

    begun = await _delete(world, workspace_id, token)

    assert begun.status_code == 202, begun.text
    async with world.client(token) as client:
        assert (await client.get("/v1/tasks")).status_code == 401
    assert (await _ended(world, begun.json()["id"]))["state"] == "completed"


async def test_what_was_ordered_is_taken_back_before_anything_goes(
    world: World, workers: Workers
) -> None:
    workspace_id, token = await _made(world)
    async with world.client(token) as client:
        file = await client.post("/v1/files", content=b"8BPS\x00\x01" + bytes(20))
        order = await client.post(
            "/v1/psd/documents",
            json={"file_id": file.json()["id"]},
            headers={"Prefer": "respond-async"},
        )
    assert order.status_code == 202, order.text
    task_id = order.json()["id"]

    async def is_running() -> bool:
        row = await world.gateway.tasks.get(workspace_id, task_id)
        return row is not None and row.state == "running"

    await eventually(is_running)
    begun = await _delete(world, workspace_id)
    ended = await _ended(world, begun.json()["id"])

    assert ended["state"] == "completed"
    row = await world.gateway.tasks.get(workspace_id, task_id)
    assert row is None or row.state == "cancelled"


async def test_a_link_into_a_closed_workspace_is_dead(world: World) -> None:
    workspace_id, _ = await _made(world)
    assert await world.gateway.workspace_deletions.door(OWNER_WORKSPACE) == "open"

    await _delete(world, workspace_id)

    assert await world.gateway.workspace_deletions.door(workspace_id) == "closed"


async def test_the_installation_s_own_and_others_workspaces_stay(world: World) -> None:
    workspace_id, token = await _made(world)

    own = await _delete(world, OWNER_WORKSPACE, confirm="Owner")
    assert await _code(own) == (409, "installation_workspace")
    unconfirmed = await _delete(world, workspace_id, confirm=None)
    assert await _code(unconfirmed) == (409, "not_confirmed")
    foreign = await _delete(world, OWNER_WORKSPACE, token, "Owner")
    assert await _code(foreign) == (404, "not_found")
    nobody = await _delete(world, new_id("wsp"))
    assert await _code(nobody) == (404, "not_found")
    async with world.client(token) as client:
        assert (await client.get("/v1/me")).status_code == 200


async def test_what_a_service_asks_for_after_the_end_is_not_accepted(
    world: World,
) -> None:
    workspace_id, _ = await _made(world)
    await _delete(world, workspace_id)
    task_id = new_id("tsk")

    await world.gateway.tasks.request(
        task_id=task_id,
        workspace_id=workspace_id,
        name="imaging.analyze",
        subject="tasks.imaging.automatic",
        command={},
    )

    assert await world.gateway.tasks.get(workspace_id, task_id) is None
