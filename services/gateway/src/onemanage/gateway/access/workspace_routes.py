"""Workspaces: made, named, closed for a while."""

from fastapi import APIRouter
from starlette.responses import Response

from onemanage.gateway.access.people_store import WorkspaceRow
from onemanage.gateway.access.schemas import (
    NewInvitationOut,
    NewWorkspaceOut,
    NewWorkspaceRequest,
    WorkspaceList,
    WorkspaceOut,
    WorkspaceRequest,
)
from onemanage.gateway.access.secrets import Kind, make_secret
from onemanage.gateway.audit import entries
from onemanage.gateway.gateway import (
    Administers,
    Caller,
    Gateway,
    GatewayDep,
    Operates,
    Reads,
)
from onemanage.gateway.http import answers, pages
from onemanage.gateway.http.ids import WorkspaceId
from onemanage.gateway.http.once import once
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import Problem, not_found

router = APIRouter(prefix="/v1/workspaces", tags=["access"])


@router.get("", response_model=WorkspaceList)
async def list_workspaces(gateway: GatewayDep, caller: Reads) -> Response:
    """Those one is a member of; of an API key its own."""
    return pages.whole(await _own(gateway, caller), WorkspaceOut.shown)


@router.get("/{workspace_id}", response_model=WorkspaceOut)
async def get_workspace(
    gateway: GatewayDep, caller: Reads, workspace_id: WorkspaceId
) -> Response:
    """One of those."""
    rows = [one for one in await _own(gateway, caller) if one.id == workspace_id]
    return _found(rows[0] if rows else None, workspace_id)


async def _own(gateway: Gateway, caller: Caller) -> list[WorkspaceRow]:
    if caller.user_id is not None:
        return await gateway.people.workspaces_of(caller.user_id)
    own = await gateway.people.workspace(caller.workspace_id)
    return [] if own is None else [own]


@router.post("", status_code=201, response_model=NewWorkspaceOut)
@once
async def create_workspace(
    body: NewWorkspaceRequest, gateway: GatewayDep, _: Operates
) -> Response:
    """Make one, and an invitation for who is to own it."""
    row = await gateway.people.add_workspace(body.name)
    token = make_secret(Kind.INVITATION, "inv")
    invited = await gateway.people.invite(row.id, token, body.owner_email, "owner")
    entries.names(row.id, invited.id)
    invitation = NewInvitationOut.shown(invited, token=token.secret)
    shown = NewWorkspaceOut.shown(row, invitation=invitation)
    return answers.json(shown, 201, {"Cache-Control": "no-store"})


@router.put("/{workspace_id}/name", response_model=WorkspaceOut)
async def rename_workspace(
    body: WorkspaceRequest,
    gateway: GatewayDep,
    caller: Administers,
    workspace_id: WorkspaceId,
    if_match: IfMatch,
) -> Response:
    """The one that is worked in."""
    if workspace_id != caller.workspace_id:
        raise not_found("workspace", workspace_id)
    async with if_match.holds(
        lambda: gateway.people.lock(workspace_id),
        lambda: get_workspace(gateway, caller, workspace_id),
    ):
        row = await gateway.people.rename(workspace_id, body.name)
    return _found(row, workspace_id)


@router.post("/{workspace_id}/suspend", response_model=WorkspaceOut)
@once
async def suspend_workspace(
    gateway: GatewayDep, caller: Operates, workspace_id: WorkspaceId
) -> Response:
    """Let nobody in until it is resumed; within two seconds. What was ordered is done."""
    if workspace_id == caller.workspace_id:
        detail = "You work in this workspace, and could not resume it."
        raise Problem(409, "own_workspace", detail)
    return _found(await gateway.people.suspend(workspace_id, True), workspace_id)


@router.post("/{workspace_id}/resume", response_model=WorkspaceOut)
@once
async def resume_workspace(
    gateway: GatewayDep, _: Operates, workspace_id: WorkspaceId
) -> Response:
    """Let its people and keys in again."""
    return _found(await gateway.people.suspend(workspace_id, False), workspace_id)


def _found(row: WorkspaceRow | None, workspace_id: str) -> Response:
    if row is None:
        raise not_found("workspace", workspace_id)
    return answers.json(WorkspaceOut.shown(row))
