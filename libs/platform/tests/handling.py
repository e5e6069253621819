"""Handlers at work on a real JetStream, for the tests of this folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from onemanage.contracts.base import Event, Status, event_id
from onemanage.contracts.psd.documents import PARSE_EXPORT
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.handlers import Handler, consume
from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import ACK_WAIT, eventually

PROJECT = "consumer_on_task_event_project_task"


def accepted(task_id: str) -> Event:
    return PARSE_EXPORT.Accepted(
        event_id=event_id(task_id, Status.ACCEPTED),
        task_id=task_id,
        workspace_id="wsp_1",
        status=Status.ACCEPTED,
    )


@asynccontextmanager
async def consuming(
    client: Client, *handlers: Handler[list[Any]], deps: list[Any] | None = None
) -> AsyncIterator[asyncio.Event]:
    """The handlers at work; leaving the block stops them."""
    stop = asyncio.Event()
    given = [] if deps is None else deps
    running = asyncio.create_task(consume(client, handlers, given, ACK_WAIT, stop))
    try:
        yield stop
    finally:
        stop.set()
        await running


async def handled(client: Client, durable: str, count: int) -> None:
    """Returns when the handler's consumer has nothing left and ``count`` are settled."""
    path = f"CONSUMER.INFO.{topology.EVENTS}.{durable}"

    async def all_settled() -> bool:
        info = await management.request(client, path)
        left = info["num_pending"] + info["num_ack_pending"]
        return bool(left == 0 and info["ack_floor"]["stream_seq"] >= count)

    await eventually(all_settled)
