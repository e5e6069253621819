"""``Idempotency-Key`` on what orders no task: done once, and answered again as it was.

Who orders a task has its row for that (tasks/orders.py), and who uploads a file the
file's. All other POSTs say it above the route::

    @router.post("")
    @once
    async def create_workspace(...) -> Response: ...

Scope and body are checked before anything is repeated.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from starlette.responses import Response

from onemanage.gateway.gateway import (
    CALLER,
    Caller,
    Gateway,
    GatewayDep,
    IdempotencyKey,
)
from onemanage.gateway.http.kept_answers import Claim
from onemanage.gateway.http.problems import Problem

type Route = Callable[..., Awaitable[Response]]


class Repeatable(msgspec.Struct, frozen=True):
    """A request, and the key that makes it safe to repeat, where it has one."""

    request: Request
    gateway: Gateway
    key: str | None

    @asynccontextmanager
    async def claimed(self, *, joins: bool) -> AsyncIterator[Claim]:
        """Inside, nobody else carries it out; see ``claim`` of kept_answers.py. Without
        a key it is as any other."""
        if self.key is None:
            yield Claim()
            return
        caller: Caller = self.request.scope[CALLER]
        url = self.request.url
        what = f"{self.request.method} {url.path}?{url.query}\n".encode()
        body = await self.request.body()
        async with self.gateway.answers.claim(
            caller.workspace_id, self.key, what + body, joins=joins
        ) as claim:
            yield claim


async def repeatable(
    request: Request, gateway: GatewayDep, key: IdempotencyKey
) -> Repeatable:
    """Of this request. Raises a 422 Problem for an idempotency key of no use."""
    return Repeatable(request, gateway, key)


MayRepeat = Annotated[Repeatable, Depends(repeatable)]


def once(route: Route) -> Route:
    """For what changes our own tables alone: all that it does and answers is kept, or
    nothing is. What waits for others, or tells them, must not be inside."""
    return _answered_once(route, joins=True)


def once_outside(route: Route) -> Route:
    """For what works elsewhere, too. Where the process dies before it has answered, a
    repeat does it anew: it must be safe to be done again."""
    return _answered_once(route, joins=False)


def _answered_once(route: Route, *, joins: bool) -> Route:
    @wraps(route)
    async def answered(*, may_repeat: Repeatable, **given: Any) -> Response:
        async with may_repeat.claimed(joins=joins) as claim:
            if claim.before is not None:
                return claim.before.replayed()
            claim.answer = await route(**given)
            return claim.answer

    told = inspect.signature(route)
    kind = inspect.Parameter.KEYWORD_ONLY
    more = inspect.Parameter("may_repeat", kind, annotation=MayRepeat)
    parameters = [one.replace(kind=kind) for one in told.parameters.values()]
    vars(answered)["__signature__"] = told.replace(parameters=[*parameters, more])
    return answered


async def refuse_key(request: Request) -> None:
    """For routes without a caller: nobody is known whose key it could be.

    Raises a 422 Problem.
    """
    if "idempotency-key" in request.headers:
        detail = (
            "This takes no Idempotency-Key, since it is not known yet who asks. Send "
            "it without: logging in again makes one more session, and an invitation "
            "is good once."
        )
        raise Problem(422, "idempotency_key_not_taken", detail)


NotRepeatable = Depends(refuse_key)
