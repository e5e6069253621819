"""Sessions: logging in, and what belongs to oneself."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.gateway.access.people_store import UserRow
from onemanage.gateway.access.schemas import (
    CurrentWorkspaceRequest,
    LoginRequest,
    MeOut,
    NewSessionOut,
    PasswordRequest,
    SessionList,
    SessionOut,
    WorkspaceOut,
)
from onemanage.gateway.access.secrets import Kind, make_secret
from onemanage.gateway.audit import entries
from onemanage.gateway.gateway import (
    Address,
    Gateway,
    GatewayDep,
    LoggedIn,
    Reads,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import SessionId
from onemanage.gateway.http.once import NotRepeatable
from onemanage.gateway.http.problems import not_found

router = APIRouter(prefix="/v1", tags=["access"])

_MOST_AGENT = 200


@router.post(
    "/sessions",
    status_code=201,
    response_model=NewSessionOut,
    dependencies=[NotRepeatable],
)
async def log_in(
    body: LoginRequest, gateway: GatewayDep, request: Request, address: Address
) -> Response:
    """Begin a session by e-mail and password.

    Twelve hours without use end it, and seven days whatever happens (settings
    `SESSION_IDLE_SECONDS`, `SESSION_SECONDS`). Too many wrong passwords are answered
    429 for a while.
    """
    password = body.password.get_secret_value()
    user = await gateway.logins.user(body.email, password, address)
    workspace = await gateway.logins.workspace(user, body.workspace_id)
    return await begin(gateway, request, user, workspace.id, address)


async def begin(
    gateway: Gateway,
    request: Request,
    user: UserRow,
    workspace_id: str,
    address: str | None,
) -> Response:
    """The answer to who has shown who they are: a session, its cookie and token."""
    token = make_secret(Kind.SESSION, "ses")
    agent = request.headers.get("user-agent")
    entry = entries.current()
    who = user.id, user.email
    row = await gateway.sessions.begin(
        token,
        user.id,
        workspace_id,
        address=address,
        user_agent=agent[:_MOST_AGENT] if agent else None,
        audit=entry.of_a_login(who, token.id) if entry else None,
    )
    if entry is not None:
        entry.committed(row.id)
    headers = {"Location": f"/v1/sessions/{row.id}", "Cache-Control": "no-store"}
    answer = answers.json(NewSessionOut.shown(row, token=token.secret), 201, headers)
    gateway.cookies.give(answer, token.secret, gateway.sessions.lifetime.whole)
    return answer


@router.get("/sessions", response_model=SessionList)
async def list_sessions(
    gateway: GatewayDep,
    caller: LoggedIn,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Cursor = None,
) -> Response:
    """One's own in all workspaces, the newest first."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.sessions.page(caller.user_id, limit + 1, before)
    return pages.answer(
        pages.first(rows, limit),
        lambda row: SessionOut.shown(row, is_current=row.id == caller.id),
        pages.newest("id"),
    )


@router.get("/sessions/{session_id}", response_model=SessionOut)
async def get_session(
    gateway: GatewayDep, caller: LoggedIn, session_id: SessionId
) -> Response:
    """One of one's own."""
    row = await gateway.sessions.get(caller.user_id, session_id)
    if row is None:
        raise not_found("session", session_id)
    return answers.json(SessionOut.shown(row, is_current=row.id == caller.id))


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(
    gateway: GatewayDep, caller: LoggedIn, session_id: SessionId
) -> Response:
    """Log out, here or elsewhere."""
    if not await gateway.sessions.end(caller.user_id, session_id):
        raise not_found("session", session_id)
    answer = Response(status_code=204)
    if session_id == caller.id:
        gateway.callers.forget(caller.key_hash)
        gateway.cookies.take(answer)
    return answer


@router.delete("/sessions", status_code=204)
async def end_all_sessions(gateway: GatewayDep, caller: LoggedIn) -> Response:
    """Log out everywhere, here too."""
    await gateway.sessions.end_all(caller.user_id)
    gateway.callers.forget(caller.key_hash)
    answer = Response(status_code=204)
    gateway.cookies.take(answer)
    return answer


@router.get("/me", response_model=MeOut)
async def get_me(gateway: GatewayDep, caller: Reads) -> Response:
    """Who asks, where, and what they may do."""
    user = (
        None if caller.user_id is None else await gateway.people.user_of(caller.user_id)
    )
    return answers.json(
        {
            "workspace_id": caller.workspace_id,
            "scopes": sorted(caller.scopes),
            "user_id": caller.user_id,
            "session_id": None if caller.user_id is None else caller.id,
            "name": user.name if user else None,
            "email": user.email if user else None,
        }
    )


@router.put("/me/password", status_code=204)
async def change_password(
    body: PasswordRequest, gateway: GatewayDep, caller: LoggedIn, address: Address
) -> Response:
    """All other sessions of one's own end."""
    await gateway.logins.change_password(
        caller.user_id,
        body.old.get_secret_value(),
        body.new.get_secret_value(),
        caller.id,
        address,
    )
    return Response(status_code=204)


@router.put("/me/workspace", response_model=WorkspaceOut)
async def switch_workspace(
    body: CurrentWorkspaceRequest, gateway: GatewayDep, caller: LoggedIn
) -> Response:
    """Work in another workspace that one is a member of, in this session."""
    user = await gateway.people.user_of(caller.user_id)
    workspace = await gateway.logins.workspace(user, body.workspace_id)
    await gateway.sessions.move(caller.id, workspace.id)
    gateway.callers.forget(caller.key_hash)
    return answers.json(WorkspaceOut.shown(workspace))
