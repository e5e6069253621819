"""How long a workspace keeps what it has."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, create_model
from starlette.responses import Response

from onemanage.gateway.deletion.retention_days import KINDS, in_force
from onemanage.gateway.gateway import Administers, Caller, Gateway, GatewayDep
from onemanage.gateway.http import answers
from onemanage.gateway.http.ids import WorkspaceId
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import not_found
from onemanage.gateway.http.schemas import Body

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/retention", tags=["access"])

_MOST_DAYS = 36_500
_Days = Annotated[
    int | None,
    Field(
        ge=1,
        le=_MOST_DAYS,
        description="After which they are deleted, with what was made of them; null: "
        "never. What is left out is as the installation has it.",
        examples=[30],
    ),
]
_sent: dict[str, Any] = {kind: (_Days, None) for kind in KINDS}
_answered: dict[str, Any] = {kind: (_Days, ...) for kind in KINDS}
RetentionRequest: Any = create_model("RetentionRequest", __base__=Body, **_sent)
RetentionDays: Any = create_model("RetentionDays", **_answered)


class RetentionOut(BaseModel):
    """Days by kind."""

    own: dict[str, int | None] = Field(
        description="What the workspace has said itself.", examples=[{"export": 7}]
    )
    in_force: RetentionDays


@router.get("", response_model=RetentionOut)
async def get_retention(
    gateway: GatewayDep, caller: Administers, workspace_id: WorkspaceId
) -> Response:
    """Of the workspace that is worked in."""
    _check(caller, workspace_id)
    return await _answer(gateway, workspace_id)


@router.put("", response_model=RetentionOut)
async def set_retention(
    body: RetentionRequest,
    gateway: GatewayDep,
    caller: Administers,
    workspace_id: WorkspaceId,
    if_match: IfMatch,
) -> Response:
    """In place of what was said before; off where neither says anything.

    What is older goes within a day. What a task needs that has not ended stays until
    the next time.
    """
    _check(caller, workspace_id)
    said = body.model_dump(exclude_unset=True)
    async with if_match.holds(
        lambda: gateway.people.lock(workspace_id),
        lambda: _answer(gateway, workspace_id),
    ):
        await gateway.retention.store.set(workspace_id, said)
    return await _answer(gateway, workspace_id)


def _check(caller: Caller, workspace_id: str) -> None:
    if workspace_id != caller.workspace_id:
        raise not_found("workspace", workspace_id)


async def _answer(gateway: Gateway, workspace_id: str) -> Response:
    own = await gateway.retention.store.get(workspace_id)
    found = in_force(own, gateway.retention.installation)
    return answers.json({"own": own, "in_force": found})
