"""For those who run it: is it alive, and can it work."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from onemanage.gateway.gateway import Gateway, GatewayDep
from onemanage.gateway.http import answers


class NoRoom(Exception):
    """JetStream answers, and takes no message."""


router = APIRouter(tags=["operations"])

_PATIENCE_SECONDS = 2.0


class HealthOut(BaseModel):
    status: Literal["ok", "ready", "down"] = Field(examples=["ok"])
    down: dict[str, str] | None = Field(
        default=None, description="What is down, and why.", examples=[None]
    )
    trouble: str | None = Field(
        default=None, description="What an operator is to set right.", examples=[None]
    )


@router.get("/healthz", response_model=HealthOut)
async def get_health() -> Response:
    """The process answers."""
    return answers.json({"status": "ok"})


@router.get("/readyz", response_model=HealthOut, responses={503: {"model": HealthOut}})
async def get_readiness(gateway: GatewayDep) -> Response:
    """200 where everything it needs is there, else 503 and what is down."""
    checks: dict[str, Awaitable[object]] = {
        "nats": _jetstream(gateway),
        "postgresql": gateway.store.check(),
        "storage": gateway.storage.check(),
    }
    found = await asyncio.gather(*(_why(check) for check in checks.values()))
    down = {name: why for name, why in zip(checks, found, strict=True) if why}
    if down:
        return answers.json({"status": "down", "down": down}, 503)
    trouble = gateway.dispatcher.recovery.trouble
    return answers.json({"status": "ready"} | ({"trouble": trouble} if trouble else {}))


async def _jetstream(gateway: Gateway) -> None:
    await gateway.nats.jetstream().stream_info("TASKS")
    if gateway.nats.refusal:
        raise NoRoom(gateway.nats.refusal)


async def _why(check: Awaitable[object]) -> str | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await check
    except Exception as error:  # whatever is wrong with it: it is down, and said so
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return None
