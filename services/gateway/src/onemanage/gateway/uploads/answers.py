"""Uploads in parts -> HTTP answers."""

from typing import Any

from onemanage.gateway.uploads.plan import part_count
from onemanage.gateway.uploads.resumable import Limits, PartsPage, urls_end_at
from onemanage.gateway.uploads.schemas import PartOut, UploadOut
from onemanage.gateway.uploads.store import UploadRow

_WITH_TASK = ("completing", "completed", "failed")


def upload(row: UploadRow) -> dict[str, Any]:
    """An upload in parts as the API shows it."""
    return UploadOut.shown(
        row,
        parts=part_count(row.size, row.part_size),
        task_id=row.task_id if row.state in _WITH_TASK else None,
        file_id=row.file_id if row.state == "completed" else None,
    )


def parts(page: PartsPage, limits: Limits) -> dict[str, Any]:
    """A page of its parts as the API shows it."""
    return {
        "items": [PartOut.shown(part) for part in page.items],
        "next_from": page.next_from,
        "urls_expire_at": urls_end_at(limits),
    }
