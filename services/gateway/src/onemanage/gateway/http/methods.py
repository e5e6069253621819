"""Which methods an address has."""

from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException


def own_methods(
    routers: Iterable[APIRouter],
) -> Callable[[Request], Awaitable[None]]:
    """A dependency of all routes: an address that one of them writes out in full has the
    methods that are written there, and is no id to another: ``GET /v1/imports/plans``
    does not look for an import of that name. Raises a 405 HTTPException.
    """
    methods: dict[str, set[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "{" not in route.path:
                methods.setdefault(route.path, set()).update(route.methods or ())

    async def check(request: Request) -> None:
        own = methods.get(request.scope["path"])
        if own is not None and request.method not in own:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(own))})

    return check
