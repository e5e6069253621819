"""Merges: a template and a table become a picture of each row."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from onemanage.contracts.base import ListPlace
from onemanage.contracts.datasets.datasets import RowFilter
from onemanage.contracts.psd.merges import (
    ListMerges,
    MergePage,
    MergeSpec,
    task_of_merge,
)
from onemanage.gateway.datasets.row_queries import row_filter
from onemanage.gateway.files.known import known_file
from onemanage.gateway.files.schemas import FileReference
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    IdempotencyKey,
    Reads,
    Writes,
)
from onemanage.gateway.http import answers, cursors, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.ids import MergeId, TemplateId
from onemanage.gateway.http.problems import not_found
from onemanage.gateway.merges import merges
from onemanage.gateway.merges.ordering import Wanted, order_merge
from onemanage.gateway.merges.schemas import MergeList, MergeOut, MergeRequest
from onemanage.gateway.tasks.schemas import TaskOut
from onemanage.gateway.tasks.store import TaskRow
from onemanage.gateway.templates.known import known_template
from onemanage.platform.messaging.queries import ask

router = APIRouter(tags=["merges"])

_ACCEPTED = {
    202: {"model": TaskOut, "description": "Accepted; follow the task or the merge."}
}


@router.post(
    "/v1/templates/{template_id}/merges",
    status_code=202,
    response_model=TaskOut,
    responses=_ACCEPTED,  # type: ignore[arg-type]  # int alone, where FastAPI takes both
)
async def create_merge(
    body: MergeRequest,
    gateway: GatewayDep,
    caller: Writes,
    template_id: TemplateId,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Make a picture of each row of a data set, or of a file: of 100,000 rows at most.

    Always 202. The task of the whole tells how far it is; cancelling it cancels what has
    not ended, and what is made stays. Rows that cannot be made are named and left out.
    """
    given = body.model_dump()
    filters = [row_filter(one) for one in given.pop("filters")]
    return await order_merge(
        gateway,
        caller,
        Wanted(template_id=template_id, spec=_spec(given, filters)),
        idempotency_key,
    )


@router.post(
    "/v1/merges/{merge_id}/repeat",
    status_code=202,
    response_model=TaskOut,
    responses=_ACCEPTED,  # type: ignore[arg-type]  # as above
)
async def repeat_merge(
    gateway: GatewayDep,
    caller: Writes,
    merge_id: MergeId,
    idempotency_key: IdempotencyKey,
) -> Response:
    """The same once more, of the rows as they are now and by the template as it is now.

    Only rows whose values have changed are made; the others show the pictures that are
    there. Its result is a merge of its own.
    """
    before = await _ordered(gateway, caller, merge_id)
    wanted = Wanted(template_id=before.template_id, spec=before.spec, repeats=merge_id)
    return await order_merge(gateway, caller, wanted, idempotency_key)


@router.post(
    "/v1/merges/{merge_id}/rejects",
    status_code=202,
    response_model=TaskOut,
    responses=_ACCEPTED,  # type: ignore[arg-type]  # as above
)
async def resubmit_merge_rejects(
    body: FileReference,
    gateway: GatewayDep,
    caller: Writes,
    merge_id: MergeId,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Send the rejects file again, put right: a merge of those rows alone, with all
    else as it was ordered. Its rows keep their lines."""
    before = await _ordered(gateway, caller, merge_id)
    await known_file(gateway, caller, body.file_id)
    spec = msgspec.structs.replace(
        before.spec, dataset_id=None, filters=[], file_id=body.file_id
    )
    wanted = Wanted(template_id=before.template_id, spec=spec, rejects_of=merge_id)
    return await order_merge(gateway, caller, wanted, idempotency_key)


@router.get("/v1/templates/{template_id}/merges", response_model=MergeList)
async def list_merges(
    gateway: GatewayDep,
    caller: Reads,
    template_id: TemplateId,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> Response:
    """Newest first; such as have been looked through."""
    place = cursors.read(cursor, ListPlace)
    await known_template(gateway, caller, template_id)
    query = ListMerges(
        workspace_id=caller.workspace_id,
        template_id=template_id,
        limit=limit,
        place=place,
    )
    found = await ask(gateway.nats, query, MergePage)
    rows = await gateway.tasks.of_any_workspace(
        [task_of_merge(one.merge_id) for one in found.items]
    )
    told = {
        one.merge_id: await merges.shown(gateway, rows[one.task_id], one)
        for one in found.items
        if one.task_id in rows
    }
    return pages.answer(
        pages.Rows(
            [one for one in found.items if one.merge_id in told], found.has_more
        ),
        lambda one: told[one.merge_id],
        pages.newest("merge_id"),
    )


@router.get("/v1/merges/{merge_id}", response_model=MergeOut)
async def get_merge(gateway: GatewayDep, caller: Reads, merge_id: MergeId) -> Response:
    """How far it is, and where its results are."""
    row = await merges.known(gateway, caller, merge_id)
    return answers.json(await merges.answer(gateway, row))


class _Ordered(msgspec.Struct, frozen=True):
    template_id: str
    spec: MergeSpec


async def _ordered(gateway: Gateway, caller: Caller, merge_id: str) -> _Ordered:
    """Raises a 404 Problem, also for one that is kept no more."""
    row: TaskRow = await merges.known(gateway, caller, merge_id)
    found = await merges.looked_through(gateway, caller.workspace_id, merge_id)
    if found is not None:
        return _Ordered(found.template_id, found.spec)
    if row.command is None or row.state == "completed":
        raise not_found("merge", merge_id)
    return msgspec.convert(row.command, _Ordered)


def _spec(given: dict[str, object], filters: list[RowFilter]) -> MergeSpec:
    return msgspec.structs.replace(msgspec.convert(given, MergeSpec), filters=filters)
