"""What a merge has come to: rows, pictures, rejects, a sheet, a manifest, a zip."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response, StreamingResponse

from onemanage.contracts.psd.merges import (
    GetMergedRow,
    ListMergedRows,
    Merge,
    MergedRow,
    MergedRowPage,
)
from onemanage.gateway.gateway import GatewayDep, Reads
from onemanage.gateway.http import cursors, pages
from onemanage.gateway.http.archives import archive
from onemanage.gateway.http.cursors import Cursor, NumberPlace
from onemanage.gateway.http.downloads import Conditional, download, tag_of
from onemanage.gateway.http.ids import MAX_INT4, ImageName, MergeId
from onemanage.gateway.http.media import RASTER, ZIP, bytes_of
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.merges import merges
from onemanage.gateway.merges.schemas import MergedRowList
from onemanage.platform.messaging.queries import ask

router = APIRouter(prefix="/v1/merges/{merge_id}", tags=["merges"])

RowNumber = Annotated[int, Path(ge=1, le=MAX_INT4, examples=[1])]
_SHEET = bytes_of("The sheet.", "image/webp")
_CSV = bytes_of("The file.", "text/csv")
_PARQUET = bytes_of("The file.", "application/vnd.apache.parquet")
_PICTURE = bytes_of("The picture.", *RASTER)


@router.get("/rows", response_model=MergedRowList)
async def list_merged_rows(
    gateway: GatewayDep,
    caller: Reads,
    merge_id: MergeId,
    state: Literal["waiting", "completed", "rejected"] | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Cursor = None,
) -> Response:
    """In the order of the table, with their pictures, warnings and errors."""
    after = cursors.read(cursor, NumberPlace)
    await merges.with_rows(gateway, caller, merge_id)
    query = ListMergedRows(
        workspace_id=caller.workspace_id,
        merge_id=merge_id,
        limit=limit,
        after=after.number if after else 0,
        state=state,
    )
    page = await ask(gateway.nats, query, MergedRowPage)
    return pages.answer(
        page,
        lambda row: merges.row_answer(merge_id, row),
        lambda last: NumberPlace(last.number),
    )


@router.get("/rows/{row}/images/{image}", response_class=Response, responses=_PICTURE)
async def get_merged_image(
    gateway: GatewayDep,
    caller: Reads,
    merge_id: MergeId,
    row: RowNumber,
    image: ImageName,
    conditions: Conditional,
) -> Response:
    """A row's picture in one of the outputs, as the row names it: ``1.png``."""
    query = GetMergedRow(
        workspace_id=caller.workspace_id, merge_id=merge_id, number=row
    )
    found = await ask(gateway.nats, query, MergedRow)
    one = next((each for each in found.images if each.name == image), None)
    if one is None:
        raise not_found("image", image)
    ending = image.rpartition(".")[2]
    return await download(
        gateway.storage,
        one.object_key,
        one.sha256,
        conditions,
        file_name=f"{found.name}.{ending}",
    )


@router.get("/rejects", response_class=Response, responses=_CSV)
async def get_merge_rejects(
    gateway: GatewayDep, caller: Reads, merge_id: MergeId, conditions: Conditional
) -> Response:
    """Every rejected row as it was, with ``_line``, ``_column`` and ``_error``: to be
    put right and sent again, by a POST to the same address."""
    found = _ended(await merges.with_rows(gateway, caller, merge_id))
    return await _file(gateway, found, conditions, "rejects.csv")


@router.get("/manifest.csv", response_class=Response, responses=_CSV)
async def get_merge_manifest(
    gateway: GatewayDep, caller: Reads, merge_id: MergeId, conditions: Conditional
) -> Response:
    """A line for each row: its values, its pictures by their names in the archive, or
    why it has none."""
    found = _ended(await merges.with_rows(gateway, caller, merge_id))
    return await _file(gateway, found, conditions, "manifest.csv")


@router.get("/manifest.parquet", response_class=Response, responses=_PARQUET)
async def get_merge_manifest_as_parquet(
    gateway: GatewayDep, caller: Reads, merge_id: MergeId, conditions: Conditional
) -> Response:
    """The same as Parquet."""
    found = _ended(await merges.with_rows(gateway, caller, merge_id))
    return await _file(gateway, found, conditions, "manifest.parquet")


@router.get("/contact-sheet", response_class=Response, responses=_SHEET)
async def get_merge_contact_sheet(
    gateway: GatewayDep, caller: Reads, merge_id: MergeId, conditions: Conditional
) -> Response:
    """The first 120 pictures on one, once all rows have ended."""
    found = _ended(await merges.with_rows(gateway, caller, merge_id))
    if found.contact_sheet is None:
        raise Problem(404, "no_image", "No row has a picture, so there is no sheet.")
    return await download(
        gateway.storage,
        found.contact_sheet.object_key,
        found.contact_sheet.sha256,
        conditions,
        file_name=f"{merge_id}.webp",
    )


@router.get("/archive", responses=ZIP, response_class=StreamingResponse)
async def get_merge_archive(
    gateway: GatewayDep, caller: Reads, merge_id: MergeId
) -> Response:
    """Every picture that is there by now, by its row's name, and summary.json."""
    row = await merges.known(gateway, caller, merge_id)
    found = await merges.with_rows(gateway, caller, merge_id)
    entries = await merges.entries(gateway, row, found)
    return archive(gateway.storage, entries, f"{merge_id}.zip", row.created_at)


def _ended(found: Merge) -> Merge:
    """Raises a 404 Problem."""
    if found.manifest_key is None:
        detail = "The merge has not ended yet. Follow its task."
        raise Problem(404, "not_ended", detail)
    return found


async def _file(
    gateway: GatewayDep, found: Merge, conditions: Conditional, name: str
) -> Response:
    key = f"{(found.manifest_key or '').rpartition('/')[0]}/{name}"
    return await download(
        gateway.storage,
        key,
        tag_of(key),
        conditions,
        file_name=f"{found.merge_id}-{name}",
        kind="attachment",
    )
