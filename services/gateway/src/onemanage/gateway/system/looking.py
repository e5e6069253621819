"""What is asked of NATS and PostgreSQL to tell how the installation stands."""

import asyncio
from typing import Any

from onemanage.contracts.registry import TASKS
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.http.operations import needed_by
from onemanage.gateway.system.schemas import (
    HandlerOut,
    ServerOut,
    ServiceOut,
    StreamOut,
    SystemOut,
)
from onemanage.gateway.tasks.waiting import waiting
from onemanage.platform.messaging import management, topology
from onemanage.platform.messaging.nats import Client
from onemanage.platform.process import checks

_STREAMS = (topology.TASKS, topology.EVENTS, topology.DLQ)
_AT_ONCE = 8


async def look(gateway: Gateway) -> SystemOut:
    """Where a server is down, what it alone knows is left out."""
    down = await checks.down(needed_by(gateway))
    servers = [ServerOut(name=name, down=down.get(name)) for name in needed_by(gateway)]
    found = _Consumers() if "nats" in down else await _consumers(gateway.nats)
    streams = [] if "nats" in down else await _streams(gateway.nats)
    is_known = "postgresql" not in down
    return SystemOut(
        servers=servers,
        trouble=gateway.dispatcher.recovery.trouble,
        services=await _services(gateway, found.lanes) if is_known else [],
        streams=streams,
        handlers=found.handlers,
    )


class _Consumers:
    def __init__(self) -> None:
        self.lanes: dict[tuple[str, str], tuple[int, int]] = {}
        """Of a service's lane: messages that wait, and that are at work."""
        self.handlers: list[HandlerOut] = []


async def _consumers(client: Client) -> _Consumers:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def info(stream: str, durable: str) -> dict[str, Any]:
        async with turns:
            path = f"CONSUMER.INFO.{stream}.{durable}"
            return await management.request(client, path, {})

    wanted = list(topology.consumers(ack_wait=30))
    told = await asyncio.gather(*(info(one.stream, one.durable) for one in wanted))
    found = _Consumers()
    for consumer, answer in zip(wanted, told, strict=True):
        kind, _, name = consumer.durable.partition("_")
        counts = answer["num_pending"], answer["num_ack_pending"]
        if consumer.stream == topology.EVENTS:
            handler = HandlerOut(name=name, behind=counts[0], at_work=counts[1])
            found.handlers.append(handler)
        elif consumer.stream == topology.TASKS and kind == "worker":
            service, _, lane = name.rpartition("_")
            found.lanes[service, lane] = counts
    return found


async def _streams(client: Client) -> list[StreamOut]:
    found = []
    for name in _STREAMS:
        state = (await management.request(client, f"STREAM.INFO.{name}", {}))["state"]
        stream = StreamOut(name=name, messages=state["messages"], size=state["bytes"])
        found.append(stream)
    return found


async def _services(
    gateway: Gateway, lanes: dict[tuple[str, str], tuple[int, int]]
) -> list[ServiceOut]:
    told = {one.service: one for one in await waiting(gateway.pool)}
    found = []
    for name in sorted({spec.worker for spec in TASKS}):
        rows, workers = told.get(name), gateway.live.windows.alive(name)
        high, low = (lanes.get((name, lane), (0, 0)) for lane in ("high", "low"))
        service = ServiceOut(
            name=name,
            workers=len(workers),
            slots_high=sum(one.high for one in workers),
            slots_low=sum(one.low for one in workers),
            waiting=sum(rows.kinds.values()) if rows else 0,
            oldest_seconds=rows.oldest if rows else None,
            lane_high=high[0],
            lane_low=low[0],
            at_work=high[1] + low[1],
        )
        found.append(service)
    return found
