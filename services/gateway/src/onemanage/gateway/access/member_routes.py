"""Members of a workspace, and invitations to become one."""

from contextlib import AbstractAsyncContextManager
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.gateway.access.people_store import LastOwner
from onemanage.gateway.access.schemas import (
    AcceptRequest,
    InvitationList,
    InvitationOut,
    InvitationRequest,
    MemberList,
    MemberOut,
    NewInvitationOut,
    NewSessionOut,
    RoleRequest,
)
from onemanage.gateway.access.secrets import Kind, make_secret
from onemanage.gateway.access.session_routes import begin
from onemanage.gateway.audit import entries
from onemanage.gateway.gateway import (
    Address,
    Administers,
    Caller,
    Gateway,
    GatewayDep,
    Reads,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import InvitationId, UserId
from onemanage.gateway.http.once import NotRepeatable, once
from onemanage.gateway.http.preconditions import IfMatch, Precondition
from onemanage.gateway.http.problems import Problem, not_found

router = APIRouter(prefix="/v1", tags=["access"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/members", response_model=MemberList)
async def list_members(
    gateway: GatewayDep, caller: Reads, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The newest first."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.people.members(caller.workspace_id, limit + 1, before)
    page = pages.first(rows, limit)
    return pages.answer(page, MemberOut.shown, pages.newest("user_id"))


@router.get("/members/{user_id}", response_model=MemberOut)
async def get_member(gateway: GatewayDep, caller: Reads, user_id: UserId) -> Response:
    """Who it is, and their role."""
    row = await gateway.people.member(caller.workspace_id, user_id)
    if row is None:
        raise not_found("member", user_id)
    return answers.json(MemberOut.shown(row))


@router.put("/members/{user_id}/role", response_model=MemberOut)
async def set_member_role(
    body: RoleRequest,
    gateway: GatewayDep,
    caller: Administers,
    user_id: UserId,
    if_match: IfMatch,
) -> Response:
    """owner: everything; member: read and write; viewer: read."""
    try:
        async with _unchanged(gateway, caller, user_id, if_match):
            row = await gateway.people.set_role(caller.workspace_id, user_id, body.role)
    except LastOwner:
        raise _last_owner() from None
    if row is None:
        raise not_found("member", user_id)
    return answers.json(MemberOut.shown(row))


@router.delete("/members/{user_id}", status_code=204)
async def remove_member(
    gateway: GatewayDep, caller: Administers, user_id: UserId, if_match: IfMatch
) -> Response:
    """Their sessions in this workspace end; within two seconds they are out."""
    try:
        async with _unchanged(gateway, caller, user_id, if_match):
            is_done = await gateway.people.remove(caller.workspace_id, user_id)
    except LastOwner:
        raise _last_owner() from None
    if not is_done:
        raise not_found("member", user_id)
    return Response(status_code=204)


@router.post("/invitations", status_code=201, response_model=NewInvitationOut)
@once
async def invite_member(
    body: InvitationRequest, gateway: GatewayDep, caller: Administers
) -> Response:
    """For a week, and once. The token is shown in this answer and never again; send it
    to the person. It takes the place of one that this address has not used."""
    token = make_secret(Kind.INVITATION, "inv")
    row = await gateway.people.invite(caller.workspace_id, token, body.email, body.role)
    entries.names(row.id)
    shown = NewInvitationOut.shown(row, token=token.secret)
    return answers.json(shown, 201, {"Cache-Control": "no-store"})


@router.get("/invitations", response_model=InvitationList)
async def list_invitations(
    gateway: GatewayDep, caller: Administers, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Those that can be used, the newest first."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.people.invitations(caller.workspace_id, limit + 1, before)
    page = pages.first(rows, limit)
    return pages.answer(page, InvitationOut.shown, pages.newest("id"))


@router.get("/invitations/{invitation_id}", response_model=InvitationOut)
async def get_invitation(
    gateway: GatewayDep, caller: Administers, invitation_id: InvitationId
) -> Response:
    """One that can be used, without its token."""
    row = await gateway.people.invitation_of(caller.workspace_id, invitation_id)
    if row is None:
        raise not_found("invitation", invitation_id)
    return answers.json(InvitationOut.shown(row))


@router.delete("/invitations/{invitation_id}", status_code=204)
async def withdraw_invitation(
    gateway: GatewayDep,
    caller: Administers,
    invitation_id: InvitationId,
    if_match: IfMatch,
) -> Response:
    """Nobody can use it any more."""
    async with if_match.holds(
        lambda: gateway.people.lock(caller.workspace_id),
        lambda: get_invitation(gateway, caller, invitation_id),
    ):
        if not await gateway.people.withdraw(caller.workspace_id, invitation_id):
            raise not_found("invitation", invitation_id)
    return Response(status_code=204)


@router.post(
    "/invitations/accept",
    status_code=201,
    response_model=NewSessionOut,
    dependencies=[NotRepeatable],
)
async def accept_invitation(
    body: AcceptRequest, gateway: GatewayDep, request: Request, address: Address
) -> Response:
    """Become a member, and log in.

    Whoever has an account with the invitation's address gives its password; for others
    an account is made with this name and password.
    """
    password = body.password.get_secret_value()
    user, workspace_id = await gateway.logins.accept(
        body.token, body.name, password, address
    )
    return await begin(gateway, request, user, workspace_id, address)


def _unchanged(
    gateway: Gateway, caller: Caller, user_id: str, if_match: Precondition
) -> AbstractAsyncContextManager[None]:
    return if_match.holds(
        lambda: gateway.people.lock(caller.workspace_id),
        lambda: get_member(gateway, caller, user_id),
    )


def _last_owner() -> Problem:
    detail = "This is the last owner. Make somebody else an owner first."
    return Problem(409, "last_owner", detail)
