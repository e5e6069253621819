"""The console: a static site, at the same origin as the API that it uses."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.responses import Response

from onemanage.gateway.gateway import GatewayDep
from onemanage.gateway.http.downloads import Conditional
from onemanage.gateway.http.problems import Problem

PREFIX = "/console"
router = APIRouter(prefix=PREFIX, include_in_schema=False)


async def _accepted(accept_encoding: Annotated[str, Header()] = "") -> str:
    return accept_encoding


Accepted = Annotated[str, Depends(_accepted)]


@router.get("")
async def get_console(
    gateway: GatewayDep, accepted: Accepted, conditions: Conditional
) -> Response:
    """Its first page."""
    return await get_console_page(gateway, accepted, conditions, "")


@router.get("/{path:path}")
async def get_console_page(
    gateway: GatewayDep, accepted: Accepted, conditions: Conditional, path: str
) -> Response:
    """A file of it; its page for all that is no file, as for each address of its own."""
    if gateway.site is None:
        detail = "This installation serves no console. Its operator sets CONSOLE_DIR."
        raise Problem(404, "no_console", detail)
    page = gateway.site.page(path)
    if page is None:
        detail = "This file of the console is not there any more. Load the page anew."
        raise Problem(404, "not_found", detail)
    body, headers = page.answer(accepted)
    headers = {**headers, **gateway.site.headers}
    # What a client knows of gzip comes without what gzip adds to it.
    if conditions.has(headers["ETag"]) or conditions.has(page.headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers)
