"""How a browser gets its cookie where nobody types a password: by a code that is good
once, as a link has it, or by an API key that somebody holds."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from onemanage.gateway.access.callers import secret_of_bearer
from onemanage.gateway.access.code_store import CodeOf
from onemanage.gateway.access.schemas import CodeRequest, NewCodeOut, NewSessionOut
from onemanage.gateway.access.secrets import Kind, hash_secret, make_secret
from onemanage.gateway.access.session_routes import begin
from onemanage.gateway.gateway import Address, GatewayDep, LoggedIn, Reads
from onemanage.gateway.http import answers
from onemanage.gateway.http.once import NotRepeatable, once
from onemanage.gateway.http.problems import Problem

router = APIRouter(prefix="/v1", tags=["access"])


@router.post("/sign-in-codes", status_code=201, response_model=NewCodeOut)
@once
async def create_sign_in_code(
    gateway: GatewayDep, caller: Reads, person: LoggedIn
) -> Response:
    """One's own, for a quarter of an hour and once: the address /console#code=… signs a
    browser in by it. It is shown in this answer and never again."""
    code = make_secret(Kind.CODE, "sic")
    whose = CodeOf(user_id=person.user_id, workspace_id=caller.workspace_id)
    row = await gateway.codes.add(code, whose)
    shown = NewCodeOut.shown(row, code=code.secret)
    return answers.json(shown, 201, {"Cache-Control": "no-store"})


@router.post(
    "/sign-in-codes/exchange",
    status_code=201,
    response_model=NewSessionOut,
    dependencies=[NotRepeatable],
)
async def exchange_sign_in_code(
    body: CodeRequest, gateway: GatewayDep, request: Request, address: Address
) -> Response:
    """Begin a session by a code."""
    hashed = hash_secret(Kind.CODE, body.code)
    whose = None if hashed is None else await gateway.codes.take(hashed)
    if whose is None:
        detail = "This code was used before, or is older than a quarter of an hour."
        raise Problem(410, "code_gone", detail)
    user = await gateway.people.user_of(whose.user_id)
    workspace = await gateway.logins.workspace(user, whose.workspace_id)
    return await begin(gateway, request, user, workspace.id, address)


@router.put("/me/cookie", status_code=204)
async def set_cookie(gateway: GatewayDep, request: Request, _: Reads) -> Response:
    """Have the browser send this API key or token as its cookie, which no script can
    read, until it is closed."""
    secret = secret_of_bearer(request.headers.get("authorization"))
    answer = Response(status_code=204)
    gateway.cookies.give(answer, secret, None)
    return answer


@router.delete("/me/cookie", status_code=204)
async def forget_cookie(gateway: GatewayDep, _: Reads) -> Response:
    """Have the browser forget it. A session goes on; `DELETE /v1/sessions/{id}` ends
    it."""
    answer = Response(status_code=204)
    gateway.cookies.take(answer)
    return answer
