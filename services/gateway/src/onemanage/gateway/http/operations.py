"""For those who run it: is it alive, and can it work."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from onemanage.gateway.gateway import Gateway, GatewayDep
from onemanage.gateway.http import answers
from onemanage.platform.process import checks
from onemanage.platform.process.checks import Check


class NoRoom(Exception):
    """JetStream answers, and takes no message."""


router = APIRouter(tags=["operations"])


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
    if down := await checks.down(needed_by(gateway)):
        return answers.json({"status": "down", "down": down}, 503)
    trouble = gateway.dispatcher.recovery.trouble
    return answers.json({"status": "ready"} | ({"trouble": trouble} if trouble else {}))


def needed_by(gateway: Gateway) -> dict[str, Check]:
    """The servers without which it cannot work, by name, and how they are asked."""
    return {
        "nats": lambda: _jetstream(gateway),
        "postgresql": gateway.store.check,
        "storage": gateway.storage.check,
    }


async def _jetstream(gateway: Gateway) -> None:
    await gateway.nats.jetstream().stream_info("TASKS")
    if gateway.nats.refusal:
        raise NoRoom(gateway.nats.refusal)
