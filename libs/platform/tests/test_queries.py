"""Questions between services, over a real NATS."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from onemanage.contracts.previews.previews import (
    GetPreview,
    ListPreviews,
    Preview,
    PreviewPage,
)
from onemanage.contracts.registry import withdraw_subject
from onemanage.platform.messaging import queries
from onemanage.platform.messaging.answering import SHARE, answer_queries, spec_of
from onemanage.platform.messaging.nats import Client, connect
from onemanage.platform.messaging.queries import (
    QUESTION,
    QueryFailed,
    QueryUnanswered,
    ask,
)
from onemanage.platform.process.telemetry import current_trace_id, traced
from onemanage.testing.fixtures import Servers, answering, eventually
from onemanage.testing.samples import preview


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[Client]:
    client = await connect(servers.nats_url, "test")
    yield client
    await client.close()


def question(preview_id: str = "prv_1") -> GetPreview:
    return GetPreview(workspace_id="wsp_1", preview_id=preview_id)


async def get_preview(query: GetPreview, deps: Any) -> Preview:
    if query.preview_id != "prv_1":
        raise QueryFailed("not_found", f"There is no preview {query.preview_id}.")
    return preview(query.preview_id)


async def test_a_question_is_answered(client: Client) -> None:
    async with answering(client, [get_preview]):
        assert await ask(client, question(), Preview) == preview("prv_1")


async def test_what_is_not_found_is_told_in_the_owners_words(client: Client) -> None:
    async with answering(client, [get_preview]):
        with pytest.raises(QueryFailed, match="There is no preview prv_2.") as caught:
            await ask(client, question("prv_2"), Preview)
    assert caught.value.code == "not_found"


async def test_an_invalid_question_is_told_which_field_is_wrong(
    client: Client,
) -> None:
    async with answering(client, [get_preview]):
        reply = await client.request("queries.preview.get", b'{"workspace_id": 1}')
    assert reply.headers is not None
    assert b'"invalid"' in reply.data
    assert b"workspace_id" in reply.data


async def test_an_answer_that_goes_wrong_tells_nothing_of_its_inside(
    client: Client,
) -> None:
    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        raise RuntimeError("password=hunter2")

    async with answering(client, [get_preview]):
        with pytest.raises(QueryFailed) as caught:
            await ask(client, question(), Preview)
    assert caught.value.code == "internal"
    assert "hunter2" not in caught.value.message


async def test_a_question_that_nobody_serves_is_unanswered(client: Client) -> None:
    with pytest.raises(QueryUnanswered, match="queries.preview.get"):
        await ask(client, question(), Preview)


async def test_a_question_to_an_owner_that_stands_still_is_taken_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PATIENCE", 0.1)
    asked = await client.subscribe("queries.preview.get")
    withdrawn = await client.subscribe(withdraw_subject("preview"))

    with pytest.raises(QueryUnanswered):
        await ask(client, question(), Preview)

    headers = (await asked.next_msg(10)).headers
    assert headers is not None
    assert (await withdrawn.next_msg(10)).data.decode() == headers[QUESTION]


async def test_several_questions_are_answered_side_by_side(client: Client) -> None:
    everyone = asyncio.Barrier(SHARE)

    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        await everyone.wait()  # one after the other, nobody would get past this
        return preview(query.preview_id)

    async with answering(client, [get_preview]):
        asked = [ask(client, question(f"prv_{n}"), Preview) for n in range(SHARE)]
        answers = await asyncio.gather(*asked)
    assert [answer.preview_id for answer in answers] == [
        f"prv_{n}" for n in range(SHARE)
    ]


async def test_each_question_of_a_service_has_its_own_answerer(client: Client) -> None:
    async def list_previews(query: ListPreviews, deps: list[Preview]) -> PreviewPage:
        return PreviewPage(items=deps, has_more=False)

    async with answering(client, [get_preview, list_previews], [preview("prv_7")]):
        page = await ask(client, ListPreviews(workspace_id="wsp_1"), PreviewPage)
        one = await ask(client, question(), Preview)
    assert page.items == [preview("prv_7")]
    assert one.preview_id == "prv_1"


async def test_replicas_share_the_questions_and_each_is_answered_once(
    client: Client,
) -> None:
    answered: list[str] = []

    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        answered.append(query.preview_id)
        return preview(query.preview_id)

    async with answering(client, [get_preview]), answering(client, [get_preview]):
        for number in range(10):
            await ask(client, question(str(number)), Preview)
    assert answered == [str(number) for number in range(10)]


async def test_what_was_asked_before_the_stop_is_still_answered(
    client: Client,
) -> None:
    gate = asyncio.Event()
    begun: list[GetPreview] = []

    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        begun.append(query)
        await gate.wait()
        return preview(query.preview_id)

    stop = asyncio.Event()
    serving = asyncio.create_task(answer_queries(client, [get_preview], None, stop))
    await asyncio.sleep(0)
    asked = asyncio.create_task(ask(client, question(), Preview))
    await eventually(lambda: begun)
    stop.set()
    done, _ = await asyncio.wait([serving], timeout=0.3)
    assert not done, "it stopped with a question open"
    gate.set()
    await serving
    assert (await asked).preview_id == "prv_1"


async def test_the_trace_goes_on_in_the_answer(client: Client) -> None:
    seen: list[str | None] = []

    async def get_preview(query: GetPreview, deps: Any) -> Preview:
        seen.append(current_trace_id())
        return preview(query.preview_id)

    async with answering(client, [get_preview]):
        with traced(None) as trace_id:
            await ask(client, question(), Preview)
    assert seen == [trace_id]


def test_the_type_of_the_question_names_its_subject() -> None:
    assert spec_of(get_preview).subject == "queries.preview.get"
