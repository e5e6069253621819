"""Cancelling and retrying over HTTP: gateway, consumer and a worker in one process."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from fastapi import FastAPI

from onemanage.contracts.base import CancelledEvent, new_id
from onemanage.contracts.previews.previews import PublishPreviews
from onemanage.contracts.public import public_fields
from onemanage.gateway import consumer
from onemanage.gateway.access.secrets import hash_api_key, new_api_key
from onemanage.gateway.app import create_app
from onemanage.gateway.gateway import Gateway, Operates
from onemanage.gateway.handlers import HANDLERS
from onemanage.gateway.opening import open_gateway
from onemanage.gateway.settings import ConsumerSettings, GatewaySettings
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.gateway.tasks import dispatcher
from onemanage.gateway.tasks.live import LiveEvents
from onemanage.gateway.tasks.orders import Asked, Order, run_command
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.messaging.commands import envelope_of
from onemanage.platform.messaging.handlers import consume
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.topology import TASKS
from onemanage.platform.process.settings import ProcessSettings
from onemanage.platform.tasks import InvalidInput
from onemanage.testing.fixtures import (
    ACK_WAIT,
    MakeDatabase,
    Servers,
    eventually,
    stored,
    working,
)

KEY, OTHER_KEY = new_api_key(), new_api_key()
RESULT = {"preview_count": 1, "expires_at": datetime(2027, 1, 1, tzinfo=UTC)}


class World:
    """One gateway, and HTTP clients of it."""

    def __init__(self, gateway: Gateway, app: FastAPI, database_url: str) -> None:
        self.gateway, self._app, self._database_url = gateway, app, database_url

    def client(self, key: str = KEY) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app),
            base_url="http://test",
            headers={"Authorization": f"Bearer {key}"},
        )

    async def add_stranger(self) -> None:
        """Another workspace, whose key is no administrator's."""
        connection = await asyncpg.connect(self._database_url)
        await connection.execute("INSERT INTO workspaces VALUES ('wsp_2', 'Other')")
        await connection.execute(
            "INSERT INTO api_keys (id, workspace_id, key_hash, name) "
            "VALUES ('key_2', 'wsp_2', $1, 'other')",
            hash_api_key(OTHER_KEY),
        )
        await connection.close()

    async def order(self, document_id: str = "doc_1", wait: float = 0) -> TaskRow:
        caller = await self.gateway.callers.caller(KEY)
        fields = {"document_id": document_id, "manifest_key": "artifacts/x"}

        async def prepare() -> Order:
            return Order(task_id=new_id("tsk"), fields=fields)

        asked = Asked(name="preview.publish", what="x")
        done = await run_command(self.gateway, caller, asked, prepare, wait=wait)
        return done.row


async def publish(command: PublishPreviews) -> dict[str, Any]:
    return RESULT | {"document_id": command.document_id}


@pytest.fixture
def settings(servers: Servers) -> dict[str, Any]:
    given = servers.environment()
    return {
        "s3_endpoint": given["S3_ENDPOINT"],
        "s3_bucket": "none",
        "s3_access_key_id": given["S3_ACCESS_KEY_ID"],
        "s3_secret_access_key": given["S3_SECRET_ACCESS_KEY"],
        "nats_url": servers.nats_url_of("gateway"),
        "public_url": "http://test",
        "preview_signing_key": "k" * 32,
        "owner_api_key": KEY,
    }


async def _for_administrators(caller: Operates) -> str:
    return caller.workspace_id


@asynccontextmanager
async def _running(
    settings: dict[str, Any], database: MakeDatabase, nats: Client
) -> AsyncIterator[World]:
    given = settings | {"database_url": await database("gateway")}
    same = {name: given[name] for name in ("nats_url", "database_url")}
    consuming = ConsumerSettings(**same, task_ack_wait=ACK_WAIT)
    stop = asyncio.Event()
    async with (
        open_gateway(GatewaySettings(**given)) as gateway,
        consumer.open_deps(consuming, nats) as deps,
    ):
        app = create_app(GatewaySettings(**given))
        app.state.gateway = gateway
        app.add_api_route("/test/admin", _for_administrators)
        handling = asyncio.create_task(consume(nats, HANDLERS, deps, ACK_WAIT, stop))
        try:
            yield World(gateway, app, given["database_url"])
        finally:
            stop.set()
            await handling


