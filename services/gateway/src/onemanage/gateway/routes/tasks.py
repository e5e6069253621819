"""One shape for every job: its row, and its events as they happen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from onemanage.contracts.base import TERMINAL, Event
from onemanage.gateway import answers
from onemanage.gateway.gateway import Authenticated, Deps, Gateway
from onemanage.gateway.problems import Problem, not_found
from onemanage.gateway.projections import project
from onemanage.gateway.schemas import TaskList, TaskOut
from onemanage.gateway.store import TaskRow

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])

_LOOK_AGAIN = 5.0
_ENDED = ("completed", "failed", "cancelled")


@router.get("", response_model=TaskList)
async def list_tasks(
    gateway: Deps,
    caller: Authenticated,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Response:
    """Newest first."""
    given = answers.read_cursor(cursor, 2)
    before = None
    if given is not None:
        before = _moment(given[0]), given[1]
    rows = await gateway.store.tasks(caller.workspace_id, limit + 1, before)
    last = None
    if len(rows) > limit:
        rows = rows[:limit]
        last = answers.cursor(rows[-1].created_at.isoformat(), rows[-1].id)
    return answers.page((answers.task(row) for row in rows), last)


def _moment(given: str) -> datetime:
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        detail = "This cursor is not one of ours; start without one."
        raise Problem(422, "bad_cursor", detail) from None


@router.get("/{task_id}", response_model=TaskOut)
async def get_task(gateway: Deps, caller: Authenticated, task_id: str) -> Response:
    return answers.json(answers.task(await _row(gateway, caller.workspace_id, task_id)))


@router.get("/{task_id}/events", response_class=EventSourceResponse)
async def watch_task(
    gateway: Deps, caller: Authenticated, task_id: str
) -> EventSourceResponse:
    """Server-sent events: the task as it stands, then each event, then the end."""
    await _row(gateway, caller.workspace_id, task_id)
    return EventSourceResponse(_follow(gateway, caller.workspace_id, task_id))


async def _follow(
    gateway: Gateway, workspace_id: str, task_id: str
) -> AsyncIterator[ServerSentEvent]:
    with gateway.live.of_task(task_id) as events:
        row = await _row(gateway, workspace_id, task_id)
        yield _snapshot(row)
        while row.state not in _ENDED:
            try:
                async with asyncio.timeout(_LOOK_AGAIN):
                    event = await events.get()
            except TimeoutError:  # an event may have been missed: the row knows
                row = await _row(gateway, workspace_id, task_id)
                if row.state in _ENDED:
                    yield _snapshot(row)
                continue
            if event.status in TERMINAL:
                # The row must say so before the client can ask for it.
                await project(event, gateway.store)
            yield _as_event(event)
            if event.status in TERMINAL:
                return


def _snapshot(row: TaskRow) -> ServerSentEvent:
    return ServerSentEvent(
        msgspec.json.encode(answers.task(row)).decode(), event="task"
    )


def _as_event(event: Event) -> ServerSentEvent:
    return ServerSentEvent(
        msgspec.json.encode(answers.event(event)).decode(),
        event=event.status.value,
        id=str(event.event_id),
    )


async def _row(gateway: Gateway, workspace_id: str, task_id: str) -> TaskRow:
    row = await gateway.store.task(workspace_id, task_id)
    if row is None:
        raise not_found("task", task_id)
    return row
