"""Usage, and the limits of workspaces."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.gateway.gateway import (
    Administers,
    Gateway,
    GatewayDep,
    Operates,
    Reads,
)
from onemanage.gateway.http import answers
from onemanage.gateway.http.ids import WorkspaceId
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.limits.limits import Own, in_force
from onemanage.gateway.limits.schemas import (
    LimitsOut,
    LimitsRequest,
    UsageDayOut,
    UsageOut,
    UsedOut,
    WorkspaceLimitsOut,
)
from onemanage.gateway.limits.store import KEPT_DAYS

router = APIRouter(prefix="/v1", tags=["limits"])

_DAY = {"examples": ["2026-01-31"]}


@router.get("/usage", response_model=UsageOut)
async def get_usage(
    gateway: GatewayDep,
    caller: Reads,
    first: Annotated[date | None, Query(alias="from", **_DAY)] = None,
    last: Annotated[date | None, Query(alias="to", **_DAY)] = None,
) -> Response:
    """Limits of the workspace, what counts against them now, and what was used each day.

    Days are those of UTC, `from` and `to` among them: this month's where they are not
    said. They are kept for 400 days.
    """
    today = datetime.now(UTC).date()
    last = last or today
    first = first or min(today.replace(day=1), last)
    if first > last:
        place = {"pointer": "/from", "detail": "It is later than `to`."}
        detail = "The days begin after they end. Give `from` and `to` in their order."
        raise Problem(422, "invalid_request", detail, errors=[place])
    await gateway.counting.write()
    days = await gateway.limits.days(
        caller.workspace_id, max(first, today - timedelta(KEPT_DAYS)), last
    )
    used = await gateway.limits.now(caller.workspace_id)
    return answers.json(
        {
            "limits": LimitsOut.shown(caller.limits),
            "used": UsedOut.shown(used),
            "days": [UsageDayOut.shown(day) for day in days],
        }
    )


@router.get("/workspaces/{workspace_id}/limits", response_model=WorkspaceLimitsOut)
async def get_workspace_limits(
    gateway: GatewayDep, caller: Administers, workspace_id: WorkspaceId
) -> Response:
    """Those in force: of one's own workspace, or of any to an operator."""
    if workspace_id != caller.workspace_id and not caller.is_operator:
        raise not_found("workspace", workspace_id)
    return _shown(gateway, workspace_id, await gateway.limits.own(workspace_id))


@router.put("/workspaces/{workspace_id}/limits", response_model=WorkspaceLimitsOut)
async def set_workspace_limits(
    body: LimitsRequest,
    gateway: GatewayDep,
    caller: Operates,
    workspace_id: WorkspaceId,
    if_match: IfMatch,
) -> Response:
    """Give a workspace limits of its own, in force within two seconds.

    They take the place of those it had. What is left out is as the installation has it;
    null is no limit.
    """
    async with if_match.holds(
        lambda: gateway.people.lock(workspace_id),
        lambda: get_workspace_limits(gateway, caller, workspace_id),
    ):
        own = await gateway.limits.set_own(workspace_id, body.own())
    return _shown(gateway, workspace_id, own)


def _shown(gateway: Gateway, workspace_id: str, own: Own | None) -> Response:
    if own is None:
        raise not_found("workspace", workspace_id)
    limits = in_force(gateway.callers.limits, own)
    body: dict[str, Any] = WorkspaceLimitsOut.shown(limits, own=sorted(own))
    return answers.json(body)