async def test_a_running_task_is_stopped_and_stays_cancelled(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def publish(command: PublishPreviews) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with (
        _running(settings, database, nats) as world,
        working(process_settings, publish, task_name="preview.publish"),
        world.client() as client,
    ):
        task = await world.order()
        await begun.wait()
        answer = await client.delete(
            f"/v1/tasks/{task.id}", headers={"Prefer": "wait=20"}
        )
        again = await client.delete(f"/v1/tasks/{task.id}")
        retried = await client.post(f"/v1/tasks/{task.id}/retry")

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["cancel_requested_at"]
    assert stopped.is_set()
    assert again.status_code == 200
    assert retried.status_code == 409


async def test_a_queued_task_that_no_worker_has_is_cancelled_at_once_and_never_begun(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
) -> None:
    begun = []

    async def publish(command: PublishPreviews) -> dict[str, Any]:
        begun.append(command.document_id)
        return RESULT | {"document_id": command.document_id}

    async with (
        _running(settings, database, nats) as world,
        world.client() as client,
    ):
        released, waiting = await world.order(), await world.order("doc_2")
        await eventually(lambda: _is_published(world, released))
        answers = [
            await client.delete(
                f"/v1/tasks/{task.id}", headers={"Prefer": "respond-async"}
            )
            for task in (waiting, released)
        ]
        assert await stored(nats, TASKS) == []
        async with working(process_settings, publish, task_name="preview.publish"):
            third = await world.order("doc_3", wait=20)

    told = [(answer.status_code, answer.json()["state"]) for answer in answers]
    assert told == [(200, "cancelled")] * 2
    assert third.state == "completed"
    assert begun == ["doc_3"]


async def _is_published(world: World, task: TaskRow) -> bool:
    row = await world.gateway.tasks.get(task.workspace_id, task.id)
    return row is not None and row.published_at is not None


async def test_a_worker_that_is_given_a_cancelled_task_all_the_same_is_stopped(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
) -> None:
    """At that very moment, or from a stream that was put back."""
    stopped = asyncio.Event()

    async def publish(command: PublishPreviews) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def on_preview_run_ended_discard_previews(
        event: CancelledEvent, deps: list[str]
    ) -> None:
        deps.append(event.task_id)

    taken_away: list[str] = []
    handlers, stop = [on_preview_run_ended_discard_previews], asyncio.Event()
    consuming = asyncio.create_task(consume(nats, handlers, taken_away, ACK_WAIT, stop))
    async with _running(settings, database, nats) as world:
        task = await world.order()
        await eventually(lambda: _is_published(world, task))
        ((_, envelope),) = await stored(nats, TASKS)
        async with world.client() as client:
            await client.delete(f"/v1/tasks/{task.id}")
        command = msgspec.convert(envelope["args"][0], PublishPreviews)
        await nats.jetstream().publish("tasks.preview.low", envelope_of(command))
        async with working(process_settings, publish, task_name="preview.publish"):
            async with asyncio.timeout(20):
                await stopped.wait()
        row = await world.gateway.tasks.get(task.workspace_id, task.id)
    stop.set()
    await consuming

    assert row is not None and row.state == "cancelled"
    assert set(taken_away) == {task.id}


async def test_a_task_that_has_ended_is_not_cancelled(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
) -> None:
    async with (
        _running(settings, database, nats) as world,
        working(process_settings, publish, task_name="preview.publish"),
        world.client() as client,
    ):
        task = await world.order(wait=20)
        cancelled = await client.delete(f"/v1/tasks/{task.id}")
        retried = await client.post(f"/v1/tasks/{task.id}/retry")

    assert task.state == "completed"
    for answer, code in ((cancelled, "task_ended"), (retried, "task_not_failed")):
        assert answer.status_code == 409
        assert answer.json()["type"].endswith(code)


async def test_a_failed_task_is_retried_under_its_own_id(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
) -> None:
    runs: list[int] = []

    async def publish(command: PublishPreviews) -> dict[str, Any]:
        runs.append(command.run)
        if command.run < 3:
            raise InvalidInput("preview.no_manifest", "There is no manifest.")
        return RESULT | {"document_id": command.document_id}

    async with (
        _running(settings, database, nats) as world,
        working(process_settings, publish, task_name="preview.publish"),
        world.client() as client,
    ):
        task = await world.order(wait=20)
        retry = f"/v1/tasks/{task.id}/retry"
        failed = await client.post(retry, headers={"Prefer": "wait=20"})
        done = await client.post(retry, headers={"Prefer": "wait=20"})
        shown = (await client.get(f"/v1/tasks/{task.id}")).json()

    assert task.state == "failed"
    assert failed.status_code == 422
    assert failed.json()["task_id"] == task.id
    assert (done.status_code, done.json()["id"]) == (200, task.id)
    assert done.json()["result"]["preview_count"] == 1
    assert runs == [1, 2, 3]
    assert (shown["run"], shown["attempt"], shown["error"]) == (3, 1, None)
    assert shown.keys() == public_fields(TaskRow) | {"trace_id"}


async def test_a_task_that_a_service_ordered_is_not_repeatable_and_says_what_to_do(
    settings: dict[str, Any], database: MakeDatabase, nats: Client
) -> None:
    async with _running(settings, database, nats) as world, world.client() as client:
        task_id = new_id("tsk")
        await world.gateway.tasks.project(
            task_id=task_id,
            workspace_id=OWNER_WORKSPACE,
            name="preview.publish",
            state="failed",
        )
        answer = await client.post(f"/v1/tasks/{task_id}/retry")

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("task_not_repeatable")
    assert "again" in answer.json()["detail"]


async def test_another_workspace_finds_no_task_to_cancel_or_retry(
    settings: dict[str, Any], database: MakeDatabase, nats: Client
) -> None:
    async with (
        _running(settings, database, nats) as world,
        world.client(OTHER_KEY) as other,
    ):
        await world.add_stranger()
        task = await world.order()
        cancelled = await other.delete(f"/v1/tasks/{task.id}")
        retried = await other.post(f"/v1/tasks/{task.id}/retry")
        row = await world.gateway.tasks.get(OWNER_WORKSPACE, task.id)

    assert cancelled.status_code == retried.status_code == 404
    assert row is not None and row.cancel_requested_at is None


async def test_only_an_administrator_passes_where_one_is_asked_for(
    settings: dict[str, Any], database: MakeDatabase, nats: Client
) -> None:
    async with _running(settings, database, nats) as world:
        await world.add_stranger()
        for key, status in ((KEY, 200), (OTHER_KEY, 403), (new_api_key(), 401)):
            async with world.client(key) as client:
                assert (await client.get("/test/admin")).status_code == status


async def test_a_flood_is_carried_out_turn_by_turn_without_the_sweeper_s_help(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatcher, "_EVERY_SECONDS", 600)

    async with (
        _running(settings, database, nats) as world,
        working(process_settings, publish, task_name="preview.publish"),
    ):
        unwatched = [await world.order() for _ in range(20)]
        watched = await asyncio.gather(*(world.order(wait=30) for _ in range(60)))
        last = unwatched[-1]

        async def is_done() -> bool:
            row = await world.gateway.tasks.get(last.workspace_id, last.id)
            return row is not None and row.state == "completed"

        await eventually(is_done)

    assert {row.state for row in watched} == {"completed"}


async def test_a_lost_completion_event_costs_the_wait_and_not_the_result(
    settings: dict[str, Any],
    database: MakeDatabase,
    nats: Client,
    process_settings: ProcessSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Statement 21: what is not heard of, the row has."""

    monkeypatch.setattr(LiveEvents, "hear", lambda _, told: None)
    async with (
        _running(settings, database, nats) as world,
        working(process_settings, publish, task_name="preview.publish"),
        world.client() as client,
    ):
        begun = time.monotonic()
        task = await world.order(wait=0.5)
        assert time.monotonic() - begun >= 0.5, "whoever waits was told all the same"
        answer = await client.get(f"/v1/tasks/{task.id}")

    assert answer.json()["state"] == "completed"
    assert answer.json()["result"]["preview_count"] == 1
