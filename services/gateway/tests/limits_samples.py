"""A gateway whose installation has limits, beside the one of the world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from onemanage.gateway.access.callers import Callers
from onemanage.gateway.limits.limits import Limits
from onemanage.gateway.limits.rates import Rates

from .edge_samples import settings
from .psd_samples import KEY, World


def limited(world: World, limits: Limits, replicas: int = 1) -> FastAPI:
    """Its clock stands still: no bucket fills again, and nobody is remembered yet."""
    gateway = world.gateway
    return world.behind(
        settings(),
        callers=Callers(gateway.keys, gateway.sessions, limits),
        rates=Rates(replicas, burst_seconds=10, clock=lambda: 0.0),
    )


def client_of(app: FastAPI, key: str = KEY) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://test",
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
    )


@asynccontextmanager
async def limited_client(
    world: World, limits: Limits
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(limited(world, limits)) as client:
        yield client


def code_of(answer: httpx.Response) -> str:
    """Of a problem."""
    found: str = answer.json()["type"].rpartition("/")[2]
    return found
