"""Rows that were not loaded: named, downloaded, and sent again when put right."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from onemanage.contracts.imports.imports import (
    Import,
    ImportedTable,
    ListRejects,
    RejectPage,
)
from onemanage.gateway.files.bodies import file_or, named_or_received
from onemanage.gateway.files.known import known_file
from onemanage.gateway.files.schemas import FileReference
from onemanage.gateway.gateway import Gateway, GatewayDep, Reads, Writes
from onemanage.gateway.http import cursors, pages
from onemanage.gateway.http.cursors import Cursor, NumberPlace
from onemanage.gateway.http.downloads import Conditional, Conditions
from onemanage.gateway.http.ids import ImportId
from onemanage.gateway.http.media import bytes_of
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.imports import answers as import_answers
from onemanage.gateway.imports.known import file_source, known_import
from onemanage.gateway.imports.ordering import order_import
from onemanage.gateway.imports.schemas import RejectList
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import asked_before
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/imports/{import_id}", tags=["imports"])

_CSV = bytes_of("All rejected rows of one table.", "text/csv")
Part = Annotated[
    int | None,
    Query(
        ge=1,
        description="Which of the import's tables, from 1. Needed where several had "
        "rejects.",
        examples=[1],
    ),
]


Guard = Annotated[
    bool,
    Query(
        description="Of CSV: an apostrophe before text that a spreadsheet would run. "
        "It is taken off again when the file is sent again."
    ),
]


@router.get("/rejects", response_model=RejectList, responses=_CSV)
async def list_rejects(
    gateway: GatewayDep,
    caller: Reads,
    import_id: ImportId,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    part: Part = None,
    table: Annotated[str | None, Query(examples=["orders"])] = None,
    reason: Annotated[str | None, Query(examples=["not_a_date"])] = None,
    column: Annotated[str | None, Query(examples=["ordered_on"])] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Cursor = None,
    guard_formulas: Guard = True,
) -> Response:
    """The first 1,000 bad cells of each table. All bad rows are in the CSV, which
    ``Accept: text/csv`` asks for here too.
    """
    if accept.startswith("text/csv"):
        found = await known_import(gateway, caller, import_id)
        return await _download(gateway, found, part, guard_formulas, Conditions())
    after = cursors.read(cursor, NumberPlace)
    query = ListRejects(
        workspace_id=caller.workspace_id,
        import_id=import_id,
        table=table,
        reason=reason,
        column=column,
        limit=limit,
        after=after.number if after else 0,
    )
    page = await ask(gateway.nats, query, RejectPage)
    return pages.answer(
        page, import_answers.reject, lambda last: NumberPlace(last.number)
    )


@router.get("/rejects.csv", response_class=Response, responses=_CSV)
async def download_rejects(
    gateway: GatewayDep,
    caller: Reads,
    import_id: ImportId,
    conditions: Conditional,
    part: Part = None,
    guard_formulas: Guard = True,
) -> Response:
    """Every rejected row as it was, with ``_line``, ``_column`` and ``_error``."""
    found = await known_import(gateway, caller, import_id)
    return await _download(gateway, found, part, guard_formulas, conditions)


@router.post(
    "/rejects",
    response_model=TaskOut,
    openapi_extra=file_or(
        FileReference, "The rejects file, put right; or the id of one uploaded."
    ),
)
async def resubmit_rejects(
    request: Request,
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    import_id: ImportId,
    part: Part = None,
    name: Annotated[str | None, Query(examples=["rejects.csv"])] = None,
) -> Response:
    """Load rejects that were put right, by the plan of the import that they are from.

    An import of its own, whose ``resubmits`` names the one before.
    """
    idempotency_key = ordering.idempotency_key
    if not await asked_before(gateway, caller.key_hash, idempotency_key):
        _rejected(await known_import(gateway, caller, import_id), part)
    file_id = await named_or_received(request, gateway, caller, name, idempotency_key)

    async def fields() -> dict[str, Any]:
        found = await known_import(gateway, caller, import_id)
        number, rejected = _rejected(found, part)
        return {
            "sources": [file_source(await known_file(gateway, caller, file_id))],
            "expected_rows": rejected.rejected,
            "resubmits": import_id,
            "resubmitted_part": number,
        }

    return await order_import(ordering, [import_id, part, file_id], fields)


async def _download(
    gateway: Gateway,
    found: Import,
    part: int | None,
    guard_formulas: bool,
    conditions: Conditions,
) -> Response:
    _, rejected = _rejected(found, part)
    assert rejected.rejects_key is not None  # as of all that had rejects
    file_name = f"{rejected.table}-rejects.csv"
    return await import_answers.csv(
        gateway.storage,
        rejected.rejects_key,
        file_name,
        conditions,
        guard_formulas=guard_formulas,
    )


def _rejected(found: Import, part: int | None) -> tuple[int, ImportedTable]:
    """The one table with rejects that is meant, and its number. Raises Problem."""
    having = [
        (number, table)
        for number, table in enumerate(found.tables, 1)
        if table.rejects_key
    ]
    meant = [one for one in having if part in (None, one[0])]
    names = ", ".join(f"{number} ({table.table})" for number, table in having)
    if not meant:
        detail = f"No such part has rejects. Parts that have: {names or 'none'}."
        raise Problem(404, "no_rejects", detail)
    if len(meant) > 1:
        detail = f"Several parts have rejects. Choose one with ?part=: {names}."
        raise Problem(422, "which_part", detail)
    return meant[0]
