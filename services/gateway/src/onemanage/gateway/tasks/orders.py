"""The one way a command is accepted and waited for; and taken back, and repeated."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from loguru import logger
from starlette.responses import Response

from onemanage.contracts.base import TERMINAL, Event
from onemanage.gateway.access.callers import wrong_key
from onemanage.gateway.audit import entries
from onemanage.gateway.gateway import Caller, Gateway
from onemanage.gateway.http.kept_answers import reused, under_way
from onemanage.gateway.http.once import Repeatable
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.limits import quotas
from onemanage.gateway.tasks import queues
from onemanage.gateway.tasks.command_checks import check_command
from onemanage.gateway.tasks.live import Listener
from onemanage.gateway.tasks.projections import project
from onemanage.gateway.tasks.store import ENDED, Acceptance, TaskRow, TaskStore
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers

_LOOK_AGAIN_SECONDS = 2.0
"""An end may have been told in the moment before anybody listened: the row knows."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a client asks for, before anything is looked up or made: the same again,
    with the same key, is a repeat, whatever has changed here meanwhile.
    """

    name: str
    """Of the task."""
    what: Any
    """As the request says it; a file that is its body is named by its id."""
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> bytes:
        """SHA-256, 32 bytes: the same for the same task and request."""
        return hashlib.sha256(msgspec.json.encode([self.name, self.what])).digest()


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A command as a route gives it; ids of workspace and file are filled in later."""

    task_id: str
    fields: dict[str, Any]
    file_id: str | None = None
    resource: str | None = None

    @property
    def makes(self) -> list[str]:
        """The ids of the task and of what it makes."""
        made = self.resource.rpartition("/")[2] if self.resource else self.task_id
        return list(dict.fromkeys([made, self.task_id]))


class Ordered(msgspec.Struct, frozen=True):
    """The task, which may still be queued or running."""

    row: TaskRow
    is_repeat: bool = False
    """It was accepted by a request before this one."""


type Prepare = Callable[[], Awaitable[Order]]
"""Looks up what the command needs. Raises Problem where it cannot be carried out."""


async def run_command(
    gateway: Gateway, caller: Caller, asked: Asked, prepare: Prepare, *, wait: float
) -> Ordered:
    """Accept, publish, and wait up to ``wait`` seconds for the task's end.

    A repeat is answered with the task that the first request made, whatever ``prepare``
    says of it by now. Raises Problem.
    """
    hashed = caller.key_hash
    try:
        order = await _checked(caller, asked, prepare)
    except Exception:
        # Most are no repeats, so that is asked here, and by the statement that accepts.
        prior = await asked_before(gateway, hashed, asked.idempotency_key)
        if prior is None:
            raise
        return Ordered(await _repeated(gateway, prior, asked, wait), is_repeat=True)
    subject, entry = queues.asked_for(asked.name, wait), entries.current()
    with gateway.live.of_task(order.task_id) as events:
        accepted = await gateway.tasks.accept(
            hashed,
            task_id=order.task_id,
            name=asked.name,
            subject=subject,
            window=gateway.live.windows.of(subject),
            command=order.fields,
            file_id=order.file_id,
            resource=order.resource,
            traceparent=trace_headers().get(TRACEPARENT),
            idempotency_key=asked.idempotency_key,
            fingerprint=asked.fingerprint,
            audit=entry.in_this_statement(*order.makes) if entry else None,
            most=caller.limits.tasks_waiting,
        )
        row = _row_of(accepted, order)
        if row is None:
            row = await _accepted_before(gateway.tasks, accepted, order, caller)
        if accepted.is_new:
            if entry is not None:
                entry.committed(*order.makes)
            with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
                logger.info("{} accepted", row.name)
            gateway.dispatcher.submit(row)
            return Ordered(await _ended(gateway, row, events, wait))
    return Ordered(await _repeated(gateway, row, asked, wait), is_repeat=True)


async def _checked(caller: Caller, asked: Asked, prepare: Prepare) -> Order:
    quotas.check_work(caller, asked.name)
    order = await prepare()
    has_file = order.file_id is not None
    check_command(asked.name, order.fields, task_id=order.task_id, has_file=has_file)
    return order


async def asked_before(
    gateway: Gateway, hashed: bytes, idempotency_key: str | None
) -> TaskRow | None:
    """The task that this key stands for, if a request with it was accepted.

    Routes that would check something before the body is read ask this first.
    """
    if idempotency_key is None:
        return None
    return await gateway.tasks.asked_before(hashed, idempotency_key)


def same_request(prior: TaskRow, fingerprint: bytes) -> TaskRow:
    """Raises a 422 Problem where the key came with another request. What a service has
    asked for came with none."""
    if prior.fingerprint is not None and prior.fingerprint != fingerprint:
        raise reused()
    return prior


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
        if row.name.endswith(queues.DELETION) and row.state not in ENDED:
            detail = (
                "What this task deletes is gone already, or about to be: it cannot be "
                "cancelled."
            )
            raise Problem(409, "not_cancellable", detail, task_id=task_id)
        with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
            logger.info("{} is to be cancelled; it is {}", row.name, row.state)
        if row.state in ENDED:
            if row.state == "cancelled" and row.published_at is None:
                gateway.dispatcher.submit(row)
        else:
            await gateway.relay.ask_to_stop(task_id)
            withdrawn = await gateway.relay.withdraw(row)
            if withdrawn is None:
                row = await _ended(gateway, row, events, wait)
            else:
                ended = await conclude(gateway, withdrawn)
                row = ended or await _current(gateway.tasks, row)
    if row.state in ("completed", "failed"):
        detail = f"The task has {row.state} already, so it cannot be cancelled."
        raise Problem(409, "task_ended", detail, task_id=task_id)
    return row


