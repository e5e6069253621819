"""Data sets: what imports have made, looked at, and dropped."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from onemanage.contracts.base import new_id
from onemanage.contracts.datasets.datasets import (
    DatasetPage,
    DatasetSnapshot,
    GetProfile,
    ListDatasets,
    ListRows,
    RowPage,
)
from onemanage.contracts.datasets.tasks import DROP
from onemanage.gateway.datasets import row_queries
from onemanage.gateway.datasets.known import known_dataset
from onemanage.gateway.datasets.schemas import (
    DatasetList,
    DatasetOut,
    DatasetWithColumns,
    ProfileOut,
    RowList,
)
from onemanage.gateway.gateway import GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor, NamePlace
from onemanage.gateway.http.downloads import SAFE, Conditions, missing_as, streamed
from onemanage.gateway.http.ids import DatasetId
from onemanage.gateway.http.preconditions import IfMatch
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.tasks.ordering import Orders
from onemanage.gateway.tasks.orders import Order
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

_FILTER = Query(
    alias="filter",
    max_length=50,
    description="column:operator:value; several hold together. Operators: eq, ne, lt, "
    "le, gt, ge, in (a,b,c), contains and starts_with (of text, in any case), is_null.",
    examples=[["price:ge:10"]],
)
_COLUMN = Query(
    alias="column", max_length=1600, description="Only these, in this order."
)
_SORT = Query(
    description="column, or column:desc; NULL is last.", examples=["price:desc"]
)


@router.get("", response_model=DatasetList)
async def list_datasets(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """By name."""
    after = cursors.read(cursor, NamePlace)
    query = ListDatasets(
        workspace_id=caller.workspace_id,
        limit=limit,
        after=after.name if after else None,
    )
    found = await ask(gateway.nats, query, DatasetPage)
    return pages.answer(found, DatasetOut.shown, lambda last: NamePlace(last.name))


@router.get("/{dataset_id}", response_model=DatasetWithColumns)
async def get_dataset(
    gateway: GatewayDep, caller: Reads, dataset_id: DatasetId
) -> Response:
    """With its columns, in the table's order."""
    found = await known_dataset(gateway, caller, dataset_id)
    return answers.json(DatasetWithColumns.shown(found))


@router.get("/{dataset_id}/rows", response_model=RowList)
async def list_rows(
    gateway: GatewayDep,
    caller: Reads,
    dataset_id: DatasetId,
    filters: Annotated[list[str] | None, _FILTER] = None,
    columns: Annotated[list[str] | None, _COLUMN] = None,
    sort: Annotated[str | None, _SORT] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Response:
    """As they were loaded, or sorted. A page of long values is shorter than asked for.

    Pages follow a key, so rows that come or go meanwhile shift nothing.
    """
    order = row_queries.row_sort(sort)
    query = ListRows(
        workspace_id=caller.workspace_id,
        dataset_id=dataset_id,
        columns=columns or [],
        filters=[row_queries.row_filter(given) for given in filters or []],
        sort=order,
        limit=limit,
        after=row_queries.read_cursor(cursor, order),
    )
    found = await ask(gateway.nats, query, RowPage)
    return pages.with_link(
        {
            "columns": found.columns,
            "rows": found.rows,
            "cut": found.cut,
            "next_cursor": row_queries.cursor(found.last, order),
        }
    )


@router.get("/{dataset_id}/profile", response_model=ProfileOut)
async def get_profile(
    gateway: GatewayDep,
    caller: Reads,
    dataset_id: DatasetId,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """What is in each column, over the whole table, as it was at ``taken_at``."""
    query = GetProfile(workspace_id=caller.workspace_id, dataset_id=dataset_id)
    found = await ask(gateway.nats, query, DatasetSnapshot)
    headers = SAFE | {"ETag": answers.etag_of(found.profile_key.encode())}
    if Conditions(if_none_match).has(headers["ETag"]):
        return Response(status_code=304, headers=headers)
    with missing_as(_profile_renewed):
        stored = await gateway.storage.open(found.profile_key)
        return streamed(stored, {"Accept-Ranges": "none", **headers})


def _profile_renewed() -> Problem:
    """A newer one has just taken its place."""
    detail = "The profile is being renewed. Ask again in a second."
    return Problem(503, "profile_renewed", detail, headers={"Retry-After": "1"})


@router.delete("/{dataset_id}", response_model=TaskOut)
async def drop_dataset(
    gateway: GatewayDep,
    caller: Writes,
    ordering: Orders,
    dataset_id: DatasetId,
    if_match: IfMatch,
    confirm: Annotated[
        str | None, Query(description="The data set's name, to confirm.")
    ] = None,
) -> Response:
    """Delete the table with its snapshot, profile, exports and previews.

    There is no way back: what its imports have loaded is gone, and so is what replaces
    had kept for an undo.
    """

    async def prepare() -> Order:
        found = await known_dataset(gateway, caller, dataset_id)
        if_match.check(answers.json(DatasetWithColumns.shown(found)))
        if confirm != found.name:
            detail = (
                f"This deletes {found.row_count:,} rows for good. Repeat the data "
                "set's name as ?confirm=…, as GET shows it."
            )
            raise Problem(409, "not_confirmed", detail)
        fields = {
            "dataset_id": dataset_id,
            "name": found.name,
            "created_at": found.created_at.isoformat(),
        }
        return Order(task_id=new_id("tsk"), fields=fields)

    return await ordering.answer(DROP, dataset_id, prepare)
