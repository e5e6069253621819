"""What a merge is at this moment: its task's row, and what psd knows of its rows."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from onemanage.contracts.base import utc_now
from onemanage.contracts.datasets.handing_over import HAND_OVER
from onemanage.contracts.psd.merges import (
    FINISH_MERGE,
    GetMerge,
    ListMergedRows,
    Merge,
    MergedRow,
    MergedRowPage,
    MergeSpec,
    file_name,
    merge_of_task,
    task_of_merge,
)
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.archives import Entry, json_entry
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.merges.schemas import (
    MergedImageOut,
    MergedRowOut,
    MergeSpecOut,
)
from onemanage.gateway.tasks.store import ENDED, TaskRow
from onemanage.platform.messaging.queries import QueryFailed, ask

PATH = "/v1/merges"
_PAGE = 500


async def known(gateway: Gateway, caller: Caller, merge_id: str) -> TaskRow:
    """The row of the whole. Raises a 404 Problem."""
    row = await gateway.tasks.get(caller.workspace_id, task_of_merge(merge_id))
    if row is None or row.name != FINISH_MERGE.name:
        raise not_found("merge", merge_id)
    return row


async def looked_through(
    gateway: Gateway, workspace_id: str, merge_id: str
) -> Merge | None:
    """What psd knows of it; None before that, and where it was deleted."""
    query = GetMerge(workspace_id=workspace_id, merge_id=merge_id)
    try:
        return await ask(gateway.nats, query, Merge)
    except QueryFailed as failed:
        if failed.code == "not_found":
            return None
        raise


async def with_rows(gateway: Gateway, caller: Caller, merge_id: str) -> Merge:
    """Raises a 404 Problem where there is no such merge, or nothing of it yet."""
    row = await known(gateway, caller, merge_id)
    found = await looked_through(gateway, caller.workspace_id, merge_id)
    if found is None:
        if row.state not in ENDED:
            detail = "The rows are still being looked through. Ask again in a second."
            raise Problem(404, "no_rows_yet", detail)
        raise not_found("merge", merge_id)
    return found


async def as_it_stands(gateway: Gateway, row: TaskRow) -> TaskRow:
    """The row; one that waits for its steps runs, as far as they have come."""
    if not row.held or row.state != "queued":
        return row
    merge_id = merge_of_task(row.id)
    found = await looked_through(gateway, row.workspace_id, merge_id)
    if found is None:
        return msgspec.structs.replace(row, state="running")
    counts = found.counts
    done = counts.rows - counts.waiting
    progress: dict[str, Any] = {"step": "rows", "done": done, "total": counts.rows}
    if _is_cutting_out(row):
        by_state = await gateway.merges.cut_outs(row.id)
        progress["step"], progress["total"] = "cut_outs", sum(by_state.values())
        progress["done"] = sum(by_state.get(state, 0) for state in ENDED)
    else:
        progress |= await _pace(gateway, row, found)
    return msgspec.structs.replace(row, state="running", progress=progress)


def _is_cutting_out(row: TaskRow) -> bool:
    command = row.command or {}
    return "cut_outs" in command and "chunks" not in command


async def _pace(gateway: Gateway, row: TaskRow, merge: Merge) -> dict[str, Any]:
    """Rows a second since there were chunks, and how long the others take."""
    counts, began = merge.counts, merge.created_at
    if "cut_outs" in (row.command or {}):
        began = await gateway.merges.chunks_since(row.id) or began
    seconds = (utc_now() - began).total_seconds()
    made = counts.pictures - merge.reused
    if made <= 0 or not counts.waiting or seconds <= 0 or merge.finished_at:
        return {}
    share = counts.completed / max(1, counts.pictures)
    rate = made / seconds * share
    return {
        "per_second": round(rate, 2),
        "seconds_left": round(counts.waiting / rate, 1),
    }


async def answer(gateway: Gateway, row: TaskRow) -> dict[str, Any]:
    """The body of a merge. Raises a 404 Problem for one that was deleted."""
    merge_id = merge_of_task(row.id)
    found = await looked_through(gateway, row.workspace_id, merge_id)
    return await shown(gateway, row, found)


async def shown(gateway: Gateway, row: TaskRow, found: Merge | None) -> dict[str, Any]:
    """The same, of what was asked before."""
    merge_id = merge_of_task(row.id)
    if found is None and (row.pruned_at is not None or row.state == "completed"):
        raise not_found("merge", merge_id)
    return {
        **_ordered(row, found),
        **(_counted(found, await _pace(gateway, row, found)) if found else _NOTHING),
        "id": merge_id,
        "task_id": row.id,
        "state": row.state if row.state in ENDED else "running",
        "step": await _step(gateway, row),
        **_addresses(merge_id, found),
        "error": row.error,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("rows", "completed", "rejected", "waiting"), 0),
    **dict.fromkeys(("pictures", "reused"), 0),
    **dict.fromkeys(("rows_per_second", "seconds_left")),
    "slots": {},
}


def _ordered(row: TaskRow, found: Merge | None) -> dict[str, Any]:
    """As its command says, while that is kept."""
    command = row.command or {}
    if found is not None:
        spec, at = found.spec, (found.template_id, found.template_revision)
        before = found.repeats, found.rejects_of
    else:
        spec = msgspec.convert(command["spec"], MergeSpec)
        at = command["template_id"], command["template_revision"]
        before = command.get("repeats"), command.get("rejects_of")
    return {
        "template_id": at[0],
        "template_revision": at[1],
        "spec": MergeSpecOut.shown(spec),
        "repeats": before[0],
        "rejects_of": before[1],
    }


def _counted(found: Merge, pace: dict[str, Any]) -> dict[str, Any]:
    counts = found.counts
    return {
        "rows": counts.rows,
        "completed": counts.completed,
        "rejected": counts.rejected,
        "waiting": counts.waiting,
        "pictures": found.pictures,
        "reused": found.reused,
        "rows_per_second": pace.get("per_second"),
        "seconds_left": pace.get("seconds_left"),
        "slots": found.slots,
    }


async def _step(gateway: Gateway, row: TaskRow) -> str | None:
    if row.state in ENDED:
        return None
    if not row.held:
        return "finishing"
    if _is_cutting_out(row):
        return "cutting_out"
    if "chunks" in (row.command or {}):
        return "making"
    step = await gateway.merges.step(row.id)
    return "handing_over" if step == HAND_OVER.name else "preparing"


def _addresses(merge_id: str, found: Merge | None) -> dict[str, Any]:
    at = f"{PATH}/{merge_id}"
    has_ended = found is not None and found.manifest_key is not None
    has_sheet = found is not None and found.contact_sheet is not None
    return {
        "contact_sheet_url": f"{at}/contact-sheet" if has_sheet else None,
        "manifest_url": f"{at}/manifest.csv" if has_ended else None,
        "rejects_url": f"{at}/rejects" if has_ended else None,
        "archive_url": f"{at}/archive",
    }


def row_answer(merge_id: str, row: MergedRow) -> dict[str, Any]:
    """A row; each of its images has its address."""
    at = f"{PATH}/{merge_id}/rows/{row.number}/images"
    images = [
        MergedImageOut.shown(image, url=f"{at}/{image.name}") for image in row.images
    ]
    return MergedRowOut.shown(row, images=images)


async def entries(gateway: Gateway, row: TaskRow, merge: Merge) -> list[Entry]:
    """What the archive holds: every picture that is there, and summary.json."""
    found = []
    async for each in _every_row(gateway, merge):
        for image in each.images:
            found.append(
                Entry(
                    name=file_name(each.name, image, len(each.images)),
                    size=image.size,
                    crc32=image.crc32,
                    object_key=image.object_key,
                )
            )
    found.append(json_entry("summary.json", await answer(gateway, row)))
    return found


async def _every_row(gateway: Gateway, merge: Merge) -> AsyncIterator[MergedRow]:
    after, is_more = 0, True
    while is_more:
        query = ListMergedRows(
            workspace_id=merge.workspace_id,
            merge_id=merge.merge_id,
            limit=_PAGE,
            after=after,
            state="completed",
        )
        page = await ask(gateway.nats, query, MergedRowPage)
        for row in page.items:
            yield row
            after = row.number
        is_more = page.has_more
