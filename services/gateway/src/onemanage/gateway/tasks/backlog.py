"""How much waits, and for how long: looked at by the gateway's consumer, for figures.

Each consumer of the gateway looks by itself and tells the same; of several the largest
counts. Nothing is looked at where nobody asks for figures.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from loguru import logger

from onemanage.contracts.registry import LANES, TASKS
from onemanage.gateway.pool import Pool
from onemanage.gateway.tasks.queues import beside, is_automatic
from onemanage.gateway.tasks.rows import AHEAD, UNPUBLISHED, WAITING
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process.figures import (
    HANDLER_MESSAGES,
    LANE_MESSAGES,
    OUTBOX_AGE,
    OUTBOX_ROWS,
    STREAM_BYTES,
    STREAM_MESSAGES,
    TASKS_WAITING,
    TASKS_WAITING_AGE,
    WATCHED_AT,
)

_EVERY_SECONDS = 10.0
_MOST_COUNTED = 100_000
_STREAMS = (topology.TASKS, topology.EVENTS, topology.DLQ)

type Values = dict[tuple[str, ...], float]

# By the indexes of rows that wait for their turn and that have had it.
_WAITING = f"""
SELECT count(*) AS count,
       coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS age
FROM (
    (SELECT created_at FROM tasks WHERE subject = $1
     AND {WAITING} LIMIT $2)
    UNION ALL
    (SELECT created_at FROM tasks WHERE subject = $1
     AND {AHEAD} LIMIT $2)
) AS waiting
"""
_UNPUBLISHED = f"""
SELECT count(*) AS count,
       coalesce(extract(epoch FROM now() - min(coalesce(released_at, created_at))),
                0)::float8 AS age
FROM (
    SELECT released_at, created_at FROM tasks
    WHERE {UNPUBLISHED} LIMIT $1
) AS unpublished
"""


class Backlog:
    """``look`` once, or be ``watched``."""

    def __init__(self, client: Client, pool: Pool) -> None:
        self._client, self._pool = client, pool

    async def look(self) -> None:
        """Set the figures. Raises what servers that are away raise."""
        await self._look_at_rows()
        await self._look_at_streams()
        await self._look_at_consumers()
        WATCHED_AT.set(time.time())

    async def _look_at_rows(self) -> None:
        counts: Values = {}
        ages: Values = {}
        for service in sorted({spec.worker for spec in TASKS}):
            for queue in (*LANES, "automatic"):
                subject = f"tasks.{service}.{queue}"
                found = await self._pool.fetchrow(_WAITING, subject, _MOST_COUNTED)
                assert found is not None  # it counts
                lane = beside(subject) if is_automatic(subject) else subject
                key = service, lane.rpartition(".")[2]
                counts[key] = counts.get(key, 0) + found["count"]
                ages[key] = max(ages.get(key, 0), found["age"])
        TASKS_WAITING.replace(counts)
        TASKS_WAITING_AGE.replace(ages)
        found = await self._pool.fetchrow(_UNPUBLISHED, _MOST_COUNTED)
        assert found is not None
        OUTBOX_ROWS.set(found["count"])
        OUTBOX_AGE.set(found["age"])

    async def _look_at_streams(self) -> None:
        for name in _STREAMS:
            answer = await management.request(self._client, f"STREAM.INFO.{name}", {})
            STREAM_MESSAGES.set(answer["state"]["messages"], name)
            STREAM_BYTES.set(answer["state"]["bytes"], name)

    async def _look_at_consumers(self) -> None:
        lanes: Values = {}
        handlers: Values = {}
        for consumer in topology.consumers(ack_wait=30):
            path = f"CONSUMER.INFO.{consumer.stream}.{consumer.durable}"
            answer = await management.request(self._client, path, {})
            kind, _, name = consumer.durable.partition("_")
            if consumer.stream == topology.EVENTS:
                handlers.update(_states(answer, name))
            elif consumer.stream == topology.TASKS and kind == "worker":
                service, _, lane = name.rpartition("_")
                lanes.update(_states(answer, service, lane))
        LANE_MESSAGES.replace(lanes)
        HANDLER_MESSAGES.replace(handlers)


def _states(info: dict[str, Any], *labels: str) -> Values:
    return {
        (*labels, "pending"): info["num_pending"],
        (*labels, "unacknowledged"): info["num_ack_pending"],
    }


@asynccontextmanager
async def watched(backlog: Backlog) -> AsyncIterator[None]:
    """Inside, it is looked at every ten seconds."""

    async def watch() -> None:
        while True:
            try:
                await backlog.look()
            except Exception as error:  # a server is away: its own figures say so
                logger.debug("The backlog could not be looked at: {!r}", error)
            await asyncio.sleep(_EVERY_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
