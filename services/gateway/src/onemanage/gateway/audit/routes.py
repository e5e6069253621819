"""The audit, for those who administer a workspace: read, nothing else."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.gateway.audit.schemas import AuditEntryList, AuditEntryOut
from onemanage.gateway.audit.store import Filter
from onemanage.gateway.gateway import Administers, GatewayDep
from onemanage.gateway.http import cursors, pages
from onemanage.gateway.http.cursors import Cursor

router = APIRouter(prefix="/v1/audit", tags=["access"])

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def _in_our_time(given: datetime) -> datetime:
    if not _EARLIEST <= given <= _LATEST:
        raise ValueError("Name a moment between the years 2000 and 9000.")
    return given


type Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]


@router.get("", response_model=AuditEntryList)
async def list_audit_entries(
    gateway: GatewayDep,
    caller: Administers,
    actor: Annotated[
        str | None,
        Query(max_length=200, description="A user or API key.", examples=["usr_…"]),
    ] = None,
    action: Annotated[
        str | None, Query(max_length=200, examples=["revoke_api_key"])
    ] = None,
    about: Annotated[
        str | None,
        Query(
            alias="object",
            max_length=200,
            description="Its id, or name.",
            examples=["key_…"],
        ),
    ] = None,
    since: Annotated[
        Moment | None, Query(alias="from", examples=["2026-01-31T00:00:00Z"])
    ] = None,
    until: Annotated[
        Moment | None,
        Query(
            alias="to", description="Not included.", examples=["2026-02-01T00:00:00Z"]
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Who did what, the newest first: every request that changes something, logins, and
    what was refused to keys and people of the workspace.

    Nothing in it is ever changed. It is kept for 400 days (setting `AUDIT_DAYS`).
    """
    before = cursors.read(cursor, ListPlace)
    wanted = Filter(actor=actor, action=action, object=about, since=since, until=until)
    rows = await gateway.audit.page(caller.workspace_id, limit + 1, before, wanted)
    page = pages.first(rows, limit)
    return pages.answer(page, AuditEntryOut.shown, pages.newest("id"))
