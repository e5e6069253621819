"""What an owner does of what it is asked: for whom, until when; over a real NATS."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from onemanage.contracts.datasets.datasets import ListRows, RowPage
from onemanage.contracts.previews.previews import (
    GetPreview,
    ListPreviews,
    Preview,
    PreviewPage,
)
from onemanage.contracts.registry import query_spec, withdraw_subject
from onemanage.platform.database.sessions import Sessions, open_sessions
from onemanage.platform.messaging import queries
from onemanage.platform.messaging.answering import SHARE
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.messaging.queries import (
    ERROR,
    QUESTION,
    SCANS_AT_ONCE,
    SECONDS_LEFT,
    QueryFailed,
    ask,
)
from onemanage.testing.fixtures import MakeDatabase, Servers, answering, eventually
from onemanage.testing.samples import preview

MANY = 100
QUESTION_BODY = b'{"workspace_id":"wsp_1","preview_id":"prv_1"}'


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[Client]:
    client = await connect(servers.nats_url, "test")
    yield client
    await client.close()


def question(workspace_id: str = "wsp_1") -> GetPreview:
    return GetPreview(workspace_id=workspace_id, preview_id="prv_1")


class Running:
    """Statements of a database that PostgreSQL is at, by a word in them."""

    def __init__(self, watcher: Any, database: str, word: str) -> None:
        self._watcher, self._database, self._word = watcher, database, word

    async def __call__(self) -> int:
        found: int = await self._watcher.fetchval(
            "SELECT count(*)::int FROM pg_stat_activity "
            "WHERE state = 'active' AND datname = $1 AND strpos(query, $2) > 0",
            self._database,
            self._word,
        )
        return found

    async def have_ended(self) -> bool:
        return await self() == 0


@asynccontextmanager
async def watching(
    servers: Servers, database: str, word: str
) -> AsyncIterator[Running]:
    watcher = await asyncpg.connect(servers.database_admin_url)
    try:
        yield Running(watcher, database, word)
    finally:
        await watcher.close()


class Work:
    """An answer that never comes, and how often it was begun and dropped."""

    def __init__(self) -> None:
        self.begun = self.dropped = 0

    def has(self, begun: int, dropped: int) -> bool:
        return (self.begun, self.dropped) == (begun, dropped)

    async def get_preview(self, query: GetPreview, deps: Any) -> Preview:
        if query.workspace_id != "wsp_1":
            return preview(query.preview_id)
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.dropped += 1
        raise AssertionError("nobody sets it")


async def test_who_asks_too_much_is_told_and_another_workspace_is_answered_meanwhile(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PATIENCE", 60.0)
    work = Work()
    async with answering(client, [work.get_preview]):
        asked = [
            asyncio.create_task(ask(client, question(), Preview)) for _ in range(MANY)
        ]
        await eventually(lambda: work.begun)

        for _ in range(10):
            assert await ask(client, question("wsp_2"), Preview) == preview("prv_1")

        await eventually(lambda: sum(task.done() for task in asked) == MANY - SHARE)
        assert (work.begun, work.dropped) == (SHARE, 0)
        refused = [task.exception() for task in asked if task.done()]
        for task in asked:
            task.cancel()
        await asyncio.wait(asked)
    assert {getattr(error, "code", error) for error in refused} == {"busy"}


async def test_scans_beyond_what_may_be_open_are_refused_before_they_are_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PATIENCE", 60.0)
    scans = {
        workspace: ListRows(workspace_id=workspace, dataset_id="dst_1", limit=1)
        for workspace in ("wsp_1", "wsp_2")
    }
    # It reads nothing, so that what was sent would stay open.
    heard = await client.subscribe(query_spec(ListRows).subject)

    asked = [
        asyncio.create_task(ask(client, scans["wsp_1"], RowPage)) for _ in range(MANY)
    ]
    await eventually(lambda: sum(task.done() for task in asked) == MANY - SCANS_AT_ONCE)
    other = asyncio.create_task(ask(client, scans["wsp_2"], RowPage))
    await eventually(lambda: heard.pending_msgs == SCANS_AT_ONCE + 1)

    refused = [task.exception() for task in asked if task.done()]
    assert {getattr(error, "code", error) for error in refused} == {"busy"}
    for task in (*asked, other):
        task.cancel()
    await asyncio.wait([*asked, other])
    again = asyncio.create_task(ask(client, scans["wsp_1"], RowPage))
    await eventually(lambda: heard.pending_msgs == SCANS_AT_ONCE + 2)
    again.cancel()


async def test_work_is_dropped_when_its_asker_is_gone(client: Client) -> None:
    work = Work()
    async with answering(client, [work.get_preview]):
        asked = asyncio.create_task(ask(client, question(), Preview))
        await eventually(lambda: work.begun)
        assert not work.dropped

        asked.cancel()

        await eventually(lambda: work.dropped)
        with pytest.raises(asyncio.CancelledError):
            await asked


async def test_questions_of_askers_that_are_gone_make_room_for_others(
    client: Client,
) -> None:
    work = Work()
    async with answering(client, [work.get_preview]):
        for _ in range(3):
            dropped = work.dropped
            asked = [
                asyncio.create_task(ask(client, question(), Preview))
                for _ in range(SHARE)
            ]
            await eventually(partial(work.has, dropped + SHARE, dropped))
            for task in asked:
                task.cancel()
            await asyncio.wait(asked)
            await eventually(partial(work.has, dropped + SHARE, dropped + SHARE))


async def test_a_question_that_was_taken_back_before_it_came_is_never_begun(
    client: Client,
) -> None:
    work = Work()
    async with answering(client, [work.get_preview]):
        await client.publish(withdraw_subject("preview"), b"q1")
        await client.flush()
        await ask(client, question("wsp_2"), Preview)  # by now it is known
        await client.publish(
            "queries.preview.get",
            QUESTION_BODY,
            reply="nobody",
            headers={QUESTION: "q1"},
        )
        await ask(client, question("wsp_2"), Preview)
    assert work.begun == 0


@pytest.mark.parametrize(("seconds", "begun"), [("0.05", 0), ("0.4", 1), ("soon", 1)])
async def test_work_ends_when_the_asker_s_seconds_are_over(
    client: Client, seconds: str, begun: int
) -> None:
    work = Work()
    async with answering(client, [work.get_preview]):
        reply = await client.ask(
            "queries.preview.get", QUESTION_BODY, {SECONDS_LEFT: seconds}, timeout=10
        )
    assert reply.headers is not None and ERROR in reply.headers
    assert b'"too_slow"' in reply.data
    assert (work.begun, work.dropped) == (begun, begun)


async def test_its_statement_is_cancelled_in_postgresql_when_the_asker_is_gone(
    client: Client, servers: Servers, database: MakeDatabase
) -> None:
    async def get_preview(query: GetPreview, sessions: Sessions) -> Preview:
        async with sessions() as session:
            await session.execute(text("SELECT pg_sleep(600)"))
        raise AssertionError("it sleeps longer")

    url = await database("preview")
    async with (
        open_sessions(url) as sessions,
        answering(client, [get_preview], sessions),
        watching(servers, url.rpartition("/")[2], "pg_sleep") as running,
    ):
        for _ in range(20):  # more often than the pool has connections
            asked = asyncio.create_task(ask(client, question(), Preview))
            await eventually(running)
            asked.cancel()
            await asyncio.wait([asked])
            await eventually(running.have_ended)


async def test_an_answerer_s_own_value_error_is_not_the_question_s_fault(
    client: Client,
) -> None:
    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        return preview(str(int("twelve")))

    async with answering(client, [get_preview]):
        with pytest.raises(QueryFailed) as caught:
            await ask(client, question(), Preview)
    assert caught.value.code == "internal"
    assert "twelve" not in caught.value.message


async def test_a_server_that_is_away_is_told_as_such(client: Client) -> None:
    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        raise ConnectionRefusedError("postgresql://secret")

    async with answering(client, [get_preview]):
        with pytest.raises(QueryFailed) as caught:
            await ask(client, question(), Preview)
    assert caught.value.code == "unavailable"
    assert "secret" not in caught.value.message


async def test_a_page_that_does_not_fit_into_a_message_is_a_shorter_page(
    client: Client,
) -> None:
    made = [preview(f"prv_{number}", "x" * 100_000) for number in range(200)]

    async def list_previews(query: ListPreviews, deps: Any) -> PreviewPage:
        start = int((query.after or "prv_-1").removeprefix("prv_")) + 1
        return PreviewPage(items=made[start:], has_more=False)

    found: list[Preview] = []
    async with answering(client, [list_previews]):
        while True:
            after = found[-1].preview_id if found else None
            asked = ListPreviews(workspace_id="wsp_1", after=after)
            page = await ask(client, asked, PreviewPage)
            found += page.items
            if not page.has_more:
                break
    assert found == made


async def test_one_thing_that_does_not_fit_into_a_message_is_told_apart(
    client: Client,
) -> None:
    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        return preview("prv_1", "x" * 9_000_000)

    async with answering(client, [get_preview]):
        with pytest.raises(QueryFailed, match="9000") as caught:
            await ask(client, question(), Preview)
    assert caught.value.code == "too_large"


async def test_a_question_that_does_not_fit_into_a_message_is_the_asker_s_fault(
    client: Client,
) -> None:
    asked = GetPreview(workspace_id="wsp_1", preview_id="x" * 9_000_000)
    with pytest.raises(QueryFailed, match="shorter") as caught:
        await ask(client, asked, Preview)
    assert caught.value.code == "invalid"


ASLEEP = """
import asyncio, sys
from sqlalchemy import text
from onemanage.platform.database.sessions import open_sessions

async def main():
    async with open_sessions(sys.argv[1]) as sessions, sessions() as session:
        await session.execute(text("SELECT pg_sleep(600)"))

asyncio.run(main())
"""


async def test_a_statement_ends_with_the_process_that_waits_for_it(
    servers: Servers, database: MakeDatabase
) -> None:
    url = await database("preview")
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", ASLEEP, url)
    async with watching(servers, url.rpartition("/")[2], "pg_sleep") as running:
        await eventually(running)
        process.kill()
        await process.wait()

        await eventually(running.have_ended)
