"""What a route needs to delete something: look, refuse or order, wait and answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query
from loguru import logger
from starlette.responses import Response

from onemanage.contracts.deletion import FILE, HAS_DEPENDENTS, Dependents, Thing
from onemanage.contracts.imaging.deletion import BATCH, task_of_batch
from onemanage.gateway.access.callers import wrong_key
from onemanage.gateway.deletion.kinds import (
    ASKED_ABOUT_A_FILE,
    BEFORE_A_FILE,
    IMAGING,
    SERVICES,
)
from onemanage.gateway.deletion.steps import in_turn
from onemanage.gateway.deletion.store import InUse, NotThere, Ordered, Refused, Request
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    GatewayDep,
    IdempotencyKey,
    Writes,
)
from onemanage.gateway.http.kept_answers import under_way
from onemanage.gateway.http.preferences import Wait, Waiting
from onemanage.gateway.http.problems import Problem, not_found
from onemanage.gateway.tasks import queues
from onemanage.gateway.tasks.answers import ended_or_accepted
from onemanage.gateway.tasks.orders import (
    Asked,
    asked_before,
    followed,
    same_request,
)
from onemanage.gateway.tasks.store import TaskRow
from onemanage.platform.messaging.queries import ask
from onemanage.platform.process.gather import gather
from onemanage.platform.process.telemetry import TRACEPARENT, trace_headers

type Check = Callable[[], Awaitable[object]]
"""Raises Problem where it is not what the address says."""


class Deleting(msgspec.Struct, frozen=True):
    """Who deletes, whether what depends on it goes along, how long they wait."""

    gateway: Gateway
    caller: Caller
    cascade: bool
    wait: Waiting
    idempotency_key: str | None

    async def answer(
        self, kind: str, thing_id: str, check: Check | None = None
    ) -> Response:
        """Order the deletion and wait for its end as long as the client does.

        ``check`` is called first, where this is no repeat.
        200 with the task once it is gone, 202 with the task where that takes longer.
        Raises Problem: 404 where there is nothing, also nothing any more; 409 where
        something depends on it, or a task needs it that has not ended.
        """
        asked = Asked(
            name="delete",
            what=[kind, thing_id, self.cascade],
            idempotency_key=self.idempotency_key,
        )
        gateway, hashed = self.gateway, self.caller.key_hash
        row = await asked_before(gateway, hashed, self.idempotency_key)
        is_new = False
        if row is None:
            if check is not None:
                await check()
            row, is_new = await self._order(Thing(kind=kind, id=thing_id), asked)
        row = same_request(row, asked.fingerprint)
        row = await followed(gateway, row, self.wait.seconds)
        return self._told(row, is_repeat=not is_new)

    async def _order(self, thing: Thing, asked: Asked) -> tuple[TaskRow, bool]:
        found = await self._looked_up(thing)
        if found.items and not self.cascade:
            raise _has_dependents(thing, found.items)
        request = Request(
            key_hash=self.caller.key_hash,
            workspace_id=self.caller.workspace_id,
            things=[thing],
            tasks=_tasks(thing, self.cascade, self.wait.seconds),
            needles=_needles(thing, found),
            idempotency_key=asked.idempotency_key,
            fingerprint=asked.fingerprint,
            traceparent=trace_headers().get(TRACEPARENT),
        )
        return await self._accept(thing, request)

    async def _accept(self, thing: Thing, request: Request) -> tuple[TaskRow, bool]:
        try:
            row, is_new = await self.gateway.deletions.accept(request)
        except InUse as error:
            raise _in_use(thing, error.task_ids) from None
        except NotThere:
            raise not_found(thing.kind, thing.id) from None
        except Refused:
            raise wrong_key() from None
        if row is None:
            raise under_way()
        if is_new:
            with logger.contextualize(task_id=row.id, workspace_id=row.workspace_id):
                logger.info("The deletion of {} {} accepted", thing.kind, thing.id)
            for task in request.tasks:
                if not task.held:
                    self.gateway.dispatcher.wake(task.subject, row.workspace_id)
        return row, is_new

    async def _looked_up(self, thing: Thing) -> Dependents:
        """What depends on it. Raises a 404 or 409 Problem."""
        gateway, workspace_id = self.gateway, self.caller.workspace_id
        found = await _dependents(gateway, workspace_id, thing)
        # What a task is making is not there yet, and what it needs must stay.
        busy = await gateway.deletions.busy(workspace_id, _needles(thing, found))
        if busy:
            raise _in_use(thing, busy)
        if found.unknown or await gateway.deletions.missing(workspace_id, thing):
            raise not_found(thing.kind, thing.id)
        return found

    def _told(self, row: TaskRow, *, is_repeat: bool) -> Response:
        code = (row.error or {}).get("code")
        if row.state == "failed" and code == HAS_DEPENDENTS:
            message = (row.error or {}).get("message", "")
            raise Problem(409, "has_dependents", message, task_id=row.id)
        return ended_or_accepted(row, self.wait, is_repeat=is_repeat)


async def deleting(
    gateway: GatewayDep,
    caller: Writes,
    wait: Wait,
    idempotency_key: IdempotencyKey,
    cascade: Annotated[
        bool, Query(description="Take along what was made of it.")
    ] = False,
) -> Deleting:
    """Of this request. Raises a 422 Problem for an idempotency key of no use."""
    return Deleting(gateway, caller, cascade, wait, idempotency_key)


Deletes = Annotated[Deleting, Depends(deleting)]


def _tasks(thing: Thing, cascade: bool, wait: float) -> list[Ordered]:
    """The one that is answered, and those that it waits for."""
    command = {"things": [msgspec.to_builtins(thing)], "cascade": cascade}

    def subject(name: str) -> str:
        return queues.asked_for(name, wait)

    if thing.kind == FILE and cascade:
        return in_turn(IMAGING, BEFORE_A_FILE, command, subject)
    return in_turn(SERVICES[thing.kind], (), command, subject)


async def _dependents(gateway: Gateway, workspace_id: str, thing: Thing) -> Dependents:
    services = ASKED_ABOUT_A_FILE if thing.kind == FILE else (SERVICES[thing.kind],)
    questions = [
        service.question(workspace_id=workspace_id, things=[thing])
        for service in services
    ]
    found = await gather([ask(gateway.nats, one, Dependents) for one in questions])
    return Dependents(
        items=[item for one in found for item in one.items],
        unknown=[item for one in found for item in one.unknown],
        folders=[folder for one in found for folder in one.folders],
    )


def _needles(thing: Thing, found: Dependents) -> list[str]:
    ids = [thing.id, *(item.id for item in found.items)]
    if thing.kind == BATCH:
        ids.append(task_of_batch(thing.id))
    return [*ids, *found.folders]


def _has_dependents(thing: Thing, items: Sequence[Thing]) -> Problem:
    detail = (
        f"{len(items)} or more things depend on this {thing.kind}; see dependents. "
        "Delete those first, or all of them with ?cascade=true."
    )
    named: list[Any] = msgspec.to_builtins(items)
    return Problem(409, "has_dependents", detail, dependents=named)


def _in_use(thing: Thing, task_ids: Sequence[str]) -> Problem:
    detail = (
        f"This {thing.kind} is needed, made or deleted by tasks that have not ended; "
        "see tasks. Wait for them, or cancel them, and delete it then."
    )
    return Problem(409, "in_use", detail, tasks=list(task_ids))
