"""What a batch is at this moment, read from its task rows."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from onemanage.contracts.base import ListPlace, utc_now
from onemanage.contracts.imaging.deletion import task_of_batch
from onemanage.contracts.imaging.images import StoredImage
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.archives import Entry, json_entry
from onemanage.gateway.http.problems import not_found
from onemanage.gateway.http.public import public
from onemanage.gateway.tasks.store import ENDED, TaskRow

PATH = "/v1/images/batches"
_FAILURES = 100
_PAGE = 500
_STEM = 60


async def parent(gateway: Gateway, caller: Caller, batch_id: str) -> TaskRow:
    """The row that waits for the others. Raises a 404 Problem."""
    row = await gateway.tasks.get(caller.workspace_id, task_of_batch(batch_id))
    if row is None or row.name != "imaging.batch" or row.pruned_at is not None:
        raise not_found("batch", batch_id)
    return row


async def as_it_stands(gateway: Gateway, row: TaskRow) -> TaskRow:
    """The row; one that waits for its children runs, as far as they have come."""
    if not row.held or row.state != "queued":
        return row
    counts = await gateway.batches.counts(row.id)
    done = sum(counts.get(state, 0) for state in ENDED)
    total = sum(counts.values())
    progress: dict[str, Any] = {"step": "images", "done": done, "total": total}
    seconds = (utc_now() - row.created_at).total_seconds()
    if 0 < done < total and seconds > 0:
        rate = done / seconds
        progress["per_second"] = round(rate, 2)
        progress["seconds_left"] = round((total - done) / rate, 1)
    return msgspec.structs.replace(row, state="running", progress=progress)


async def answer(gateway: Gateway, row: TaskRow, batch_id: str) -> dict[str, Any]:
    """The body of a batch: counts by state, the first hundred failures, the sheet."""
    counts = await gateway.batches.counts(row.id)
    failed = await gateway.batches.children(row.id, _FAILURES, state="failed")
    sheet = public((row.result or {}).get("contact_sheet"), StoredImage)
    return {
        "id": batch_id,
        "task_id": row.id,
        "state": row.state if row.state in ENDED else "running",
        "total": sum(counts.values()),
        **{state: counts.get(state, 0) for state in ("queued", "running", *ENDED)},
        "failures": [_failure(child) for child in failed],
        "contact_sheet": sheet and sheet | {"url": f"{PATH}/{batch_id}/contact-sheet"},
        "error": row.error,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


async def entries(gateway: Gateway, row: TaskRow, batch_id: str) -> list[Entry]:
    """What the archive holds: every image that is there, and batch.json."""
    found, number = [], 0
    async for child in _every_child(gateway, row):
        number += 1
        result = child.result or {}
        images = result.get("variants") or result.get("images") or []
        stem = _stem(result.get("name", ""))
        for image in images if child.state == "completed" else []:
            ending = image["object_key"].rpartition("/")[2]
            found.append(
                Entry(
                    name=f"{number:05d}-{stem}/{ending}",
                    size=image["size"],
                    crc32=image["crc32"],
                    object_key=image["object_key"],
                )
            )
    found.append(json_entry("batch.json", await answer(gateway, row, batch_id)))
    return found


async def _every_child(gateway: Gateway, row: TaskRow) -> AsyncIterator[TaskRow]:
    after = None
    while page := await gateway.batches.children(row.id, _PAGE, after):
        for child in page:
            yield child
        after = ListPlace(created_at=page[-1].created_at, id=page[-1].id)


def _failure(child: TaskRow) -> dict[str, Any]:
    command = child.command or {}
    return {
        "task_id": child.id,
        "file_id": command.get("file_id"),
        "name": command.get("file_name", ""),
        "error": child.error,
    }


def _stem(name: str) -> str:
    """Of a file name somebody has given: nothing that leads out of a folder."""
    stem = name.rpartition(".")[0] or name
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in stem)
    return plain[:_STEM] or "image"