async def retry_task(
    gateway: Gateway,
    caller: Caller,
    task_id: str,
    repeatable: Repeatable,
    *,
    wait: float,
) -> Ordered:
    """Run a failed task once more, and wait up to ``wait`` seconds for its end.

    A repeat waits for the run that the first request has begun. Raises Problem.
    """
    with gateway.live.of_task(task_id) as events:
        async with repeatable.claimed(joins=True) as claim:
            is_repeat = claim.before is not None
            row = (
                await _known(gateway.tasks, caller.workspace_id, task_id)
                if is_repeat
                else await _requeued(gateway, caller, task_id, wait)
            )
            claim.answer = Response(status_code=202)  # only says that it was done
        if is_repeat and row.state in ENDED:
            return Ordered(row, is_repeat)
        if not is_repeat:
            with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
                logger.info("{} accepted again, run {}", row.name, row.run)
            gateway.dispatcher.submit(row)
        return Ordered(await _ended(gateway, row, events, wait), is_repeat)


async def _requeued(
    gateway: Gateway, caller: Caller, task_id: str, wait: float
) -> TaskRow:
    failed = await _known(gateway.tasks, caller.workspace_id, task_id)
    if failed.state != "failed":
        raise _not_failed(failed)
    if failed.command is None:
        detail = (
            "This task was ordered by a service, which keeps no copy of the order. "
            "Send the request that it came from again, or have an administrator "
            "replay its dead letter."
        )
        if failed.pruned_at is not None:
            detail = (
                "This task ended long ago, and its order is kept no more. Send the "
                "request that it came from again."
            )
        raise Problem(409, "task_not_repeatable", detail, task_id=task_id)
    quotas.check_work(caller, failed.name)
    row = await gateway.tasks.requeue(
        task_id,
        subject=queues.asked_for(failed.name, wait),
        run=failed.run,
        traceparent=trace_headers().get(TRACEPARENT),
        most=caller.limits.tasks_waiting,
    )
    if row is not None:
        return row
    now = await _current(gateway.tasks, failed)
    if (now.state, now.run) == ("failed", failed.run):
        raise quotas.too_many_tasks(caller.limits)
    raise _not_failed(now)  # somebody else was a moment quicker


async def _known(tasks: TaskStore, workspace_id: str, task_id: str) -> TaskRow:
    row = await tasks.get(workspace_id, task_id)
    if row is None:
        raise not_found("task", task_id)
    return row


async def _ended(
    gateway: Gateway, row: TaskRow, events: Listener, wait: float
) -> TaskRow:
    try:
        async with asyncio.timeout(wait):
            while True:
                try:
                    async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                        event = await events.get()
                except TimeoutError:
                    now = await _current(gateway.tasks, row)
                    if now.state in ENDED:
                        return now
                    continue
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


async def _repeated(
    gateway: Gateway, prior: TaskRow, asked: Asked, wait: float
) -> TaskRow:
    return await followed(gateway, same_request(prior, asked.fingerprint), wait)


async def followed(gateway: Gateway, row: TaskRow, wait: float) -> TaskRow:
    """The task as it stands, or up to ``wait`` seconds later where it ends by then."""
    with gateway.live.of_task(row.id) as events:
        row = await _current(gateway.tasks, row)  # nothing is missed from here on
        if row.state in ENDED:
            return row
        return await _ended(gateway, row, events, wait)


def _row_of(accepted: Acceptance, order: Order) -> TaskRow | None:
    """None where another request was a moment quicker, or had this task accepted, or
    there is no room for one more."""
    if accepted.workspace_id is None:
        raise wrong_key()
    if accepted.task is None and not accepted.has_source:
        raise not_found("file", order.file_id or "")
    return accepted.task


async def _accepted_before(
    tasks: TaskStore, accepted: Acceptance, order: Order, caller: Caller
) -> TaskRow:
    """The task whose id the order has, which is not always a fresh one: an upload is
    completed by one task. Else there is no room, or somebody has just used the
    idempotency key. Raises a 409 or 429 Problem."""
    found = await tasks.get(caller.workspace_id, order.task_id)
    if found is None and accepted.is_full:
        raise quotas.too_many_tasks(caller.limits)
    if found is None:
        raise under_way()
    return found


def _not_failed(row: TaskRow) -> Problem:
    now = row.state if row.state in ENDED else f"still {row.state}"
    detail = f"Only a failed task can be retried. This one is {now}."
    return Problem(409, "task_not_failed", detail, task_id=row.id)


async def _current(tasks: TaskStore, row: TaskRow) -> TaskRow:
    return await tasks.get(row.workspace_id, row.id) or row
