"""``If-Match``: what has changed since the client saw it is not changed by the client."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request
from starlette.responses import Response

from onemanage.gateway.gateway import Gateway, GatewayDep
from onemanage.gateway.http.answers import etag_of
from onemanage.gateway.http.problems import Problem


class Precondition(msgspec.Struct, frozen=True):
    """ETags as the request gives them; None: it changes whatever is there."""

    gateway: Gateway
    given: str | None

    @asynccontextmanager
    async def holds(
        self,
        lock: Callable[[], Awaitable[None]],
        read: Callable[[], Awaitable[Response]],
    ) -> AsyncIterator[None]:
        """Inside, what ``read`` answers is what the client has seen, and what ``lock``
        locks is changed by nobody else. Raises a 412 Problem, or as ``read``."""
        if self.given is None:
            yield
            return
        async with self.gateway.pool.joined():
            await lock()
            self.check(await read())
            yield

    def check(self, current: Response) -> None:
        """Raises a 412 Problem where it is not what the client has seen."""
        if self.given is None:
            return
        etag = etag_of(current.body)
        seen = [one.strip() for one in self.given.split(",")]
        if "*" not in seen and etag not in seen:
            detail = (
                "This has changed since the ETag in If-Match was told. GET it, look at "
                "what is new, and send the change again with its ETag."
            )
            raise Problem(412, "changed_meanwhile", detail, headers={"ETag": etag})


async def precondition(
    request: Request,
    gateway: GatewayDep,
    _: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The ETag that GET told: changed only where it still is that.",
            examples=[None],
        ),
    ] = None,
) -> Precondition:
    """Of this request."""
    given = request.headers.getlist("if-match")
    return Precondition(gateway, ",".join(given) if given else None)


IfMatch = Annotated[Precondition, Depends(precondition)]
