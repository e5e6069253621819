"""What a route needs to order a task: order, wait and answer are one call.

A route of its own where the answer is another, as that of batches, uses orders.py.
"""

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from starlette.responses import Response

from onemanage.contracts.task import Task
from onemanage.gateway.access.callers import CALLER
from onemanage.gateway.audit.targets import with_its_statement
from onemanage.gateway.gateway import (
    Caller,
    Gateway,
    IdempotencyHeader,
    gateway_of,
    idempotency_key,
)
from onemanage.gateway.http.preferences import Prefer, Waiting, waiting
from onemanage.gateway.tasks.answers import ended_or_accepted
from onemanage.gateway.tasks.orders import Asked, Prepare, run_command


class Ordering(msgspec.Struct, frozen=True):
    """Who orders, how long they wait, and the key that makes it safe to repeat."""

    gateway: Gateway
    caller: Caller
    wait: Waiting
    idempotency_key: str | None

    async def answer(
        self, task: Task[Any, Any], what: Any, prepare: Prepare
    ) -> Response:
        """Order the task and wait for its end as long as the client does.

        ``what`` is what the request says, as JSON can hold it: the same again under the
        same key is a repeat, whatever ``prepare`` says by then. 200 with the result,
        202 with the task's address, or the failure as a Problem.
        """
        asked = Asked(name=task.name, what=what, idempotency_key=self.idempotency_key)
        done = await run_command(
            self.gateway, self.caller, asked, prepare, wait=self.wait.seconds
        )
        return ended_or_accepted(done.row, self.wait, is_repeat=done.is_repeat)


@with_its_statement
async def ordering(
    request: Request, prefer: Prefer = None, given: IdempotencyHeader = None
) -> Ordering:
    """Of this request, whose route says by ``Writes`` who may order. Raises a 422
    Problem for an idempotency key of no use.

    It has no dependencies of its own: FastAPI solves those of a route one by one, which
    of accepting is a third of the time.
    """
    gateway, caller = await gateway_of(request), request.scope[CALLER]
    return Ordering(
        gateway, caller, await waiting(prefer), await idempotency_key(given)
    )


Orders = Annotated[Ordering, Depends(ordering)]
