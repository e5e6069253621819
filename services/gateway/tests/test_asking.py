"""What becomes of a read that its owner cannot answer now, or that nobody waits for."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import uvicorn

from onemanage.contracts.datasets.datasets import (
    DatasetPage,
    ListDatasets,
    ListRows,
    RowPage,
)
from onemanage.gateway.store import OWNER_WORKSPACE
from onemanage.platform.messaging import queries
from onemanage.platform.messaging.answering import SCAN_SHARE
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed
from onemanage.testing.fixtures import answering, eventually

from .psd_samples import KEY, World

PATH = f"/v1/datasets/dst_{'1' * 32}/rows"


class Sorting:
    """Of the owner's data sets never comes to an end; another's are there at once."""

    def __init__(self) -> None:
        self.begun = self.dropped = 0

    def has(self, begun: int, dropped: int) -> bool:
        return (self.begun, self.dropped) == (begun, dropped)

    async def list_rows(self, query: ListRows, _: Any) -> RowPage:
        assert query.workspace_id == OWNER_WORKSPACE
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.dropped += 1
        raise AssertionError("nobody sets it")

    async def list_datasets(self, query: ListDatasets, _: Any) -> DatasetPage:
        return DatasetPage(items=[], has_more=False)


@pytest.fixture
async def sorting(world: World, nats: Client) -> AsyncIterator[Sorting]:
    work = Sorting()
    async with answering(nats, (work.list_rows, work.list_datasets)):
        yield work


@asynccontextmanager
async def served(world: World) -> AsyncIterator[int]:
    """The port of a real server, without a lifespan of its own."""
    config = uvicorn.Config(world.app, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def test_a_client_that_hangs_up_has_its_question_dropped(
    world: World, sorting: Sorting
) -> None:
    async with served(world) as port:
        for _ in range(3):
            begun, dropped = sorting.begun, sorting.dropped
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(
                f"GET {PATH} HTTP/1.1\r\nHost: test\r\n"
                f"Authorization: Bearer {KEY}\r\n\r\n".encode()
            )
            await eventually(partial(sorting.has, begun + 1, dropped))

            writer.close()
            await writer.wait_closed()

            await eventually(partial(sorting.has, begun + 1, dropped + 1))


async def test_a_workspace_that_asks_too_much_is_told_429_and_another_is_served(
    world: World, sorting: Sorting, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine the owner's word may take longer than a tenth of a second, and
    # the gateway would have given up by itself.
    monkeypatch.setattr(queries, "_ON_THE_WAY", 1.0)
    async with world.client() as client, world.stranger() as stranger:
        asked = [asyncio.create_task(client.get(PATH)) for _ in range(20)]
        await eventually(lambda: sorting.begun == SCAN_SHARE)
        assert (await stranger.get("/v1/datasets")).status_code == 200
        answers = await asyncio.gather(*asked)

    problems = {answer.status_code: answer for answer in answers}
    assert set(problems) == {429, 503}
    assert problems[429].json()["type"].endswith("busy")
    assert problems[429].headers["Retry-After"] == "2"
    assert "at once" in problems[429].json()["detail"]
    assert problems[503].json()["type"].endswith("too_slow")
    assert problems[503].headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (QueryFailed("too_large", "Ask for fewer."), 502),
        (QueryFailed("invalid", "There is no column x."), 422),
        (QueryFailed("not_found", "There is none."), 404),
        (QueryFailed("unavailable", "Try again."), 503),
        (ValueError("of its own"), 502),
    ],
)
async def test_whose_fault_it_is_shows_in_the_status(
    world: World, nats: Client, raised: Exception, status: int
) -> None:
    async def list_rows(query: ListRows, _: Any) -> RowPage:
        raise raised

    async with answering(nats, [list_rows]), world.client() as client:
        answer = await client.get(PATH)

    assert answer.status_code == status
    assert "of its own" not in answer.text
