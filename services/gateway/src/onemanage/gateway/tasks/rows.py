"""Task rows as every room reads them: what they hold, and the states they are in."""

from datetime import datetime
from typing import Annotated, Any

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import example_id
from onemanage.contracts.public import shows

ENDED = ("completed", "failed", "cancelled")


@shows(
    *("id", "name", "state", "created_at", "run", "resource", "attempt", "progress"),
    *("result", "error", "cancel_requested_at", "started_at", "finished_at"),
    *("parent_id", "pruned_at"),
)
class TaskRow(msgspec.Struct, kw_only=True):
    """A task as it stands; ``progress``, ``result`` and ``error`` as JSON has them."""

    id: Annotated[str, Meta(examples=[example_id("tsk")])]
    workspace_id: str
    name: Annotated[str, Meta(examples=["psd.parse_export"])]
    state: Annotated[
        str,
        Meta(
            description="queued, running, completed, failed or cancelled.",
            examples=["completed"],
        ),
    ]
    created_at: datetime
    subject: str | None = None
    run: Annotated[
        int, Meta(description="1, and one more for each retry.", examples=[1])
    ] = 1
    command: Any = None
    traceparent: str | None = None
    resource: Annotated[
        str | None,
        Meta(
            description="Where what the task makes will be.",
            examples=[f"/v1/psd/documents/{example_id('doc')}"],
        ),
    ] = None
    attempt: Annotated[
        int,
        Meta(description="Counts within the run; 0 before it starts.", examples=[1]),
    ] = 0
    progress: Any = None
    result: Any = None
    error: Any = None
    fingerprint: bytes | None = None
    released_at: datetime | None = None
    published_at: datetime | None = None
    sequence: int | None = None
    cancel_requested_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    parent_id: Annotated[
        str | None,
        Meta(
            description="The task of the batch that it is part of.",
            examples=["tsk_" + "1" * 32],
        ),
    ] = None
    held: bool = False
    pruned_at: Annotated[
        datetime | None,
        Meta(description="Since when order, progress and result are null."),
    ] = None


TASK_COLUMNS = ", ".join(TaskRow.__struct_fields__)
UNRELEASED = "state = 'queued' AND released_at IS NULL"
WAITING = f"{UNRELEASED} AND NOT held"
AHEAD = "state = 'queued' AND released_at IS NOT NULL"
UNPUBLISHED = f"published_at IS NULL AND (state = 'cancelled' OR ({AHEAD}))"
NOT_ENDED = "state IN ('queued', 'running') AND subject NOT LIKE '%.automatic'"
"""Of tasks that somebody has asked for (queues.py)."""
_JSON = ("command", "progress", "result", "error")


def task_row(record: asyncpg.Record) -> TaskRow:
    """A row of the table, its JSON decoded."""
    values = {name: record[name] for name in TaskRow.__struct_fields__}
    for name in _JSON:
        if values[name] is not None:
            values[name] = msgspec.json.decode(values[name])
    return TaskRow(**values)
