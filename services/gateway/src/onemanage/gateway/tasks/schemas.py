"""Tasks in HTTP answers."""

from typing import Any

from pydantic import Field

from onemanage.gateway.http.shown import Answer, list_of
from onemanage.gateway.tasks.store import TaskRow


class TaskOut(Answer, of=TaskRow):
    """One shape for every job."""

    progress: dict[str, Any] | None = Field(
        examples=[{"step": "layers", "done": 7, "total": 12}]
    )
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    trace_id: str | None = Field(
        description="Of the request that ordered it, or its last run: what logs and "
        "traces of every service call it.",
        examples=["4bf92f3577b34da6a3ce929d0e0e4736"],
    )


TaskList = list_of(TaskOut)
