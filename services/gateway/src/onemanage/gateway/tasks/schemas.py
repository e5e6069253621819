"""Tasks in HTTP answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class TaskOut(BaseModel):
    """One shape for every job."""

    id: str = Field(examples=["tsk_" + "0" * 32])
    name: str = Field(examples=["psd.parse_export"])
    state: str = Field(
        description="queued, running, completed, failed or cancelled.",
        examples=["completed"],
    )
    parent_id: str | None = Field(
        default=None,
        description="The task of the batch that it is part of.",
        examples=["tsk_" + "1" * 32],
    )
    resource: str | None = Field(
        description="Where what the task makes will be.",
        examples=["/v1/psd/documents/doc_" + "0" * 32],
    )
    run: int = Field(description="1, and one more for each retry.", examples=[1])
    attempt: int = Field(
        description="Counts within the run; 0 before it starts.", examples=[1]
    )
    progress: dict[str, Any] | None = Field(
        examples=[{"step": "layers", "done": 7, "total": 12}]
    )
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_at: datetime
    cancel_requested_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class TaskList(BaseModel):
    items: list[TaskOut]
    next_cursor: str | None = Field(
        description="Give it back as ?cursor= for the next page; null on the last."
    )
