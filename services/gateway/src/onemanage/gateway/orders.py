"""The one way a command is accepted and waited for; and taken back, and repeated."""

import asyncio
import hashlib
from typing import Any

import msgspec
from loguru import logger

from onemanage.contracts.base import TERMINAL, Event
from onemanage.contracts.registry import Lane, command_spec
from onemanage.gateway.auth import wrong_key
from onemanage.gateway.command_checks import check_command
from onemanage.gateway.gateway import Gateway
from onemanage.gateway.live import Listener
from onemanage.gateway.problems import Problem, not_found
from onemanage.gateway.projections import project
from onemanage.gateway.task_store import ENDED, Acceptance, TaskRow, TaskStore
from onemanage.platform.telemetry import TRACEPARENT, trace_headers


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A command as a route gives it; ids of workspace and file are filled in later."""

    task_id: str
    name: str
    fields: dict[str, Any]
    asked: Any
    """What the client asked for, without ids made here: the same again is a repeat."""
    file_id: str | None = None
    resource: str | None = None


async def run_command(
    gateway: Gateway,
    hashed: bytes,
    order: Order,
    *,
    wait: float,
    idempotency_key: str | None = None,
) -> TaskRow:
    """Accept, publish, and wait up to ``wait`` seconds for the task's end.

    The row that comes back may still be queued or running. Raises Problem.
    """
    fingerprint = hashlib.sha256(
        msgspec.json.encode([order.name, order.asked])
    ).digest()
    subject = _subject(order.name, wait)
    has_file = order.file_id is not None
    check_command(order.name, order.fields, task_id=order.task_id, has_file=has_file)
    with gateway.live.of_task(order.task_id) as events:
        accepted = await gateway.tasks.accept(
            hashed,
            task_id=order.task_id,
            name=order.name,
            subject=subject,
            window=gateway.live.windows.of(subject),
            command=order.fields,
            file_id=order.file_id,
            resource=order.resource,
            traceparent=trace_headers().get(TRACEPARENT),
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
        )
        row = _checked(accepted, order, fingerprint)
        if not accepted.is_new:
            return row
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("{} accepted", row.name)
        gateway.dispatcher.submit(row)
        return await _ended(gateway, row, events, wait)


async def cancel_task(
    gateway: Gateway, workspace_id: str, task_id: str, *, wait: float
) -> TaskRow:
    """Take an order back, and wait up to ``wait`` seconds until it has stopped.

    The row that comes back is cancelled, or still queued or running. Raises Problem.
    """
    with gateway.live.of_task(task_id) as events:
        row = await gateway.tasks.cancel(workspace_id, task_id)
        if row is None:
            raise not_found("task", task_id)
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("{} is to be cancelled; it is {}", row.name, row.state)
        if row.state in ENDED:
            if row.state == "cancelled" and row.published_at is None:
                gateway.dispatcher.submit(row)
        else:
            await gateway.relay.ask_to_stop(task_id)
            row = await _ended(gateway, row, events, wait)
    if row.state in ("completed", "failed"):
        detail = f"This task has {row.state}; there is nothing left to cancel."
        raise Problem(409, "task_ended", detail, task_id=task_id)
    return row


async def retry_task(
    gateway: Gateway, workspace_id: str, task_id: str, *, wait: float
) -> TaskRow:
    """Run a failed task once more, and wait up to ``wait`` seconds for its end.

    The row that comes back may still be queued or running. Raises Problem.
    """
    failed = await gateway.tasks.get(workspace_id, task_id)
    if failed is None:
        raise not_found("task", task_id)
    if failed.state != "failed":
        raise _not_failed(failed)
    if failed.command is None:
        detail = (
            "This task was ordered by a service, which keeps no copy of the order. "
            "Send the request that it came from again, or have an administrator "
            "replay its dead letter."
        )
        raise Problem(409, "task_not_repeatable", detail, task_id=task_id)
    with gateway.live.of_task(task_id) as events:
        row = await gateway.tasks.requeue(
            task_id,
            subject=_subject(failed.name, wait),
            run=failed.run,
            traceparent=trace_headers().get(TRACEPARENT),
        )
        if row is None:  # somebody else was a moment quicker
            raise _not_failed(await _current(gateway.tasks, failed))
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("{} accepted again, run {}", row.name, row.run)
        gateway.dispatcher.submit(row)
        return await _ended(gateway, row, events, wait)


def _subject(name: str, wait: float) -> str:
    """Somebody who waits is served before a batch."""
    spec = command_spec(name)
    if spec is None:
        raise LookupError(f"{name} is not in the subject registry")
    lane: Lane = "high" if wait else "low"
    return spec.subject(lane)


async def _ended(
    gateway: Gateway, row: TaskRow, events: Listener, wait: float
) -> TaskRow:
    try:
        async with asyncio.timeout(wait):
            while True:
                event = await events.get()
                if event is None:
                    return await _current(gateway.tasks, row)
                if event.status in TERMINAL and event.run == row.run:
                    break
    except TimeoutError:
        return row if wait == 0 else await _current(gateway.tasks, row)
    return await conclude(gateway, event) or await _current(gateway.tasks, row)


async def conclude(gateway: Gateway, event: Event) -> TaskRow | None:
    """Bring the row to its end, so that it says so before the client can ask for it.

    What the consumer hears of the task afterwards is no news, so the next in line are
    given their turn here. None where the row had ended before.
    """
    row = await project(event, gateway.tasks)
    if row is not None and row.subject is not None:
        gateway.dispatcher.wake(row.subject, row.workspace_id)
    return row


def _checked(accepted: Acceptance, order: Order, fingerprint: bytes) -> TaskRow:
    if accepted.workspace_id is None:
        raise wrong_key()
    row = accepted.task
    if row is None and not accepted.has_source:
        raise not_found("file", order.file_id or "")
    if row is None:
        detail = "A request with this Idempotency-Key is under way; try again shortly."
        raise Problem(409, "idempotency_key_in_use", detail)
    if not accepted.is_new and row.fingerprint != fingerprint:
        detail = "This Idempotency-Key came with another request; use a new one."
        raise Problem(422, "idempotency_key_reused", detail)
    return row


def _not_failed(row: TaskRow) -> Problem:
    now = row.state if row.state in ENDED else f"still {row.state}"
    detail = f"Only a failed task can be retried; this one is {now}."
    return Problem(409, "task_not_failed", detail, task_id=row.id)


async def _current(tasks: TaskStore, row: TaskRow) -> TaskRow:
    return await tasks.get(row.workspace_id, row.id) or row
