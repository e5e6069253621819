"""One shape for every job: its row, and its events as they happen."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from onemanage.contracts.base import TERMINAL, Event, ListPlace, Status, event_id
from onemanage.contracts.psd.merges import FINISH_MERGE
from onemanage.gateway.batches import batches
from onemanage.gateway.gateway import ADDRESS, Gateway, GatewayDep, Reads, Writes
from onemanage.gateway.http import answers, cursors, event_stream, pages
from onemanage.gateway.http.cursors import Cursor
from onemanage.gateway.http.event_stream import HEARTBEAT, EventStream, frame
from onemanage.gateway.http.ids import TaskId
from onemanage.gateway.http.once import MayRepeat
from onemanage.gateway.http.preferences import Wait
from onemanage.gateway.http.problems import not_found
from onemanage.gateway.http.schemas import ProblemOut
from onemanage.gateway.merges import merges
from onemanage.gateway.tasks import answers as task_answers
from onemanage.gateway.tasks import orders
from onemanage.gateway.tasks.schemas import TaskList, TaskOut
from onemanage.gateway.tasks.store import ENDED, TaskRow

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])

_LOOK_AGAIN_SECONDS = 2.0
"""Whether the key of one who watches is good still; at the row and for a sign of life
every so many times:"""
_LOOKS_A_ROW, _LOOKS_A_HEARTBEAT = 3, 6
_HELD_SECONDS = 1.0
"""How far a task has come that waits for others is told by no event: it is looked for
so often, while somebody follows it."""
_CANCEL_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"model": TaskOut, "description": "Still being stopped; follow the task."},
    409: {"model": ProblemOut, "description": "task_ended: completed or failed."},
}
_RETRY_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"model": TaskOut, "description": "Not done yet; follow the task."},
    409: {
        "model": ProblemOut,
        "description": "task_not_failed, or task_not_repeatable: ordered by a service.",
    },
}


@router.get("", response_model=TaskList)
async def list_tasks(
    gateway: GatewayDep,
    caller: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Cursor = None,
) -> Response:
    """Newest first."""
    before = cursors.read(cursor, ListPlace)
    rows = await gateway.tasks.page(caller.workspace_id, limit + 1, before)
    return pages.answer(pages.first(rows, limit), task_answers.task, pages.newest("id"))


@router.get("/{task_id}", response_model=TaskOut)
async def get_task(gateway: GatewayDep, caller: Reads, task_id: TaskId) -> Response:
    """As it stands: state, progress, and what it has made or why it failed."""
    return answers.json(
        task_answers.task(await _row(gateway, caller.workspace_id, task_id))
    )


@router.delete("/{task_id}", response_model=TaskOut, responses=_CANCEL_ANSWERS)
async def cancel_task(
    gateway: GatewayDep, caller: Writes, wait: Wait, task_id: TaskId
) -> Response:
    """Stop a task; nothing of what it was making remains.

    200 once it is cancelled, also for one that was before; 202 where that takes longer
    than ``Prefer: wait=N`` (two seconds where not said).
    """
    row = await orders.cancel_task(
        gateway, caller.workspace_id, task_id, wait=wait.seconds
    )
    return task_answers.ended_or_accepted(row, wait)


@router.post("/{task_id}/retry", response_model=TaskOut, responses=_RETRY_ANSWERS)
async def retry_task(
    gateway: GatewayDep,
    caller: Writes,
    wait: Wait,
    task_id: TaskId,
    repeatable: MayRepeat,
) -> Response:
    """Run a failed task once more, under the same id, on the input it had.

    200 with the result when it is done within ``Prefer: wait=N`` (two seconds where
    not said), else 202 and the task to follow.
    """
    done = await orders.retry_task(
        gateway, caller, task_id, repeatable, wait=wait.seconds
    )
    return task_answers.ended_or_accepted(done.row, wait, is_repeat=done.is_repeat)


@router.get(
    "/{task_id}/events", response_class=Response, responses=event_stream.ANSWERS
)
async def watch_task(
    gateway: GatewayDep,
    caller: Reads,
    request: Request,
    task_id: TaskId,
    last_event_id: Annotated[str | None, Header(examples=[None])] = None,
) -> Response:
    """Server-sent events: the task as it stands, then each event, then the end.

    204 to a client that has seen the end, which tells an EventSource to ask no more.
    The stream ends, too, within seconds of the key being revoked.
    """
    row = await _row(gateway, caller.workspace_id, task_id)
    if row.state in ENDED and last_event_id == _end_id(row):
        return Response(status_code=204)

    async def is_good() -> bool:
        return await gateway.callers.is_good(caller, request.scope[ADDRESS])

    return EventStream(_follow(gateway, caller.workspace_id, task_id, is_good))


async def _follow(
    gateway: Gateway,
    workspace_id: str,
    task_id: str,
    is_good: Callable[[], Awaitable[bool]],
) -> AsyncGenerator[bytes]:
    quiet = 0
    with gateway.live.of_task(task_id) as events:
        row = await _row(gateway, workspace_id, task_id)
        yield _snapshot(row)
        while row.state not in ENDED:
            seconds = _HELD_SECONDS if row.held else _LOOK_AGAIN_SECONDS
            try:
                async with asyncio.timeout(seconds):
                    event = await events.get()
            except TimeoutError:  # an event may have been missed: the row knows
                if not await is_good():
                    return
                quiet += 1
                if not row.held and quiet % _LOOKS_A_ROW:
                    continue
                before, row = row, await gateway.live.looks.row(
                    task_id, partial(_row, gateway, workspace_id, task_id)
                )
                if row.state in ENDED or (row.held and row != before):
                    yield _snapshot(row)
                elif not quiet % _LOOKS_A_HEARTBEAT:
                    yield HEARTBEAT + frame()
                continue
            if event is None or not await is_good():
                return  # the client asks again, and another process answers
            if event.run < row.run:
                continue  # of a run before this one
            if event.status in TERMINAL:
                await orders.conclude(gateway, event)
            yield _as_event(event)
            if event.status in TERMINAL:
                return


def _snapshot(row: TaskRow) -> bytes:
    state_id = f"{row.id}.{row.run}.{row.state}"
    return frame(
        msgspec.json.encode(task_answers.task(row)),
        event="task",
        id=_end_id(row) if row.state in ENDED else state_id,
        retry=event_stream.RETRY_MILLISECONDS,
    )


def _end_id(row: TaskRow) -> str:
    """All ends of a run have one id."""
    return str(event_id(row.id, Status.COMPLETED, run=row.run))


def _as_event(event: Event) -> bytes:
    return frame(
        msgspec.json.encode(task_answers.event(event)),
        event=event.status.value,
        id=str(event.event_id),
    )


async def _row(gateway: Gateway, workspace_id: str, task_id: str) -> TaskRow:
    row = await gateway.tasks.get(workspace_id, task_id)
    if row is None:
        raise not_found("task", task_id)
    if row.name == FINISH_MERGE.name:
        return await merges.as_it_stands(gateway, row)
    return await batches.as_it_stands(gateway, row)
